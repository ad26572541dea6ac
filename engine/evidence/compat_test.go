package evidence_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/engine/evidence"
	"github.com/rostod/rostod/internal/fault"
)

// compat is a challenge of cus_1 with profile compat.
func compat(t *testing.T, r *enginetest.Rooms) evidence.Challenge {
	t.Helper()
	return r.Compat(t, "bank", "cus_1", "phone")
}

// anas are so many frames of Ana.
func anas(n int) []enginetest.Picture {
	return slices.Repeat([]enginetest.Picture{enginetest.Ana()}, n)
}

// ask steps up with a compatible bundle where little is at stake.
func ask(t *testing.T, c enginetest.Caller, bundle any) enginetest.Answer {
	t.Helper()
	return c.Post(t, stepUpPath, enginetest.Body{"customerId": "cus_1", "riskLevel": "low", "bundle": bundle, "hmacKey": "never believed"})
}

// A compatible bundle is looked at, measured, judged, matched and kept.
func TestCompat(t *testing.T) {
	r, c := bank(t)
	r.Judge.Finds(engine.LivenessFinding{Verdict: engine.Live, Assurance: engine.AssuranceLow, Score: 0.9})
	ch := compat(t, r)
	frames := anas(9)
	frames[6] = enginetest.HardlyAna()
	frames[4] = enginetest.Ana().With(engine.Blurred)
	samples := []enginetest.Body{}
	for i := range frames {
		samples = append(samples, enginetest.Body{"tMs": 100 + 150*i, "meanR": 235, "meanG": 30, "meanB": 30})
	}
	looks := r.Eyes.Looks()
	before := r.Journal(t)
	a := ask(t, c, r.Answered(t, ch, frames, func(b enginetest.Body) { b["flashSamples"] = samples })).Want(t, http.StatusOK, "")
	if a.At("allow") != true || a.Text("liveness.assuranceTier") != "low" || a.Number("match.similarity") != 1 {
		t.Errorf("got %s, want a match that is allowed with low assurance", a.Body)
	}
	if got := r.Eyes.Looks() - looks; got != 5 {
		t.Errorf("looked at %d frames, want 5", got)
	}
	measured := r.Light.Frames()
	for i, f := range measured {
		if f.At != float64(100+150*i) || string(f.Data) != string(frames[i].Bytes()) || (f.Face != nil) != (i%2 == 0) {
			t.Errorf("frame %d: got it at %v ms, looked at %v", i, f.At, f.Face != nil)
		}
	}
	id := c.Get(t, "/api/identity/attempts").Text("data.0.captureId")
	e := c.Get(t, "/api/identity/captures/"+id+"/evidence").Want(t, http.StatusOK, "")
	if e.Text("capture.profile") != "compat" || e.Number("measurements.frames") != 9 || e.Len("sights") != 4 || e.Text("judgement.verdict") != "live" || e.Text("capture.deviceId") != "phone" {
		t.Errorf("got %s, want nine frames, four sights and the judgement", e.Body)
	}
	if got := e.Text("sights.0.colour") + " " + e.Text("sights.3.colour"); got != "#009e00 #0087ff" && got != "#e900ff #0087ff" {
		t.Errorf("got the colours %s, want those of the frames' times", got)
	}
	var kinds []string
	for _, leaf := range r.Leaves(t, before) {
		kinds = append(kinds, leaf.Kind)
	}
	if !slices.Equal(kinds, []string{"capture.kept", "stepup.decided", "data.viewed"}) {
		t.Errorf("got the journal entries %v, want the capture, the decision, and the look at it", kinds)
	}
}

