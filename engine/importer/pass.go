package importer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"sync"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/importer/source"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/storage"
)

// item is a row on its way.
type item struct {
	row    source.Row
	result result
	face   engine.Face
	found  engine.Search
	err    error         // what ends the import
	seen   chan struct{} // closed when it has been looked at
}

// The rows under way.
const (
	window    = 64                     // behind the one that is settled next
	mostFaces = 16                     // that one transaction enrols
	mostRows  = 128                    // that one transaction settles
	linger    = 500 * time.Millisecond // that a row waits for others to be settled with
)

// pass brings the rows that are left from the source to the store: one reads
// ahead, several look, one settles them in the order of the source.
func (m *Importer) pass(ctx context.Context, l *live) error {
	src, err := m.open(l.view())
	if err != nil {
		return err
	}
	return errors.Join(m.through(ctx, l, src), src.Close())
}

func (m *Importer) through(ctx context.Context, l *live, src source.Source) error {
	if err := l.marked(src.Mark()); err != nil {
		return err
	}
	l.began(m.now(), src.Share)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	work, order := make(chan *item, m.Parallel), make(chan *item, window)
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	for range m.Parallel {
		all.Go(func() {
			for it := range work {
				it.err = m.look(ctx, l, it)
				close(it.seen)
			}
		})
	}
	fed := make(chan error, 1)
	all.Go(func() {
		defer close(order)
		defer close(work)
		fed <- m.feed(ctx, l, src, work, order)
	})
	if err := m.settleAll(ctx, l, order); err != nil {
		return err
	}
	return <-fed
}

// feed hands out the rows, no faster than asked.
func (m *Importer) feed(ctx context.Context, l *live, src source.Source, work, order chan<- *item) error {
	j := l.view()
	n, began := j.Rows, time.Now()
	for row, err := range src.Rows(ctx, j.Rows) {
		if err != nil {
			return err
		}
		n++
		if j.DryRun && n > mostDry {
			return ErrDryTooLong
		}
		if j.Rate > 0 {
			due := time.Duration(float64(n-1-j.Rows) / j.Rate * float64(time.Second))
			if err := pause(ctx, due-time.Since(began)); err != nil {
				return err
			}
		}
		it := &item{row: row, result: begun(n, row), seen: make(chan struct{})}
		for _, to := range []chan<- *item{order, work} {
			select {
			case to <- it:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	}
	return nil
}

// look finds out what can be found out of one row without the others.
func (m *Importer) look(ctx context.Context, l *live, it *item) error {
	base := l.base()
	r := &it.result
	if r.Outcome != "" {
		return nil
	}
	picture, why := it.row.Read()
	it.row.Read = nil // what it holds is not needed any more
	if why != "" {
		r.reject(string(why))
		return nil
	}
	var known []engine.Digest
	err := m.Store.View(ctx, func(v *storage.View) (err error) {
		known, err = m.Gallery.Pictures(v, base, r.Reference)
		return err
	})
	if err != nil || r.known(known, sha256.Sum256(picture)) {
		return err
	}
	return patient(ctx, l, func() (err error) {
		it.face, err = m.Eyes.Look(ctx, picture)
		return r.judge(it.face, err)
	})
}

// settleAll settles the rows in their order, some at a time.
func (m *Importer) settleAll(ctx context.Context, l *live, order <-chan *item) error {
	for {
		some, err := gather(ctx, order)
		if err != nil || len(some) == 0 {
			return err
		}
		if err := patient(ctx, l, func() error { return m.settle(ctx, l, some) }); err != nil {
			return err
		}
	}
}

// gather waits for the next rows: as many as one transaction takes, or those
// that have been looked at when the first has waited long enough.
func gather(ctx context.Context, order <-chan *item) ([]*item, error) {
	var some []*item
	var late <-chan time.Time
	faces := 0
	for len(some) < mostRows && faces < mostFaces {
		var it *item
		select {
		case it = <-order:
		case <-late:
			return some, nil
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		if it == nil { // the source is at its end
			return some, context.Cause(ctx)
		}
		select {
		case <-it.seen: // looking ends with the context
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		if it.err != nil {
			return nil, it.err
		}
		if some = append(some, it); late == nil {
			timer := time.NewTimer(linger)
			defer timer.Stop()
			late = timer.C
		}
		if it.result.Outcome == "" {
			faces++
		}
	}
	return some, nil
}

// patient does something again until what it needs is there, and lets everybody
// know what that is when it takes longer.
func patient(ctx context.Context, l *live, do func() error) error {
	const (
		wait   = 250 * time.Millisecond
		silent = 8 // tries
	)
	for tries := 1; ; tries++ {
		err := do()
		f := fault.Of(err)
		if f == nil || f.Kind != fault.Unavailable {
			l.hold(nil)
			return err
		}
		if tries > silent {
			l.hold(&failure{f.Code, f.Title, f.Hint})
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
}

// pause waits, or says why not.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// marked remembers what the source is like, or says that it has changed.
func (l *live) marked(mark []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.job.Mark != nil && !bytes.Equal(l.job.Mark, mark) {
		return ErrChanged
	}
	l.job.Mark = mark
	return nil
}
