package gallery

import (
	"context"
	"io"
	"time"

	"github.com/go-json-experiment/json/jsontext"

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

// Liveness judges a plain picture, or a capture.
type Liveness interface {
	Picture(engine.Face, engine.Tier) engine.LivenessFinding
	Judge(engine.Capture, engine.Site, engine.Tier) engine.LivenessFinding
}

// Captures are what bundles open, each once. They end with the customer's
// faces.
type Captures interface {
	Behind(ctx context.Context, caller engine.Caller, customer engine.CustomerID, bundle jsontext.Value) (engine.Capture, error)
	Use(tx *storage.Tx, c engine.Capture, finding engine.LivenessFinding) error
	Erase(tx *storage.Tx, org engine.OrgID, customer engine.CustomerID) (int, error)
	Of(r storage.Reader, org engine.OrgID, customer engine.CustomerID) (int, error) // how many there are
}

// Kiosks know how light comes back at each.
type Kiosks interface {
	Site(r storage.Reader, org engine.OrgID, device engine.DeviceID) (engine.Site, error)
}

// Policies are the orgs' settings.
type Policies interface {
	Policy(ctx context.Context, org engine.OrgID) (engine.Policy, error)
}

// Answers keep what was answered, for a caller that asks the same again.
type Answers interface {
	Keep(ctx context.Context, tx *storage.Tx, subject storage.Subject, answer any) error
}

// Bars say what must not be deleted, and whose data is restricted.
type Bars interface {
	Held(r storage.Reader, org engine.OrgID, customer engine.CustomerID, kind engine.DataKind, record string) error
	Restricted(r storage.Reader, org engine.OrgID, customer engine.CustomerID) error
}

// Config is what the room needs.
type Config struct {
	Store    *storage.Store
	IndexDir string // folder of the index's files; it holds nothing that the records do not have
	Eyes     Eyes
	Liveness Liveness
	Captures Captures
	Kiosks   Kiosks
	Policies Policies
	Answers  Answers
	// Holdings are what all rooms keep about people: what is held with the faces goes
	// with them. Nil: nothing is.
	Holdings func() []room.Holding
	Bars     Bars
	Refusals []*fault.Fault // what Eyes and Captures may refuse with, for the document
	Now      func() time.Time
	Random   io.Reader
}

// Gallery is the room, opened.
type Gallery struct {
	Config
	table   *storage.Table[enrolment]
	changes *storage.Table[change]
	index   *Index
}

// Open claims the enrolments' records.
func Open(c Config) (*Gallery, error) {
	table, err := storage.OpenTable[enrolment](c.Store, tablePrefix, "gallery.enrolments")
	if err != nil {
		return nil, err
	}
	changes, err := storage.OpenTable[change](c.Store, changesPrefix, "gallery.changes")
	if err != nil {
		return nil, err
	}
	g := &Gallery{Config: c, table: table, changes: changes}
	if g.index, err = openIndex(g, c.IndexDir); err != nil {
		return nil, err
	}
	return g, nil
}

// Room is what the daemon mounts.
func (g *Gallery) Room() room.Room {
	return room.Room{Name: "gallery", Routes: g.routes, Work: g.index.work, Holdings: []room.Holding{g.holding()}}
}

// Close writes what only the memory has of the index, and lets go of its files.
func (g *Gallery) Close(ctx context.Context) error { return g.index.close(ctx) }

// Reference is what a customer's probe is compared with; without templates
// when the customer has none enrolled.
func (g *Gallery) Reference(r storage.Reader, org engine.OrgID, customer engine.CustomerID) (engine.Reference, error) {
	faces, err := g.faces(r, g.subject(org, customer))
	return reference(faces), err
}
