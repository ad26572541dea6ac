package erasure

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// wish is one person to erase.
type wish struct {
	Caller   engine.Caller
	Customer engine.CustomerID
	Reason   string
	Basis    string
	// Withdrawal says that it follows from what the customer did, whoever told us.
	Withdrawal bool
}

// begin erases a customer, or keeps the request where four eyes are needed.
func (e *Erasures) begin(ctx context.Context, w wish) (erasure, error) {
	if err := e.something(ctx, w); err != nil {
		return erasure{}, err
	}
	id, err := engine.NewID[ID]("era", e.Now(), e.Random)
	if err != nil {
		return erasure{}, err
	}
	var made erasure
	_, err = e.Store.Commit(ctx, func(tx *storage.Tx) error {
		made = erasure{
			ID: id, Org: w.Caller.Org, State: requested, Basis: w.Basis, By: w.Caller.Key, Holder: w.Caller.Holder, Requested: tx.Now().Truncate(time.Millisecond),
			Faces: e.Faces(w.Caller.Org, w.Customer), Evidence: e.Evidence(w.Caller.Org, w.Customer),
		}
		policy, err := e.may(tx, made, w.Customer)
		if err != nil {
			return err
		}
		if policy.FourEyes && w.Caller.Holder == "" && !w.Withdrawal {
			return room.ErrNoHolder // nobody could confirm it
		}
		about := whom{w.Customer, w.Reason}
		if err := e.table.Put(tx, e.own(id), e.at(ofPeople, made.Org, id), record{Whom: &about}); err != nil {
			return err
		}
		_, err = tx.Log(storage.Entry{
			Kind: "erasure.requested", Org: string(made.Org), Actor: string(made.By), Subject: e.own(id),
			Public:  map[string]any{"erasure": id, "legalBasis": w.Basis, "fourEyes": policy.FourEyes, "policyVersion": policy.Version},
			Private: map[string]string{"customer": string(w.Customer), "reason": w.Reason},
		})
		if err != nil || policy.FourEyes {
			return errors.Join(err, e.put(tx, made))
		}
		made, err = e.erase(tx, made, about, w.Caller, policy)
		return err
	})
	if err != nil {
		return erasure{}, fmt.Errorf("erase a customer: %w", err)
	}
	return made, nil
}

// something says that something is held about a customer: a typing error must
// not look like success.
func (e *Erasures) something(ctx context.Context, w wish) error {
	return e.Store.View(ctx, func(v *storage.View) error {
		org := w.Caller.Org
		known, err := e.Known(v, org, w.Customer)
		if known || err != nil {
			return err
		}
		for _, h := range e.Holdings() {
			if h.Tell == nil {
				continue
			}
			for _, err := range h.Tell(v, org, w.Customer) {
				return err
			}
		}
		// Whoever is being erased is known by that alone.
		pending, err := e.pending(v, org, e.Faces(org, w.Customer), "")
		if pending || err != nil {
			return err
		}
		return ErrNothing
	})
}

// Known says whether a key seals anything about a customer.
func (e *Erasures) Known(r storage.Reader, org engine.OrgID, customer engine.CustomerID) (bool, error) {
	known, err := storage.Known(r, e.Faces(org, customer))
	if known || err != nil {
		return known, err
	}
	return storage.Known(r, e.Evidence(org, customer))
}

// may says that a customer may be erased now, by which policy.
func (e *Erasures) may(tx *storage.Tx, r erasure, customer engine.CustomerID) (engine.Retention, error) {
	policy, err := e.Policies.Of(tx, r.Org)
	if err != nil {
		return policy, err
	}
	if err := e.Bars.Held(tx, r.Org, customer, "", ""); err != nil {
		return policy, err
	}
	pending, err := e.pending(tx, r.Org, r.Faces, r.ID)
	if err == nil && pending {
		err = ErrPending
	}
	return policy, err
}

// pending says whether another erasure of a person has not come to its end.
func (e *Erasures) pending(r storage.Reader, org engine.OrgID, faces storage.Subject, but ID) (bool, error) {
	same, err := e.all(r, e.owned(org), func(o erasure) bool {
		return o.ID != but && o.Faces == faces && (o.State == requested || o.State == running || o.State == proved)
	})
	return len(same) > 0, err
}

// confirm carries out what somebody else has requested.
func (e *Erasures) confirm(ctx context.Context, by engine.Caller, id ID) (erasure, error) {
	var r erasure
	_, err := e.Store.Commit(ctx, func(tx *storage.Tx) error {
		var about whom
		var err error
		if r, about, err = e.waiting(tx, by.Org, id); err != nil {
			return err
		}
		if r.By == by.Key {
			return ErrSameKey
		}
		if err := room.FourEyes(r.Holder, by.Holder); err != nil {
			return err
		}
		policy, err := e.may(tx, r, about.Customer)
		if err != nil {
			return err
		}
		r.Other = by.Key
		r, err = e.erase(tx, r, about, by, policy)
		return err
	})
	if err != nil {
		return erasure{}, fmt.Errorf("confirm an erasure: %w", err)
	}
	return r, nil
}

