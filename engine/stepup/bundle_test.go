package stepup_test

import (
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

// found is a finding about a capture.
func found(verdict engine.LivenessVerdict, assurance engine.AssuranceTier, odds float64, reasons ...string) engine.LivenessFinding {
	score := math.Round(1e4/(1+math.Exp(-odds))) / 1e4
	return engine.LivenessFinding{Verdict: verdict, Assurance: assurance, Score: score, LogOdds: odds, Reasons: reasons}
}

// TestVerdictsOfBundles is the answer to a bundle where most is at stake, to
// the last byte: to a key that may see scores, and to one that may not, which
// reads no signal that failed either.
func TestVerdictsOfBundles(t *testing.T) {
	tests := []struct {
		name     string
		found    engine.LivenessFinding
		picture  enginetest.Picture
		scored   string
		unscored string
		counted  string
	}{
		{
			"the customer, alive", found(engine.Live, engine.AssuranceStandard, 9.2), enginetest.Ana(),
			`"allow":true,"facesInPicture":1,"liveness":{"verdict":"live","assuranceTier":"standard","score":0.9999},"match":{"verdict":"match","similarity":1,"threshold":0.55},"verification":{"id":"ver","status":"verified","score":100,"freshUntil":"2026-11-22T13:00:00Z"}`,
			`"allow":true,"facesInPicture":1,"liveness":{"verdict":"live","assuranceTier":"standard"},"match":{"verdict":"match"},"verification":{"id":"ver","status":"verified","freshUntil":"2026-11-22T13:00:00Z"}`,
			"high allow",
		},
		{
			"alive, worth too little", found(engine.Live, engine.AssuranceLow, 5), enginetest.Ana(),
			`"allow":false,"facesInPicture":1,"liveness":{"verdict":"live","assuranceTier":"low","score":0.9933},"match":{"verdict":"match","similarity":1,"threshold":0.55},"verification":{"id":"ver","status":"failed","score":100},"reasons":["assurance_too_low"]`,
			`"allow":false,"facesInPicture":1,"liveness":{"verdict":"live","assuranceTier":"low"},"match":{"verdict":"match"},"verification":{"id":"ver","status":"failed"},"reasons":["assurance_too_low"]`,
			"high match",
		},
		{
			"somebody else, alive", found(engine.Live, engine.AssuranceStandard, 9.2), enginetest.Budi(),
			`"allow":false,"facesInPicture":1,"liveness":{"verdict":"live","assuranceTier":"standard","score":0.9999},"match":{"verdict":"no_match","similarity":0,"threshold":0.55},"verification":{"id":"ver","status":"failed","score":0},"reasons":["face_does_not_match"]`,
			`"allow":false,"facesInPicture":1,"liveness":{"verdict":"live","assuranceTier":"standard"},"match":{"verdict":"no_match"},"verification":{"id":"ver","status":"failed"},"reasons":["face_does_not_match"]`,
			"high no_match",
		},
		{
			"an attack", found(engine.Spoof, engine.AssuranceStandard, -8, "wrong_code"), enginetest.Ana(),
			`"allow":false,"facesInPicture":1,"liveness":{"verdict":"spoof","assuranceTier":"standard","score":0.0003},"match":{"verdict":"match","similarity":1,"threshold":0.55},"verification":{"id":"ver","status":"failed","score":100},"reasons":["presentation_attack"],"hints":["Please try again in better light, with only your face in the picture."]`,
			`"allow":false,"facesInPicture":1,"liveness":{"verdict":"spoof","assuranceTier":"standard"},"match":{"verdict":"match"},"verification":{"id":"ver","status":"failed"},"reasons":["presentation_attack"],"hints":["Please try again in better light, with only your face in the picture."]`,
			"high spoof",
		},
		{
			"unclear", found(engine.Unclear, engine.AssuranceStandard, 1.5, "no_signal_of_ours", "motion"), enginetest.Ana(),
			`"allow":false,"facesInPicture":1,"liveness":{"verdict":"unclear","assuranceTier":"standard","score":0.8176},"verification":{"id":"ver","status":"failed","score":0},"reasons":["liveness_unclear","no_signal_of_ours","motion"],"hints":["Please hold still and look straight ahead while the screen changes colour."]`,
			`"allow":false,"facesInPicture":1,"liveness":{"verdict":"unclear","assuranceTier":"standard"},"verification":{"id":"ver","status":"failed"},"reasons":["liveness_unclear"],"hints":["Please hold still and look straight ahead while the screen changes colour."]`,
			"high unclear",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := enginetest.Open(t)
			all := r.Caller(t, "bank")
			all.Enrol(t, "cus_1", enginetest.Ana())
			r.Judge.Finds(tt.found)
			const audit = `,"audit":{"attemptId":"att","riskLevel":"high","policyVersion":0,"decidedAt":"2026-11-22T12:00:00Z"}`
			for caller, want := range map[enginetest.Caller]string{
				all: tt.scored, r.Caller(t, "bank", engine.ViewVerifications): tt.unscored,
			} {
				body := enginetest.Body{"customerId": "cus_1", "riskLevel": "high", "bundle": r.Bundle(t, "bank", "cus_1", tt.picture)}
				got := steady(caller.Post(t, stepUpPath, body).Want(t, http.StatusOK, "").Body)
				if want = "{" + want + audit + "}"; got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
			}
			if got := strings.Join(r.Counted.List(), ", "); got != tt.counted+", "+tt.counted {
				t.Errorf("got %s for the metrics, want %s twice", got, tt.counted)
			}
		})
	}
}

