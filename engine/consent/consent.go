package consent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/storage"
)

// tablePrefix owns the consents: pseudonym of the customer, id -> record, sealed
// with the key of the customer's evidence.
const tablePrefix = 'w'

// ID is a consent: "cons_".
type ID string

// record is one consent, and its withdrawal.
type record struct {
	ID        ID                `json:"id"`
	Customer  engine.CustomerID `json:"customer"`
	Purpose   string            `json:"purpose"`
	Text      string            `json:"text"` // SHA-256, hexadecimal
	Version   string            `json:"version,omitzero"`
	Language  string            `json:"language"`
	Channel   string            `json:"channel"`
	Given     time.Time         `json:"given"`
	By        engine.KeyID      `json:"by"`
	Journal   uint64            `json:"journal"`
	Withdrawn time.Time         `json:"withdrawn,omitzero"`
	Through   string            `json:"through,omitzero"` // the channel of the withdrawal
	Ended     uint64            `json:"ended,omitzero"`   // the entry of the withdrawal
}

// Format hides a consent from every verb: it names a customer.
func (record) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(consent)") }

func (c *Consents) owned(org engine.OrgID, customer engine.CustomerID) storage.Key {
	return storage.Path(c.Store.Pseudonym("consents", string(org), string(customer)))
}

func (c *Consents) put(tx *storage.Tx, org engine.OrgID, r record) error {
	at := append(c.owned(org, r.Customer), storage.Path(storage.Text(r.ID))...)
	return c.table.Put(tx, c.Subject(org, r.Customer), at, r)
}

// of passes a customer's consents, oldest first.
func (c *Consents) of(from storage.Reader, org engine.OrgID, customer engine.CustomerID) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		for row, err := range c.table.Scan(from, storage.Range{Prefix: c.owned(org, customer)}) {
			if errors.Is(err, storage.ErrErased) {
				continue
			}
			if err != nil {
				err = fmt.Errorf("read consents: %w", err)
			}
			if !yield(row.Value, err) {
				return
			}
		}
	}
}

func (c *Consents) tell(from storage.Reader, org engine.OrgID, customer engine.CustomerID) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for r, err := range c.of(from, org, customer) {
			if !yield(r.view(), err) {
				return
			}
		}
	}
}

// give keeps that a customer has agreed.
func (c *Consents) give(ctx context.Context, by engine.Caller, r record) (record, error) {
	_, err := c.Store.Commit(ctx, func(tx *storage.Tx) (err error) {
		if r.ID, err = engine.NewID[ID]("cons", tx.Now(), c.Random); err != nil {
			return err
		}
		if r.Given.IsZero() {
			r.Given = tx.Now().Truncate(time.Millisecond)
		}
		r.By = by.Key
		r.Journal, err = tx.Log(storage.Entry{
			Kind: "consent.given", Org: string(by.Org), Actor: string(by.Key), Subject: c.Subject(by.Org, r.Customer),
			Public:  map[string]any{"consent": r.ID, "purpose": r.Purpose, "text": r.Text, "language": r.Language, "channel": r.Channel, "given": r.Given},
			Private: map[string]string{"customer": string(r.Customer)},
		})
		if err != nil {
			return err
		}
		return c.put(tx, by.Org, r)
	})
	if err != nil {
		return record{}, fmt.Errorf("keep a consent: %w", err)
	}
	return r, nil
}

// withdraw ends all of a customer's consents to a purpose.
func (c *Consents) withdraw(ctx context.Context, by engine.Caller, customer engine.CustomerID, purpose, channel string) (list []record, err error) {
	_, err = c.Store.Commit(ctx, func(tx *storage.Tx) error {
		list = nil
		for r, err := range c.of(tx, by.Org, customer) {
			if err != nil {
				return err
			}
			if r.Purpose == purpose && r.Withdrawn.IsZero() {
				list = append(list, r)
			}
		}
		if len(list) == 0 {
			return ErrNone
		}
		ids := make([]ID, len(list))
		for i, r := range list {
			ids[i] = r.ID
		}
		entry, err := tx.Log(storage.Entry{
			Kind: "consent.withdrawn", Org: string(by.Org), Actor: string(by.Key), Subject: c.Subject(by.Org, customer),
			Public:  map[string]any{"consents": ids, "purpose": purpose, "channel": channel},
			Private: map[string]string{"customer": string(customer)},
		})
		if err != nil {
			return err
		}
		for i := range list {
			list[i].Withdrawn, list[i].Through, list[i].Ended = tx.Now().Truncate(time.Millisecond), channel, entry
			if err := c.put(tx, by.Org, list[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("withdraw a consent: %w", err)
	}
	return list, nil
}

// follows is what a withdrawal brings about by the policy: an erasure, or why
// there is none although the policy asks for it.
func (c *Consents) follows(ctx context.Context, by engine.Caller, customer engine.CustomerID, purpose string) (*followed, error) {
	policy, err := c.Policies.Policy(ctx, by.Org)
	if err != nil || !policy.ErasesOn(purpose) {
		return nil, err
	}
	done, err := c.Erasures.OnWithdrawal(ctx, by, customer, "withdrawal of consent: "+purpose)
	if f := fault.Of(err); f != nil && f.Kind == fault.Conflict {
		return &followed{Refused: f.Code}, nil // a hold, or one that is under way: the withdrawal stands all the same
	}
	return &followed{Erasure: done.ID, State: done.State, Certificate: done.Certificate}, err
}
