package ring

import (
	"errors"
	"fmt"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// The room's records. Rings hold pseudonyms; a member's name is sealed with
// the key of the evidence about that member, and goes with it.
//
//	rings:   pseudonym of the base, ring id           -> ring
//	members: pseudonym of the base, person            -> member
//	aparts:  pseudonym of the base, the two persons   -> apart
const (
	ringsPrefix   = 'R'
	membersPrefix = 'm'
	apartsPrefix  = 'q'
)

// ring is who is in a ring.
type ring struct {
	ID      engine.RingID   `json:"id"`
	People  []engine.Person `json:"people"`
	Created time.Time       `json:"created"`
	Changed time.Time       `json:"changed"`
}

// member is one account, and the ring it is in; none when it has left.
type member struct {
	Reference engine.CustomerID `json:"reference"`
	Ring      engine.RingID     `json:"ring,omitzero"`
}

// apart says who has set two accounts apart, and when.
type apart struct {
	By engine.KeyID `json:"by"`
	At time.Time    `json:"at"`
}

func (r *Rings) base(b engine.Base) storage.Subject {
	return r.Store.Pseudonym("rings", string(b.Org), string(b.Segment))
}

func (r *Rings) ringAt(b engine.Base, id engine.RingID) storage.Key {
	return storage.Path(r.base(b), storage.Text(id))
}

func (r *Rings) memberAt(b engine.Base, p engine.Person) storage.Key {
	return storage.Path(r.base(b), storage.Subject(p))
}

func (r *Rings) apartAt(b engine.Base, x, y engine.Person) storage.Key {
	x, y = pair(x, y)
	return storage.Path(r.base(b), storage.Subject(x), storage.Subject(y))
}

// ringOf is the ring that a person is in; empty when in none.
func (r *Rings) ringOf(from storage.Reader, b engine.Base, p engine.Person) (ring, error) {
	m, err := r.members.Get(from, r.memberAt(b, p))
	switch {
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrErased), err == nil && m.Ring == "":
		return ring{People: []engine.Person{p}}, nil
	case err != nil:
		return ring{}, fmt.Errorf("read an account's ring: %w", err)
	}
	one, err := r.rings.Get(from, r.ringAt(b, m.Ring))
	if errors.Is(err, storage.ErrNotFound) {
		return ring{People: []engine.Person{p}}, nil
	}
	return one, err
}

// Apart says whether two accounts were declared not to be the same person.
func (r *Rings) Apart(from storage.Reader, b engine.Base, x, y engine.Person) (bool, error) {
	_, err := r.aparts.Get(from, r.apartAt(b, x, y))
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// anyApart says whether some of one list was set apart from some of another.
func (r *Rings) anyApart(from storage.Reader, b engine.Base, xs, ys []engine.Person) (bool, error) {
	for _, x := range xs {
		for _, y := range ys {
			if yes, err := r.Apart(from, b, x, y); yes || err != nil {
				return yes, err
			}
		}
	}
	return false, nil
}

// put writes a ring, or removes it when there are not two in it any more. The
// members' own records are the caller's to write.
func (r *Rings) put(tx *storage.Tx, b engine.Base, one ring) error {
	if len(one.People) < 2 {
		return r.rings.Delete(tx, r.ringAt(b, one.ID))
	}
	one.Changed = tx.Now().UTC().Truncate(time.Millisecond)
	return r.rings.Put(tx, storage.Subject{}, r.ringAt(b, one.ID), one)
}

// name writes an account's own record.
func (r *Rings) name(tx *storage.Tx, b engine.Base, a engine.Account, in engine.RingID) error {
	return r.members.Put(tx, r.Subject(b.Org, a.Reference), r.memberAt(b, a.Person), member{a.Reference, in})
}

// move points people whose records are there already to another ring.
func (r *Rings) move(tx *storage.Tx, b engine.Base, people []engine.Person, in engine.RingID) error {
	for _, p := range people {
		m, err := r.members.Get(tx, r.memberAt(b, p))
		if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrErased) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read an account's ring: %w", err)
		}
		if err := r.name(tx, b, engine.Account{Person: p, Reference: m.Reference}, in); err != nil {
			return err
		}
	}
	return nil
}
