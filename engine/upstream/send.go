package upstream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rostod/rostod/engine/upstream/batch"
	"github.com/rostod/rostod/storage"
)

// work sends until the context ends. What fails is tried again, for months if need
// be: the journal waits.
func (u *Upstream) work(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var both sync.WaitGroup
	var watched, sent error
	both.Go(func() { defer cancel(); watched = u.watch(ctx) })
	both.Go(func() { defer cancel(); sent = u.send(ctx) })
	both.Wait()
	return errors.Join(watched, sent)
}

// watch says when there is more to send, and finds the alarms in it: also those that
// were written before the daemon was started again.
func (u *Upstream) watch(ctx context.Context) error {
	u.mu.Lock()
	next := u.state.held
	u.mu.Unlock()
	for {
		leaves, err := u.Store.Leaves(ctx, next, 1000)
		if err != nil {
			return err
		}
		if len(leaves) == 0 {
			break
		}
		u.notice(leaves, 0)
		next += uint64(len(leaves))
	}
	return u.Store.Follow(ctx, "upstream", func(_ context.Context, leaves []storage.Leaf) error {
		u.notice(leaves, next)
		return nil
	})
}

// notice looks for alarms among entries from an index on, and wakes whoever sends.
func (u *Upstream) notice(leaves []storage.Leaf, from uint64) {
	u.mu.Lock()
	for _, l := range leaves {
		if l.Index >= from && slices.Contains(u.Alarms, l.Kind) {
			u.state.alarms = append(u.state.alarms, l.Index)
		}
	}
	u.mu.Unlock()
	select {
	case u.grew <- struct{}{}:
	default:
	}
}

// errand is what to send next.
type errand struct {
	alarm bool
	index uint64 // of the alarm, or of the first entry
	most  int    // entries; 0: none, only how things stand
	after time.Duration
}

// next is what to send next, as things stand: it depends on nothing else.
func (s state) next(size uint64, closed time.Duration, every time.Duration) errand {
	switch {
	case !s.greeted: // headquarters says first where to go on
		return errand{index: min(s.held, size)}
	case s.standing != batch.Sound:
		// It is shown what is here, and no more is sent: below what it co-signed when
		// that much is there, so that the two can be held against each other.
		if !s.told {
			every = 0
		}
		return errand{index: min(s.seen, size), after: every}
	case len(s.alarms) > 0 && (closed > 0 || s.alarms[0] >= s.held+mostEntries):
		return errand{alarm: true, index: s.alarms[0]}
	case size == s.held:
		return errand{index: s.held, after: every}
	case closed > 0:
		return errand{index: s.held, after: min(every, closed)}
	default:
		return errand{index: s.held, most: mostEntries}
	}
}

// send does one errand after another.
func (u *Upstream) send(ctx context.Context) error {
	for {
		u.mu.Lock()
		s := u.state
		u.mu.Unlock()
		e := s.next(u.Store.State(ctx).Journal, u.Window.until(u.Now()), u.Every)
		if e.after > 0 {
			if news, err := u.rest(ctx, e.after); err != nil {
				return err
			} else if news {
				continue
			}
		}
		if err := u.run(ctx, e); err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			failures := u.failed(err)
			u.Logger.Warn("headquarters was not reached", "failures", failures, "err", err)
			if err := u.patience(ctx, pause(failures, u.Chance())); err != nil {
				return err
			}
		}
	}
}

// rest waits until there is news or the time is over.
func (u *Upstream) rest(ctx context.Context, d time.Duration) (news bool, err error) {
	over := time.NewTimer(d)
	defer over.Stop()
	select {
	case <-ctx.Done():
		return false, context.Cause(ctx)
	case <-u.grew:
		u.mu.Lock()
		defer u.mu.Unlock()
		// While the window is closed or things are not sound, only alarms are news.
		return u.state.standing == batch.Sound && (u.Window.until(u.Now()) == 0 || len(u.state.alarms) > 0), nil
	case <-over.C:
		return false, nil
	}
}

// patience waits, whatever happens.
func (u *Upstream) patience(ctx context.Context, d time.Duration) error {
	over := time.NewTimer(d)
	defer over.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-over.C:
		return nil
	}
}

func (u *Upstream) run(ctx context.Context, e errand) error {
	var id string
	var wire []byte
	var seen uint64
	if e.alarm {
		a, w, err := u.alarm(ctx, e.index)
		if err != nil {
			return err
		}
		id, wire = a.ID(), w
	} else {
		b, w, err := u.pack(ctx, e.index, e.most)
		if err != nil {
			return err
		}
		id, wire, seen = b.ID(), w, b.Seen
	}
	if u.limit != nil {
		if err := u.limit.WaitN(ctx, len(wire)); err != nil {
			return fmt.Errorf("wait for bandwidth: %w", err)
		}
	}
	receipt, err := u.Courier.Carry(ctx, id, wire)
	if err != nil {
		return err
	}
	if err := u.accept(ctx, receipt, id); err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if e.alarm {
		u.state.alarms = slices.DeleteFunc(u.state.alarms, func(index uint64) bool { return index == e.index })
	}
	u.state.told = u.state.standing != batch.Sound && seen == u.state.seen
	return nil
}
