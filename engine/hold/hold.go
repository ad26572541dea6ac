package hold

import (
	"fmt"
	"io"
	"time"

	"github.com/rostod/rostod/engine"
)

// ID is a hold, "hold_", or a restriction, "rest_".
type ID string

// What a bar is.
const (
	aHold        = "hold"
	aRestriction = "restriction"
)

// Bar is a hold or a restriction.
type Bar struct {
	ID       ID                `json:"id"`
	What     string            `json:"what"`
	Org      engine.OrgID      `json:"org"`
	Customer engine.CustomerID `json:"customer"`
	Kind     engine.DataKind   `json:"kind,omitzero"`   // of the one record that is held
	Record   string            `json:"record,omitzero"` // empty: everything about the customer
	Reason   string            `json:"reason"`
	By       engine.KeyID      `json:"by"`
	Since    time.Time         `json:"since"`
	Until    time.Time         `json:"until,omitzero"` // zero: until it is released
	Released time.Time         `json:"released,omitzero"`
	Releaser engine.KeyID      `json:"releaser,omitzero"`
}

// Format hides a bar from every verb: it names a customer.
func (Bar) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(hold)") }

// stands says whether a bar holds at a moment.
func (b Bar) stands(now time.Time) bool {
	return b.Released.IsZero() && (b.Until.IsZero() || now.Before(b.Until))
}

// covers says whether a bar stops the deletion of a record. Asked of no record,
// it is about all of that kind; asked of no kind, about the whole customer, who
// is held by any part.
func (b Bar) covers(kind engine.DataKind, record string) bool {
	return b.Record == "" || kind == "" || b.Kind == kind && (record == "" || b.Record == record)
}
