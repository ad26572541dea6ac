package attempts

import (
	"iter"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// holding is what is kept of people: the rows. When a person is erased they stay
// as rows that say so.
func (a *Attempts) holding() room.Holding {
	return room.Holding{
		Name: "attempts", Kind: engine.DataAttempts, Evidence: true, Due: a.due, Find: a.find, Remove: a.remove, Tell: a.tell, After: a.Erased,
	}
}

// due passes the rows of each org from the oldest on, up to those that are not
// due.
func (a *Attempts) due(r storage.Reader, orgs []engine.OrgID, ages engine.Ages) iter.Seq2[engine.Kept, error] {
	return func(yield func(engine.Kept, error) bool) {
		for _, org := range orgs {
			owner, age := a.org(org), ages(engine.DataAttempts, org)
			if age.IsZero() {
				continue
			}
			for one, err := range a.rows.Scan(r, storage.Range{Prefix: storage.Key(owner[:])}) {
				row, err := foundAt(one.Key, one.Value, err)
				if err != nil {
					yield(engine.Kept{}, err)
					return
				}
				if !row.Created.Before(age) {
					break
				}
				k := engine.Kept{Kind: engine.DataAttempts, Org: org, Customer: row.Customer, ID: string(row.ID), At: row.Created, Place: one.Key}
				if !yield(k, nil) {
					return
				}
			}
		}
	}
}

// find is a row of an org: its id says when it was made, and so where it lies.
func (a *Attempts) find(r storage.Reader, org engine.OrgID, id string) (engine.Kept, error) {
	at, ok := engine.Made(id)
	if !ok {
		return engine.Kept{}, storage.ErrNotFound
	}
	key := place(a.org(org), at, engine.AttemptID(id))
	row, err := a.rows.Get(r, key)
	return engine.Kept{Kind: engine.DataAttempts, Org: org, Customer: row.Customer, ID: id, At: row.Created, Place: key}, err
}

// remove removes a row, and what points at it while it is known whose it was. The
// index takes its month out of its files when it has followed.
func (a *Attempts) remove(tx *storage.Tx, k engine.Kept) error {
	if k.Customer != "" {
		if err := a.by.Delete(tx, place(a.Subject(k.Org, k.Customer), k.At, engine.AttemptID(k.ID))); err != nil {
			return err
		}
	}
	if err := a.index.aged(tx, month(k.At)); err != nil {
		return err
	}
	return a.rows.Delete(tx, k.Place)
}

func (a *Attempts) tell(r storage.Reader, org engine.OrgID, customer engine.CustomerID) iter.Seq2[any, error] {
	all := engine.Caller{Scopes: []engine.Scope{engine.ViewScores}}
	return func(yield func(any, error) bool) {
		for row, err := range a.ofCustomer(r, org, query{Customer: customer}) {
			if err == nil && row.Erased {
				continue // it says nothing of anybody
			}
			if !yield(viewOf(row, all), err) {
				return
			}
		}
	}
}
