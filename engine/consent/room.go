package consent

import (
	"context"
	"io"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Policies are the orgs' policies of keeping.
type Policies interface {
	Policy(ctx context.Context, org engine.OrgID) (engine.Retention, error)
}

// Erasures erase whoever withdraws, where the policy says so.
type Erasures interface {
	OnWithdrawal(ctx context.Context, by engine.Caller, customer engine.CustomerID, basis string) (engine.Erasure, error)
}

// Config is what the room needs.
type Config struct {
	Store    *storage.Store
	Policies Policies
	Erasures Erasures
	Subject  func(engine.OrgID, engine.CustomerID) storage.Subject // of the evidence about a customer
	Now      func() time.Time
	Random   io.Reader
}

// Consents is the room, opened.
type Consents struct {
	Config
	table *storage.Table[record]
}

// Open claims the room's records.
func Open(c Config) (*Consents, error) {
	table, err := storage.OpenTable[record](c.Store, tablePrefix, "consent.records")
	if err != nil {
		return nil, err
	}
	return &Consents{c, table}, nil
}

// Room is what the daemon mounts.
func (c *Consents) Room() room.Room {
	return room.Room{Name: "consent", Routes: c.routes, Holdings: []room.Holding{{Name: "consents", Evidence: true, Tell: c.tell}}}
}
