package capture

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"image"
	"image/jpeg"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rostod/rostod/capture/decode"
	"github.com/rostod/rostod/capture/peer"
	"github.com/rostod/rostod/capture/visitor"
	"github.com/rostod/rostod/engine"
)

// eyes see one face in the middle of every frame, until they are told to see
// none.
type eyes struct{ blind atomic.Bool }

func (e *eyes) Find(_ context.Context, p *image.YCbCr) (engine.Sighting, error) {
	if e.blind.Load() {
		return engine.Sighting{}, nil
	}
	w, h := float64(p.Rect.Dx())/640, float64(p.Rect.Dy())/480
	s := engine.Sighting{Faces: 1, Score: 0.9, Box: engine.Box{X: 220 * w, Y: 120 * h, W: 200 * w, H: 240 * h}}
	for i, l := range [5]engine.Point{{X: 275, Y: 210}, {X: 365, Y: 210}, {X: 320, Y: 260}, {X: 285, Y: 305}, {X: 355, Y: 305}} {
		s.Landmarks[i] = engine.Point{X: l.X * w, Y: l.Y * h}
	}
	return s, nil
}

func (e *eyes) Follow(ctx context.Context, p *image.YCbCr, _ engine.Sighting) (engine.Sighting, error) {
	return e.Find(ctx, p)
}

func (e *eyes) Look(_ context.Context, picture []byte) (engine.Face, error) {
	c, err := jpeg.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return engine.Face{}, err
	}
	return engine.Face{Faces: 1, Width: c.Width, Height: c.Height, Template: engine.Template{Vector: []float32{1, 0}}, Passive: 0.9}, nil
}

func (e *eyes) Still(frame *image.YCbCr) ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, frame, nil)
	return b.Bytes(), err
}

// keeper keeps one challenge and one capture.
type keeper struct {
	mu         sync.Mutex
	challenge  Challenge
	token      string
	session    engine.CaptureID
	connection string
	kept       *engine.Capture
	ended      chan string // how the challenge ended
}

var errNo = errors.New("no")

func (k *keeper) Create(_ context.Context, _ engine.KeyID, c Challenge) (Challenge, error) {
	return c, nil
}
func (k *keeper) Challenge(context.Context, engine.OrgID, engine.ChallengeID) (Challenge, error) {
	return k.challenge, nil
}
func (k *keeper) Peek(context.Context, engine.ChallengeID, string) (Challenge, error) {
	return k.challenge, nil
}

func (k *keeper) Begin(_ context.Context, _ engine.ChallengeID, token string, session engine.CaptureID, connection string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.challenge.State != "created" || token != k.token {
		return errNo
	}
	k.challenge.State, k.session, k.connection = "capturing", session, connection
	return nil
}

func (k *keeper) End(_ context.Context, _ engine.ChallengeID, state, hint string) error {
	k.ended <- strings.TrimSpace(state + " " + hint)
	return nil
}

func (k *keeper) Keep(_ context.Context, c engine.Capture) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept = &c
	return "bundle", nil
}

func (k *keeper) Judge(context.Context, engine.OrgID, engine.CaptureID) (Judged, error) {
	return Judged{}, errNo
}

// stage is a studio with one challenge, and a camera in front of it.
type stageSet struct {
	studio *Studio
	keeper *keeper
	eyes   *eyes
	ends   chan string // outcomes as they are counted
}

