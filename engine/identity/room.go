package identity

import (
	"context"
	"io"
	"time"

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
	// Reference is what a customer's probe is compared with.
	Reference(r storage.Reader, org engine.OrgID, customer engine.CustomerID) (engine.Reference, error)
	// Enrolled is the template of one enrolment; empty when it is gone.
	Enrolled(r storage.Reader, p engine.Person, id engine.EnrolmentID) (engine.Template, error)
	// Since compares with what was committed after a search, up to the
	// transaction.
	Since(tx *storage.Tx, base engine.Base, probe engine.Template, atLeast float64, seen uint64) ([]engine.Candidate, error)
	// Admit enrols the face of a case, or says why not.
	Admit(tx *storage.Tx, c engine.Case) (engine.EnrolmentID, string, error)
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
	Calibrations Calibrations
	// Faces is whose key seals a person's faces, and with them a binding.
	Faces  func(engine.OrgID, engine.CustomerID) storage.Subject
	Now    func() time.Time
	Random io.Reader
}

// Identity is the room, opened.
type Identity struct {
	Config
	bindings  *storage.Table[binding]
	portraits *storage.Table[kept]
	numbers   *storage.Table[pointer]
}

// Open claims the room's records.
func Open(c Config) (*Identity, error) {
	bindings, err := storage.OpenTable[binding](c.Store, bindingsPrefix, "identity.bindings")
	if err != nil {
		return nil, err
	}
	portraits, err := storage.OpenTable[kept](c.Store, portraitsPrefix, "identity.portraits")
	if err != nil {
		return nil, err
	}
	numbers, err := storage.OpenTable[pointer](c.Store, numbersPrefix, "identity.numbers")
	if err != nil {
		return nil, err
	}
	return &Identity{c, bindings, portraits, numbers}, nil
}

// Room is what the daemon mounts.
func (i *Identity) Room() room.Room {
	return room.Room{
		Name: "identity", Holdings: []room.Holding{i.holding()},
		Capability: &room.Capability{Name: engine.CapIdentity, Find: i.find, Settle: i.settle},
	}
}
