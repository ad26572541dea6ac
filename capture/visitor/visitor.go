package visitor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/capture/peer/client"
)

// Screen is what the customer's screen shows: four tiles, #rrggbb, in the order
// top left, top right, bottom left, bottom right, and since when.
type Screen struct {
	Tiles [4]string
	Since time.Time
}

// Camera films the customer: it gives the next VP8 frame, a key frame when one
// is asked for. screens is what was shown so far, oldest first; the last is on.
type Camera func(screens []Screen, key bool) ([]byte, error)

// Config is one visit.
type Config struct {
	Answer func(ctx context.Context, offer string) (string, error) // WHIP.Answer, or a function in this process
	Camera Camera
	FPS    float64       // of the camera; 0 is 30
	Ahead  time.Duration // of the client's clock before the system's
	Client string        // as hello names it
	Width  int           // of the screen, CSS pixels; 0 is 1920
	Height int           // 0 is 1080
	// Said is called with every message of the daemon before it is followed; nil
	// does nothing. What it returns is sent in place of what a client should.
	Said func(m Message) (instead []string, replaced bool)
	TCP  bool // connect by TCP only
}

// Message is everything that the daemon can say.
type Message struct {
	Type    string    `json:"type"`
	N       int       `json:"n"`
	At      float64   `json:"at"`
	State   string    `json:"state"`
	Hint    string    `json:"hint"`
	Steps   int       `json:"steps"`
	LeadMS  int64     `json:"leadMs"`
	I       int       `json:"i"`
	Tiles   [4]string `json:"tiles"`
	MS      int64     `json:"ms"`
	Outcome string    `json:"outcome"`
	Bundle  string    `json:"bundle"`
	Code    string    `json:"code"`
}

// Outcome is how a visit ended.
type Outcome struct {
	Outcome string // captured, retry, other_way
	Hint    string
	Bundle  string
}

// Refused is an error message of the daemon.
type Refused struct{ Code, Hint string }

func (r *Refused) Error() string { return "the daemon ends the session: " + r.Code }

// neutral is what is shown between the colours; off is before and after them.
const (
	neutral = "#919191"
	off     = "#f2f5f9"
)

// vsync is how long a display frame takes.
const vsync = time.Second / 60

type visit struct {
	Config
	client  *client.Client
	mu      sync.Mutex
	screens []Screen
	started bool
}

// Visit passes one challenge, or tells how it ended.
func Visit(ctx context.Context, c Config) (Outcome, error) {
	if c.FPS == 0 {
		c.FPS = 30
	}
	if c.Width == 0 {
		c.Width, c.Height = 1920, 1080
	}
	conn, err := client.Dial(ctx, client.Config{Answer: c.Answer, TCP: c.TCP})
	if err != nil {
		return Outcome{}, fmt.Errorf("connect: %w", err)
	}
	defer conn.Close()
	v := &visit{Config: c, client: conn}
	v.show([4]string{off, off, off, off})
	ctx, stop := context.WithCancel(ctx)
	var filming sync.WaitGroup
	defer filming.Wait()
	defer stop()
	filming.Go(func() {
		// The end of the connection is what the talk hears of, too.
		_ = conn.Play(ctx, c.FPS, v.film)
	})
	if err := v.say(map[string]any{
		"type": "hello", "v": 1, "client": c.Client, "locale": "en",
		"screen": map[string]any{"w": c.Width, "h": c.Height, "dpr": 1, "refreshHz": 60}, "camera": map[string]any{"label": "visitor"},
	}); err != nil {
		return Outcome{}, err
	}
	return v.talk(ctx)
}

// now is the client's clock in Unix milliseconds.
func (v *visit) now() float64 { return float64(time.Now().Add(v.Ahead).UnixMicro()) / 1000 }

func (v *visit) show(tiles [4]string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.screens = append(v.screens, Screen{tiles, time.Now()})
}

func (v *visit) film(key bool) ([]byte, error) {
	v.mu.Lock()
	screens := v.screens[:len(v.screens):len(v.screens)]
	v.mu.Unlock()
	return v.Camera(screens, key)
}

func (v *visit) say(what any) error {
	text, err := json.Marshal(what, json.Deterministic(true))
	if err != nil {
		return fmt.Errorf("write a message: %w", err)
	}
	return v.client.Send(string(text))
}

// errEnded says that a message ends the visit.
var errEnded = errors.New("the visit is over")

// talk follows the daemon until the end.
func (v *visit) talk(ctx context.Context) (Outcome, error) {
	for {
		text, err := v.client.Receive(ctx)
		if err != nil {
			return Outcome{}, fmt.Errorf("listen to the daemon: %w", err)
		}
		var m Message
		if err := json.Unmarshal(text, &m); err != nil {
			return Outcome{}, fmt.Errorf("understand the daemon: %w", err)
		}
		err = v.follow(ctx, m)
		switch {
		case errors.Is(err, errEnded):
			return Outcome{m.Outcome, m.Hint, m.Bundle}, nil
		case err != nil:
			return Outcome{}, err
		}
	}
}

// follow does what one message asks for.
func (v *visit) follow(ctx context.Context, m Message) error {
	if v.Said != nil {
		if instead, replaced := v.Said(m); replaced {
			for _, text := range instead {
				if err := v.client.Send(text); err != nil {
					return err
				}
			}
			return nil
		}
	}
	switch m.Type {
	case "ping":
		return v.say(map[string]any{"type": "pong", "n": m.N, "at": m.At, "now": v.now()})
	case "guide":
		if m.State != "ready" || v.started {
			return nil
		}
		v.started = true
		return v.say(map[string]any{"type": "start"})
	case "arm":
		v.show([4]string{neutral, neutral, neutral, neutral})
	case "slot":
		return v.slot(ctx, m)
	case "finish":
		v.show([4]string{off, off, off, off})
	case "done":
		return errEnded
	case "error":
		return &Refused{m.Code, m.Hint}
	}
	return nil
}

// slot shows four colours at their time, and tells when it was.
func (v *visit) slot(ctx context.Context, m Message) error {
	wait := time.NewTimer(time.Duration((m.At - v.now()) * float64(time.Millisecond)))
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	v.show(m.Tiles)
	at := v.now()
	return v.say(map[string]any{"type": "shown", "i": m.I, "at": at, "next": at + float64(vsync)/float64(time.Millisecond), "missed": 0})
}
