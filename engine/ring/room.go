package ring

import (
	"io"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Gallery knows who has a face.
type Gallery interface {
	Person(org engine.OrgID, customer engine.CustomerID) engine.Person
	Reference(r storage.Reader, org engine.OrgID, customer engine.CustomerID) (engine.Reference, error)
}

// Config is what the room needs.
type Config struct {
	Store   *storage.Store
	Gallery Gallery
	// Subject is whose key seals the evidence about a customer, and with it
	// the customer's name in a ring.
	Subject func(engine.OrgID, engine.CustomerID) storage.Subject
	Now     func() time.Time
	Random  io.Reader
}

// Rings is the room, opened.
type Rings struct {
	Config
	rings   *storage.Table[ring]
	members *storage.Table[member]
	aparts  *storage.Table[apart]
}

// Open claims the room's records.
func Open(c Config) (*Rings, error) {
	rings, err := storage.OpenTable[ring](c.Store, ringsPrefix, "ring.rings")
	if err != nil {
		return nil, err
	}
	members, err := storage.OpenTable[member](c.Store, membersPrefix, "ring.members")
	if err != nil {
		return nil, err
	}
	aparts, err := storage.OpenTable[apart](c.Store, apartsPrefix, "ring.aparts")
	if err != nil {
		return nil, err
	}
	return &Rings{c, rings, members, aparts}, nil
}

// Room is what the daemon mounts.
func (r *Rings) Room() room.Room {
	return room.Room{Name: "ring", Routes: r.routes, Holdings: []room.Holding{{Name: "rings", Erase: r.erase, Tell: r.tell}}}
}
