package stepup_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

const (
	matchPath    = "/api/identity/face/match"
	livenessPath = "/api/identity/face/liveness"
)

// TestMatch is the answer of a comparison, to the last byte.
func TestMatch(t *testing.T) {
	r, all := bank(t)
	plain := r.Caller(t, "bank", engine.ViewVerifications)
	image := func(p enginetest.Picture) enginetest.Body {
		return enginetest.Body{"customerId": "cus_1", "image": p.Bytes()}
	}
	beside := func(p, reference enginetest.Picture) enginetest.Body {
		return enginetest.Body{"customerId": "cus_9", "image": p.Bytes(), "referenceImage": reference.Bytes()}
	}
	for _, tt := range []struct {
		name   string
		caller enginetest.Caller
		body   enginetest.Body
		want   string
	}{
		{"a picture of the customer", all, image(enginetest.Ana()), `"verification":{"id":"ver","status":"verified","score":100},"match":{"verdict":"match","similarity":1,"threshold":0.55},"liveness":{"verdict":"live","assuranceTier":"low","score":0.98},"facesInPicture":1`},
		{"without scores", plain, image(enginetest.Ana()), `"verification":{"id":"ver","status":"verified"},"match":{"verdict":"match"},"liveness":{"verdict":"live","assuranceTier":"low"},"facesInPicture":1`},
		{"a bundle", all, enginetest.Body{"customerId": "cus_1", "bundle": r.Bundle(t, "bank", "cus_1", enginetest.Ana())}, `"verification":{"id":"ver","status":"verified","score":100},"match":{"verdict":"match","similarity":1,"threshold":0.55},"liveness":{"verdict":"live","assuranceTier":"standard","score":0.9999},"facesInPicture":1`},
		{"the grey zone of the highest bar", all, image(enginetest.HardlyAna()), `"verification":{"id":"ver","status":"pending","score":52},"match":{"verdict":"grey_zone","similarity":0.52,"threshold":0.55},"liveness":{"verdict":"live","assuranceTier":"low","score":0.98},"facesInPicture":1,"reasons":["grey_zone"],"hints":["A person will look at this. Please wait or ask the staff."]`},
		{"nobody", all, image(enginetest.Nobody()), `"verification":{"id":"ver","status":"failed","score":0},"liveness":{"verdict":"unclear","assuranceTier":"low","score":0},"reasons":["liveness_unclear","no_face"],"hints":["We cannot see a face. Look straight into the camera."]`},
		{"beside another picture", all, beside(enginetest.LikeAna(), enginetest.Ana()), `"verification":{"id":"ver","status":"verified","score":60},"match":{"verdict":"match","similarity":0.6,"threshold":0.55},"liveness":{"verdict":"live","assuranceTier":"low","score":0.98},"facesInPicture":1`},
		{"beside somebody else's", all, beside(enginetest.Budi(), enginetest.Ana()), `"verification":{"id":"ver","status":"failed","score":0},"match":{"verdict":"no_match","similarity":0,"threshold":0.55},"liveness":{"verdict":"live","assuranceTier":"low","score":0.98},"facesInPicture":1,"reasons":["face_does_not_match"]`},
	} {
		got := steady(tt.caller.Post(t, matchPath, tt.body).Want(t, http.StatusOK, "").Body)
		if want := "{" + tt.want + `,"attemptId":"att"}`; got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, want)
		}
	}
}

// What was found without a risk level stands for no step-up, ever.
func TestAFindingIsNeverFresh(t *testing.T) {
	r, c := bank(t)
	ids := []string{
		c.Post(t, matchPath, enginetest.Body{"customerId": "cus_1", "image": enginetest.Ana().Bytes()}).Text("verification.id"),
		c.Post(t, matchPath, enginetest.Body{"customerId": "cus_1", "image": enginetest.Budi().Bytes(), "referenceImage": enginetest.Budi().Bytes()}).Text("verification.id"),
		c.Post(t, livenessPath, enginetest.Body{"customerId": "cus_1", "bundle": r.Bundle(t, "bank", "cus_1", enginetest.Budi())}).Text("verification.id"),
	}
	for _, id := range ids {
		if got := c.Get(t, "/api/identity/verifications/"+id).Want(t, http.StatusOK, ""); got.Text("verification.status") != "verified" || got.At("verification.freshUntil") != nil {
			t.Errorf("got %s, want it verified and never fresh", got.Body)
		}
		fresh(t, c, id, nil, "expired")
		fresh(t, c, id, enginetest.Body{"riskLevel": "low"}, "made_for_lower_risk")
	}
}

