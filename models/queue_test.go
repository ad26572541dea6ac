package models

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/models/picture"
)

// idle is workers without networks.
func idle(t *testing.T, n int) []*worker {
	t.Helper()
	var all []*worker
	for range n {
		d, err := picture.NewDecoder()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, &worker{decoder: d})
	}
	return all
}

func TestQueueRefusesWhenFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(idle(t, 1), 2)
		w, err := q.take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				w, err := q.take(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				q.give(w)
			})
		}
		synctest.Wait()
		_, err = q.take(t.Context())
		if f := fault.Of(err); !errors.Is(err, ErrBusy) || f.RetryAfter != time.Second || f.Kind != fault.Unavailable {
			t.Errorf("got %v, want ErrBusy with a second to wait", err)
		}
		q.give(w)
		wg.Wait()
		if n := q.waiting.Load(); n != 0 {
			t.Errorf("got %d waiting at the end, want 0", n)
		}
		if err := q.close(); err != nil {
			t.Error(err)
		}
	})
}

func TestQueueLetsTheImpatientGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(idle(t, 1), 2)
		w, err := q.take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := q.take(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the deadline", err)
		}
		if n := q.waiting.Load(); n != 0 {
			t.Errorf("got %d waiting, want 0", n)
		}
		q.give(w)
		if err := q.close(); err != nil {
			t.Error(err)
		}
	})
}

// Close waits for the worker that is out, and sends those who wait away.
func TestQueueCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(idle(t, 1), 2)
		w, err := q.take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := q.take(t.Context()); !errors.Is(err, errClosed) {
				t.Errorf("got %v, want errClosed", err)
			}
		})
		synctest.Wait()
		closed := false
		wg.Go(func() {
			if err := q.close(); err != nil {
				t.Error(err)
			}
			closed = true
		})
		synctest.Wait()
		if closed {
			t.Error("closed while a worker was out")
		}
		q.give(w)
		wg.Wait()
		if _, err := q.take(t.Context()); !errors.Is(err, errClosed) {
			t.Errorf("after Close: got %v, want errClosed", err)
		}
	})
}

// One picture after the other goes to the same worker, whose memory is warm.
func TestQueueTakesTheWarmWorker(t *testing.T) {
	q := newQueue(idle(t, 3), 2)
	var last *worker
	for i := range 4 {
		w, err := q.take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if last != nil && w != last {
			t.Errorf("picture %d: got another worker, want the one before", i)
		}
		last = w
		q.give(w)
	}
	if err := q.close(); err != nil {
		t.Error(err)
	}
}
