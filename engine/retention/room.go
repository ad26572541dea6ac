package retention

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Holds say what must not be deleted.
type Holds interface {
	Held(r storage.Reader, org engine.OrgID, customer engine.CustomerID, kind engine.DataKind, record string) error
}

// Config is what the room needs.
type Config struct {
	Store       *storage.Store
	Holds       Holds
	Holdings    func() []room.Holding                           // what the rooms keep
	CaptureDays int                                             // of captures where an org says nothing
	Removed     func(holding string, n int)                     // for the metrics; may be nil
	Also        func(ctx context.Context, asOf time.Time) error // what else is due once a day; may be nil
	Log         *slog.Logger
	Now         func() time.Time
	Random      io.Reader
}

// Retention is the room, opened.
type Retention struct {
	Config
	table *storage.Table[record]

	wake    chan struct{} // somebody has said that the clock is right
	running sync.Mutex    // held by the one run under way
	mu      sync.Mutex
	failed  error // why the last run could not be finished
}

// Open claims the room's records.
func Open(c Config) (*Retention, error) {
	table, err := storage.OpenTable[record](c.Store, tablePrefix, "retention.records")
	if err != nil {
		return nil, err
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Retention{Config: c, table: table, wake: make(chan struct{}, 1)}, nil
}

// Room is what the daemon mounts.
func (r *Retention) Room() room.Room {
	return room.Room{Name: "retention", Routes: r.routes, Work: r.work, Holdings: []room.Holding{r.privateParts()}}
}
