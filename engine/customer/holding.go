package customer

import (
	"errors"
	"iter"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// holding is what is kept of people: a customer's record, for as long as there is
// the customer. Erased with them it stays as one that says so (410), and may be
// entered anew.
func (c *Customers) holding() room.Holding {
	return room.Holding{Name: "customers", Evidence: true, Erase: c.erase, Tell: c.tell}
}

// erase takes a customer out of the order, and counts the record that is about to
// be unreadable.
func (c *Customers) erase(tx *storage.Tx, e room.Erased) (int, error) {
	k, err := c.kept(tx, e.Org, e.Customer)
	if errors.Is(err, ErrNone) || errors.Is(err, ErrErased) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return 1, c.records.Delete(tx, c.orderAt(e.Org, k))
}

// told is a customer as subject access has it.
type told struct {
	customerView
	Checks  []toldCheck  `json:"checks"`
	History []kycChanged `json:"history"`
}

// toldCheck is a check that was made elsewhere.
type toldCheck struct {
	kycCheck
	Reference string `json:"reference,omitzero"`
}

// tell passes a customer's record.
func (c *Customers) tell(r storage.Reader, org engine.OrgID, customer engine.CustomerID) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		k, err := c.kept(r, org, customer)
		if errors.Is(err, ErrNone) || errors.Is(err, ErrErased) {
			return
		}
		var known found
		if err == nil {
			known, err = c.found(r, k)
		}
		t := told{customerView: viewOf(k, known.level)}
		for _, e := range k.Checks {
			t.Checks = append(t.Checks, toldCheck{kycCheck{ID: e.ID, Method: e.Method, Status: e.Status, CreatedAt: e.At}, e.Reference})
		}
		for _, h := range k.History {
			t.History = append(t.History, kycChanged(h))
		}
		yield(t, err)
	}
}
