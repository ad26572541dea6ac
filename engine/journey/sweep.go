package journey

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/storage"
)

const (
	// sweepEvery is how often it is looked for what is due, and sweepMost how
	// many journeys are done in one go.
	sweepEvery = 15 * time.Second
	sweepMost  = 100
	// lookAgain is after how long a decision that was not finished is looked at.
	lookAgain = 10 * time.Second
)

// work does what is due, and looks again. What it did is written down with
// each journey, so that it may be stopped at any point.
func (j *Journeys) work(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := j.sweep(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// sweep does everything that is due.
func (j *Journeys) sweep(ctx context.Context) error {
	for {
		keys, err := j.dueBy(ctx, j.Now())
		if err != nil || len(keys) == 0 {
			return err
		}
		for _, key := range keys {
			err := j.settle(ctx, key)
			if f := fault.Of(err); f != nil && (f.Kind == fault.NoSpace || f.Kind == fault.Unavailable) {
				return nil // the state of the disk is told elsewhere; the next sweep does it
			}
			if err != nil {
				return fmt.Errorf("end a journey that is due: %w", err)
			}
		}
	}
}

// dueBy lists some of what is due at a time.
func (j *Journeys) dueBy(ctx context.Context, now time.Time) (keys []storage.Key, err error) {
	stop := storage.Path(storage.At(now.Add(1)))
	err = j.Store.View(ctx, func(v *storage.View) error {
		for row, err := range j.due.Scan(v, storage.Range{}) {
			if err != nil {
				return err
			}
			if string(row.Key) >= string(stop) || len(keys) == sweepMost {
				return nil
			}
			keys = append(keys, row.Key)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for journeys that are due: %w", err)
	}
	return keys, nil
}

// settle ends one journey that is due: with what was decided meanwhile, or
// because it has expired.
func (j *Journeys) settle(ctx context.Context, key storage.Key) error {
	answer, err := j.answered(ctx, dueID(key))
	if err != nil {
		return err
	}
	_, err = j.Store.Commit(ctx, func(tx *storage.Tx) error {
		if err := j.due.Delete(tx, key); err != nil {
			return err
		}
		r, err := j.kept(tx, dueID(key))
		switch {
		case errors.Is(err, ErrNoProcess), err == nil && r.State != created:
			_, err = tx.Log(storage.Entry{Kind: "journey.swept", Actor: "system"})
			return errors.Join(err, j.forgetPicture(tx, dueID(key)))
		case err != nil:
			return err
		case answer.ID != "" && answer.ID == r.Authentication:
			return j.decide(tx, &r, answer)
		default:
			return j.end(tx, &r, finished, expired)
		}
	})
	return err
}

// answered is what the process of a journey has found by now; empty when it
// has none. One that was erased with its person is broken.
func (j *Journeys) answered(ctx context.Context, id engine.ProcessID) (engine.ProcessAnswer, error) {
	r, err := j.recall(ctx, id)
	if errors.Is(err, ErrNoProcess) || err == nil && (r.State != created || r.Authentication == "") {
		return engine.ProcessAnswer{}, nil
	}
	if err != nil {
		return engine.ProcessAnswer{}, err
	}
	a, err := j.Processes.Answer(ctx, r.Org, r.Authentication)
	if f := fault.Of(err); f != nil && (f.Kind == fault.Gone || f.Kind == fault.NotFound) {
		return engine.ProcessAnswer{ID: r.Authentication, Status: engine.ProcessBroken}, nil
	}
	return a, err
}
