package retention

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// lookEvery is how often it is looked whether a day is over, atATime how many
// records are looked up together, and atOnce how many one transaction removes: a
// capture is a dozen, and larger ones would hold others up.
const (
	lookEvery = 10 * time.Minute
	atATime   = 2000
	atOnce    = 50
)

// work does what is due once a day, and looks again.
func (r *Retention) work(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		err := r.Run(ctx)
		if err != nil && ctx.Err() == nil {
			r.Log.Error("the daily work of retention stopped and will be tried again", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-r.wake:
		case <-tick.C:
		}
	}
}

// Run does what is due, if a day is over since the last run, or a run was cut
// short.
func (r *Retention) Run(ctx context.Context) error {
	r.running.Lock()
	defer r.running.Unlock()
	err := r.daily(ctx)
	if errors.Is(err, storage.Full) {
		err = nil // the disk's state is told elsewhere; the next look does it
	}
	r.mu.Lock()
	r.failed = err
	r.mu.Unlock()
	return err
}

func (r *Retention) daily(ctx context.Context) error {
	s, goes, err := r.begin(ctx)
	if err != nil || !goes {
		return err
	}
	for _, h := range r.Holdings() {
		if h.Due == nil || h.Remove == nil {
			continue
		}
		if err := r.sweep(ctx, h, &s); err != nil {
			return fmt.Errorf("remove what is due of %s: %w", h.Name, err)
		}
	}
	if r.Also != nil {
		if err := r.Also(ctx, s.AsOf); err != nil {
			return err
		}
	}
	_, err = r.Store.Commit(ctx, func(tx *storage.Tx) error {
		s.Reached, s.AsOf, s.Ended = s.AsOf, time.Time{}, tx.Now()
		if err := r.put(tx, s); err != nil {
			return err
		}
		_, err := tx.Log(storage.Entry{Kind: "retention.run-ended", Actor: "system", Public: map[string]any{
			"asOf": s.Reached, "removed": s.Removed, "held": s.Held,
		}})
		return err
	})
	return err
}

// begin goes on with a run that was cut short, or begins one when it is time
// to. The moment as of which it removes is written down first.
func (r *Retention) begin(ctx context.Context) (s state, goes bool, err error) {
	s, began, err := r.now(ctx)
	switch {
	case err != nil:
		return s, false, err
	case !began:
		return s, false, r.first(ctx)
	}
	now := r.Now()
	// A run that was cut short removes as of its own moment. Should the clock have
	// been put back behind that, it is given up for one as of now.
	what := next(now, s.Reached, s.Vouched)
	if !s.AsOf.IsZero() && what == run && !now.Before(s.AsOf) {
		return s, true, nil
	}
	if what != run {
		return s, false, nil
	}
	_, err = r.Store.Commit(ctx, func(tx *storage.Tx) error {
		s = state{Reached: s.Reached, Vouched: s.Vouched, AsOf: now, Began: now, Removed: map[string]int{}, Held: map[string]int{}}
		if err := r.put(tx, s); err != nil {
			return err
		}
		_, err := tx.Log(storage.Entry{Kind: "retention.run-begun", Actor: "system", Public: map[string]any{"asOf": now, "reached": s.Reached}})
		return err
	})
	return s, err == nil, err
}

// first writes down where the work begins: at the journal's newest entry, by
// which a clock that has jumped since is found out.
func (r *Retention) first(ctx context.Context) error {
	now := r.Now()
	_, err := r.Store.Commit(ctx, func(tx *storage.Tx) error {
		at := now
		if size := uint64(tx.Position()); size > 0 {
			leaves, err := storage.LeavesOf(tx, size-1, 1)
			if err != nil {
				return err
			}
			if len(leaves) > 0 && leaves[0].Time.Before(at) {
				at = leaves[0].Time
			}
		}
		if err := r.put(tx, state{Reached: at}); err != nil {
			return err
		}
		_, err := tx.Log(storage.Entry{Kind: "retention.begun", Actor: "system", Public: map[string]any{"reached": at}})
		return err
	})
	return err
}

// sweep removes everything that is due of a holding.
func (r *Retention) sweep(ctx context.Context, h room.Holding, s *state) error {
	var last []engine.Kept
	for {
		some, held, err := r.batch(ctx, h, s.AsOf)
		if err != nil {
			return err
		}
		if s.Held == nil {
			s.Held = map[string]int{}
		}
		if s.Held[h.Name] = held; held == 0 {
			delete(s.Held, h.Name)
		}
		if len(some) == 0 {
			break
		}
		if last != nil && bytes.Equal(last[0].Place, some[0].Place) {
			return errors.New("retention: what was removed is still due") // it would never end
		}
		for _, part := range parts(some) {
			if err := r.remove(ctx, h, part, s); err != nil {
				return err
			}
		}
		last = some
	}
	if last == nil || h.After == nil {
		return nil
	}
	return h.After(ctx)
}

// parts are records in the order they came in, cut so that each part is of one org
// and fits into one transaction.
func parts(all []engine.Kept) (list [][]engine.Kept) {
	for from := 0; from < len(all); {
		to := from + 1
		for to < len(all) && to-from < atOnce && all[to].Org == all[from].Org {
			to++
		}
		list, from = append(list, all[from:to]), to
	}
	return list
}

// batch is some of what is due of a holding and may be removed, and how many
// records it passed that holds keep.
func (r *Retention) batch(ctx context.Context, h room.Holding, asOf time.Time) (some []engine.Kept, held int, err error) {
	err = r.Store.View(ctx, func(v *storage.View) error {
		for k, err := range r.due(v, h, asOf) {
			switch {
			case err != nil:
				return err
			case ctx.Err() != nil:
				return context.Cause(ctx)
			case k.held:
				held++
			default:
				some = append(some, k.Kept)
			}
			if len(some) == atATime {
				return nil
			}
		}
		return nil
	})
	return some, held, err
}

// remove removes a batch in one transaction. What has been held since, or is
// kept for longer by a policy that was changed since, stays; the next batch
// does not bring it.
func (r *Retention) remove(ctx context.Context, h room.Holding, some []engine.Kept, s *state) error {
	org, n := some[0].Org, 0
	after := *s
	_, err := r.Store.Commit(ctx, func(tx *storage.Tx) error {
		p, err := r.Of(tx, org)
		if err != nil {
			return err
		}
		n = 0
		for _, k := range some {
			held, err := r.held(tx, k)
			if err != nil {
				return err
			}
			if held || !k.At.Before(due(p, k.Kind, s.AsOf)) {
				continue
			}
			if err := h.Remove(tx, k); err != nil {
				return err
			}
			n++
		}
		if n == 0 {
			return nil
		}
		after.Removed = maps.Clone(s.Removed)
		if after.Removed == nil {
			after.Removed = map[string]int{}
		}
		after.Removed[h.Name] += n
		if err := r.put(tx, after); err != nil {
			return err
		}
		_, err = tx.Log(storage.Entry{Kind: "retention.removed", Org: string(org), Actor: "system", Public: map[string]any{
			"holding": h.Name, "records": n, "asOf": s.AsOf, "policyVersion": p.Version,
		}})
		return err
	})
	if err != nil {
		return err
	}
	*s = after
	if r.Removed != nil && n > 0 {
		r.Removed(h.Name, n)
	}
	return nil
}

// held says whether a hold keeps a record; also one of nobody's may be held.
func (r *Retention) held(from storage.Reader, k engine.Kept) (bool, error) {
	return refused(r.Holds.Held(from, k.Org, k.Customer, k.Kind, k.ID))
}
