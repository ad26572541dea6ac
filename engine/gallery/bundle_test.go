package gallery_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

// A face is enrolled from a capture, which is used up by it; when it was
// captured is known.
func TestEnrolByBundle(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	bundle := r.Bundle(t, "bank", "cus_1", enginetest.Ana())
	r.Clock.Move(5 * time.Minute)
	before := r.Journal(t)
	body := enginetest.Body{"customerId": "cus_1", "bundle": bundle, "capturedAt": "2020-01-01T00:00:00Z"}
	a := c.Post(t, enrolPath, body, "Idempotency-Key", "k1").Want(t, http.StatusCreated, "")
	if a.Text("enrolment.capturedAt") != "2026-11-22T12:00:00Z" || a.Text("enrolment.createdAt") != "2026-11-22T12:05:00Z" || a.Number("faces") != 1 {
		t.Errorf("got %s, want one face, captured at noon", a.Body)
	}
	leaf := r.Leaves(t, before)[0]
	if leaf.Kind != "face.enrolled" || !strings.Contains(string(leaf.Public), `"capture":"cap_`) {
		t.Errorf("got the journal entry %s, want face.enrolled with the capture", leaf.Public)
	}
	if again := c.Post(t, enrolPath, body, "Idempotency-Key", "k1").Want(t, http.StatusCreated, ""); string(again.Body) != string(a.Body) {
		t.Errorf("got %s, want the first answer %s", again.Body, a.Body)
	}
	c.Post(t, enrolPath, body).Want(t, http.StatusConflict, "bundle/used")
	c.Post(t, "/api/identity/auth/step-up", enginetest.Body{"customerId": "cus_1", "bundle": bundle}).Want(t, http.StatusConflict, "bundle/used")
	if got := c.StepUp(t, "cus_1", engine.RiskLow, enginetest.Ana()).At("allow"); got != true {
		t.Errorf("got allow %v for the face that was enrolled, want true", got)
	}
}

// TestRefusedBundles are the captures that are not enrolled. A bundle is not
// used up by being refused.
func TestRefusedBundles(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_1", enginetest.Ana())
	live := enginetest.Lively()
	spoof := engine.LivenessFinding{Verdict: engine.Spoof, Assurance: engine.AssuranceStandard, Score: -9}
	unclear := engine.LivenessFinding{Verdict: engine.Unclear, Assurance: engine.AssuranceStandard}
	for _, tt := range []struct {
		name     string
		found    engine.LivenessFinding
		customer string
		body     enginetest.Body
		status   int
		code     string
	}{
		{"an attack", spoof, "cus_1", enginetest.Body{"bundle": r.Bundle(t, "bank", "cus_1", enginetest.Ana())}, 422, "gallery/not-live"},
		{"unclear", unclear, "cus_1", enginetest.Body{"bundle": r.Bundle(t, "bank", "cus_1", enginetest.Ana())}, 422, "gallery/not-live"},
		{"a poor picture", live, "cus_1", enginetest.Body{"bundle": r.Bundle(t, "bank", "cus_1", enginetest.Ana().With(engine.Blurred))}, 422, "gallery/poor-picture"},
		{"another face", live, "cus_1", enginetest.Body{"bundle": r.Bundle(t, "bank", "cus_1", enginetest.Budi())}, 409, "gallery/other-face"},
		{"another customer's", live, "cus_1", enginetest.Body{"bundle": r.Bundle(t, "bank", "cus_2", enginetest.Ana())}, 403, "bundle/foreign"},
		{"altered", live, "cus_1", enginetest.Body{"bundle": r.Bundle(t, "bank", "cus_1", enginetest.Ana()) + "x"}, 422, "bundle/altered"},
		{"image and bundle", live, "cus_1", enginetest.Body{"bundle": r.Bundle(t, "bank", "cus_1", enginetest.Ana()), "image": enginetest.Ana().Bytes()}, 400, "gallery/image-and-bundle"},
		{"a bundle that is null", live, "cus_1", enginetest.Body{"bundle": nil}, 400, "request/invalid"},
	} {
		r.Judge.Finds(tt.found)
		before := r.Journal(t)
		tt.body["customerId"] = tt.customer
		a := c.Post(t, enrolPath, tt.body).Want(t, tt.status, tt.code)
		if tt.code == "gallery/poor-picture" && !strings.HasPrefix(a.Text("details.fieldErrors.bundle.0"), "blurred: ") {
			t.Errorf("%s: got %s, want the bundle blamed", tt.name, a.Body)
		}
		if got := r.Journal(t); got != before {
			t.Errorf("%s: got %d journal entries, want %d", tt.name, got, before)
		}
	}
	r.Judge.Finds(live)
	bundle := r.Bundle(t, "bank", "cus_1", enginetest.Ana())
	r.Judge.Finds(unclear)
	c.Post(t, enrolPath, enginetest.Body{"customerId": "cus_1", "bundle": bundle}).Want(t, http.StatusUnprocessableEntity, "gallery/not-live")
	r.Judge.Finds(live)
	c.Post(t, enrolPath, enginetest.Body{"customerId": "cus_1", "bundle": bundle}).Want(t, http.StatusCreated, "")
}

// A compatible bundle enrols too.
func TestEnrolByCompatibleBundle(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	ch := r.Compat(t, "bank", "cus_1", "")
	body := enginetest.Body{"customerId": "cus_1", "bundle": r.Answered(t, ch, []enginetest.Picture{enginetest.Ana()}, nil)}
	c.Post(t, enrolPath, body).Want(t, http.StatusCreated, "")
	c.Post(t, enrolPath, body).Want(t, http.StatusConflict, "bundle/used")
	if got := c.StepUp(t, "cus_1", engine.RiskLow, enginetest.Ana()).At("allow"); got != true {
		t.Errorf("got allow %v for the face that was enrolled, want true", got)
	}
}
