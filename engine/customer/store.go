package customer

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// tablePrefix owns the room's records, of two kinds. What names a customer is
// sealed with the key of the evidence about that customer; a row of the order
// is an empty record, and all that it says is in its key.
//
//	0, pseudonym of the org, pseudonym of the customer        -> record
//	1, pseudonym of the org, time, pseudonym of the customer  -> order
const (
	tablePrefix             = 'F'
	ofRecords    storage.U8 = 0
	ofOrder      storage.U8 = 1
	placeInOrder            = 8 + len(storage.Subject{})
)

const (
	mostChecks  = 64 // entered by hand, in one record
	mostHistory = 64 // changes of level, in one record; older ones are in the journal
	mostTried   = 500
)

// record is one customer.
type record struct {
	ID      engine.CustomerID     `json:"id"`
	Org     engine.OrgID          `json:"org"`
	Version uint64                `json:"version"`
	Status  engine.CustomerStatus `json:"status"`
	Details details               `json:"details"`
	Level   engine.KYCLevel       `json:"level"` // as the journal last said
	Expires time.Time             `json:"expires,omitzero"`
	Checks  []entry               `json:"checks,omitempty"`
	History []change              `json:"history,omitempty"`
	Key     engine.KeyID          `json:"key"`
	Created time.Time             `json:"created"`
	Changed time.Time             `json:"changed"`
}

// Format hides a customer's record from every verb.
func (record) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(customer)") }

// details are what the operator says of a customer.
type details struct {
	FullName    string `json:"fullName"`
	DateOfBirth string `json:"dateOfBirth,omitzero"`
	Email       string `json:"email,omitzero"`
	Phone       string `json:"phone,omitzero"`
	NationalID  string `json:"nationalId,omitzero"`
}

// entry is a check that was made elsewhere.
type entry struct {
	ID        engine.VerificationID     `json:"id"`
	Method    engine.Method             `json:"method"`
	Status    engine.VerificationStatus `json:"status"`
	Reference string                    `json:"reference,omitzero"`
	Until     time.Time                 `json:"until,omitzero"`
	Key       engine.KeyID              `json:"key"`
	At        time.Time                 `json:"at"`
}

// change is one change of level.
type change struct {
	From engine.KYCLevel `json:"from"`
	To   engine.KYCLevel `json:"to"`
	At   time.Time       `json:"at"`
}

func (c *Customers) org(org engine.OrgID) storage.Subject {
	return c.Store.Pseudonym("customers", string(org))
}

func (c *Customers) person(org engine.OrgID, id engine.CustomerID) storage.Subject {
	return c.Store.Pseudonym("customer", string(org), string(id))
}

func (c *Customers) place(org engine.OrgID, person storage.Subject) storage.Key {
	return storage.Path(ofRecords, c.org(org), person)
}

// ordered is where the order of an org's customers lies.
func (c *Customers) ordered(org engine.OrgID) storage.Key { return storage.Path(ofOrder, c.org(org)) }

func (c *Customers) orderAt(org engine.OrgID, k record) storage.Key {
	return append(c.ordered(org), storage.Path(storage.At(k.Created), c.person(org, k.ID))...)
}

// kept is a customer of an org.
func (c *Customers) kept(r storage.Reader, org engine.OrgID, id engine.CustomerID) (record, error) {
	return c.at(r, c.place(org, c.person(org, id)))
}

func (c *Customers) at(r storage.Reader, place storage.Key) (record, error) {
	k, err := c.records.Get(r, place)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return record{}, ErrNone
	case errors.Is(err, storage.ErrErased):
		return record{}, ErrErased
	case err != nil:
		return record{}, fmt.Errorf("read customer: %w", err)
	}
	return k, nil
}

func (c *Customers) put(tx *storage.Tx, k record) error {
	return c.records.Put(tx, c.Attempts.Subject(k.Org, k.ID), c.place(k.Org, c.person(k.Org, k.ID)), k)
}

// found is what is known about a customer's identity.
type found struct {
	level level
	tried []engine.Attempt // newest first
}

// found reads what was verified and judges it. Of the attempts only step-ups
// and liveness checks count: a comparison with a picture that somebody sent
// shows nothing of the customer.
func (c *Customers) found(r storage.Reader, k record) (found, error) {
	now := c.Now()
	tried, err := c.Attempts.Of(r, k.Org, k.ID, now.Add(-validity), mostTried)
	if err != nil {
		return found{}, err
	}
	var checks []check
	for _, a := range tried {
		if a.Method == engine.FaceMatch && a.RiskLevel == "" {
			continue
		}
		one := check{Method: a.Method, Status: a.Status, At: a.Created}
		if a.Liveness != nil {
			one.Assurance = a.Liveness.Assurance
		}
		checks = append(checks, one)
	}
	for _, e := range k.Checks {
		checks = append(checks, check{Method: e.Method, Status: e.Status, At: e.At, Until: e.Until})
	}
	return found{judge(checks, now), tried}, nil
}
