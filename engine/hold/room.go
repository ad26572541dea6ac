package hold

import (
	"io"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Config is what the room needs.
type Config struct {
	Store *storage.Store
	// Subject is whose key seals the evidence about a customer, and with it the
	// holds.
	Subject func(engine.OrgID, engine.CustomerID) storage.Subject
	// Holdings are what may be held; they are asked for when a hold is put on a
	// single record.
	Holdings func() []room.Holding
	Now      func() time.Time
	Random   io.Reader
}

// Holds is the room, opened.
type Holds struct {
	Config
	table *storage.Table[Bar]
}

// Open claims the room's records.
func Open(c Config) (*Holds, error) {
	table, err := storage.OpenTable[Bar](c.Store, tablePrefix, "hold.bars")
	if err != nil {
		return nil, err
	}
	return &Holds{c, table}, nil
}

// Room is what the daemon mounts.
func (h *Holds) Room() room.Room {
	return room.Room{Name: "hold", Routes: h.routes, Holdings: []room.Holding{{Name: "holds", Evidence: true, Tell: h.tell}}}
}
