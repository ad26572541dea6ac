package evidence_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

// The reviewer sees what was measured, how it was judged, a drawing and the
// picture; that somebody looked at the picture is in the journal.
func TestReview(t *testing.T) {
	r, c := bank(t)
	r.Judge.Finds(engine.LivenessFinding{Verdict: engine.Spoof, Assurance: engine.AssuranceStandard, Score: 0.0006, LogOdds: -7.5, Reasons: []string{"wrong_code"}})
	use(t, c, "cus_1", r.Bundle(t, "bank", "cus_1", enginetest.Ana(), "kiosk-7")).Want(t, http.StatusOK, "")
	row := c.Get(t, "/api/identity/attempts?format=json").Want(t, http.StatusOK, "")
	id := row.Text("data.0.captureId")
	if !strings.HasPrefix(id, "cap_") || row.Text("data.0.deviceId") != "kiosk-7" || row.Text("data.0.liveness.reasons.0") != "wrong_code" {
		t.Fatalf("got %s, want a row with its capture, kiosk and reasons", row.Body)
	}
	one := "/api/identity/captures/" + id
	examiner := r.Caller(t, "bank", engine.ViewAttempts)
	for caller, score := range map[enginetest.Caller]float64{c: 0.0006, examiner: -1} {
		a := caller.Get(t, one+"/evidence").Want(t, http.StatusOK, "")
		for path, want := range map[string]any{
			"capture.id": id, "capture.customerId": "cus_1", "capture.deviceId": "kiosk-7", "capture.profile": "flash",
			"capture.frames": 200.0, "capture.fps": 29.8, "capture.lagMs": 121.0, "measurements.seconds": 6.6, "sights.0.colour": "K",
			"judgement.verdict": "spoof", "judgement.assuranceTier": "standard", "judgement.reasons.0": "wrong_code", "judgement.usedAt": "2026-11-22T12:00:00Z",
		} {
			if got := a.At(path); got != want {
				t.Errorf("%s: got %v, want %v", path, got, want)
			}
		}
		if got := a.Number("judgement.score"); got != score {
			t.Errorf("got score %v, want %v", got, score)
		}
		if odds := a.At("judgement.logOdds"); caller == c && odds != -7.5 || caller == examiner && odds != nil {
			t.Errorf("got log odds %v, want those only for who may see scores", odds)
		}
		if strings.Contains(string(a.Body), "ector") {
			t.Error("the evidence has the template")
		}
	}
	before := r.Journal(t)
	drawn := examiner.Get(t, one+"/evidence.svg").Want(t, http.StatusOK, "")
	if string(drawn.Body) != "<svg>200 frames</svg>" || drawn.Header.Get("Content-Type") != "image/svg+xml" || drawn.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("got %s as %s, want a drawing without scripts", drawn.Body, drawn.Header.Get("Content-Type"))
	}
	if got := r.Journal(t); got != before+1 {
		t.Errorf("got %d journal entries, want one more than %d", got, before)
	}
	before++
	picture := examiner.Get(t, one+"/picture").Want(t, http.StatusOK, "")
	if string(picture.Body) != string(enginetest.Ana().Bytes()) || picture.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %d bytes, %q, want the picture and no cache", len(picture.Body), picture.Header.Get("Cache-Control"))
	}
	leaves := r.Leaves(t, before)
	if len(leaves) != 1 || leaves[0].Kind != "data.viewed" || !strings.Contains(string(leaves[0].Public), "capture.picture") || leaves[0].Actor != string(examiner.ID) || !strings.Contains(string(leaves[0].Public), id) {
		t.Errorf("got %d journal entries, want one that says who saw which picture", len(leaves))
	}
	for _, path := range []string{"/evidence", "/evidence.svg", "/picture"} {
		r.Caller(t, "bank", engine.ViewVerifications).Get(t, one+path).Want(t, http.StatusForbidden, "auth/missing-scope")
		r.Caller(t, "shop").Get(t, one+path).Want(t, http.StatusNotFound, "evidence/no-such-capture")
		c.Get(t, "/api/identity/captures/cap_0"+path).Want(t, http.StatusNotFound, "evidence/no-such-capture")
	}
}

// A capture that was not used has no judgement.
func TestReviewOfAnUnusedCapture(t *testing.T) {
	r, c := bank(t)
	ch := r.Challenge(t, challengeOf("bank", "cus_1"))
	r.Begin(t, ch.ID)
	r.Keep(t, ch, enginetest.Ana())
	kept, err := r.Evidence.Challenge(t.Context(), ch.ID)
	if err != nil || kept.Capture == "" || kept.State != "finished" || kept.Outcome != "captured" {
		t.Fatalf("got %s %s and %v, want a finished challenge with its capture", kept.State, kept.Outcome, err)
	}
	a := c.Get(t, "/api/identity/captures/"+string(kept.Capture)+"/evidence").Want(t, http.StatusOK, "")
	if a.At("judgement") != nil {
		t.Errorf("got %s, want no judgement", a.Body)
	}
	capture, judged, err := r.Evidence.Capture(t.Context(), "bank", kept.Capture)
	if err != nil || judged != nil || capture.Flash.Frames != 200 || capture.Best.Template.Empty() || string(capture.Picture) != string(enginetest.Ana().Bytes()) {
		t.Errorf("got %v and %v, want the whole capture, not judged", judged, err)
	}
}
