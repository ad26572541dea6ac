package multiaccount

import (
	"context"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Index finds the people of a base whom a probe resembles, and says how far it
// could see.
type Index interface {
	Search(ctx context.Context, base engine.Base, probe engine.Template, atLeast float64, most int) (engine.Search, error)
}

// Gallery holds the enrolments.
type Gallery interface {
	Person(org engine.OrgID, customer engine.CustomerID) engine.Person
	// Since compares with what was committed after a search, up to the
	// transaction.
	Since(tx *storage.Tx, base engine.Base, probe engine.Template, atLeast float64, seen uint64) ([]engine.Candidate, error)
	// Admit enrols the face of a case, or says why not.
	Admit(tx *storage.Tx, c engine.Case) (engine.EnrolmentID, string, error)
	// CustomerOf is whose enrolment a candidate is; empty when it is gone.
	CustomerOf(r storage.Reader, c engine.Candidate) (engine.CustomerID, error)
}

// Rings know which accounts belong to one person, and which do not.
type Rings interface {
	Apart(r storage.Reader, base engine.Base, a, b engine.Person) (bool, error)
	Join(tx *storage.Tx, base engine.Base, first engine.Account, others []engine.Account) error
}

// Calibrations turn cosines into comparison scores.
type Calibrations interface {
	Calibration(model engine.Digest) (engine.Calibration, bool)
}

// Config is what the room needs.
type Config struct {
	Store        *storage.Store
	Index        Index
	Gallery      Gallery
	Rings        Rings
	Calibrations Calibrations
}

// MultiAccount is the room, opened.
type MultiAccount struct{ Config }

// Open opens the room. It has no records of its own.
func Open(c Config) *MultiAccount { return &MultiAccount{c} }

// Room is what the daemon mounts.
func (m *MultiAccount) Room() room.Room {
	return room.Room{Name: "multiaccount", Capability: &room.Capability{
		Name: engine.CapMultiAccounts, Find: m.find, Settle: m.settle,
	}}
}
