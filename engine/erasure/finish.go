package erasure

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/storage"
)

// finishEvery is how often it is looked whether an erasure could not be finished.
const finishEvery = time.Minute

// requestLife is how long a request waits for another key.
const requestLife = 30 * 24 * time.Hour

// work finishes what was cut short, and looks again.
func (e *Erasures) work(ctx context.Context) error {
	tick := time.NewTicker(finishEvery)
	defer tick.Stop()
	for {
		if err := e.Finish(ctx); err != nil && ctx.Err() == nil {
			e.Log.Error("an erasure could not be finished and will be tried again", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Finish finishes every erasure whose keys are forgotten.
func (e *Erasures) Finish(ctx context.Context) error {
	list, err := e.those(ctx, func(r erasure) bool { return r.State == running || r.State == proved })
	for _, r := range list {
		if _, _, wrong := e.finish(ctx, r.Org, r.ID); wrong != nil {
			err = errors.Join(err, wrong)
		}
	}
	return err
}

// finish removes what is left of an erased person, destroys the old keys, and
// makes the certificate: the receipt names the person, and is there once. Each
// step may be done again.
func (e *Erasures) finish(ctx context.Context, org engine.OrgID, id ID) (r erasure, receipt []byte, err error) {
	e.tidy.Lock()
	defer e.tidy.Unlock()
	if r, err = e.recall(ctx, org, id); err != nil {
		return r, nil, err
	}
	if r.State == running {
		if r, err = e.complete(ctx, r); err != nil {
			return e.waits(ctx, r, err)
		}
		if receipt, err = e.Journal.Certified(ctx, r.Proved); err != nil {
			return r, nil, fmt.Errorf("certify an erasure: %w", err)
		}
	}
	if r.State == proved {
		if r, err = e.close(ctx, r); err != nil {
			return r, nil, err
		}
	}
	return r, receipt, nil
}

// waits notes what an erasure waits for, when it is something that passes.
func (e *Erasures) waits(ctx context.Context, r erasure, why error) (erasure, []byte, error) {
	f := fault.Of(why)
	if f == nil || f.Kind == fault.Internal || r.Waits == f.Code {
		if f != nil && r.Waits == f.Code {
			why = nil
		}
		return r, nil, why
	}
	r.Waits = f.Code
	_, err := e.Store.Commit(ctx, func(tx *storage.Tx) error {
		_, err := tx.Log(storage.Entry{Kind: "erasure.waits", Org: string(r.Org), Actor: "system", Public: map[string]any{"erasure": r.ID, "for": f.Code}})
		return errors.Join(err, e.put(tx, r))
	})
	return r, nil, err
}

// complete does all that follows the forgetting of the keys, and says so in the
// journal.
func (e *Erasures) complete(ctx context.Context, r erasure) (erasure, error) {
	var about whom
	err := e.Store.View(ctx, func(v *storage.View) (err error) {
		about, err = e.whom(v, r)
		return err
	})
	if err != nil {
		return r, err
	}
	for _, h := range e.touched(r) {
		for h.Sweep != nil {
			n, err := h.Sweep(ctx, e.person(r, about.Customer))
			if err != nil {
				return r, fmt.Errorf("remove what is left of %s: %w", h.Name, err)
			}
			if n == 0 {
				break
			}
			e.reached("swept " + h.Name)
		}
		if h.After != nil {
			if err := h.After(ctx); err != nil {
				return r, fmt.Errorf("bring what follows %s to where it is: %w", h.Name, err)
			}
		}
	}
	e.reached("removed")
	if err := e.Store.Roll(ctx); err != nil {
		return r, fmt.Errorf("destroy the old keys: %w", err)
	}
	e.reached("rolled")
	covered := r.coverage(e.Store.State(ctx).Epoch, e.Now())
	if len(e.Disclosed) > 0 {
		covered.Headquarters = &headquartersCovered{Disclosed: e.Disclosed}
	}
	_, err = e.Store.Commit(ctx, func(tx *storage.Tx) error {
		r.State, r.Waits, r.Covered = proved, "", &covered
		var err error
		r.Proved, err = tx.Log(storage.Entry{
			Kind: "erasure.completed", Org: string(r.Org), Actor: "system", Subject: e.own(r.ID), Public: covered,
			Private: map[string]string{"customer": string(about.Customer)},
		})
		return errors.Join(err, e.put(tx, r))
	})
	e.reached("proved")
	return r, err
}

// coverage is what the certificate says, in the epoch that is left.
func (r erasure) coverage(epoch uint32, now time.Time) coverage {
	now = now.UTC().Truncate(time.Millisecond)
	return coverage{
		Erasure: r.ID, Entry: r.Entry, At: r.Erased, Basis: r.Basis, Counts: r.Counts, Index: true, Keys: r.Keys, Repeats: r.Repeats, Epoch: epoch,
		Evidence: evidenceCovered{Erased: r.KeepUntil.IsZero(), KeptUntil: r.KeepUntil, Basis: r.KeepBasis},
		Backups:  backupsCovered{MadeBefore: now, KeptDays: r.Backups, GoneBy: now.AddDate(0, 0, r.Backups).Format(time.DateOnly)},
	}
}

// close forgets whom an erasure was about. When evidence is kept, the name stays
// with it, sealed with its key.
func (e *Erasures) close(ctx context.Context, r erasure) (erasure, error) {
	_, err := e.Store.Commit(ctx, func(tx *storage.Tx) error {
		about, err := e.whom(tx, r)
		if err != nil {
			return err
		}
		at := e.at(ofPeople, r.Org, r.ID)
		if r.State = done; !r.KeepUntil.IsZero() && about.Customer != "" {
			r.State = kept
			err = e.table.Put(tx, r.Evidence, at, record{Whom: &about})
		} else {
			err = e.table.Delete(tx, at)
		}
		_, logged := tx.Log(storage.Entry{Kind: "erasure.closed", Org: string(r.Org), Actor: "system", Public: map[string]any{"erasure": r.ID, "state": r.State}})
		return errors.Join(err, logged, tx.Forget(e.own(r.ID)), e.put(tx, r))
	})
	if err != nil {
		return r, fmt.Errorf("close an erasure: %w", err)
	}
	e.reached("closed")
	if err := e.Store.Roll(ctx); err != nil {
		return r, fmt.Errorf("destroy the key of an erasure: %w", err)
	}
	return r, nil
}

// Daily erases evidence whose days are over as of a moment, and cancels requests
// that nobody has confirmed. The moment is the daily work's, which stops before a
// clock that has jumped.
func (e *Erasures) Daily(ctx context.Context, asOf time.Time) error {
	list, err := e.those(ctx, func(r erasure) bool {
		return r.State == kept && !asOf.Before(r.KeepUntil) || r.State == requested && asOf.Sub(r.Requested) > requestLife
	})
	for _, r := range list {
		by := engine.Caller{Key: "system", Org: r.Org}
		var wrong error
		if r.State == requested {
			_, wrong = e.cancel(ctx, by, r.ID)
		} else {
			wrong = e.eraseEvidence(ctx, by, r.ID)
		}
		if f := fault.Of(wrong); wrong != nil && (f == nil || f.Kind != fault.Conflict) { // a hold keeps it until another day
			err = errors.Join(err, wrong)
		}
	}
	return err
}

// eraseEvidence erases what was kept by law.
func (e *Erasures) eraseEvidence(ctx context.Context, by engine.Caller, id ID) error {
	_, err := e.Store.Commit(ctx, func(tx *storage.Tx) error {
		r, err := e.one(tx, by.Org, id)
		if err != nil || r.State != kept {
			return err
		}
		about, err := e.whom(tx, r)
		if err != nil {
			return err
		}
		if back, err := storage.Known(tx, r.Faces); back || err != nil {
			return errors.Join(err, e.returned(tx, r))
		}
		policy, err := e.may(tx, r, about.Customer)
		if err != nil {
			return err
		}
		if err := e.table.Put(tx, e.own(id), e.at(ofPeople, r.Org, id), record{Whom: &about}); err != nil {
			return err
		}
		_, err = e.erase(tx, r, about, by, policy)
		return err
	})
	if err != nil {
		return fmt.Errorf("erase evidence whose days are over: %w", err)
	}
	_, _, err = e.finish(ctx, by.Org, id)
	return err
}

// returned ends an erasure whose customer has been enrolled again since: the
// evidence is a customer's once more, and has the days of the policy.
func (e *Erasures) returned(tx *storage.Tx, r erasure) error {
	r.State = done
	_, err := tx.Log(storage.Entry{Kind: "erasure.evidence-left", Org: string(r.Org), Actor: "system", Public: map[string]any{
		"erasure": r.ID, "why": "enrolled-again",
	}})
	return errors.Join(err, e.table.Delete(tx, e.at(ofPeople, r.Org, r.ID)), e.put(tx, r))
}

// reached tells tests that a point was reached; they may end everything there.
func (e *Erasures) reached(point string) {
	if e.Step != nil {
		e.Step(point)
	}
}
