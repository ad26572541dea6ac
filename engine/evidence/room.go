package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Eyes look at a picture, once.
type Eyes interface {
	Look(ctx context.Context, picture []byte) (engine.Face, error)
}

// Flash measures the light in the frames of a compatible bundle. colours are
// as the challenge gave them, #rrggbb; each was to be shown for its holdMs.
type Flash interface {
	Compat(colours []string, holdMs []int, frames []engine.Still) (engine.FlashEvidence, error)
}

// Bars say whose data is restricted.
type Bars interface {
	Restricted(r storage.Reader, org engine.OrgID, customer engine.CustomerID) error
}

// Views note who is about to see something about a person. On an error it must
// not be shown.
type Views interface {
	Note(ctx context.Context, v engine.Viewing) error
}

// Config is what the room needs.
type Config struct {
	Store *storage.Store
	// Subject is whose key seals a customer's faces.
	Subject  func(engine.OrgID, engine.CustomerID) storage.Subject
	Eyes     Eyes
	Flash    Flash
	Draw     func(engine.FlashEvidence) []byte // an SVG, for the reviewer
	Alarm    func()                            // captures fail at one kiosk, for the metrics; may be nil
	Refusals []*fault.Fault                    // what Eyes may refuse a frame with
	Log      *slog.Logger
	Now      func() time.Time
	Random   io.Reader

	// Bars say who is not to be captured.
	Bars Bars
	// Views note who is about to see a capture.
	Views Views

	Tries int           // challenges of one customer before a pause; 0: 3, negative: no limit
	Pause time.Duration // the pause; 0: a minute
}

// The defaults of Config.
const (
	usualTries = 3
	usualPause = time.Minute
)

// Evidence is the room, opened.
type Evidence struct {
	Config
	audience   string // this daemon, in bundles
	challenges *storage.Table[Challenge]
	nonces     *storage.Table[nonce]
	captures   *storage.Table[kept]
	parts      *storage.Table[part]
	index      *storage.Table[pointer]
	due        *storage.Table[due]
	tries      *storage.Table[tries]
	keys       *storage.Table[signingKey]
	failures   *failures
}

// Open claims the room's records.
func Open(c Config) (*Evidence, error) {
	if c.Tries == 0 {
		c.Tries = usualTries
	}
	if c.Pause == 0 {
		c.Pause = usualPause
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	id := sha256.Sum256(c.Store.Secret("evidence/audience"))
	e := &Evidence{Config: c, audience: "rostod/" + hex.EncodeToString(id[:8]), failures: newFailures()}
	return e, e.openTables()
}

// Room is what the daemon mounts.
func (e *Evidence) Room() room.Room {
	return room.Room{Name: "evidence", Routes: e.routes, Work: e.work, Holdings: []room.Holding{e.holding()}}
}
