package hold

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// tablePrefix owns the bars: pseudonym of the org, pseudonym of the customer,
// id -> bar, sealed with the key of the customer's evidence.
const tablePrefix = 'h'

func (h *Holds) orgAt(org engine.OrgID) storage.Subject {
	return h.Store.Pseudonym("bars", string(org))
}

func (h *Holds) personAt(org engine.OrgID, customer engine.CustomerID) storage.Key {
	return storage.Path(h.orgAt(org), h.Store.Pseudonym("bar", string(org), string(customer)))
}

func (h *Holds) at(b Bar) storage.Key {
	return append(h.personAt(b.Org, b.Customer), storage.Path(storage.Text(b.ID))...)
}

// bars passes the bars below a prefix that can be read.
func (h *Holds) bars(r storage.Reader, prefix storage.Key) iter.Seq2[Bar, error] {
	return func(yield func(Bar, error) bool) {
		for row, err := range h.table.Scan(r, storage.Range{Prefix: prefix}) {
			if errors.Is(err, storage.ErrErased) {
				continue // whom it was about is erased
			}
			if err != nil {
				err = fmt.Errorf("read holds: %w", err)
			}
			if !yield(row.Value, err) {
				return
			}
		}
	}
}

// Held is ErrHeld when a hold stops the deletion of a record of a customer, or
// with no record of anything about the customer.
func (h *Holds) Held(r storage.Reader, org engine.OrgID, customer engine.CustomerID, kind engine.DataKind, record string) error {
	return h.stopped(r, org, customer, aHold, func(b Bar) bool { return b.covers(kind, record) }, ErrHeld)
}

// Restricted is ErrRestricted when a customer's data may not be processed.
func (h *Holds) Restricted(r storage.Reader, org engine.OrgID, customer engine.CustomerID) error {
	return h.stopped(r, org, customer, aRestriction, func(Bar) bool { return true }, ErrRestricted)
}

func (h *Holds) stopped(r storage.Reader, org engine.OrgID, customer engine.CustomerID, what string, covers func(Bar) bool, by error) error {
	for b, err := range h.bars(r, h.personAt(org, customer)) {
		if err != nil {
			return err
		}
		if b.What == what && b.stands(h.Now()) && covers(b) {
			return by
		}
	}
	return nil
}

// list are the bars of an org, of one kind; those that have ended only when
// asked for.
func (h *Holds) list(ctx context.Context, org engine.OrgID, what string, all bool) (list []Bar, err error) {
	err = h.Store.View(ctx, func(v *storage.View) error {
		owner := h.orgAt(org)
		for b, err := range h.bars(v, storage.Key(owner[:])) {
			if err != nil {
				return err
			}
			if b.What == what && (all || b.stands(h.Now())) {
				list = append(list, b)
			}
		}
		return nil
	})
	return list, err
}

// Restrict freezes a customer in the transaction of what asks for it.
func (h *Holds) Restrict(tx *storage.Tx, by engine.Caller, customer engine.CustomerID, reason string) error {
	id, err := engine.NewID[ID]("rest", tx.Now(), h.Random)
	if err != nil {
		return err
	}
	return h.put(tx, Bar{ID: id, What: aRestriction, Org: by.Org, Customer: customer, Reason: reason, By: by.Key, Since: tx.Now()}, "restriction.put")
}

// put writes a bar and its entry. The entry says what, by whom and how long;
// about whom and why only as commitments.
func (h *Holds) put(tx *storage.Tx, b Bar, kind string) error {
	subject := h.Subject(b.Org, b.Customer)
	if err := h.table.Put(tx, subject, h.at(b), b); err != nil {
		return err
	}
	public, by := map[string]any{b.What: b.ID}, b.By
	if !b.Released.IsZero() {
		by = b.Releaser
	}
	if b.Record != "" {
		public["kind"], public["record"] = b.Kind, b.Record
	}
	if !b.Until.IsZero() {
		public["until"] = b.Until
	}
	_, err := tx.Log(storage.Entry{
		Kind: kind, Org: string(b.Org), Actor: string(by), Subject: subject, Public: public,
		Private: map[string]string{"customer": string(b.Customer), "reason": b.Reason},
	})
	return err
}

// tell passes the bars on a customer.
func (h *Holds) tell(r storage.Reader, org engine.OrgID, customer engine.CustomerID) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for b, err := range h.bars(r, h.personAt(org, customer)) {
			if !yield(h.view(b), err) {
				return
			}
		}
	}
}
