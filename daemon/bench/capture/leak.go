package capture

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/rostod/rostod/capture/peer/client"
)

// left is what a daemon holds before and after customers who went away.
type left struct {
	Sessions   int        `json:"sessions"`
	Goroutines [2]float64 `json:"goroutines"` // before, after
	Files      [2]int     `json:"files"`
	Heap       [2]float64 `json:"heapMB"`
}

// abandon opens sessions and leaves them without a word: every other one when
// the connection stands, the others before.
func (g *rig) abandon(ctx context.Context, n int) (l left, err error) {
	if err := g.leave(ctx, 20); err != nil { // what is made once is there before it is counted
		return l, err
	}
	before, err := g.settled(ctx, reading{})
	if err != nil {
		return l, err
	}
	if err := g.leave(ctx, n); err != nil {
		return l, err
	}
	after, err := g.settled(ctx, before)
	return left{
		Sessions: n, Goroutines: [2]float64{before.goroutines, after.goroutines},
		Files: [2]int{before.files, after.files}, Heap: [2]float64{before.heap, after.heap},
	}, err
}

// errLeft ends a client that has posted its offer.
var errLeft = errors.New("the customer leaves")

// leavers is how many sessions are opened side by side: to say goodbye takes a
// client longer than the daemon is busy.
const leavers = 16

func (g *rig) leave(ctx context.Context, n int) error {
	var all sync.WaitGroup
	problems := make([]error, leavers)
	for k := range leavers {
		all.Go(func() {
			for i := k; i < n && problems[k] == nil; i += leavers {
				problems[k] = g.goAway(ctx, i/leavers%2 == 0)
			}
		})
	}
	all.Wait()
	return errors.Join(problems...)
}

// goAway opens one session and leaves it.
func (g *rig) goAway(ctx context.Context, connect bool) error {
	whip, err := g.challenge(ctx)
	if err != nil {
		return err
	}
	return g.offer(ctx, whip, connect)
}

// offer posts one offer, again when every place is taken.
func (g *rig) offer(ctx context.Context, whip *client.WHIP, connect bool) error {
	for {
		c, err := client.Dial(ctx, client.Config{Answer: func(ctx context.Context, offer string) (string, error) {
			answer, err := whip.Answer(ctx, offer)
			if err == nil && !connect {
				err = errLeft
			}
			return answer, err
		}})
		var status *client.StatusError
		switch {
		case err == nil:
			c.Close()
			return nil
		case errors.Is(err, errLeft):
			return nil
		case !errors.As(err, &status) || status.Status != http.StatusServiceUnavailable:
			return fmt.Errorf("open a session: %w", err)
		}
		if err := wait(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
}
