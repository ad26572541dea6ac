package antifraud

import (
	"errors"
	"io"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Customers know how a customer stands.
type Customers interface {
	Standing(r storage.Reader, org engine.OrgID, id engine.CustomerID) (engine.Standing, error)
}

// Config is what the room needs.
type Config struct {
	Store     *storage.Store
	Customers Customers
	// Subject is whose key seals the evidence about a customer.
	Subject func(engine.OrgID, engine.CustomerID) storage.Subject
	Now     func() time.Time
	Random  io.Reader
}

// AntiFraud is the room, opened.
type AntiFraud struct {
	Config
	evaluations *storage.Table[evaluation]
	known       *storage.Table[kept]
}

// Open claims the room's records.
func Open(c Config) (*AntiFraud, error) {
	evaluations, err1 := storage.OpenTable[evaluation](c.Store, evaluationsPrefix, "antifraud.evaluations")
	known, err2 := storage.OpenTable[kept](c.Store, knownPrefix, "antifraud.known")
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	return &AntiFraud{c, evaluations, known}, nil
}

// Room is what the daemon mounts.
func (a *AntiFraud) Room() room.Room {
	return room.Room{Name: "antifraud", Routes: a.routes, Work: a.work, Holdings: []room.Holding{a.holding()}}
}
