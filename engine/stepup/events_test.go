package stepup_test

import (
	"net/http"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/storage"
)

// What others are told of each decision, and that nobody is told of one whose
// evidence was erased.
func TestVerificationsAreTold(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "acme")
	c.TrustPictures(t)
	c.Enrol(t, "ana", enginetest.Ana())
	told := func(from uint64) (list []engine.Event) {
		err := r.Store.View(t.Context(), func(v *storage.View) error {
			leaves, err := v.Leaves(from, 100)
			if err != nil {
				return err
			}
			for _, l := range leaves {
				for _, source := range r.Sources[l.Kind] {
					some, err := source(v, l)
					if err != nil {
						return err
					}
					list = append(list, some...)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for _, row := range []struct {
		name   string
		do     func()
		status engine.VerificationStatus // empty: nobody is told
		method engine.Method
		score  int
	}{
		{"a match", func() { c.StepUp(t, "ana", engine.RiskLow, enginetest.Ana()).Want(t, http.StatusOK, "") }, engine.Verified, engine.FaceMatch, 100},
		{"no match", func() { c.StepUp(t, "ana", engine.RiskLow, enginetest.Budi()).Want(t, http.StatusOK, "") }, engine.Failed, engine.FaceMatch, 0},
		{"a comparison", func() {
			c.Post(t, "/api/identity/face/match", enginetest.Body{"customerId": "ana", "image": enginetest.Ana().Bytes()}).Want(t, http.StatusOK, "")
		}, engine.Verified, engine.FaceMatch, 100},
		{"no face was asked for", func() {
			c.Post(t, "/api/identity/auth/step-up", enginetest.Body{"customerId": "ana", "riskLevel": "none"}).Want(t, http.StatusOK, "")
		}, "", "", 0},
		{"an enrolment", func() { c.Enrol(t, "budi", enginetest.Budi()) }, "", "", 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			from := r.Journal(t)
			row.do()
			got := told(from)
			if row.status == "" {
				if len(got) != 0 {
					t.Errorf("got %+v, want nothing", got)
				}
				return
			}
			if len(got) != 1 {
				t.Fatalf("events: got %d, want 1", len(got))
			}
			data, ok := got[0].Data.(engine.VerificationData)
			if !ok || got[0].Name != engine.VerificationCreated || got[0].Bare {
				t.Fatalf("got %+v, want verification.created in an envelope", got[0])
			}
			want := engine.VerificationData{Verification: data.Verification, Customer: "ana", Method: row.method, Status: row.status, Score: row.score}
			if data != want || data.Verification == "" {
				t.Errorf("got %q %v %v %d, want %q %v %v %d", string(data.Customer), data.Method, data.Status, data.Score, string(want.Customer), want.Method, want.Status, want.Score)
			}
		})
	}
}
