package audit

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Views note who is about to see something about a person. On an error it must
// not be shown.
type Views interface {
	Note(ctx context.Context, v engine.Viewing) error
}

// Config is what the room needs.
type Config struct {
	Store  *storage.Store
	Views  Views
	Now    func() time.Time
	Random io.Reader
}

// Audit is the room, opened.
type Audit struct {
	Config
	keys  *storage.Table[key]
	seeds *storage.Table[seed]

	mu sync.Mutex // one key is made at a time
}

// Open claims the room's records.
func Open(c Config) (*Audit, error) {
	keys, err := storage.OpenTable[key](c.Store, keysPrefix, "audit.keys")
	if err != nil {
		return nil, err
	}
	seeds, err := storage.OpenTable[seed](c.Store, seedsPrefix, "audit.seeds")
	if err != nil {
		return nil, err
	}
	return &Audit{Config: c, keys: keys, seeds: seeds}, nil
}

// Room is what the daemon mounts.
func (a *Audit) Room() room.Room { return room.Room{Name: "audit", Routes: a.routes} }