// What was judged, and what it is worth, is in the attempt and the journal.
func TestAttemptOfABundle(t *testing.T) {
	r, c := bank(t)
	before := r.Journal(t)
	bundle := r.Bundle(t, "bank", "cus_1", enginetest.Ana(), "kiosk-7")
	c.Post(t, stepUpPath, enginetest.Body{"customerId": "cus_1", "riskLevel": "high", "bundle": bundle}).Want(t, http.StatusOK, "")
	row := c.Get(t, "/api/identity/attempts?deviceId=kiosk-7").Want(t, http.StatusOK, "")
	id := row.Text("data.0.captureId")
	if !strings.HasPrefix(id, "cap_") || row.Text("data.0.liveness.assuranceTier") != "standard" || row.Text("data.0.method") != "face_match" {
		t.Errorf("got %s, want a row of the kiosk with its capture and assurance", row.Body)
	}
	leaves := r.Leaves(t, before)
	leaf := leaves[len(leaves)-1]
	for _, part := range []string{`"capture":"` + id + `"`, `"assurance":"standard"`, `"liveness":"live"`} {
		if !strings.Contains(string(leaf.Public), part) {
			t.Errorf("got the journal entry %s, want %s in it", leaf.Public, part)
		}
	}
	impersonal(t, leaf, "cus_1", "kiosk-7")
	if _, err := r.Store.VerifyRecords(t.Context()); err != nil {
		t.Errorf("verify the records: got %v, want none", err)
	}
}

// A bundle is not used up by what gives no verdict: a lock, no enrolment, a
// change of faces, a full queue.
func TestBundleOutlivesRefusals(t *testing.T) {
	r, c := bank(t)
	body := func(bundle string) enginetest.Body {
		return enginetest.Body{"customerId": "cus_1", "riskLevel": "high", "bundle": bundle}
	}
	bundle := r.Bundle(t, "bank", "cus_1", enginetest.Ana())
	for range 2 {
		c.StepUp(t, "cus_1", engine.RiskMedium, enginetest.Budi()).Want(t, http.StatusOK, "")
	}
	c.Post(t, stepUpPath, body(bundle)).Want(t, http.StatusUnprocessableEntity, "stepup/locked")
	c.Post(t, "/api/identity/face/liveness", enginetest.Body{"customerId": "cus_1", "bundle": bundle}).Want(t, http.StatusUnprocessableEntity, "stepup/locked")
	c.Post(t, "/api/identity/face/match", enginetest.Body{"customerId": "cus_1", "bundle": bundle}).Want(t, http.StatusUnprocessableEntity, "stepup/locked")
	c.Post(t, "/api/identity/customers/cus_1/unlock", enginetest.Body{}).Want(t, http.StatusOK, "")
	other := r.Bundle(t, "bank", "cus_9", enginetest.Ana())
	ofOther := enginetest.Body{"customerId": "cus_9", "riskLevel": "high", "bundle": other}
	c.Post(t, stepUpPath, ofOther).Want(t, http.StatusUnprocessableEntity, "stepup/no-enrolment")
	c.Enrol(t, "cus_9", enginetest.Ana())
	for name, b := range map[string]enginetest.Body{"cus_1": body(bundle), "cus_9": ofOther} {
		if got := c.Post(t, stepUpPath, b).Want(t, http.StatusOK, "").At("allow"); got != true {
			t.Errorf("%s: got allow %v, want true", name, got)
		}
	}
}