// TestRefusedCompat are the compatible bundles that are not taken, each for a
// reason of its own. None uses up its challenge, but the last.
func TestRefusedCompat(t *testing.T) {
	r, c := bank(t)
	c.Enrol(t, "cus_2", enginetest.Ana())
	shop := r.Caller(t, "shop")
	shop.Enrol(t, "cus_1", enginetest.Ana())
	flash := r.Challenge(t, challengeOf("bank", "cus_1"))
	ch, others := compat(t, r), compat(t, r)
	r.Clock.Move(10 * time.Second)
	sound := r.Answered(t, ch, anas(3), nil)
	with := func(change func(enginetest.Body)) enginetest.Body { return r.Answered(t, ch, anas(3), change) }
	without := func(name string) enginetest.Body { return with(func(b enginetest.Body) { delete(b, name) }) }
	unsigned := func(name string, value any) enginetest.Body { // changed after it was signed
		b := enginetest.Body{}
		for k, v := range sound {
			b[k] = v
		}
		b[name] = value
		return b
	}
	set := func(name string, value any) enginetest.Body {
		return with(func(b enginetest.Body) { b[name] = value })
	}
	now := r.Clock.Now()
	before := r.Journal(t)
	for _, tt := range []struct {
		name     string
		caller   enginetest.Caller
		customer string
		bundle   any
		status   int
		code     string
		field    string
	}{
		{"no version", c, "cus_1", without("version"), 422, "bundle/malformed", "bundle.version"},
		{"no SDK", c, "cus_1", without("sdkVersion"), 422, "bundle/malformed", "bundle.sdkVersion"},
		{"no platform", c, "cus_1", without("platform"), 422, "bundle/malformed", "bundle.platform"},
		{"no frames", c, "cus_1", without("frames"), 422, "bundle/malformed", "bundle.frames"},
		{"no time", c, "cus_1", without("capturedAt"), 422, "bundle/malformed", "bundle.capturedAt"},
		{"no nonce", c, "cus_1", without("flashChallengeNonce"), 422, "bundle/malformed", "bundle.flashChallengeNonce"},
		{"no signature", c, "cus_1", unsigned("signature", ""), 422, "bundle/malformed", "bundle.signature"},
		{"a version that is a number", c, "cus_1", set("version", 1), 422, "bundle/malformed", "bundle"},
		{"nothing in it", c, "cus_1", enginetest.Body{}, 422, "bundle/malformed", "bundle.frames"},

		{"a nonce from nowhere", c, "cus_1", set("flashChallengeNonce", "9f8e7d6c"), 422, "bundle/unknown-nonce", "bundle.flashChallengeNonce"},
		{"the nonce of a flash challenge", c, "cus_1", set("flashChallengeNonce", flash.Nonce), 422, "bundle/unknown-nonce", ""},
		{"another customer", c, "cus_2", sound, 403, "bundle/foreign", ""},
		{"another org", shop, "cus_1", sound, 403, "bundle/foreign", ""},

		{"another challenge's secret", c, "cus_1", unsigned("signature", enginetest.Signature(t, others.Secret, sound)), 422, "bundle/altered", ""},
		{"the caller's own secret", c, "cus_1", unsigned("signature", enginetest.Signature(t, "never believed", sound)), 422, "bundle/altered", ""},
		{"a signature that is no number", c, "cus_1", unsigned("signature", "signed"), 422, "bundle/altered", ""},
		{"half a signature", c, "cus_1", unsigned("signature", fmt.Sprint(sound["signature"])[:32]), 422, "bundle/altered", ""},
		{"another frame", c, "cus_1", unsigned("frames", [][]byte{enginetest.Ana().Bytes()}), 422, "bundle/altered", ""},
		{"another score", c, "cus_1", unsigned("passiveLivenessScores", []float64{1}), 422, "bundle/altered", ""},
		{"one member more", c, "cus_1", unsigned("deviceId", "phone"), 422, "bundle/altered", ""},

		{"captured before the challenge", c, "cus_1", set("capturedAt", now.Add(-2*time.Minute)), 422, "bundle/outside-window", "bundle.capturedAt"},
		{"captured in the future", c, "cus_1", set("capturedAt", now.Add(2*time.Minute)), 422, "bundle/outside-window", "bundle.capturedAt"},

		{"no frame", c, "cus_1", r.Answered(t, ch, nil, nil), 422, "bundle/frames", "bundle.frames"},
		{"too many frames", c, "cus_1", r.Answered(t, ch, anas(61), nil), 422, "bundle/frames", "bundle.frames"},
		{"an empty frame", c, "cus_1", set("frames", []string{""}), 422, "bundle/frames", "bundle.frames"},
		{"a frame that is no base64", c, "cus_1", set("frames", []string{"*"}), 422, "bundle/frames", "bundle.frames"},
		{"a frame that is a number", c, "cus_1", set("frames", []int{7}), 422, "bundle/frames", "bundle.frames"},
		{"a frame that is too large", c, "cus_1", set("frames", []string{base64.StdEncoding.EncodeToString(make([]byte, 401<<10))}), 422, "bundle/frames", "bundle.frames[0]"},
		{"a frame that cannot be decoded", c, "cus_1", r.Answered(t, ch, []enginetest.Picture{enginetest.Ana(), {Broken: true}}, nil), 400, "picture/broken", "bundle.frames[1]"},
	} {
		a := tt.caller.Post(t, stepUpPath, enginetest.Body{"customerId": tt.customer, "bundle": tt.bundle, "hmacKey": "never believed"})
		if a.Status != tt.status || a.Text("code") != tt.code || a.Text("hint") == "" {
			t.Errorf("%s: got %d %s, want %d %s and a hint", tt.name, a.Status, a.Text("code"), tt.status, tt.code)
		}
		if fields, _ := a.At("details.fieldErrors").(map[string]any); tt.field != "" && fields[tt.field] == nil {
			t.Errorf("%s: got the fields %v, want %s", tt.name, fields, tt.field)
		}
	}
	r.Eyes.Fail(enginetest.ErrBusy)
	ask(t, c, sound).Want(t, http.StatusServiceUnavailable, "models/busy")
	r.Eyes.Fail(nil)
	r.Light.Fail(&fault.Fault{Kind: fault.Unprocessable, Code: "bundle/frames", Title: "No.", Hint: "Do."})
	ask(t, c, sound).Want(t, http.StatusUnprocessableEntity, "bundle/frames")
	r.Light.Fail(errors.New("a screw is loose"))
	ask(t, c, sound).Want(t, http.StatusInternalServerError, "internal/error")
	r.Light.Fail(nil)
	if got := r.Journal(t); got != before {
		t.Errorf("got %d journal entries, want %d", got, before)
	}

	if got := ask(t, c, sound).Want(t, http.StatusOK, "").At("allow"); got != true {
		t.Errorf("the sound bundle: got allow %v, want true", got)
	}
	ask(t, c, sound).Want(t, http.StatusConflict, "bundle/used")
	ask(t, c, r.Answered(t, ch, anas(4), nil)).Want(t, http.StatusConflict, "bundle/used")
	r.Clock.Move(2 * time.Minute)
	ask(t, c, r.Answered(t, others, anas(3), nil)).Want(t, http.StatusGone, "bundle/expired")
	c.Do(t, http.MethodDelete, "/api/identity/customers/cus_1/faces", nil).Want(t, http.StatusOK, "")
	c.Enrol(t, "cus_1", enginetest.Ana())
	ask(t, c, r.Answered(t, others, anas(3), nil)).Want(t, http.StatusNotFound, "bundle/erased")
}

