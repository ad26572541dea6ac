package ring

import (
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// place is where an account's own record lies.
type place struct {
	member
	base storage.Subject
	key  storage.Key
}

// of passes a person's own records, in every base. Nothing lists them by person:
// all are read, and there are only as many as accounts that share a face.
func (r *Rings) of(from storage.Reader, person engine.Person) iter.Seq2[place, error] {
	return func(yield func(place, error) bool) {
		for row, err := range r.members.Scan(from, storage.Range{}) {
			const size = len(storage.Subject{})
			if errors.Is(err, storage.ErrErased) {
				continue
			}
			if err != nil || len(row.Key) != 2*size {
				yield(place{}, fmt.Errorf("read the accounts of rings: %w", err))
				return
			}
			if storage.Subject(row.Key[size:]) == storage.Subject(person) &&
				!yield(place{row.Value, storage.Subject(row.Key[:size]), row.Key}, nil) {
				return
			}
		}
	}
}

// erase takes somebody out of the rings. Rings of one are none.
func (r *Rings) erase(tx *storage.Tx, p room.Erased) (int, error) {
	var all []place
	for m, err := range r.of(tx, engine.Person(p.Faces)) {
		if err != nil {
			return 0, err
		}
		all = append(all, m)
	}
	for _, m := range all {
		if err := r.members.Delete(tx, m.key); err != nil {
			return 0, err
		}
		if m.Ring == "" {
			continue
		}
		at := storage.Path(m.base, storage.Text(m.Ring))
		one, err := r.rings.Get(tx, at)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("read a ring: %w", err)
		}
		if one.People = without(one.People, []engine.Person{engine.Person(p.Faces)}); len(one.People) < 2 {
			err = r.rings.Delete(tx, at)
		} else {
			one.Changed = tx.Now().UTC().Truncate(time.Millisecond)
			err = r.rings.Put(tx, storage.Subject{}, at, one)
		}
		if err != nil {
			return 0, err
		}
	}
	return len(all), nil
}

// tell passes the rings that a customer is in, without the others' names.
func (r *Rings) tell(from storage.Reader, org engine.OrgID, customer engine.CustomerID) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for m, err := range r.of(from, r.Gallery.Person(org, customer)) {
			if !yield(map[string]any{"ring": m.Ring}, err) {
				return
			}
		}
	}
}
