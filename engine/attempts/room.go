package attempts

import (
	"context"
	"io"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/internal/transparency"
	"github.com/rostod/rostod/storage"
)

// Journal signs what is exported.
type Journal interface {
	Attest(ctx context.Context, m transparency.Manifest) (manifest, signature []byte, err error)
}

// Config is what the room needs.
type Config struct {
	Store     *storage.Store
	Journal   Journal
	SearchDir string // folder of the search index's files; it holds nothing that the records do not have
	Now       func() time.Time
	Random    io.Reader
}

// Attempts is the room, opened.
type Attempts struct {
	Config
	rows  *storage.Table[engine.Attempt]
	by    *storage.Table[pointer] // customer
	index *index
}

// Open claims the rows' records.
func Open(c Config) (*Attempts, error) {
	rows, err := storage.OpenTable[engine.Attempt](c.Store, rowsPrefix, "attempts.rows")
	if err != nil {
		return nil, err
	}
	by, err := storage.OpenTable[pointer](c.Store, indexPrefix, "attempts.index")
	if err != nil {
		return nil, err
	}
	a := &Attempts{Config: c, rows: rows, by: by}
	if a.index, err = openIndex(a, c.SearchDir); err != nil {
		return nil, err
	}
	return a, nil
}

// Room is what the daemon mounts.
func (a *Attempts) Room() room.Room {
	return room.Room{Name: "attempts", Routes: a.routes, Work: a.index.work, Holdings: []room.Holding{a.holding()}}
}

// Close lets go of the search index's files.
func (a *Attempts) Close() error { return a.index.text.Close() }
