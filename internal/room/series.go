package room

import (
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// Series is a table that has the records of an org one after another, by ids that
// say when they were made: also of those that nobody can read any more. It is what
// most of a [Holding] needs.
type Series[T any] struct {
	Table *storage.Table[T]
	Kind  engine.DataKind // whose days it has
	Name  string          // for errors
	// Owner is what the keys of an org's records begin with.
	Owner func(engine.OrgID) storage.Subject
	// Made takes the id and its time out of the rest of a key.
	Made func(rest []byte) (id string, at time.Time, ok bool)
	// Customer is whom a record is about.
	Customer func(T) engine.CustomerID
}

// Due passes the records of each org from the oldest on, up to those that are not
// due.
func (s Series[T]) Due(r storage.Reader, orgs []engine.OrgID, ages engine.Ages) iter.Seq2[engine.Kept, error] {
	return func(yield func(engine.Kept, error) bool) {
		for _, org := range orgs {
			age := ages(s.Kind, org)
			if age.IsZero() {
				continue
			}
			for m, err := range s.all(r, org) {
				if err == nil && !m.kept.At.Before(age) {
					break
				}
				if !yield(m.kept, err) || err != nil {
					return
				}
			}
		}
	}
}

// Tell passes what is kept of a customer. Nothing lists the records by customer:
// all of the org are read.
func (s Series[T]) Tell(r storage.Reader, org engine.OrgID, customer engine.CustomerID) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for m, err := range s.all(r, org) {
			if (err != nil || m.kept.Customer == customer) && !yield(m.record, err) {
				return
			}
		}
	}
}

// Remove removes a record that Due has passed.
func (s Series[T]) Remove(tx *storage.Tx, k engine.Kept) error { return s.Table.Delete(tx, k.Place) }

// member is a record with what is known of it as a kept one.
type member[T any] struct {
	kept   engine.Kept
	record T
}

// all passes the records of an org, oldest first; of erased ones all but the
// record and its customer.
func (s Series[T]) all(r storage.Reader, org engine.OrgID) iter.Seq2[member[T], error] {
	owner := s.Owner(org)
	return func(yield func(member[T], error) bool) {
		for row, err := range s.Table.Scan(r, storage.Range{Prefix: storage.Key(owner[:])}) {
			if len(row.Key) < len(owner) { // the scan itself has failed
				yield(member[T]{}, fmt.Errorf("read %s: %w", s.Name, err))
				return
			}
			id, at, ok := s.Made(row.Key[len(owner):])
			switch {
			case !ok:
				err = errors.Join(fmt.Errorf("%s: a record has an id that says no time", s.Name), err)
			case errors.Is(err, storage.ErrErased):
				err = nil
			case err != nil:
				err = fmt.Errorf("read %s: %w", s.Name, err)
			}
			m := member[T]{engine.Kept{Kind: s.Kind, Org: org, ID: id, At: at, Place: row.Key}, row.Value}
			m.kept.Customer = s.Customer(row.Value)
			if !yield(m, err) || err != nil {
				return
			}
		}
	}
}
