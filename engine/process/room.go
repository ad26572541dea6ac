package process

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Eyes look at a picture, once.
type Eyes interface {
	Look(ctx context.Context, picture []byte) (engine.Face, error)
}

// Captures are what bundles open, each once.
type Captures interface {
	Open(ctx context.Context, caller engine.Caller, customer engine.CustomerID, bundle string) (engine.Capture, error)
	Use(tx *storage.Tx, c engine.Capture, finding engine.LivenessFinding) error
}

// Policies are the orgs' settings.
type Policies interface {
	Policy(ctx context.Context, org engine.OrgID) (engine.Policy, error)
}

// People know whose enrolment a candidate is.
type People interface {
	CustomerOf(r storage.Reader, c engine.Candidate) (engine.CustomerID, error)
}

// Bars say whose data is restricted.
type Bars interface {
	Restricted(r storage.Reader, org engine.OrgID, customer engine.CustomerID) error
}

// Views note who is about to see something about a person. On an error it must
// not be shown.
type Views interface {
	Note(ctx context.Context, v engine.Viewing) error
}

// Config is what the room needs.
type Config struct {
	Store        *storage.Store
	Bars         Bars
	Views        Views
	Eyes         Eyes
	Captures     Captures
	Policies     Policies
	People       People
	Capabilities []*room.Capability // in the order in which they settle
	// Subject is whose key seals the evidence about a person.
	Subject func(engine.OrgID, engine.CustomerID) storage.Subject
	// Faces is whose key seals a person's faces.
	Faces  func(engine.OrgID, engine.CustomerID) storage.Subject
	Log    *slog.Logger // nil: nobody is told why a capability broke
	Now    func() time.Time
	Random io.Reader
}

// Processes is the room, opened.
type Processes struct {
	Config
	table *storage.Table[record]
	faces *storage.Table[face]
}

// Open claims the processes' records.
func Open(c Config) (*Processes, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	table, err := storage.OpenTable[record](c.Store, tablePrefix, "process.processes")
	if err != nil {
		return nil, err
	}
	faces, err := storage.OpenTable[face](c.Store, facesPrefix, "process.faces")
	if err != nil {
		return nil, err
	}
	return &Processes{Config: c, table: table, faces: faces}, nil
}

// Room is what the daemon mounts.
func (p *Processes) Room() room.Room {
	return room.Room{
		Name: "process", Routes: p.routes, Events: map[string]room.EventSource{"process.decided": decided},
		Holdings: []room.Holding{p.holding(), {Name: "process-faces", WithFaces: true, Erase: p.eraseFaces, Tell: p.tellFaces}},
	}
}