// A comparison is a guess like any other: it counts, and a lock stops it. One
// beside a picture of the caller's own, and one about life, teach nothing about
// who is enrolled.
func TestWhatAMatchCounts(t *testing.T) {
	r, c := bank(t)
	guess := enginetest.Body{"customerId": "cus_1", "image": enginetest.Budi().Bytes()}
	beside := enginetest.Body{"customerId": "cus_1", "image": enginetest.Budi().Bytes(), "referenceImage": enginetest.Ana().Bytes()}
	alive := func() enginetest.Body {
		return enginetest.Body{"customerId": "cus_1", "bundle": r.Bundle(t, "bank", "cus_1", enginetest.Budi())}
	}
	failures := func(want float64) {
		t.Helper()
		if got := c.Get(t, "/api/identity/customers/cus_1/lock").Number("failures"); got != want {
			t.Errorf("got %v failures, want %v", got, want)
		}
	}
	for range 3 {
		c.Post(t, matchPath, beside).Want(t, http.StatusOK, "")
	}
	failures(0)
	c.Post(t, matchPath, guess).Want(t, http.StatusOK, "")
	failures(1)
	c.Post(t, livenessPath, alive()).Want(t, http.StatusOK, "")
	failures(1)
	r.Judge.Finds(found(engine.Spoof, engine.AssuranceStandard, -9, "wrong_code"))
	c.Post(t, livenessPath, alive()).Want(t, http.StatusOK, "")
	failures(2)
	locked(t, c.Post(t, matchPath, guess), 15*time.Minute)
	locked(t, c.Post(t, livenessPath, alive()), 15*time.Minute)
	locked(t, c.StepUp(t, "cus_1", engine.RiskLow, enginetest.Ana()), 15*time.Minute)
	c.Post(t, matchPath, beside).Want(t, http.StatusOK, "")
	r.Clock.Move(15 * time.Minute)
	c.Post(t, matchPath, enginetest.Body{"customerId": "cus_1", "image": enginetest.Ana().Bytes()}).Want(t, http.StatusOK, "")
	failures(0)
}

// TestLiveness is the answer to a question about life alone. What each signal
// found is only for those who may see scores.
func TestLiveness(t *testing.T) {
	r := enginetest.Open(t)
	all, plain := r.Caller(t, "bank"), r.Caller(t, "bank", engine.ViewVerifications)
	for _, tt := range []struct {
		name   string
		caller enginetest.Caller
		found  engine.LivenessFinding
		p      enginetest.Picture
		want   string
	}{
		{
			"alive", all, found(engine.Live, engine.AssuranceHigh, 9), enginetest.Ana(),
			`"verification":{"id":"ver","status":"verified","score":100},"liveness":{"verdict":"live","assuranceTier":"high","score":0.9999,"voters":[{"name":"flash_reflectance","passed":true},{"name":"passive_neural","passed":true},{"name":"face_continuity","passed":true}],"passed":3,"present":3}`,
		},
		{
			"alive, without scores", plain, found(engine.Live, engine.AssuranceHigh, 9), enginetest.Ana(),
			`"verification":{"id":"ver","status":"verified"},"liveness":{"verdict":"live","assuranceTier":"high"}`,
		},
		{
			"somebody else was lit", all, found(engine.Spoof, engine.AssuranceStandard, -9, "identity_break"), enginetest.Ana(),
			`"verification":{"id":"ver","status":"failed","score":0},"liveness":{"verdict":"spoof","assuranceTier":"standard","score":0.0001,"voters":[{"name":"flash_reflectance","passed":false},{"name":"passive_neural","passed":true},{"name":"face_continuity","passed":false}],"passed":1,"present":3},"reasons":["presentation_attack"],"hints":["Please try again in better light, with only your face in the picture."]`,
		},
		{
			"too far away", all, found(engine.Unclear, engine.AssuranceStandard, 1, "low_response"), enginetest.Ana().Passively(0.1),
			`"verification":{"id":"ver","status":"failed","score":73},"liveness":{"verdict":"unclear","assuranceTier":"standard","score":0.7311,"voters":[{"name":"flash_reflectance","passed":false},{"name":"passive_neural","passed":false},{"name":"face_continuity","passed":true}],"passed":1,"present":3},"reasons":["liveness_unclear","low_response"],"hints":["Please come closer to the screen, and turn away from the window or lamp."]`,
		},
		{
			"too far away, without scores", plain, found(engine.Unclear, engine.AssuranceStandard, 1, "low_response"), enginetest.Ana(),
			`"verification":{"id":"ver","status":"failed"},"liveness":{"verdict":"unclear","assuranceTier":"standard"},"reasons":["liveness_unclear"],"hints":["Please come closer to the screen, and turn away from the window or lamp."]`,
		},
	} {
		r.Judge.Finds(tt.found)
		body := enginetest.Body{"customerId": "cus_9", "bundle": r.Bundle(t, "bank", "cus_9", tt.p), "hmacKey": "never believed"}
		got := steady(tt.caller.Post(t, livenessPath, body).Want(t, http.StatusOK, "").Body)
		if want := "{" + tt.want + `,"attemptId":"att"}`; got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, want)
		}
		r.Clock.Move(24 * time.Hour) // past the lock that attacks have earned
		r.Clock.Move(-24 * time.Hour)
		all.Post(t, "/api/identity/customers/cus_9/unlock", enginetest.Body{}).Want(t, http.StatusOK, "")
	}
	rows := all.Get(t, "/api/identity/attempts?method=face_liveness")
	if rows.Number("total") != 5 || rows.At("data.0.match") != nil || rows.Text("data.0.captureId") == "" {
		t.Errorf("got %s, want five rows about life, of their captures", rows.Body)
	}
}

