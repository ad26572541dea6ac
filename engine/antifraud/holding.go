package antifraud

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// holding is what is kept of people: the evaluations, each with its place in the
// list and the traces that it left. They have the days of attempts.
func (a *AntiFraud) holding() room.Holding {
	return room.Holding{
		Name: "evaluations", Kind: engine.DataAttempts, Evidence: true, Due: a.due, Find: a.find, Remove: a.remove,
		Erase: a.count, Sweep: a.sweepErased, Tell: a.tell,
	}
}

// A place is what a key of the list ends with: 8 bytes of time, and the pseudonym
// of lane and externalId.
const timeLength = 8

func timeOf(place []byte) time.Time {
	return time.Unix(0, int64(binary.BigEndian.Uint64(place)^1<<63)).UTC()
}

// heapOf is where the evaluations of a customer are listed, by the key that seals
// them.
func heapOf(evidence storage.Subject) storage.Key { return storage.Path(aHeap, evidence) }

func heapAt(evidence storage.Subject, place []byte) storage.Key {
	return append(heapOf(evidence), place...)
}

// placesOf are the places of a customer's evaluations, oldest first, with the keys
// of their traces.
func (a *AntiFraud) placesOf(r storage.Reader, evidence storage.Subject) iter.Seq2[storage.Row[kept], error] {
	prefix := heapOf(evidence)
	return func(yield func(storage.Row[kept], error) bool) {
		for row, err := range a.known.Scan(r, storage.Range{Prefix: prefix}) {
			if err == nil && (len(row.Key) != len(prefix)+placeInList || row.Value.Traces == nil) {
				err = errors.New("antifraud: a customer's evaluations are not listed as they should be")
			}
			if err != nil {
				yield(row, fmt.Errorf("list a customer's evaluations: %w", err))
				return
			}
			row.Key = row.Key[len(prefix):]
			if !yield(row, nil) {
				return
			}
		}
	}
}

// at is the evaluation at a place of an org's list.
func (a *AntiFraud) at(r storage.Reader, org engine.OrgID, place []byte) (evaluation, error) {
	return a.evaluations.Get(r, a.evaluationAt(org, storage.Subject(place[timeLength:])))
}

func gone(err error) bool {
	return errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrErased)
}

// count is how many evaluations of a customer can be read.
func (a *AntiFraud) count(tx *storage.Tx, e room.Erased) (n int, err error) {
	for row, err := range a.placesOf(tx, e.Evidence) {
		if err == nil {
			_, err = a.at(tx, e.Org, row.Key)
		}
		switch {
		case err == nil:
			n++
		case !gone(err):
			return 0, fmt.Errorf("count a customer's evaluations: %w", err)
		}
	}
	return n, nil
}

// erasedAtOnce is how many evaluations one transaction removes: each is a handful
// of records.
const erasedAtOnce = 50

// sweepErased removes some of what is left of the evaluations of somebody who was
// erased. Those that were made since stay: another key seals them.
func (a *AntiFraud) sweepErased(ctx context.Context, e room.Erased) (n int, err error) {
	_, err = a.Store.Commit(ctx, func(tx *storage.Tx) error {
		n = 0
		for row, err := range a.placesOf(tx, e.Evidence) {
			if err != nil {
				return err
			}
			switch _, err := a.at(tx, e.Org, row.Key); {
			case err == nil:
				continue
			case !gone(err):
				return fmt.Errorf("read evaluation: %w", err)
			}
			if err := a.drop(tx, e.Org, row.Key, e.Evidence); err != nil {
				return err
			}
			if n++; n == erasedAtOnce {
				break
			}
		}
		if n == 0 {
			return nil
		}
		_, err := tx.Log(storage.Entry{Kind: "fraud.removed", Org: string(e.Org), Actor: "system", Public: map[string]any{"evaluations": n, "erased": e.Entry}})
		return err
	})
	return n, err
}

// drop removes an evaluation and all that it left.
func (a *AntiFraud) drop(tx *storage.Tx, org engine.OrgID, place []byte, evidence storage.Subject) error {
	heap, err := a.known.Get(tx, heapAt(evidence, place))
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return fmt.Errorf("read an evaluation's traces: %w", err)
	}
	for _, key := range heap.Traces {
		if err := a.known.Delete(tx, key); err != nil {
			return err
		}
	}
	return errors.Join(
		a.known.Delete(tx, heapAt(evidence, place)),
		a.evaluations.Delete(tx, a.evaluationAt(org, storage.Subject(place[timeLength:]))),
		a.evaluations.Delete(tx, append(a.listAt(org), place...)))
}

// due passes the evaluations of each org from the oldest on, up to those that are
// not due.
func (a *AntiFraud) due(r storage.Reader, orgs []engine.OrgID, ages engine.Ages) iter.Seq2[engine.Kept, error] {
	return func(yield func(engine.Kept, error) bool) {
		for _, org := range orgs {
			age, list := ages(engine.DataAttempts, org), a.listAt(org)
			if age.IsZero() {
				continue
			}
			for row, err := range a.evaluations.Scan(r, storage.Range{Prefix: list}) {
				if err != nil || len(row.Key) != len(list)+placeInList {
					yield(engine.Kept{}, fmt.Errorf("list evaluations: %w", err))
					return
				}
				place := row.Key[len(list):]
				if !timeOf(place).Before(age) {
					break
				}
				e, err := a.at(r, org, place)
				if gone(err) {
					e, err = evaluation{ID: engine.EvaluationID(fmt.Sprintf("%x", place[timeLength:]))}, nil
				}
				if !yield(keptOf(org, e, place), err) || err != nil {
					return
				}
			}
		}
	}
}

func keptOf(org engine.OrgID, e evaluation, place []byte) engine.Kept {
	return engine.Kept{Kind: engine.DataAttempts, Org: org, Customer: e.Asked.Customer, ID: string(e.ID), At: timeOf(place), Place: place}
}

// find is an evaluation of an org: its id says when it was made, and so about
// where in the list it is.
func (a *AntiFraud) find(r storage.Reader, org engine.OrgID, id string) (engine.Kept, error) {
	made, ok := engine.Made(id)
	if !ok {
		return engine.Kept{}, storage.ErrNotFound
	}
	list := a.listAt(org)
	for row, err := range a.evaluations.Scan(r, storage.Range{Prefix: append(a.listAt(org), storage.Path(storage.At(made))...)}) {
		if err != nil {
			return engine.Kept{}, fmt.Errorf("list evaluations: %w", err)
		}
		place := row.Key[len(list):]
		e, err := a.at(r, org, place)
		switch {
		case gone(err):
		case err != nil:
			return engine.Kept{}, fmt.Errorf("read evaluation: %w", err)
		case string(e.ID) == id:
			return keptOf(org, e, place), nil
		}
	}
	return engine.Kept{}, storage.ErrNotFound
}

// remove removes an evaluation, and what it left while it is known whose it was.
func (a *AntiFraud) remove(tx *storage.Tx, k engine.Kept) error {
	return a.drop(tx, k.Org, k.Place, a.Subject(k.Org, k.Customer))
}

// tell passes a customer's evaluations, with all that they rest on.
func (a *AntiFraud) tell(r storage.Reader, org engine.OrgID, customer engine.CustomerID) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for row, err := range a.placesOf(r, a.Subject(org, customer)) {
			var e evaluation
			if err == nil {
				e, err = a.at(r, org, row.Key)
			}
			if gone(err) {
				continue
			}
			if !yield(e.row(), err) || err != nil {
				return
			}
		}
	}
}
