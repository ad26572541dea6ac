package stepup

import (
	"errors"
	"fmt"
	"iter"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// holding is what is kept of people: verifications, which have the days of
// attempts.
func (s *StepUp) holding() room.Holding {
	return room.Holding{
		Name: "verifications", Kind: engine.DataAttempts, Evidence: true, Due: s.due, Tell: s.tell,
		Remove: func(tx *storage.Tx, k engine.Kept) error { return s.verifications.Delete(tx, k.Place) },
	}
}

// due passes the verifications of each org from the oldest on: their ids say when
// they were made.
func (s *StepUp) due(r storage.Reader, orgs []engine.OrgID, ages engine.Ages) iter.Seq2[engine.Kept, error] {
	return func(yield func(engine.Kept, error) bool) {
		for _, org := range orgs {
			age := ages(engine.DataAttempts, org)
			if age.IsZero() {
				continue
			}
			for k, err := range s.all(r, org) {
				if err == nil && !k.At.Before(age) {
					break
				}
				if !yield(k.Kept, err) || err != nil {
					return
				}
			}
		}
	}
}

// keptVerification is a verification with what is known of it as a kept record.
type keptVerification struct {
	engine.Kept
	verification engine.Verification
}

func (s *StepUp) all(r storage.Reader, org engine.OrgID) iter.Seq2[keptVerification, error] {
	owner := s.Store.Pseudonym("verifications", string(org))
	return func(yield func(keptVerification, error) bool) {
		for row, err := range s.verifications.Scan(r, storage.Range{Prefix: storage.Key(owner[:])}) {
			if len(row.Key) < len(owner) {
				yield(keptVerification{}, fmt.Errorf("read verifications: %w", err))
				return
			}
			id := string(row.Key[len(owner):])
			at, ok := engine.Made(id)
			switch {
			case !ok:
				err = errors.New("stepup: a verification has an id that says no time")
			case errors.Is(err, storage.ErrErased):
				err = nil
			case err != nil:
				err = fmt.Errorf("read verifications: %w", err)
			}
			k := engine.Kept{Kind: engine.DataAttempts, Org: org, Customer: row.Value.Customer, ID: id, At: at, Place: row.Key}
			if !yield(keptVerification{k, row.Value}, err) || err != nil {
				return
			}
		}
	}
}

// tell passes a customer's verifications. Nothing lists them by customer: all are
// read.
func (s *StepUp) tell(r storage.Reader, org engine.OrgID, customer engine.CustomerID) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for k, err := range s.all(r, org) {
			if (err != nil || k.Customer == customer) && !yield(k.verification, err) {
				return
			}
		}
	}
}
