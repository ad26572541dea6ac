package hold_test

import (
	"net/http"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

// Restricted, a customer is kept and not used: nothing that would process answers
// anything else, and all of it does again when it is released.
func TestRestriction(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	client := r.Client(t, "bank", enginetest.Wish{Segment: "s", Capabilities: []engine.CapabilityName{engine.CapMultiAccounts}})
	c.Enrol(t, "cus_1", enginetest.Ana())
	rest := c.Post(t, "/api/restrictions", enginetest.Body{"customerId": "cus_1", "reason": "objected"}).Want(t, http.StatusCreated, "").Text("id")
	looks := r.Eyes.Looks()
	c.StepUp(t, "cus_1", engine.RiskLow, enginetest.Ana()).Want(t, http.StatusConflict, "hold/restricted")
	client.Create(t, "cus_1", enginetest.Ana()).Want(t, http.StatusForbidden, "")
	if got := r.Eyes.Looks(); got != looks {
		t.Errorf("looked at %d pictures, want none", got-looks)
	}
	c.Post(t, "/api/identity/face/enroll", enginetest.Body{"customerId": "cus_1", "image": enginetest.Ana().Bytes()}).Want(t, http.StatusConflict, "hold/restricted")
	if got := c.Get(t, "/api/identity/customers/cus_1/faces").Len("data"); got != 1 {
		t.Errorf("got %d faces, want the one that was there", got)
	}
	c.Post(t, "/api/holds/"+rest+"/release", nil).Want(t, http.StatusNotFound, "hold/no-such-hold")
	if a := c.Get(t, "/api/restrictions"); a.Len("data") != 1 || a.Text("data.0.reason") != "objected" {
		t.Errorf("got %s, want the restriction", a.Body)
	}
	c.Post(t, "/api/restrictions/"+rest+"/release", nil).Want(t, http.StatusOK, "")
	c.StepUp(t, "cus_1", engine.RiskLow, enginetest.Ana()).Want(t, http.StatusOK, "")
	if a := c.Get(t, "/api/restrictions"); a.Len("data") != 0 {
		t.Errorf("got %s, want none that stands", a.Body)
	}
}

// What cannot be held is said: nobody, both, a time that is over, a record that is
// not there or another org's.
func TestNoHold(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	r.Caller(t, "shop").Enrol(t, "cus_1", enginetest.Ana())
	face := r.Caller(t, "shop").Get(t, "/api/identity/customers/cus_1/faces").Text("data.0.id")
	for code, body := range map[string]enginetest.Body{
		"hold/about":          {"reason": "suit"},
		"hold/past":           {"reason": "suit", "customerId": "cus_1", "until": "2026-11-22T12:00:00Z"},
		"hold/no-such-record": {"reason": "suit", "record": enginetest.Body{"kind": "templates", "id": face}},
	} {
		if a := c.Post(t, "/api/holds", body); a.Text("code") != code {
			t.Errorf("got %s, want %s", a.Body, code)
		}
	}
	c.Post(t, "/api/holds", enginetest.Body{"reason": "suit", "customerId": "cus_1", "record": enginetest.Body{"kind": "templates", "id": face}}).Want(t, http.StatusBadRequest, "hold/about")
	r.Caller(t, "bank", engine.ViewRetention).Post(t, "/api/holds", enginetest.Body{"reason": "suit", "customerId": "cus_1"}).Want(t, http.StatusForbidden, "auth/missing-scope")
	if got := c.Get(t, "/api/holds").Len("data"); got != 0 {
		t.Errorf("got %d holds, want none", got)
	}
}
