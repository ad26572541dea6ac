package storage

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// How much one batch gathers: whatever waits, up to batchCalls, but no longer
// than batchTime. A lone caller waits for nobody.
const (
	batchCalls = 64
	batchTime  = 2 * time.Millisecond
	// batchPatience is how long a batch waits for the company that the last
	// one had.
	batchPatience = 200 * time.Microsecond
	// crowd is from how many callers on it waits at all.
	crowd = 4
	// riderDelay is how long followers' positions wait for a batch to ride
	// with before they get one of their own.
	riderDelay = time.Second
)

// job is one call of Commit on its way through the committer.
type job struct {
	fn       func(*Tx) error
	internal bool
	state    atomic.Int32 // jobWaiting, then one of the others
	done     chan struct{}
	position Position
	err      error
	panicked any
	stack    []byte
}

const (
	jobWaiting int32 = iota
	jobTaken
	jobGivenUp
)

// Commit runs fn in the one committer goroutine, where it sees everything that
// was committed before it and its own writes, and answers when its writes and
// journal entries are on the disk, together or not at all. An error of fn
// discards only what fn wrote and is returned as it is. fn must be quick and
// must not call View or Commit. The position is the number of journal entries
// that are durable then.
//
// A context that ends while the call waits for its turn ends it with the
// context's error and nothing written; later the call waits for the disk.
func (s *Store) Commit(ctx context.Context, fn func(*Tx) error) (Position, error) {
	return s.commit(ctx, fn, false)
}

func (s *Store) commit(ctx context.Context, fn func(*Tx) error, internal bool) (Position, error) {
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	if err := s.begin(); err != nil {
		return 0, err
	}
	defer s.end()
	j := &job{fn: fn, internal: internal, done: make(chan struct{})}
	select {
	case s.jobs <- j:
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
	select {
	case <-j.done:
	case <-ctx.Done():
		if j.state.CompareAndSwap(jobWaiting, jobGivenUp) {
			return 0, context.Cause(ctx)
		}
		<-j.done
	}
	if j.panicked != nil {
		// The mistake is the caller's: it surfaces in the caller's goroutine.
		panic(fmt.Sprintf("storage: panic inside a commit: %v\n%s", j.panicked, j.stack))
	}
	return j.position, j.err
}

// committer is the one goroutine that runs commits. While the batch before is
// on its way to the disk it runs the next one on top of it, so that whatever
// arrives during a sync shares the next.
func (s *Store) committer() {
	defer close(s.committerDone)
	var late <-chan time.Time
	look := time.NewTicker(lookAfter)
	defer look.Stop()
	for {
		select {
		case j := <-s.jobs:
			s.runBatch(j)
			late = nil
		case <-s.riderNudge:
			if late == nil {
				late = time.After(riderDelay)
			}
		case <-late:
			late = nil
			s.runBatch(nil)
		case <-look.C:
			// A write that finds the gate closed is told so; here nobody waits.
			_ = s.atWork()
		case <-s.stop:
			if !s.resting.Load() {
				s.runBatch(nil)
			}
			s.flight.land()
			return
		}
	}
}

// runBatch gathers what waits, beginning with first, and sends it on its way.
// Without a first it only brings followers' positions to the disk.
func (s *Store) runBatch(first *job) {
	if err := s.atWork(); err != nil {
		s.refuseWaiting(first, err)
		return
	}
	b := s.newBatch()
	began := time.Now()
	if first != nil {
		s.noticeClock(b)
	}
	for j := first; j != nil; j = s.nextJob(b, began) {
		if !j.state.CompareAndSwap(jobWaiting, jobTaken) {
			continue
		}
		r := b.run(j)
		if !b.fits(r) {
			// Together they would be more than one transaction holds.
			s.send(b)
			b = s.newBatch()
		}
		b.add(j, r)
	}
	s.send(b)
}

// nextJob is the next call for the batch, or nil when the batch should go: at
// once when nobody else is expected.
func (s *Store) nextJob(b *batch, began time.Time) *job {
	for {
		flying := s.flight.flying()
		if len(b.jobs) >= batchCalls || !flying && time.Since(began) > batchTime {
			return nil
		}
		select {
		case j := <-s.jobs:
			b.arrived = time.Now()
			return j
		default:
		}
		switch {
		case flying:
			select {
			case j := <-s.jobs:
				return j
			case <-s.flight.done:
				began = time.Now()
			}
		case s.company(b):
			// A timer this short would fire a millisecond late.
			runtime.Gosched()
		default:
			return nil
		}
	}
}

// company says whether the callers of the last batch, who were just answered,
// are still expected to come back: many callers then share one sync instead of
// taking turns in two halves. Few callers are never kept waiting.
func (s *Store) company(b *batch) bool {
	last := s.flight
	if last == nil || len(last.jobs) < crowd || len(b.jobs) >= len(last.jobs)+b.early {
		return false
	}
	since := last.landed
	if b.arrived.After(since) {
		since = b.arrived
	}
	return time.Since(since) < batchPatience
}

// send waits for the batch before to land, and sends this one after it.
func (s *Store) send(b *batch) {
	b.snap.release()
	s.flight.land()
	s.edge, s.flight = b.edge, b
	go func() {
		s.write(b)
		b.landed = time.Now()
		close(b.done)
	}()
	// It goes first: the disk should not wait for what this goroutine, busy
	// with the next batch, would run before it yields.
	runtime.Gosched()
}

// refuseWaiting answers first and everything else that waits with err.
func (s *Store) refuseWaiting(first *job, err error) {
	for j := first; j != nil; {
		if j.state.CompareAndSwap(jobWaiting, jobTaken) {
			j.finish(0, err)
		}
		select {
		case j = <-s.jobs:
		default:
			j = nil
		}
	}
}

func (j *job) finish(p Position, err error) {
	j.position, j.err = p, err
	close(j.done)
}

// call runs fn, and turns a panic in it into a failed job: the committer goes
// on, and the caller gets the panic.
func (j *job) call(tx *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			j.panicked, j.stack = p, debug.Stack()
			err = tx.keep(fmt.Errorf("panic: %v", p))
		}
	}()
	return j.fn(tx)
}
