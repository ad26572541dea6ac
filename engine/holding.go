package engine

import (
	"fmt"
	"io"
	"log/slog"
	"time"
)

// DataKind is a class of what is kept about people. Each has days of its own.
type DataKind string

// The kinds.
const (
	DataCaptures  DataKind = "captures"  // pictures and measurements
	DataTemplates DataKind = "templates" // enrolled faces
	DataDocuments DataKind = "documents" // and what was read from them
	DataAttempts  DataKind = "attempts"  // step-ups, verifications, evaluations
	DataProcesses DataKind = "processes"
	DataImports   DataKind = "imports" // rows of imported bases
)

// DataKinds lists the kinds.
func DataKinds() []DataKind {
	return []DataKind{DataCaptures, DataTemplates, DataDocuments, DataAttempts, DataProcesses, DataImports}
}

// Viewing is one look at what is kept about a person.
type Viewing struct {
	By       Caller
	Customer CustomerID // whom it shows; empty when that cannot be known any more
	What     string     // "capture.picture", a fixed word of the room that shows it
	Record   string     // its id: cap_…, or a process
	Reason   string     // why, as who looks says
}

// Format hides a viewing from every verb: it names a customer.
func (Viewing) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(viewing)") }

// LogValue hides a viewing from slog.
func (Viewing) LogValue() slog.Value { return slog.StringValue("(viewing)") }

// Kept is one record that a room keeps about a person.
type Kept struct {
	Kind     DataKind
	Org      OrgID
	Customer CustomerID // empty: the person was erased, and the remains of the record name nobody
	ID       string     // as the room's answers name it: att_…
	At       time.Time  // from when on its days are counted
	Place    []byte     // where it lies, in the room's own words
}

// Format hides a kept record from every verb.
func (Kept) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(kept)") }

// LogValue hides a kept record from slog.
func (Kept) LogValue() slog.Value { return slog.StringValue("(kept)") }

// Ages says before which moment a record of a kind must have been made to be
// due, in each org. The zero time: nothing is.
type Ages func(DataKind, OrgID) time.Time