// waiting is a request that waits for another key.
func (e *Erasures) waiting(tx *storage.Tx, org engine.OrgID, id ID) (erasure, whom, error) {
	r, err := e.one(tx, org, id)
	if err != nil {
		return r, whom{}, err
	}
	if r.State != requested {
		return r, whom{}, ErrNotRequested
	}
	about, err := e.whom(tx, r)
	return r, about, err
}

// cancel ends a request, and forgets whom it was about.
func (e *Erasures) cancel(ctx context.Context, by engine.Caller, id ID) (r erasure, err error) {
	_, err = e.Store.Commit(ctx, func(tx *storage.Tx) error {
		if r, _, err = e.waiting(tx, by.Org, id); err != nil {
			return err
		}
		r.State, r.Other = cancelled, by.Key
		_, err = tx.Log(storage.Entry{Kind: "erasure.cancelled", Org: string(r.Org), Actor: string(by.Key), Public: map[string]any{"erasure": id}})
		return errors.Join(err, e.put(tx, r), e.table.Delete(tx, e.at(ofPeople, r.Org, id)), tx.Forget(e.own(id)))
	})
	if err != nil {
		return erasure{}, fmt.Errorf("cancel an erasure: %w", err)
	}
	return r, nil
}

// erase erases by a policy: evidence that the law keeps stays for its days, once.
func (e *Erasures) erase(tx *storage.Tx, r erasure, about whom, by engine.Caller, policy engine.Retention) (erasure, error) {
	// Evidence that was kept before is due now.
	keeps := policy.EvidenceDays > 0 && r.KeepUntil.IsZero()
	r.KeepUntil, r.KeepBasis = time.Time{}, ""
	if keeps {
		r.KeepUntil, r.KeepBasis = tx.Now().Truncate(time.Millisecond).AddDate(0, 0, policy.EvidenceDays), policy.EvidenceBasis
	}
	return e.shred(tx, r, about, by, policy)
}

// shred is the erasure itself: the person leaves what is searched, and the keys
// that seal what is held are forgotten, all of it in one transaction. From here on
// nothing can be read, whatever happens next.
func (e *Erasures) shred(tx *storage.Tx, r erasure, about whom, by engine.Caller, policy engine.Retention) (erasure, error) {
	keeps := !r.KeepUntil.IsZero()
	var err1, err2 error
	r.Keys = keysCovered{}
	if r.Keys.Faces, err1 = storage.KeyOf(tx, r.Faces); !keeps {
		r.Keys.Evidence, err2 = storage.KeyOf(tx, r.Evidence)
	}
	if err := errors.Join(err1, err2); err != nil {
		return r, err
	}
	public := map[string]any{"erasure": r.ID, "legalBasis": r.Basis, "evidenceKept": keeps, "policyVersion": policy.Version, "keys": r.Keys}
	if keeps {
		public["evidence"] = evidenceCovered{KeptUntil: r.KeepUntil, Basis: r.KeepBasis}
	}
	if r.Repeats != "" {
		public["repeats"] = r.Repeats
	}
	entry, err := tx.Log(storage.Entry{Kind: "person.erased", Org: string(r.Org), Actor: string(by.Key), Public: public})
	if err != nil {
		return r, err
	}
	r.State, r.Entry, r.Erased, r.Backups = running, entry, tx.Now().Truncate(time.Millisecond), policy.BackupDays
	if r.Counts == nil {
		r.Counts = map[string]int{}
	}
	for _, h := range e.touched(r) {
		if h.Erase == nil {
			continue
		}
		n, err := h.Erase(tx, e.person(r, about.Customer))
		if err != nil {
			return r, fmt.Errorf("erase %s: %w", h.Name, err)
		}
		if n > 0 {
			r.Counts[h.Name] += n
		}
	}
	if err := tx.Forget(r.Faces); err != nil {
		return r, err
	}
	switch {
	case !keeps:
		err = tx.Forget(r.Evidence)
	case about.Customer != "":
		err = e.Bars.Restrict(tx, by, about.Customer, "erased; evidence is kept by law")
	}
	return r, errors.Join(err, e.put(tx, r))
}

// touched are the holdings that an erasure takes from: all, but evidence that is
// kept.
func (e *Erasures) touched(r erasure) []room.Holding {
	var list []room.Holding
	for _, h := range e.Holdings() {
		if !h.Evidence || r.KeepUntil.IsZero() {
			list = append(list, h)
		}
	}
	return list
}

func (e *Erasures) person(r erasure, customer engine.CustomerID) room.Erased {
	return room.Erased{Org: r.Org, Customer: customer, Faces: r.Faces, Evidence: r.Evidence, Entry: r.Entry}
}