// TestRefusedMatches are the comparisons and liveness checks without an
// answer. None leaves anything.
func TestRefusedMatches(t *testing.T) {
	r, c := bank(t)
	ana := enginetest.Ana().Bytes()
	bundle := r.Bundle(t, "bank", "cus_1", enginetest.Ana())
	before := r.Journal(t)
	for _, tt := range []struct {
		name   string
		path   string
		body   enginetest.Body
		status int
		code   string
	}{
		{"image and bundle", matchPath, enginetest.Body{"customerId": "cus_1", "image": ana, "bundle": bundle}, 400, "stepup/image-and-bundle"},
		{"neither", matchPath, enginetest.Body{"customerId": "cus_1"}, 400, "stepup/no-picture"},
		{"a bundle that is null", matchPath, enginetest.Body{"customerId": "cus_1", "bundle": nil}, 400, "stepup/no-picture"},
		{"an unknown customer", matchPath, enginetest.Body{"customerId": "cus_9", "image": ana}, 422, "stepup/no-enrolment"},
		{"another model", matchPath, enginetest.Body{"customerId": "cus_1", "image": enginetest.Ana().By(2).Bytes()}, 422, "stepup/other-model"},
		{"another model than the reference's", matchPath, enginetest.Body{"customerId": "cus_1", "image": ana, "referenceImage": enginetest.Ana().By(2).Bytes()}, 422, "stepup/other-model"},
		{"a reference without a face", matchPath, enginetest.Body{"customerId": "cus_1", "image": ana, "referenceImage": enginetest.Nobody().Bytes()}, 422, "stepup/poor-reference"},
		{"a broken reference", matchPath, enginetest.Body{"customerId": "cus_1", "image": ana, "referenceImage": enginetest.Picture{Broken: true}.Bytes()}, 400, "picture/broken"},
		{"no customer", matchPath, enginetest.Body{"image": ana}, 400, "request/invalid"},
		{"an altered bundle", matchPath, enginetest.Body{"customerId": "cus_1", "bundle": bundle + "A"}, 422, "bundle/altered"},
		{"no bundle", livenessPath, enginetest.Body{"customerId": "cus_1"}, 400, "stepup/no-bundle"},
		{"a picture instead", livenessPath, enginetest.Body{"customerId": "cus_1", "image": ana}, 400, "request/unknown-member"},
		{"a bundle of another customer", livenessPath, enginetest.Body{"customerId": "cus_2", "bundle": bundle}, 403, "bundle/foreign"},
		{"a compatible bundle without anything", livenessPath, enginetest.Body{"customerId": "cus_1", "bundle": enginetest.Body{}}, 422, "bundle/malformed"},
	} {
		if a := c.Post(t, tt.path, tt.body); a.Status != tt.status || a.Text("code") != tt.code {
			t.Errorf("%s: got %d %s, want %d %s", tt.name, a.Status, a.Text("code"), tt.status, tt.code)
		}
	}
	if got := r.Journal(t); got != before {
		t.Errorf("got %d journal entries, want %d", got, before)
	}
	for _, path := range []string{matchPath, livenessPath} {
		r.Caller(t, "bank", engine.ViewAttempts).Post(t, path, enginetest.Body{"customerId": "cus_1", "bundle": bundle}).Want(t, http.StatusForbidden, "auth/missing-scope")
		first := c.Post(t, path, enginetest.Body{"customerId": "cus_1", "bundle": r.Bundle(t, "bank", "cus_1", enginetest.Ana())}, "Idempotency-Key", path).Want(t, http.StatusOK, "")
		if first.Header.Get("Idempotency-Replayed") != "" {
			t.Errorf("%s: got a replay of nothing", path)
		}
	}
}

// Faces that change during the look refuse a comparison as they do a step-up.
func TestFacesChangedDuringAMatch(t *testing.T) {
	r, c := bank(t)
	r.Eyes.Before(func(context.Context) error {
		r.Eyes.Before(nil)
		c.Enrol(t, "cus_1", enginetest.LikeAna())
		return nil
	})
	c.Post(t, matchPath, enginetest.Body{"customerId": "cus_1", "image": enginetest.Ana().Bytes()}).Want(t, http.StatusConflict, "stepup/faces-changed")
}
