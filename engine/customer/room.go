package customer

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Attempts are what was tried with a customer's face.
type Attempts interface {
	Subject(org engine.OrgID, customer engine.CustomerID) storage.Subject
	// Of are the attempts of a customer since a time, newest first, at most so many.
	Of(r storage.Reader, org engine.OrgID, customer engine.CustomerID, since time.Time, most int) ([]engine.Attempt, error)
}

// Answers keep what was answered, for a caller that asks the same again.
type Answers interface {
	Keep(ctx context.Context, tx *storage.Tx, subject storage.Subject, answer any) error
}

// Config is what the room needs.
type Config struct {
	Store    *storage.Store
	Attempts Attempts
	Answers  Answers
	Now      func() time.Time
	Random   io.Reader
}

// Customers is the room, opened.
type Customers struct {
	Config
	records *storage.Table[record]
}

// Open claims the room's records.
func Open(c Config) (*Customers, error) {
	records, err := storage.OpenTable[record](c.Store, tablePrefix, "customer.records")
	if err != nil {
		return nil, err
	}
	return &Customers{c, records}, nil
}

// Room is what the daemon mounts.
func (c *Customers) Room() room.Room {
	return room.Room{
		Name: "customer", Routes: c.routes, Work: c.work, Holdings: []room.Holding{c.holding()},
		Events: map[string]room.EventSource{"customer.kyc_updated": updated},
	}
}

// Standing is how a customer stands now.
func (c *Customers) Standing(r storage.Reader, org engine.OrgID, id engine.CustomerID) (engine.Standing, error) {
	k, err := c.kept(r, org, id)
	if errors.Is(err, ErrNone) || errors.Is(err, ErrErased) {
		return engine.Standing{}, nil
	}
	if err != nil {
		return engine.Standing{}, err
	}
	found, err := c.found(r, k)
	return engine.Standing{Known: true, Status: k.Status, Level: found.level.Level}, err
}
