package models

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rostod/rostod/internal/fault"
)

// ErrBusy says that every worker is at work and enough pictures wait.
var ErrBusy = &fault.Fault{
	Kind:       fault.Unavailable,
	Code:       "models/busy",
	Title:      "Too many pictures are waiting to be looked at.",
	Hint:       "Try again in a second.",
	RetryAfter: time.Second,
}

// errClosed is a Look after Close: a mistake of the program.
var errClosed = errors.New("the models are closed")

// queue is where pictures wait for a worker. At most a number of them wait;
// the next is refused at once.
type queue struct {
	free    chan struct{} // one for each worker that is at rest
	closing chan struct{}
	waiting atomic.Int64
	most    int64

	mu   sync.Mutex
	rest []*worker // the last that came to rest works first: its memory is warm
}

func newQueue(workers []*worker, waiting int) *queue {
	q := &queue{free: make(chan struct{}, len(workers)), closing: make(chan struct{}), most: int64(waiting)}
	for _, w := range workers {
		q.give(w)
	}
	return q
}

// take waits for a worker. The caller gives it back.
func (q *queue) take(ctx context.Context) (*worker, error) {
	select {
	case <-q.closing:
		return nil, errClosed
	default:
	}
	select {
	case <-q.free:
		return q.pop(), nil
	default:
	}
	if q.waiting.Add(1) > q.most {
		q.waiting.Add(-1)
		return nil, ErrBusy
	}
	defer q.waiting.Add(-1)
	select {
	case <-q.free:
		return q.pop(), nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the models: %w", context.Cause(ctx))
	case <-q.closing:
		return nil, errClosed
	}
}

// pop is for those who have received from free.
func (q *queue) pop() *worker {
	q.mu.Lock()
	defer q.mu.Unlock()
	last := len(q.rest) - 1
	w := q.rest[last]
	q.rest = q.rest[:last]
	return w
}

func (q *queue) give(w *worker) {
	q.mu.Lock()
	q.rest = append(q.rest, w)
	q.mu.Unlock()
	q.free <- struct{}{}
}

// close refuses what comes, waits for every worker to come to rest, and closes
// them. It is called once.
func (q *queue) close() error {
	close(q.closing)
	var errs []error
	for range cap(q.free) {
		<-q.free
		errs = append(errs, q.pop().close())
	}
	return errors.Join(errs...)
}
