package erasure

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/internal/transparency"
	"github.com/rostod/rostod/storage"
)

// Bars say what must not be deleted, and freeze whose evidence stays.
type Bars interface {
	Held(r storage.Reader, org engine.OrgID, customer engine.CustomerID, kind engine.DataKind, record string) error
	Restrict(tx *storage.Tx, by engine.Caller, customer engine.CustomerID, reason string) error
}

// Policies are the orgs' policies of keeping.
type Policies interface {
	Of(r storage.Reader, org engine.OrgID) (engine.Retention, error)
}

// Journal proves its entries.
type Journal interface {
	Proof(ctx context.Context, caller engine.Caller, entry uint64) ([]byte, error)
	Certified(ctx context.Context, entry uint64) ([]byte, error) // with the private values
	// Keys are the verifier keys, the first first.
	Keys(ctx context.Context) (names []string, proofs [][]byte, err error)
}

// Config is what the room needs.
type Config struct {
	Store    *storage.Store
	Bars     Bars
	Policies Policies
	Journal  Journal
	Holdings func() []room.Holding
	Faces    func(engine.OrgID, engine.CustomerID) storage.Subject // whose key seals faces and captures
	Evidence func(engine.OrgID, engine.CustomerID) storage.Subject // whose key seals the evidence
	// Disclosed are the private values that headquarters is told of, by name: its copies
	// are out of reach, and a certificate says so.
	Disclosed []string
	// Named is the customer whose faces a key seals; empty when no enrolment says so.
	Named func(r storage.Reader, faces storage.Subject) (engine.CustomerID, error)
	Owed  func() transparency.Checkpoint // another end of the journal that headquarters has seen; of size 0: none. It may be nil
	// Vouches is headquarters' key, which says that a list of erasures is whole; empty: there is none. It may be nil.
	Vouches func() string
	Step    func(point string) // tells tests that a point was reached; may be nil
	Log     *slog.Logger
	Now     func() time.Time
	Random  io.Reader
}

// Erasures is the room, opened.
type Erasures struct {
	Config
	table *storage.Table[record]
	tidy  sync.Mutex // held by the one who finishes erasures
}

// Open claims the room's records.
func Open(c Config) (*Erasures, error) {
	table, err := storage.OpenTable[record](c.Store, tablePrefix, "erasure.records")
	if err != nil {
		return nil, err
	}
	if c.Vouches == nil {
		c.Vouches = func() string { return "" }
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Erasures{Config: c, table: table}, nil
}

// Room is what the daemon mounts.
func (e *Erasures) Room() room.Room {
	return room.Room{Name: "erasure", Routes: e.routes, Work: e.work}
}
