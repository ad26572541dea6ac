package upstream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/rostod/rostod/engine/upstream/batch"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/internal/transparency"
	"github.com/rostod/rostod/storage"
)

// Log signs for the journal.
type Log interface {
	// Keys are the verifier keys, the first first, and the proofs of their changes.
	Keys(ctx context.Context) (names []string, proofs [][]byte, err error)
	// At is the checkpoint of the first size entries, signed.
	At(v *storage.View, size uint64) (transparency.Checkpoint, []byte, error)
	// State signs lines of a kind.
	State(ctx context.Context, kind string, lines ...string) ([]byte, error)
}

// Courier takes a batch to headquarters and brings what it says to it. What it says
// is signed: the courier need not be trusted. It answers an error when nothing came
// back, and then the batch is taken again.
type Courier interface {
	Carry(ctx context.Context, id string, wire []byte) (receipt []byte, err error)
}

// Config is what the room needs.
type Config struct {
	Store        *storage.Store
	Log          Log
	Dir          string              // where the last co-signature is kept
	Headquarters *batch.Headquarters // nil: nothing is sent
	Courier      Courier             // nil: parcels only
	By           string              // the courier's name, for who looks at the status
	Disclose     []string            // private values that headquarters may know, by name
	Alarms       []string            // kinds of entries that are told of first
	BytesASecond int                 // 0: as fast as it goes
	Window       Window              // when entries may be sent; alarms always
	Every        time.Duration       // says how things stand when there is nothing to send
	Now          func() time.Time
	Chance       func() float64 // [0, 1), for the jitter of retries
	Logger       *slog.Logger
}

// Upstream is the room, opened.
type Upstream struct {
	Config
	limit *rate.Limiter
	grew  chan struct{}
	packs sync.Mutex // one parcel is packed at a time

	mu    sync.Mutex
	state state
}

// Open reads where headquarters' last co-signature left off. One that cannot be used
// costs nothing: headquarters says where to go on.
func Open(ctx context.Context, c Config) (*Upstream, error) {
	u := &Upstream{Config: c, grew: make(chan struct{}, 1)}
	if c.Headquarters == nil {
		return u, nil
	}
	if c.Window == (Window{}) {
		u.Window = Always
	}
	if c.BytesASecond > 0 {
		u.limit = rate.NewLimiter(rate.Limit(c.BytesASecond), max(batch.Most, c.BytesASecond))
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of what is sent upstream: %w", err)
	}
	if err := u.recallOther(ctx); err != nil {
		return nil, err
	}
	kept, err := os.ReadFile(u.cursorFile())
	switch {
	case errors.Is(err, os.ErrNotExist):
		return u, nil
	case err != nil:
		return nil, fmt.Errorf("read headquarters' last receipt: %w", err)
	}
	if err := u.resume(ctx, kept); err != nil {
		c.Logger.Warn("headquarters' last receipt cannot be used, it will be asked where to go on", "err", err)
	}
	return u, nil
}

// Room is what the daemon mounts.
func (u *Upstream) Room() room.Room {
	r := room.Room{Name: "upstream", Routes: u.routes}
	if u.Headquarters != nil && u.Courier != nil {
		r.Work = u.work
	}
	return r
}
