package ring

import (
	"errors"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// Join puts accounts that show one face into one ring, in the transaction of
// the process that found it. Those that people have set apart, or that would
// bring such two together, stay where they are.
func (r *Rings) Join(tx *storage.Tx, b engine.Base, first engine.Account, others []engine.Account) error {
	for _, other := range others {
		_, err := r.join(tx, b, first, other)
		if errors.Is(err, ErrApart) || errors.Is(err, ErrFull) {
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// join puts two accounts, with the rings they are in, into one.
func (r *Rings) join(tx *storage.Tx, b engine.Base, x, y engine.Account) (ring, error) {
	rx, err := r.ringOf(tx, b, x.Person)
	if err != nil {
		return ring{}, err
	}
	ry, err := r.ringOf(tx, b, y.Person)
	if err != nil || rx.ID != "" && rx.ID == ry.ID {
		return rx, err
	}
	switch parted, err := r.anyApart(tx, b, rx.People, ry.People); {
	case err != nil:
		return ring{}, err
	case parted:
		return ring{}, ErrApart
	case len(rx.People)+len(ry.People) > mostAccounts:
		return ring{}, ErrFull
	}
	if rx.ID == "" { // the older ring keeps its name
		rx, ry = ry, rx
	}
	if rx.ID == "" {
		if rx, err = r.fresh(tx, rx.People); err != nil {
			return ring{}, err
		}
	}
	if ry.ID != "" {
		if err := r.rings.Delete(tx, r.ringAt(b, ry.ID)); err != nil {
			return ring{}, err
		}
	}
	if err := r.move(tx, b, ry.People, rx.ID); err != nil {
		return ring{}, err
	}
	rx.People = united(rx.People, ry.People)
	for _, a := range []engine.Account{x, y} {
		if err := r.name(tx, b, a, rx.ID); err != nil {
			return ring{}, err
		}
	}
	return rx, r.put(tx, b, rx)
}

func (r *Rings) fresh(tx *storage.Tx, people []engine.Person) (ring, error) {
	now := tx.Now().UTC().Truncate(time.Millisecond)
	id, err := engine.NewID[engine.RingID]("ring", now, r.Random)
	return ring{ID: id, People: people, Created: now}, err
}

// leave takes accounts out of their rings. With more than one, they become a
// ring of their own.
func (r *Rings) leave(tx *storage.Tx, b engine.Base, leaving []engine.Account) (ring, error) {
	var people []engine.Person
	for _, a := range leaving {
		people = append(people, a.Person)
	}
	for _, a := range leaving {
		old, err := r.ringOf(tx, b, a.Person)
		if err != nil {
			return ring{}, err
		}
		if old.ID != "" {
			old.People = without(old.People, people)
			if err := r.put(tx, b, old); err != nil {
				return ring{}, err
			}
			if len(old.People) < 2 {
				if err := r.move(tx, b, old.People, ""); err != nil {
					return ring{}, err
				}
			}
		}
		if err := r.name(tx, b, a, ""); err != nil {
			return ring{}, err
		}
	}
	var own ring
	for _, a := range leaving[1:] {
		var err error
		if own, err = r.join(tx, b, leaving[0], a); err != nil {
			return ring{}, err
		}
	}
	return own, nil
}