// Failures count for the kiosk of the capture when no device is named.
func TestBundleLocksItsKiosk(t *testing.T) {
	r, c := bank(t)
	c.Enrol(t, "cus_2", enginetest.Ana())
	for _, customer := range []engine.CustomerID{"cus_1", "cus_2"} {
		bundle := r.Bundle(t, "bank", customer, enginetest.Budi(), "kiosk-7")
		c.Post(t, stepUpPath, enginetest.Body{"customerId": customer, "bundle": bundle}).Want(t, http.StatusOK, "")
	}
	a := c.Get(t, "/api/identity/devices/kiosk-7/lock").Want(t, http.StatusOK, "")
	if a.At("locked") != true || a.Number("failures") != 2 {
		t.Errorf("got %s, want the kiosk locked after two failures", a.Body)
	}
	c.Enrol(t, "cus_3", enginetest.Ana())
	late := r.Bundle(t, "bank", "cus_3", enginetest.Ana(), "kiosk-7")
	c.Post(t, stepUpPath, enginetest.Body{"customerId": "cus_3", "bundle": late}).Want(t, http.StatusUnprocessableEntity, "stepup/locked")
}

// An accepted capture teaches its kiosk, in the transaction that accepts it;
// what is refused or barely accepted teaches nothing. What was learnt is there
// for the next.
func TestBundleTeachesItsKiosk(t *testing.T) {
	r, c := bank(t)
	step := func(f engine.LivenessFinding) {
		r.Judge.Finds(f)
		bundle := r.Bundle(t, "bank", "cus_1", enginetest.Ana(), "kiosk-7")
		c.Post(t, stepUpPath, enginetest.Body{"customerId": "cus_1", "bundle": bundle}).Want(t, http.StatusOK, "")
	}
	const path = "/api/identity/kiosks/kiosk-7"
	step(found(engine.Spoof, engine.AssuranceStandard, -9, "wrong_code"))
	step(found(engine.Live, engine.AssuranceStandard, 7.9))
	c.Get(t, path).Want(t, http.StatusNotFound, "kiosk/unknown")
	step(found(engine.Live, engine.AssuranceStandard, 8))
	step(found(engine.Live, engine.AssuranceHigh, 12))
	if a := c.Get(t, path).Want(t, http.StatusOK, ""); a.Number("kiosk.sessions") != 2 || a.Number("kiosk.lagMs") != 121 {
		t.Errorf("got %s, want two sessions with the lag of both", a.Body)
	}
	sites := r.Judge.Sites()
	if len(sites) != 4 || sites[2].Sessions != 0 || sites[3].Sessions != 1 {
		t.Errorf("got the sites %v, want what was known before each", sites)
	}
}

// A compatible bundle teaches no kiosk: its times are the client's.
func TestCompatTeachesNothing(t *testing.T) {
	r, c := bank(t)
	ch := r.Compat(t, "bank", "cus_1", "kiosk-7")
	bundle := r.Answered(t, ch, []enginetest.Picture{enginetest.Ana()}, nil)
	c.Post(t, stepUpPath, enginetest.Body{"customerId": "cus_1", "bundle": bundle}).Want(t, http.StatusOK, "")
	c.Get(t, "/api/identity/kiosks/kiosk-7").Want(t, http.StatusNotFound, "kiosk/unknown")
}

// Nothing at stake needs no face: a bundle that is sent all the same stays
// unused.
func TestNothingAtStakeUsesNothing(t *testing.T) {
	r, c := bank(t)
	bundle := r.Bundle(t, "bank", "cus_1", enginetest.Ana())
	for range 2 {
		a := c.Post(t, stepUpPath, enginetest.Body{"customerId": "cus_1", "riskLevel": "none", "bundle": bundle}).Want(t, http.StatusOK, "")
		if a.At("allow") != true {
			t.Errorf("got %s, want it allowed", a.Body)
		}
	}
	r.Clock.Move(time.Minute)
	c.Post(t, stepUpPath, enginetest.Body{"customerId": "cus_1", "bundle": bundle}).Want(t, http.StatusOK, "")
}
