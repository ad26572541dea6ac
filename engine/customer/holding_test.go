package customer_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/storage"
)

// told is what others are told of the journal from an entry on, and the errors of
// those who cannot say.
func told(t *testing.T, r *enginetest.Rooms, from uint64) (events []engine.Event, errs []error) {
	t.Helper()
	err := r.Store.View(t.Context(), func(v *storage.View) error {
		leaves, err := v.Leaves(from, 100)
		for _, l := range leaves {
			for _, source := range r.Sources[l.Kind] {
				some, err := source(v, l)
				if events = append(events, some...); err != nil {
					errs = append(errs, err)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return events, errs
}

// Whoever listens is told of a level that has changed, from what to what and until
// when; of one who was erased since, nothing.
func TestLevelsAreTold(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_ana", enginetest.Ana())
	c.StepUp(t, "cus_ana", engine.RiskLow, enginetest.Ana()).Want(t, http.StatusOK, "")
	from := r.Journal(t)
	c.Post(t, all, ana()).Want(t, http.StatusCreated, "")
	got, errs := told(t, r, from)
	want := engine.KYCUpdatedData{
		Customer: "cus_ana", From: engine.KYCNone, Level: engine.KYCBasic, Expires: r.Clock.Now().Add(365 * 24 * time.Hour),
	}
	if len(errs) > 0 || len(got) != 1 || got[0].Name != engine.KYCUpdated || got[0].Bare || got[0].Data != any(want) {
		t.Errorf("got %+v and %v, want %+v", got, errs, want)
	}
	c.Post(t, "/api/erasures", enginetest.Body{"customerId": "cus_ana", "reason": "r", "legalBasis": "b"}).Want(t, http.StatusCreated, "")
	if got, errs := told(t, r, from); len(got) != 0 || len(errs) != 1 {
		t.Errorf("of the erased: got %+v and %v, want nothing but that they were erased", got, errs)
	}
}

// An erased customer is told of to nobody, in no list, and may be entered anew.
func TestErasedRecord(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Post(t, all, ana()).Want(t, http.StatusCreated, "")
	c.Post(t, kyc+"cus_ana/checks", enginetest.Body{"method": "document_seen", "status": "verified", "reference": "file 12"}).Want(t, http.StatusCreated, "")
	a := c.Get(t, "/api/subject-access?customerId=cus_ana").Want(t, http.StatusOK, "")
	if a.Text("held.customers.0.fullName") != "Ana Souza" || a.Text("held.customers.0.checks.0.reference") != "file 12" {
		t.Errorf("subject access: got %s, want the record and the check", a.Body)
	}
	a = c.Post(t, "/api/erasures", enginetest.Body{"customerId": "cus_ana", "reason": "r", "legalBasis": "b"}).Want(t, http.StatusCreated, "")
	if a.Number("covered.removed.customers") != 1 {
		t.Errorf("got %s, want one record erased", a.Body)
	}
	c.Get(t, all+"/cus_ana").Want(t, http.StatusGone, "")
	for _, path := range []string{all, "/api/subject-access?customerId=cus_ana"} {
		if b := string(c.Get(t, path).Want(t, http.StatusOK, "").Body); strings.Contains(b, "Souza") {
			t.Errorf("%s: got %s, want nothing", path, b)
		}
	}
	c.Post(t, all, ana()).Want(t, http.StatusCreated, "")
	if got := c.Get(t, all).Len("data"); got != 1 {
		t.Errorf("entered anew: got %d in the list, want one", got)
	}
}
