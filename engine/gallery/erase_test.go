package gallery_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/storage"
)

// Erasing forgets the faces for good: no step-up, nothing that could be read
// of them in the journal, and records that are sound all the same. The
// evidence of earlier attempts stays, and the customer may enrol again.
func TestErase(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	first := r.Journal(t)
	c.Enrol(t, "cus_1", enginetest.Ana())
	c.Enrol(t, "cus_1", enginetest.LikeAna())
	c.Enrol(t, "cus_2", enginetest.Budi())
	c.StepUp(t, "cus_1", engine.RiskMedium, enginetest.Ana()).Want(t, http.StatusOK, "")

	before := r.Journal(t)
	erased := c.Do(t, http.MethodDelete, facesPath, nil).Want(t, http.StatusOK, "")
	if erased.Number("erased") != 2 || erased.Text("erasedAt") != "2026-11-22T12:00:00Z" || erased.Number("journal") != float64(before) {
		t.Errorf("got %s, want 2 erased at noon in journal entry %d", erased.Body, before)
	}
	leaf := r.Leaves(t, before)[0]
	if leaf.Kind != "faces.erased" || len(leaf.Forgot) != 1 || strings.Contains(string(leaf.Raw), "cus_1") {
		t.Errorf("got the journal entry %s, want faces.erased with the key that is forgotten, of nobody by name", leaf.Raw)
	}
	for _, i := range []uint64{first, first + 1} {
		if _, err := r.Store.Opening(t.Context(), i); !errors.Is(err, storage.ErrErased) {
			t.Errorf("opening the enrolment in entry %d: got %v, want ErrErased", i, err)
		}
	}
	if _, err := r.Store.VerifyRecords(t.Context()); err != nil {
		t.Errorf("verify the records: got %v, want none", err)
	}
	if got := c.Get(t, facesPath).Want(t, http.StatusOK, "").Len("data"); got != 0 {
		t.Errorf("got %d faces, want none", got)
	}
	c.StepUp(t, "cus_1", engine.RiskMedium, enginetest.Ana()).Want(t, http.StatusUnprocessableEntity, "stepup/no-enrolment")
	c.Do(t, http.MethodDelete, facesPath, nil).Want(t, http.StatusNotFound, "gallery/no-enrolment")
	row := c.Get(t, "/api/identity/attempts?customerId=cus_1")
	if row.Number("total") != 1 || row.At("data.0.erased") != nil || row.Text("data.0.match.verdict") != "match" {
		t.Errorf("got %s, want the attempt from before, readable", row.Body)
	}
	if got := c.StepUp(t, "cus_2", engine.RiskMedium, enginetest.Budi()).At("allow"); got != true {
		t.Errorf("another customer: got allow %v, want true", got)
	}

	c.Enrol(t, "cus_1", enginetest.Budi()) // there is no face that it could differ from
	if got := c.StepUp(t, "cus_1", engine.RiskMedium, enginetest.Budi()).At("allow"); got != true {
		t.Errorf("enrolled again: got allow %v, want true", got)
	}
	if _, err := r.Store.VerifyRecords(t.Context()); err != nil {
		t.Errorf("verify the records: got %v, want none", err)
	}
}

// Removing the last face forgets as erasing does; removing another does not.
func TestRemove(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	one := c.Enrol(t, "cus_1", enginetest.Ana()).Text("enrolment.id")
	two := c.Enrol(t, "cus_1", enginetest.LikeAna()).Text("enrolment.id")
	remove := func(c enginetest.Caller, id string) enginetest.Answer {
		return c.Do(t, http.MethodDelete, facesPath+"/"+id, nil)
	}
	remove(c, "fe_00000000000000000000000000").Want(t, http.StatusNotFound, "gallery/no-such-face")
	remove(r.Caller(t, "shop"), one).Want(t, http.StatusNotFound, "gallery/no-such-face")
	remove(r.Caller(t, "bank", engine.ViewCustomers), one).Want(t, http.StatusForbidden, "auth/missing-scope")
	c.Do(t, http.MethodDelete, "/api/identity/customers/cus_2/faces/"+one, nil).Want(t, http.StatusNotFound, "gallery/no-such-face")

	before := r.Journal(t)
	if got := remove(c, one).Want(t, http.StatusOK, "").Text("removed"); got != one {
		t.Errorf("got removed %q, want %q", got, one)
	}
	if got := c.Get(t, facesPath).Text("data.0.id"); got != two {
		t.Errorf("got %q left, want %q", got, two)
	}
	remove(c, one).Want(t, http.StatusNotFound, "gallery/no-such-face")
	remove(c, two).Want(t, http.StatusOK, "")
	leaves := slices.DeleteFunc(r.Leaves(t, before), func(l storage.Leaf) bool { return l.Kind == "index.secret" })
	if len(leaves) != 2 || len(leaves[0].Forgot) != 0 || len(leaves[1].Forgot) != 1 {
		t.Errorf("got %d journal entries, want two, of which the second forgets a key", len(leaves))
	}
	c.StepUp(t, "cus_1", engine.RiskMedium, enginetest.Ana()).Want(t, http.StatusUnprocessableEntity, "stepup/no-enrolment")
	if _, err := r.Store.VerifyRecords(t.Context()); err != nil {
		t.Errorf("verify the records: got %v, want none", err)
	}
}

// The answer to an enrolment goes with the faces: what is kept of it cannot be
// had again, and sending the request again does not bring the customer back.
func TestErasedAnswer(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Post(t, enrolPath, ana(nil), "Idempotency-Key", "k1").Want(t, http.StatusCreated, "")
	c.Do(t, http.MethodDelete, facesPath, nil).Want(t, http.StatusOK, "")
	c.Post(t, enrolPath, ana(nil), "Idempotency-Key", "k1").Want(t, http.StatusGone, "idempotency/erased")
	if got := c.Get(t, facesPath).Len("data"); got != 0 {
		t.Errorf("got %d faces, want none", got)
	}
}

// A customer's name may hold anything that is not white or a control
// character, and each name is a customer of its own.
func TestNames(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	names := map[string]string{ // and how each is written in an address
		"a/b": "a%2Fb", "a+b": "a+b", "a%20b": "a%2520b", "a?b": "a%3Fb", "Ä": "%C3%84", "ä": "%C3%A4", "a": "a", "A": "A", "a\u200b": "a%E2%80%8B",
	}
	for name := range names {
		c.Enrol(t, name, enginetest.Ana())
	}
	for name, escaped := range names {
		if got := c.Get(t, "/api/identity/customers/"+escaped+"/faces").Want(t, http.StatusOK, "").Len("data"); got != 1 {
			t.Errorf("%q: got %d faces, want 1", name, got)
		}
	}
}
