package attempts

import (
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Config is what the room needs.
type Config struct {
	Store *storage.Store
	Now   func() time.Time
}

// Attempts is the room, opened.
type Attempts struct {
	Config
	rows  *storage.Table[engine.Attempt]
	index *storage.Table[pointer]
}

// Open claims the rows' records.
func Open(c Config) (*Attempts, error) {
	rows, err := storage.OpenTable[engine.Attempt](c.Store, rowsPrefix, "attempts.rows")
	if err != nil {
		return nil, err
	}
	index, err := storage.OpenTable[pointer](c.Store, indexPrefix, "attempts.index")
	if err != nil {
		return nil, err
	}
	return &Attempts{Config: c, rows: rows, index: index}, nil
}

// Room is what the daemon mounts.
func (a *Attempts) Room() room.Room {
	return room.Room{Name: "attempts", Routes: a.routes, Holdings: []room.Holding{a.holding()}}
}