// Of several answers to one challenge at one moment exactly one wins, also
// when they are not the same.
func TestCompatRace(t *testing.T) {
	r, c := bank(t)
	ch := compat(t, r)
	answers := make([]enginetest.Answer, 6)
	bundles := make([]enginetest.Body, len(answers))
	for i := range bundles {
		bundles[i] = r.Answered(t, ch, anas(1+i), nil)
	}
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = ask(t, c, bundles[i]) })
	}
	all.Wait()
	won := 0
	for _, a := range answers {
		if a.Status == http.StatusOK {
			won++
			continue
		}
		a.Want(t, http.StatusConflict, "bundle/used")
	}
	if won != 1 {
		t.Errorf("got %d uses, want 1", won)
	}
}

// The clock of a device may be a little off; and what a client says of itself
// changes nothing.
func TestCompatBelievesNothing(t *testing.T) {
	r, c := bank(t)
	r.Judge.Finds(engine.LivenessFinding{Verdict: engine.Spoof, Assurance: engine.AssuranceLow, Score: 0.1, Reasons: []string{"passive_texture"}})
	a := ask(t, c, r.Answered(t, compat(t, r), anas(2), func(b enginetest.Body) {
		b["capturedAt"] = r.Clock.Now().Add(50 * time.Second)
		b["responses"] = []enginetest.Body{{"challenge": "smile", "satisfied": true}}
		b["deviceAttestation"] = enginetest.Body{"platform": "iOS", "token": "trust me"}
		b["verdict"] = "live"
	})).Want(t, http.StatusOK, "")
	if a.At("allow") != false || a.Text("liveness.verdict") != "spoof" {
		t.Errorf("got %s, want a spoof", a.Body)
	}
	if strings.Contains(string(a.Body), "trust me") {
		t.Errorf("got %s, which repeats what was sent", a.Body)
	}
}