func newStage(t *testing.T) *stageSet {
	t.Helper()
	ports, err := peer.Open(peer.Config{UDP: "127.0.0.1:0", TCP: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	set := &stageSet{eyes: &eyes{}, ends: make(chan string, 8), keeper: &keeper{token: "ct_1", ended: make(chan string, 8)}}
	set.keeper.challenge = Challenge{
		ID: "fc_1", Org: "default", Customer: "c", Profile: engine.ProfileFlash, State: "created", Attempt: 1,
		Token: sha256.Sum256([]byte("ct_1")), Created: time.Now(), Expires: time.Now().Add(time.Minute),
	}
	set.studio = Open(Config{
		Peers: ports, Eyes: set.eyes, Keeper: set.keeper, Base: func() string { return "http://127.0.0.1" },
		Count: func(outcome string) { set.ends <- outcome }, Log: slog.New(slog.DiscardHandler), Now: time.Now, Random: rand.Reader,
	})
	t.Cleanup(func() {
		set.studio.Close()
		if n := set.studio.Sessions(); n != 0 {
			t.Errorf("%d sessions are left after the end", n)
		}
		if err := ports.Close(); err != nil {
			t.Error(err)
		}
	})
	return set
}

func (s *stageSet) answer(ctx context.Context, offer string) (string, error) {
	_, answer, err := s.studio.open(ctx, s.keeper.challenge, "ct_1", offer)
	return answer, err
}

// camera films grey noise of some size, which lets no look decide whether light
// came back, but everything else.
func camera(t *testing.T, width, height int) visitor.Camera {
	t.Helper()
	encoder, err := decode.NewEncoder(decode.EncoderConfig{Width: width, Height: height, BitsPerSecond: 2_000_000, FPS: 30})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(encoder.Close)
	p := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for i := range p.Cb {
		p.Cb[i], p.Cr[i] = 120, 140
	}
	var seed uint32 = 1
	return func(_ []visitor.Screen, key bool) ([]byte, error) {
		for i := range p.Y {
			seed = seed*1664525 + 1013904223
			p.Y[i] = byte(110 + seed>>28)
		}
		return encoder.Encode(p, key)
	}
}

// A client that does everything right gets a bundle, and what is sealed is what
// was filmed.
func TestCaptured(t *testing.T) {
	set := newStage(t)
	got, err := visitor.Visit(t.Context(), visitor.Config{Answer: set.answer, Camera: camera(t, 640, 480), Ahead: 90 * time.Second})
	if err != nil || got.Outcome != "captured" || got.Bundle != "bundle" {
		t.Fatalf("got %+v, %v; want a capture", got, err)
	}
	if end := <-set.ends; end != "captured" {
		t.Errorf("counted as %q", end)
	}
	c := set.keeper.kept
	if c.ID != set.keeper.session || c.Connection != set.keeper.connection || len(c.Connection) != 64 {
		t.Errorf("the capture is %s by %q, want %s by %q, as its challenge began", c.ID, c.Connection, set.keeper.session, set.keeper.connection)
	}
	if c.Challenge != "fc_1" || c.Customer != "c" || c.Profile != engine.ProfileFlash || len(c.Picture) == 0 || len(c.Others) < 4 {
		t.Errorf("got a capture of %s with %d bytes and %d sights", c.Challenge, len(c.Picture), len(c.Others))
	}
	if c.Flash.Frames < 100 || c.Flash.FPS < 15 {
		t.Errorf("got %d frames at %.1f a second; want what was filmed", c.Flash.Frames, c.Flash.FPS)
	}
}

// Whoever does something else ends with a reason, and the place is free again.
func TestEnds(t *testing.T) {
	t.Parallel()
	at := func(kind string, i int, instead ...string) func(visitor.Message) ([]string, bool) {
		return func(m visitor.Message) ([]string, bool) {
			if m.Type == kind && m.I == i {
				return instead, true
			}
			return nil, false
		}
	}
	ready := func(instead ...string) func(visitor.Message) ([]string, bool) {
		return func(m visitor.Message) ([]string, bool) {
			return instead, m.Type == "guide" && m.State == "ready"
		}
	}
	// Film is encoded as it goes: more than two cameras at once would stutter.
	turn := make(chan struct{}, 2)
	for _, tt := range []struct {
		what    string
		said    func(visitor.Message) ([]string, bool)
		outcome string // of done
		hint    string
		code    string // of error
		ended   string // of the challenge
	}{
		{"a forged ack", at("slot", 0, `{"type":"shown","i":5,"at":1,"next":2,"missed":0}`), "", "", "capture/out-of-turn", "aborted"},
		{"acks out of order", at("slot", 1, `{"type":"shown","i":0,"at":1,"next":2,"missed":0}`), "", "", "capture/out-of-turn", "aborted"},
		{"an ack before the colours", ready(`{"type":"shown","i":0,"at":1,"next":2,"missed":0}`), "", "", "capture/out-of-turn", "aborted"},
		{"an unknown message", ready(`{"type":"selfdestruct"}`), "", "", "capture/protocol", "aborted"},
		{"no JSON", ready(`}{`), "", "", "capture/protocol", "aborted"},
		{"hello twice", ready(`{"type":"hello","v":1}`), "", "", "capture/no-hello", "aborted"},
		{"a start too many", at("slot", 0, `{"type":"start"}`), "", "", "capture/out-of-turn", "aborted"},
		{"the customer aborts", at("slot", 2, `{"type":"abort","reason":"user"}`), "retry", "try_again", "", "aborted try_again"},
		{"the tab is hidden", at("slot", 2, `{"type":"abort","reason":"hidden"}`), "retry", "try_again", "", "aborted try_again"},
		{"the camera is pulled out", at("slot", 2, `{"type":"abort","reason":"camera_lost"}`), "retry", "camera_lost", "", "aborted camera_lost"},
	} {
		t.Run(tt.what, func(t *testing.T) {
			t.Parallel()
			turn <- struct{}{}
			defer func() { <-turn }()
			set := newStage(t)
			got, err := visitor.Visit(t.Context(), visitor.Config{Answer: set.answer, Camera: camera(t, 640, 480), Said: tt.said})
			var refused *visitor.Refused
			code := ""
			if errors.As(err, &refused) {
				code = refused.Code
			} else if err != nil {
				t.Fatal(err)
			}
			if got.Outcome != tt.outcome || got.Hint != tt.hint || code != tt.code {
				t.Errorf("got %+v and %q, want %q %q and %q", got, code, tt.outcome, tt.hint, tt.code)
			}
			if ended := <-set.keeper.ended; ended != tt.ended {
				t.Errorf("the challenge ended as %q, want %q", ended, tt.ended)
			}
			<-set.ends
			if set.keeper.kept != nil {
				t.Error("a capture was kept")
			}
		})
	}
}

// A camera that stops or changes while the colours are on is a retry.
func TestCameraChanges(t *testing.T) {
	small := camera(t, 320, 240)
	for _, tt := range []struct {
		what  string
		after visitor.Camera // from the second slot on; nil: no frames
		hint  string
	}{
		{"it stops", nil, "camera_lost"},
		{"another size", small, "try_again"},
	} {
		t.Run(tt.what, func(t *testing.T) {
			set := newStage(t)
			full := camera(t, 640, 480)
			changed := false
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			film := func(screens []visitor.Screen, key bool) ([]byte, error) {
				if len(screens) < 4 {
					return full(screens, key)
				}
				if tt.after == nil {
					<-ctx.Done()
					return nil, ctx.Err()
				}
				frame, err := tt.after(screens, key || !changed)
				changed = true
				return frame, err
			}
			var visiting sync.WaitGroup
			defer visiting.Wait()
			visiting.Go(func() {
				// How the challenge ended says more.
				_, _ = visitor.Visit(ctx, visitor.Config{Answer: set.answer, Camera: film})
			})
			if ended := <-set.keeper.ended; ended != "aborted "+tt.hint {
				t.Errorf("the challenge ended as %q, want %q", ended, "aborted "+tt.hint)
			}
			cancel()
		})
	}
}

// Places are bounded, and given back.
func TestPlaces(t *testing.T) {
	t.Parallel()
	set := newStage(t)
	set.studio.Places = 1
	if err := set.studio.take(); err != nil {
		t.Fatal(err)
	}
	if _, err := set.answer(t.Context(), "v=0"); !errors.Is(err, ErrBusy) {
		t.Errorf("a second: got %v, want %v", err, ErrBusy)
	}
	set.studio.free("")
	if _, err := set.answer(t.Context(), "v=0"); !errors.Is(err, peer.ErrOfferMalformed) {
		t.Errorf("a broken offer: got %v, want %v", err, peer.ErrOfferMalformed)
	}
	if n := set.studio.Sessions(); n != 0 {
		t.Errorf("%d places are taken after a refusal, want none", n)
	}
	set.studio.Close()
	if _, err := set.answer(t.Context(), "v=0"); !errors.Is(err, ErrClosing) {
		t.Errorf("after the end: got %v, want %v", err, ErrClosing)
	}
}
