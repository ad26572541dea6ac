package gallery

import (
	"context"
	"io"
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

// Liveness judges a plain picture.
type Liveness interface {
	Picture(engine.Face, engine.Tier) engine.LivenessFinding
}

// Policies are the orgs' settings.
type Policies interface {
	Policy(ctx context.Context, org engine.OrgID) (engine.Policy, error)
}

// Answers keep what was answered, for a caller that asks the same again.
type Answers interface {
	Keep(ctx context.Context, tx *storage.Tx, subject storage.Subject, answer any) error
}

// Config is what the room needs.
type Config struct {
	Store    *storage.Store
	Eyes     Eyes
	Liveness Liveness
	Policies Policies
	Answers  Answers
	Refusals []*fault.Fault // what Eyes may refuse a picture with, for the document
	Now      func() time.Time
	Random   io.Reader
}

// Gallery is the room, opened.
type Gallery struct {
	Config
	table *storage.Table[enrolment]
}

// Open claims the enrolments' records.
func Open(c Config) (*Gallery, error) {
	table, err := storage.OpenTable[enrolment](c.Store, tablePrefix, "gallery.enrolments")
	if err != nil {
		return nil, err
	}
	return &Gallery{Config: c, table: table}, nil
}

// Room is what the daemon mounts.
func (g *Gallery) Room() room.Room { return room.Room{Name: "gallery", Routes: g.routes} }

// Reference is what a customer's probe is compared with; without templates
// when the customer has none enrolled.
func (g *Gallery) Reference(r storage.Reader, org engine.OrgID, customer engine.CustomerID) (engine.Reference, error) {
	faces, err := g.faces(r, g.subject(org, customer))
	return reference(faces), err
}
