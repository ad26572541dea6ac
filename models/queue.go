package models

import (
	"context"
	"errors"
	"fmt"
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
	free    chan *worker // holds the workers that are at rest
	closing chan struct{}
	waiting atomic.Int64
	most    int64
}

func newQueue(workers []*worker, waiting int) *queue {
	q := &queue{free: make(chan *worker, len(workers)), closing: make(chan struct{}), most: int64(waiting)}
	for _, w := range workers {
		q.free <- w
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
	case w := <-q.free:
		return w, nil
	default:
	}
	if q.waiting.Add(1) > q.most {
		q.waiting.Add(-1)
		return nil, ErrBusy
	}
	defer q.waiting.Add(-1)
	select {
	case w := <-q.free:
		return w, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the models: %w", context.Cause(ctx))
	case <-q.closing:
		return nil, errClosed
	}
}

func (q *queue) give(w *worker) { q.free <- w }

// close refuses what comes, waits for every worker to come to rest, and closes
// them. It is called once.
func (q *queue) close() error {
	close(q.closing)
	var errs []error
	for range cap(q.free) {
		errs = append(errs, (<-q.free).close())
	}
	return errors.Join(errs...)
}
