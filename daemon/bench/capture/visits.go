package capture

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rostod/rostod/capture/peer/client"
	"github.com/rostod/rostod/capture/visitor"
	"github.com/rostod/rostod/daemon/bench"
)

// rig is what the visits are made with.
type rig struct {
	daemon   *bench.Daemon
	client   *bench.Client
	web      *http.Client // of the customers
	frames   [][]byte
	customer atomic.Int64
}

// challenge asks for one, of a customer who is new.
func (g *rig) challenge(ctx context.Context) (*client.WHIP, error) {
	var made struct {
		FlashChallenge struct {
			WhipURL      string `json:"whipUrl"`
			CaptureToken string `json:"captureToken"`
		} `json:"flashChallenge"`
	}
	ask := map[string]any{"customerId": fmt.Sprintf("bench-%d", g.customer.Add(1)), "ttlMs": 300000}
	if err := g.client.Do(ctx, http.MethodPost, "/api/identity/face/flash-challenge", ask, &made); err != nil {
		return nil, fmt.Errorf("create a challenge: %w", err)
	}
	return &client.WHIP{HTTP: g.web, URL: made.FlashChallenge.WhipURL, Token: made.FlashChallenge.CaptureToken}, nil
}

// visited is what one visit came to.
type visited struct {
	sent    int           // frames
	verdict time.Duration // from the last frame that counts to the bundle
	outcome string
	hint    string
	armed   time.Time // when the colours began
	ended   time.Time // when they were over
}

// visit passes one challenge, from the offer to the bundle.
func (g *rig) visit(ctx context.Context) (v visited, err error) {
	whip, err := g.challenge(ctx)
	if err != nil {
		return v, err
	}
	var sent atomic.Int64
	loop := client.Loop(g.frames)
	got, err := visitor.Visit(ctx, visitor.Config{
		Answer: whip.Answer, Client: "rostod bench", FPS: fps,
		Camera: func(_ []visitor.Screen, key bool) ([]byte, error) {
			sent.Add(1)
			return loop(key)
		},
		Said: func(m visitor.Message) ([]string, bool) {
			switch m.Type {
			case "arm":
				v.armed = time.Now()
			case "finish":
				v.ended = time.Now()
			}
			return nil, false
		},
	})
	v.verdict = time.Since(v.ended)
	v.sent, v.outcome, v.hint = int(sent.Load()), got.Outcome, got.Hint
	return v, err
}

// crowd is what some customers at once came to.
type crowd struct {
	Customers  int           `json:"customers"`
	Visits     int           `json:"visits"`
	Captured   int           `json:"captured"`
	Frames     int           `json:"frames"` // sent
	Missed     int           `json:"missed"` // that the daemon did not decode
	CPU        time.Duration `json:"-"`
	Took       time.Duration `json:"-"`
	CPUFrame   float64       `json:"cpuPerFrameMs"`
	Memory     float64       `json:"memoryMB"` // of the process, at its most
	verdicts   []time.Duration
	otherwises map[string]int
}

// together lets customers come and go for a while.
func (g *rig) together(ctx context.Context, customers, each int) (c crowd, err error) {
	c = crowd{Customers: customers, otherwises: map[string]int{}}
	before, err := g.reading(ctx)
	if err != nil {
		return c, err
	}
	start := time.Now()
	var mu sync.Mutex
	var all sync.WaitGroup
	var problems []error
	for range customers {
		all.Go(func() {
			for range each {
				v, err := g.visit(ctx)
				mu.Lock()
				if err != nil {
					problems = append(problems, err)
				}
				c.add(v)
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	all.Wait()
	c.Took = time.Since(start)
	after, err := g.reading(ctx)
	if err := errors.Join(append(problems, err)...); err != nil {
		return c, err
	}
	c.CPU, c.Missed, c.Memory = after.cpu-before.cpu, after.missed-before.missed, after.peak
	c.CPUFrame = c.CPU.Seconds() * 1000 / float64(max(1, c.Frames))
	return c, nil
}

func (c *crowd) add(v visited) {
	c.Visits++
	c.Frames += v.sent
	if v.outcome == "captured" {
		c.Captured++
		c.verdicts = append(c.verdicts, v.verdict)
	} else {
		c.otherwises[v.outcome+" "+v.hint]++
	}
}
