package viewing

import (
	"context"
	"io"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Rules are the orgs' policies.
type Rules interface {
	// ReasonNeeded says whether nobody of an org may look without saying why.
	ReasonNeeded(ctx context.Context, org engine.OrgID) (bool, error)
}

// Config is what the room needs.
type Config struct {
	Store    *storage.Store
	Rules    Rules
	Subject  func(engine.OrgID, engine.CustomerID) storage.Subject // of the evidence about a customer
	Known    func(storage.Reader, engine.OrgID, engine.CustomerID) (bool, error)
	Holdings func() []room.Holding       // what subject access tells
	May      func(context.Context) error // why nobody may see anything now; may be nil
	Now      func() time.Time
	Random   io.Reader
}

// Viewings is the room, opened.
type Viewings struct {
	Config
	table *storage.Table[row]
}

// Open claims the room's records.
func Open(c Config) (*Viewings, error) {
	table, err := storage.OpenTable[row](c.Store, tablePrefix, "viewing.rows")
	if err != nil {
		return nil, err
	}
	return &Viewings{c, table}, nil
}

// Room is what the daemon mounts.
func (w *Viewings) Room() room.Room {
	return room.Room{Name: "viewing", Routes: w.routes, Holdings: []room.Holding{{Name: "viewings", Evidence: true, Tell: w.tell}}}
}
