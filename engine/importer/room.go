package importer

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Eyes look at a picture, once.
type Eyes interface {
	Look(ctx context.Context, picture []byte) (engine.Face, error)
	Calibration(model engine.Digest) (engine.Calibration, bool)
}

// Index finds the people of a base whom a probe resembles, and says how far it
// could see.
type Index interface {
	Search(ctx context.Context, base engine.Base, probe engine.Template, atLeast float64, most int) (engine.Search, error)
}

// Gallery holds the enrolments.
type Gallery interface {
	Person(org engine.OrgID, customer engine.CustomerID) engine.Person
	// Pictures are the digests of what a customer is enrolled by in a base.
	Pictures(r storage.Reader, base engine.Base, customer engine.CustomerID) ([]engine.Digest, error)
	// Since compares with what was committed after a search, up to the
	// transaction.
	Since(tx *storage.Tx, base engine.Base, probe engine.Template, atLeast float64, seen uint64) ([]engine.Candidate, error)
	// Import enrols the face of a case, or says why not.
	Import(tx *storage.Tx, c engine.Case, by engine.ImportID, captured time.Time) (engine.EnrolmentID, string, error)
	// Refusal is why the face of a case could not be enrolled now; empty when it could.
	Refusal(r storage.Reader, c engine.Case) (string, error)
	// CustomerOf is whose enrolment a candidate is; empty when it is gone.
	CustomerOf(r storage.Reader, c engine.Candidate) (engine.CustomerID, error)
}

// Rings know which accounts belong to one person, and which do not.
type Rings interface {
	Apart(r storage.Reader, base engine.Base, a, b engine.Person) (bool, error)
	Join(tx *storage.Tx, base engine.Base, first engine.Account, others []engine.Account) error
}

// Policies are the orgs' settings.
type Policies interface {
	Policy(ctx context.Context, org engine.OrgID) (engine.Policy, error)
}

// Config is what the room needs.
type Config struct {
	Store     *storage.Store
	Eyes      Eyes
	Index     Index
	Gallery   Gallery
	Rings     Rings
	Policies  Policies
	Refusals  []*fault.Fault // what Eyes may say of a picture
	Parallel  int            // pictures looked at side by side
	Folder    string         // below which callers may name sources; empty: nowhere
	Spool     string         // folder for uploads under way
	MaxUpload int64          // bytes; 0: nothing may be uploaded
	Log       *slog.Logger   // nil: silent
	Now       func() time.Time
	Random    io.Reader
}

// Importer is the room, opened.
type Importer struct {
	Config
	jobs *storage.Table[job]
	rows *storage.Table[result]
	wake chan struct{} // an import was made
	tidy chan struct{} // closed when the spool has nothing left over

	mu    sync.Mutex
	lives map[engine.ImportID]*live // those that are not at their end, and dry ones
}

// Open claims the room's records.
func Open(c Config) (*Importer, error) {
	jobs, err := storage.OpenTable[job](c.Store, jobsPrefix, "importer.jobs")
	if err != nil {
		return nil, err
	}
	rows, err := storage.OpenTable[result](c.Store, rowsPrefix, "importer.rows")
	if err != nil {
		return nil, err
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Parallel = max(c.Parallel, 1)
	return &Importer{
		Config: c, jobs: jobs, rows: rows, wake: make(chan struct{}, 1), tidy: make(chan struct{}), lives: map[engine.ImportID]*live{},
	}, nil
}

// Room is what the daemon mounts.
func (m *Importer) Room() room.Room {
	return room.Room{Name: "importer", Routes: m.routes, Work: m.work, Holdings: []room.Holding{m.holding()}}
}
