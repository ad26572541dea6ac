package attempts

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// The rows' records. Both keys begin with who may see the row and end with
// when it was made, so that a list is one scan:
//
//	rows:  pseudonym of the org, time, attempt id           -> attempt
//	index: pseudonym of org and customer, time, attempt id  -> nothing
const (
	rowsPrefix  = 'a'
	indexPrefix = 'A'
)

// pointer is a record of the index: all that it says is in its key.
type pointer struct{}

// Subject is whose key seals the evidence about a customer.
func (a *Attempts) Subject(org engine.OrgID, customer engine.CustomerID) storage.Subject {
	return a.Store.Pseudonym("evidence", string(org), string(customer))
}

func (a *Attempts) org(org engine.OrgID) storage.Subject {
	return a.Store.Pseudonym("attempts", string(org))
}

// Add writes a row in the transaction of what it reports.
func (a *Attempts) Add(tx *storage.Tx, row engine.Attempt) error {
	if at, ok := engine.Made(row.ID); !ok || !at.Equal(row.Created) {
		return errNotItsMoment
	}
	subject := a.Subject(row.Org, row.Customer)
	if err := a.rows.Put(tx, subject, place(a.org(row.Org), row.Created, row.ID), row); err != nil {
		return err
	}
	return a.by.Put(tx, storage.Subject{}, place(subject, row.Created, row.ID), pointer{})
}

// errNotItsMoment: the journal names a row by its id only, and the search index
// finds it by the moment that the id was made.
var errNotItsMoment = errors.New("an attempt's id was not made at the moment of the attempt")

// place is where a row lies: 16 bytes of whose it is, 8 of Unix nanoseconds,
// and its id.
func place(owner storage.Subject, at time.Time, id engine.AttemptID) storage.Key {
	key := append(storage.Key(nil), owner[:]...)
	key = binary.BigEndian.AppendUint64(key, uint64(at.UnixNano()))
	return append(key, id...)
}

// The parts of a key, in bytes.
const (
	ownerLength = len(storage.Subject{})
	timeLength  = 8
)

// found is one row of a list; Erased when its evidence cannot be read any more
// and only Created and ID are known.
type found struct {
	engine.Attempt
	Erased bool
	place  storage.Key // within its owner: time and id
}

// newest walks the rows of an org, or of one customer of it, newest first,
// that fit the query. Rows of the org are read as the walk comes by; rows of a
// customer through the index.
func (a *Attempts) newest(ctx context.Context, v *storage.View, org engine.OrgID, q query) iter.Seq2[found, error] {
	all := a.ofOrg(v, org, q)
	if q.Customer != "" {
		all = a.ofCustomer(v, org, q)
	}
	return func(yield func(found, error) bool) {
		for row, err := range all {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(found{}, err)
				return
			}
			if row.Created.Before(q.From) {
				return
			}
			if q.wants(row) && !yield(row, nil) {
				return
			}
		}
	}
}

func (a *Attempts) ofOrg(v *storage.View, org engine.OrgID, q query) iter.Seq2[found, error] {
	return func(yield func(found, error) bool) {
		for row, err := range a.rows.Scan(v, q.within(a.org(org))) {
			if !yield(foundAt(row.Key, row.Value, err)) {
				return
			}
		}
	}
}

func (a *Attempts) ofCustomer(v storage.Reader, org engine.OrgID, q query) iter.Seq2[found, error] {
	owner := a.org(org)
	return func(yield func(found, error) bool) {
		for entry, err := range a.by.Scan(v, q.within(a.Subject(org, q.Customer))) {
			if err != nil || len(entry.Key) < ownerLength {
				yield(found{}, fmt.Errorf("read the index of attempts: %w", err))
				return
			}
			key := append(storage.Key(owner[:]), entry.Key[ownerLength:]...)
			row, err := a.rows.Get(v, key)
			if errors.Is(err, storage.ErrNotFound) {
				continue // its days were over when nobody knew any more whose it was
			}
			if !yield(foundAt(key, row, err)) {
				return
			}
		}
	}
}

// foundAt is what was read at a key; an erased row is a row of which only the
// key is left.
func foundAt(key storage.Key, row engine.Attempt, err error) (found, error) {
	if len(key) <= ownerLength+timeLength {
		return found{}, fmt.Errorf("read attempt: %w", err)
	}
	place := key[ownerLength:]
	if errors.Is(err, storage.ErrErased) {
		at, _ := momentOf(place)
		return found{
			Attempt: engine.Attempt{ID: engine.AttemptID(place[timeLength:]), Created: at}, Erased: true, place: place,
		}, nil
	}
	if err != nil {
		return found{}, fmt.Errorf("read attempt: %w", err)
	}
	return found{Attempt: row, place: place}, nil
}

// momentOf is the time in a row's place.
func momentOf(place storage.Key) (time.Time, bool) {
	if len(place) <= timeLength {
		return time.Time{}, false
	}
	return time.Unix(0, int64(binary.BigEndian.Uint64(place))).UTC(), true
}
