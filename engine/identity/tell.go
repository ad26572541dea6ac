package identity

import (
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// holding is what is kept of people: that numbers are theirs, and the portraits of
// their documents.
func (i *Identity) holding() room.Holding {
	return room.Holding{Name: "number-bindings", WithFaces: true, Erase: i.erase, Tell: i.tell}
}

// told is what is known of one number that a customer came with. The number itself
// is not: it is kept as a hash only. Neither are templates told.
type told struct {
	Bound     *toldBinding   `json:"bound,omitzero"` // nobody, or somebody else, is bound to it when there is none
	Portraits []toldPortrait `json:"portraits,omitempty"`
}

type toldBinding struct {
	Process   engine.ProcessID   `json:"process"`
	Enrolment engine.EnrolmentID `json:"enrolment"`
	At        time.Time          `json:"at"`
}

type toldPortrait struct {
	Document string    `json:"document"`
	Vouched  bool      `json:"vouched"`
	At       time.Time `json:"capturedAt"`
}

// tell passes what is known of the numbers that a customer came with.
func (i *Identity) tell(r storage.Reader, org engine.OrgID, customer engine.CustomerID) iter.Seq2[any, error] {
	faces := i.Faces(org, customer)
	return func(yield func(any, error) bool) {
		for row, err := range i.numbers.Scan(r, storage.Range{Prefix: storage.Path(faces)}) {
			if err != nil {
				yield(nil, fmt.Errorf("list a customer's numbers: %w", err))
				return
			}
			one, err := i.toldOf(r, storage.Subject(row.Key[len(faces):]), faces)
			if err == nil && one.Bound == nil && one.Portraits == nil {
				continue // nothing is known of it any more
			}
			if !yield(one, err) || err != nil {
				return
			}
		}
	}
}

func (i *Identity) toldOf(r storage.Reader, number, faces storage.Subject) (told, error) {
	var one told
	b, err := i.bindings.Get(r, storage.Path(number))
	switch {
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrErased):
	case err != nil:
		return one, fmt.Errorf("read who is bound to a number: %w", err)
	case b.Person == engine.Person(faces):
		one.Bound = &toldBinding{b.Process, b.Enrolment, b.Bound}
	}
	for p, err := range i.portraits.Scan(r, storage.Range{Prefix: storage.Path(number, faces)}) {
		if errors.Is(err, storage.ErrErased) {
			continue
		}
		if err != nil {
			return one, fmt.Errorf("list portraits: %w", err)
		}
		one.Portraits = append(one.Portraits, toldPortrait{p.Value.Document, p.Value.Vouched, p.Value.Captured})
	}
	return one, nil
}
