package enginetest

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/evidence"
	"github.com/rostod/rostod/engine/liveness"
)

// Judge judges plain pictures as the daemon does, and captures as it is told.
type Judge struct {
	*liveness.Liveness
	mu    sync.Mutex
	found engine.LivenessFinding
	sites []engine.Site
}

// Lively is what a Judge finds of a capture when it is told nothing.
func Lively() engine.LivenessFinding {
	return engine.LivenessFinding{Verdict: engine.Live, Assurance: engine.AssuranceStandard, Score: 0.9999, LogOdds: 9}
}

// Finds makes every capture from now on be judged so.
func (j *Judge) Finds(f engine.LivenessFinding) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.found = f
}

// Judge judges a capture as it was told.
func (j *Judge) Judge(_ engine.Capture, site engine.Site, _ engine.Tier) engine.LivenessFinding {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.sites = append(j.sites, site)
	return j.found
}

// Sites is what was known of the kiosk of each capture that was judged.
func (j *Judge) Sites() []engine.Site {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]engine.Site(nil), j.sites...)
}

// Light measures nothing in frames, and remembers them.
type Light struct {
	mu     sync.Mutex
	frames []engine.Still
	fails  error
}

// Fail makes every measurement from now on end with an error.
func (l *Light) Fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fails = err
}

// Compat remembers the frames.
func (l *Light) Compat(_ []string, _ []int, frames []engine.Still) (engine.FlashEvidence, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.frames = frames
	return engine.FlashEvidence{Frames: len(frames), Seconds: 2}, l.fails
}

// Frames are those that were measured last.
func (l *Light) Frames() []engine.Still {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.frames
}

// Token opens every challenge that does not say otherwise.
const Token = "ct_token"

// SessionOf is the session that takes a challenge.
func SessionOf(id engine.ChallengeID) evidence.Session {
	return evidence.Session{ID: engine.CaptureID("cap" + strings.TrimPrefix(string(id), "fc")), Connection: "of " + string(id)}
}

// Begin begins the capture of a challenge.
func (r *Rooms) Begin(t testing.TB, id engine.ChallengeID) {
	t.Helper()
	if _, err := r.Evidence.Begin(t.Context(), id, Token, SessionOf(id)); err != nil {
		t.Fatalf("begin a capture: got %v, want none", err)
	}
}

// Challenge keeps a challenge of a customer. What is not set is filled in.
func (r *Rooms) Challenge(t testing.TB, c evidence.Challenge) evidence.Challenge {
	t.Helper()
	id, err := engine.NewID[engine.ChallengeID]("fc", r.Clock.Now(), rand.Reader)
	if err != nil {
		t.Fatalf("make an id: got %v, want none", err)
	}
	if c.ID == "" {
		c.ID = id
	}
	if c.Profile == "" {
		c.Profile = engine.ProfileFlash
	}
	if c.TTL == 0 {
		c.TTL = 90 * time.Second
	}
	if c.TokenHash == ([32]byte{}) {
		c.TokenHash = sha256.Sum256([]byte(Token))
	}
	c.Nonce, c.Purpose = "nonce of "+string(c.ID), "face"
	if c.Profile == engine.ProfileCompat {
		c.Colours, c.HoldMs, c.Secret = []string{"#e900ff", "#009e00", "#0087ff"}, []int{400, 500, 600}, "whsec_"+string(c.ID)
	}
	made, err := r.Evidence.Create(t.Context(), c)
	if err != nil {
		t.Fatalf("create a challenge: got %v, want none", err)
	}
	return made
}

// Compat keeps a compatible challenge of a customer, at a device or at none.
func (r *Rooms) Compat(t testing.TB, org engine.OrgID, customer engine.CustomerID, device engine.DeviceID) evidence.Challenge {
	t.Helper()
	return r.Challenge(t, evidence.Challenge{Org: org, Customer: customer, Device: device, Profile: engine.ProfileCompat})
}

// Bundle is the bundle of a capture of a customer, who looks like the picture.
// It may be captured at a device.
func (r *Rooms) Bundle(t testing.TB, org engine.OrgID, customer engine.CustomerID, p Picture, device ...engine.DeviceID) string {
	t.Helper()
	ch := evidence.Challenge{Org: org, Customer: customer}
	if len(device) > 0 {
		ch.Device = device[0]
	}
	ch = r.Challenge(t, ch)
	r.Begin(t, ch.ID)
	return r.Keep(t, ch, p)
}

// Keep keeps the capture of a challenge that is capturing.
func (r *Rooms) Keep(t testing.TB, ch evidence.Challenge, p Picture) string {
	t.Helper()
	face, err := (&Eyes{}).Look(t.Context(), p.Bytes())
	if err != nil {
		t.Fatalf("look: got %v, want none", err)
	}
	bundle, err := r.Evidence.Keep(t.Context(), engine.Capture{
		ID: SessionOf(ch.ID).ID, Connection: SessionOf(ch.ID).Connection, Challenge: ch.ID, Best: face, Picture: p.Bytes(),
		Flash:  engine.FlashEvidence{Frames: 200, FPS: 29.8, Lag: 121, Seconds: 6.6},
		Others: []engine.Sight{{Slot: -1, Colour: "K", Faces: 1, Cosine: 1, Passive: p.Passive}},
	})
	if err != nil {
		t.Fatalf("keep a capture: got %v, want none", err)
	}
	return bundle
}

// Answered is a compatible bundle that answers a challenge with frames. It may
// be changed before it is signed.
func (r *Rooms) Answered(t testing.TB, ch evidence.Challenge, frames []Picture, change func(Body)) Body {
	t.Helper()
	list := [][]byte{}
	for _, f := range frames {
		list = append(list, f.Bytes())
	}
	b := Body{
		"version": "1.0", "sdkVersion": "test@1", "platform": "web", "frames": list,
		"capturedAt": r.Clock.Now().Format("2006-01-02T15:04:05.000Z07:00"), "flashChallengeNonce": ch.Nonce,
		"passiveLivenessScores": []float64{0.95}, "responses": []Body{{"challenge": "blink", "satisfied": true}},
	}
	if change != nil {
		change(b)
	}
	b["signature"] = Signature(t, ch.Secret, b)
	return b
}

// Signature is what signs a compatible bundle.
func Signature(t testing.TB, secret string, bundle Body) string {
	t.Helper()
	bare := Body{}
	for name, value := range bundle {
		if name != "signature" {
			bare[name] = value
		}
	}
	text, err := json.Marshal(bare)
	if err != nil {
		t.Fatal(err)
	}
	canonical := jsontext.Value(text)
	if err := canonical.Canonicalize(); err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(canonical)
	return hex.EncodeToString(mac.Sum(nil))
}
