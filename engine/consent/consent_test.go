package consent_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

const at = "/api/consents"

func agreed(customer, purpose string) enginetest.Body {
	return enginetest.Body{"customerId": customer, "purpose": purpose, "textSha256": strings.Repeat("0a", 32), "textVersion": "7", "language": "id-ID", "channel": "kiosk"}
}

// A consent says which text, in which language, where and when; it stands until
// it is withdrawn, by purpose, and both are in the journal without a name.
func TestConsent(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	before := r.Journal(t)
	one := c.Post(t, at, agreed("cus_1", "face")).Want(t, http.StatusCreated, "")
	if one.At("stands") != true || one.Text("givenAt") != "2026-11-22T12:00:00Z" || one.Text("by") != string(c.ID) || one.Number("journal") != float64(before) {
		t.Errorf("got %s, want a consent of now", one.Body)
	}
	c.Post(t, at, agreed("cus_1", "marketing")).Want(t, http.StatusCreated, "")
	c.Post(t, at, agreed("cus_2", "face")).Want(t, http.StatusCreated, "")
	r.Clock.Move(time.Hour)
	if a := c.Post(t, at+"/withdraw", enginetest.Body{"customerId": "cus_1", "purpose": "face", "channel": "app"}).Want(t, http.StatusOK, ""); a.Len("withdrawn") != 1 || a.At("follows") != nil {
		t.Errorf("got %s, want one withdrawn and nothing else", a.Body)
	}
	c.Post(t, at+"/withdraw", enginetest.Body{"customerId": "cus_1", "purpose": "face", "channel": "app"}).Want(t, http.StatusNotFound, "consent/none")
	list := c.Get(t, at+"?customerId=cus_1&purpose=face").Want(t, http.StatusOK, "")
	if list.Len("data") != 1 || list.At("data.0.stands") != false || list.Text("data.0.withdrawnAt") != "2026-11-22T13:00:00Z" || list.Text("data.0.withdrawnThrough") != "app" {
		t.Errorf("got %s, want it withdrawn an hour later", list.Body)
	}
	if got := c.Get(t, at+"?customerId=cus_1&purpose=marketing").At("data.0.stands"); got != true {
		t.Errorf("another purpose: got %v, want it to stand", got)
	}
	if got := r.Caller(t, "shop").Get(t, at+"?customerId=cus_1").Len("data"); got != 0 {
		t.Errorf("another org: got %d, want none", got)
	}
	for _, leaf := range r.Leaves(t, before) {
		if strings.Contains(string(leaf.Raw), "cus_") {
			t.Errorf("an entry names a customer: %s", leaf.Raw)
		}
	}
	for member, wrong := range map[string]any{
		"textSha256": "0A", "language": "english please", "channel": "", "purpose": "Face Verification", "givenAt": "2026-11-23T12:00:00Z",
	} {
		body := agreed("cus_1", "face")
		body[member] = wrong
		c.Post(t, at, body).Want(t, http.StatusBadRequest, "")
	}
	r.Caller(t, "bank", engine.ViewConsents).Post(t, at, agreed("cus_1", "face")).Want(t, http.StatusForbidden, "auth/missing-scope")
}

// Where the policy says so, a withdrawal erases, or requests it; a hold stops the
// erasure and not the withdrawal.
func TestWithdrawalErases(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	set := func(fourEyes bool) {
		c.Do(t, http.MethodPut, "/api/retention/policy", enginetest.Body{"policy": enginetest.Body{
			"eraseOnWithdrawal": []string{"face"}, "fourEyes": fourEyes,
		}}).Want(t, http.StatusOK, "")
	}
	withdraw := func() enginetest.Answer {
		return c.Post(t, at+"/withdraw", enginetest.Body{"customerId": "cus_1", "purpose": "face", "channel": "app"}).Want(t, http.StatusOK, "")
	}
	enrol := func() {
		c.Enrol(t, "cus_1", enginetest.Ana())
		c.Post(t, at, agreed("cus_1", "face")).Want(t, http.StatusCreated, "")
	}
	enrol()
	set(false)
	h := c.Post(t, "/api/holds", enginetest.Body{"customerId": "cus_1", "reason": "suit"}).Want(t, http.StatusCreated, "").Text("id")
	if a := withdraw(); a.Text("follows.refused") != "hold/held" || a.Len("withdrawn") != 1 {
		t.Errorf("held: got %s, want it withdrawn and the erasure refused", a.Body)
	}
	c.Post(t, "/api/holds/"+h+"/release", nil).Want(t, http.StatusOK, "")
	enrol()
	set(true)
	if a := withdraw(); a.Text("follows.state") != "requested" {
		t.Errorf("four eyes: got %s, want a request", a.Body)
	}
	id := c.Get(t, "/api/erasures").Text("data.0.id")
	c.Post(t, "/api/erasures/"+id+"/cancel", nil).Want(t, http.StatusOK, "")
	enrol()
	// A withdrawal is taken from any key; what follows from one that nobody holds is
	// nobody's to confirm.
	id = r.CallerFor(t, "bank", "").Post(t, at+"/withdraw", enginetest.Body{"customerId": "cus_1", "purpose": "face", "channel": "app"}).
		Want(t, http.StatusOK, "").Text("follows.erasure")
	c.Post(t, "/api/erasures/"+id+"/confirm", nil).Want(t, http.StatusForbidden, "four-eyes/no-first-holder")
	c.Post(t, "/api/erasures/"+id+"/cancel", nil).Want(t, http.StatusOK, "")
	enrol()
	set(false)
	a := withdraw()
	if a.Text("follows.state") != "done" || a.Text("follows.certificate") == "" {
		t.Errorf("got %s, want it erased, with the certificate", a.Body)
	}
	c.StepUp(t, "cus_1", engine.RiskLow, enginetest.Ana()).Want(t, http.StatusUnprocessableEntity, "stepup/no-enrolment")
	if got := c.Get(t, at+"?customerId=cus_1").Len("data"); got != 0 {
		t.Errorf("got %d consents, want none", got)
	}
}
