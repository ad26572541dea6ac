package importer

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/storage"
)

// live is an import that waits or runs, or a dry one that has.
type live struct {
	dry *dry // nil: it writes

	mu      sync.Mutex
	job     job
	share   func() float64
	from    start
	stop    context.CancelCauseFunc // nil: it does not run
	held    *failure                // what it waits for, nil: for nothing
	changed chan struct{}           // closed and replaced with every change
}

// start is where this run of an import began.
type start struct {
	at    time.Time
	rows  uint64
	share float64
}

// errStopped ends the context of an import that somebody cancelled.
var errStopped = errors.New("the import was cancelled")

func newLive(j job) *live {
	l := &live{job: j, changed: make(chan struct{})}
	if j.DryRun {
		l.dry = newDry()
	}
	return l
}

// view is how far it is.
func (l *live) view() job {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.job
}

func (l *live) base() engine.Base { return l.view().base() }

// set is where it is now, but for what others say of it meanwhile.
func (l *live) set(j job) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.job = j
	l.tell()
}

func (l *live) tell() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// began notes that the source is open.
func (l *live) began(now time.Time, share func() float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.share, l.from = share, start{now, l.job.Rows, share()}
	if l.job.Started.IsZero() {
		l.job.Started = now
	}
	l.tell()
}

// hold notes what it waits for.
func (l *live) hold(up *failure) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if up == l.held || up != nil && l.held != nil && *up == *l.held {
		return
	}
	l.held = up
	l.tell()
}

// run takes it up, unless it was cancelled.
func (l *live) run(stop context.CancelCauseFunc) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.job.State.ended() {
		return false
	}
	l.job.State, l.stop = running, stop
	l.tell()
	return true
}

// work runs the imports one after another: each keeps every core busy. Those
// that were under way when the daemon ended come first.
func (m *Importer) work(ctx context.Context) error {
	list, err := m.unfinished(ctx)
	if err != nil {
		return err
	}
	m.mu.Lock()
	for _, j := range list {
		if m.lives[j.ID] == nil {
			m.lives[j.ID] = newLive(j)
		}
	}
	m.mu.Unlock()
	m.sweep()
	close(m.tidy)
	for ctx.Err() == nil {
		l := m.next()
		if l == nil {
			select {
			case <-m.wake:
				continue
			case <-ctx.Done():
				return nil
			}
		}
		m.run(ctx, l)
	}
	return nil
}

// next is the oldest import that is not at its end.
func (m *Importer) next() *live {
	m.mu.Lock()
	defer m.mu.Unlock()
	var first *live
	var id engine.ImportID
	for _, l := range m.lives {
		if j := l.view(); !j.State.ended() && (first == nil || j.ID < id) {
			first, id = l, j.ID
		}
	}
	return first
}

// run brings an import to its end, or to where the daemon closes.
func (m *Importer) run(ctx context.Context, l *live) {
	running, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	if !l.run(stop) {
		return
	}
	err := m.pass(running, l)
	if ctx.Err() != nil {
		return
	}
	if cause := context.Cause(running); err != nil && cause != nil {
		err = cause
	}
	m.finish(ctx, l, err)
}

// finish ends an import.
func (m *Importer) finish(ctx context.Context, l *live, why error) {
	j := l.view()
	j.State, j.Ended = done, m.now()
	f := fault.Of(why)
	switch {
	case errors.Is(why, errStopped):
		j.State = cancelled
	case f != nil:
		j.State, j.Failure = failed, failure{f.Code, f.Title, f.Hint}
	case why != nil:
		j.State, j.Failure = failed, failure{Code: ErrFailed.Code, Title: ErrFailed.Title, Hint: ErrFailed.Hint}
	}
	if why != nil && j.State == failed {
		m.Log.Error("import failed", "import", string(j.ID), "rows", j.Rows, "err", why)
	}
	if !j.DryRun {
		_, err := m.Store.Commit(ctx, func(tx *storage.Tx) error {
			return m.write(tx, j, "import.ended", map[string]any{
				"state": j.State, "rows": j.Rows, "enrolled": j.Counts.Enrolled, "there": j.Counts.There,
				"duplicate": j.Counts.Duplicate, "rejected": j.Counts.Rejected,
			})
		})
		if err != nil {
			// It stands in the store as it was settled last, and goes on when
			// the daemon starts again.
			m.Log.Error("import could not be ended", "import", string(j.ID), "err", err)
		}
	}
	m.unspool(j)
	if !j.DryRun {
		m.mu.Lock()
		delete(m.lives, j.ID)
		m.mu.Unlock()
	}
	l.set(j)
}

// cancel stops an import. One that runs ends itself, when its rows under way
// have been settled or given up.
func (m *Importer) cancel(ctx context.Context, l *live) {
	l.mu.Lock()
	stop, waits := l.stop, l.job.State == waiting
	if waits {
		l.job.State = cancelled // so that nobody takes it up
	}
	l.mu.Unlock()
	switch {
	case stop != nil:
		stop(errStopped)
	case waits:
		m.finish(ctx, l, errStopped)
	}
}
