package customer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// create enters a customer. One that was erased may be entered anew.
func (c *Customers) create(ctx context.Context, by engine.Caller, id engine.CustomerID, d details) (answer customerAnswer, err error) {
	now := c.Now().UTC().Truncate(time.Millisecond)
	if id == "" {
		if id, err = engine.NewID[engine.CustomerID]("cus", now, c.Random); err != nil {
			return answer, err
		}
	}
	k := record{
		ID: id, Org: by.Org, Version: 1, Status: engine.CustomerActive, Details: d, Level: engine.KYCNone,
		Key: by.Key, Created: now, Changed: now,
	}
	_, err = c.Store.Commit(ctx, func(tx *storage.Tx) error {
		if _, err := c.kept(tx, by.Org, id); err == nil {
			return ErrExists
		} else if !errors.Is(err, ErrNone) && !errors.Is(err, ErrErased) {
			return err
		}
		if err := c.note(tx, by.Key, "customer.created", k, map[string]any{"version": k.Version}); err != nil {
			return err
		}
		if err := c.records.Put(tx, storage.Subject{}, c.orderAt(by.Org, k), record{}); err != nil {
			return err
		}
		if answer, err = c.conclude(tx, by.Key, k); err != nil {
			return err
		}
		return c.Answers.Keep(ctx, tx, c.Attempts.Subject(by.Org, id), answer)
	})
	if err != nil {
		return customerAnswer{}, fmt.Errorf("enter a customer: %w", err)
	}
	return answer, nil
}

// wish is what should change about a customer; nil stays as it is.
type wish struct {
	Version *uint64
	Status  engine.CustomerStatus
	Details func(*details)
	Reason  string
}

// update changes a customer.
func (c *Customers) update(ctx context.Context, by engine.Caller, id engine.CustomerID, w wish) (answer customerAnswer, err error) {
	_, err = c.Store.Commit(ctx, func(tx *storage.Tx) error {
		k, err := c.kept(tx, by.Org, id)
		switch {
		case err != nil:
			return err
		case w.Version != nil && *w.Version != k.Version:
			return ErrChanged
		case k.Status == engine.CustomerClosed:
			return ErrClosed
		}
		from := k.Status
		if w.Status != "" {
			if !moves(from, w.Status) {
				return ErrClosed
			}
			k.Status = w.Status
		}
		w.Details(&k.Details)
		k.Version++
		k.Changed = tx.Now().UTC().Truncate(time.Millisecond)
		public := map[string]any{"version": k.Version, "from": from, "to": k.Status}
		if err := c.noteWhy(tx, by.Key, "customer.updated", k, public, w.Reason); err != nil {
			return err
		}
		answer, err = c.conclude(tx, by.Key, k)
		return err
	})
	if err != nil {
		return customerAnswer{}, fmt.Errorf("change a customer: %w", err)
	}
	return answer, nil
}

// enter keeps what was checked elsewhere.
func (c *Customers) enter(ctx context.Context, by engine.Caller, id engine.CustomerID, e entry) (answer kycAnswer, err error) {
	now := c.Now().UTC().Truncate(time.Millisecond)
	if e.ID, err = engine.NewID[engine.VerificationID]("ver", now, c.Random); err != nil {
		return answer, err
	}
	e.Key, e.At = by.Key, now
	_, err = c.Store.Commit(ctx, func(tx *storage.Tx) error {
		k, err := c.kept(tx, by.Org, id)
		switch {
		case err != nil:
			return err
		case k.Status == engine.CustomerClosed:
			return ErrClosed
		}
		k.Checks = slices.DeleteFunc(k.Checks, func(old entry) bool { return now.Sub(old.At) > validity })
		if len(k.Checks) >= mostChecks {
			return ErrCrowded
		}
		k.Checks = append(k.Checks, e)
		public := map[string]any{"verification": e.ID, "method": e.Method, "status": e.Status}
		if err := c.noteWhy(tx, by.Key, "customer.check_entered", k, public, e.Reference); err != nil {
			return err
		}
		if _, err := c.conclude(tx, by.Key, k); err != nil {
			return err
		}
		if answer, err = c.kyc(tx, by, id, engine.KYCBasic); err != nil {
			return err
		}
		return c.Answers.Keep(ctx, tx, c.Attempts.Subject(by.Org, id), answer)
	})
	if err != nil {
		return kycAnswer{}, fmt.Errorf("enter a check: %w", err)
	}
	return answer, nil
}

// conclude writes a customer, with the change of level if there is one.
func (c *Customers) conclude(tx *storage.Tx, by engine.KeyID, k record) (customerAnswer, error) {
	now, err := c.found(tx, k)
	if err != nil {
		return customerAnswer{}, err
	}
	extended := k.ended(tx.Now())
	k.Expires = now.level.Expires
	if to := now.level.Level; to != k.Level {
		k.History = append(k.History, change{From: k.Level, To: to, At: tx.Now().UTC().Truncate(time.Millisecond)})
		k.History = k.History[max(0, len(k.History)-mostHistory):]
		public := map[string]any{"from": k.Level, "to": to}
		if !now.level.Expires.IsZero() {
			public["expires"] = now.level.Expires
		}
		k.Level = to
		if err := c.note(tx, by, "customer.kyc_updated", k, public); err != nil {
			return customerAnswer{}, err
		}
	} else if extended {
		if err := c.note(tx, by, "customer.kyc_extended", k, map[string]any{"level": to, "expires": k.Expires}); err != nil {
			return customerAnswer{}, err
		}
	}
	return customerAnswer{viewOf(k, now.level)}, c.put(tx, k)
}

func (c *Customers) note(tx *storage.Tx, by engine.KeyID, kind string, k record, public map[string]any) error {
	return c.noteWhy(tx, by, kind, k, public, "")
}

// noteWhy writes a journal entry: what happened in the open, to whom and why as
// commitments.
func (c *Customers) noteWhy(tx *storage.Tx, by engine.KeyID, kind string, k record, public map[string]any, why string) error {
	private := map[string]string{"customer": string(k.ID)}
	if why != "" {
		private["reason"] = why
	}
	_, err := tx.Log(storage.Entry{
		Kind: kind, Org: string(k.Org), Actor: string(by), Subject: c.Attempts.Subject(k.Org, k.ID),
		Public: public, Private: private,
	})
	return err
}
