package behaviour

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Eyes look at a picture, once, and know how to score what they see.
type Eyes interface {
	Look(ctx context.Context, picture []byte) (engine.Face, error)
	Calibration(model engine.Digest) (engine.Calibration, bool)
}

// Kiosks know how light comes back at each.
type Kiosks interface {
	Site(r storage.Reader, org engine.OrgID, device engine.DeviceID) (engine.Site, error)
}

// Config is what the room needs.
type Config struct {
	Store  *storage.Store
	Eyes   Eyes
	Kiosks Kiosks
	// Face is the face that a process of an org saw.
	Face func(ctx context.Context, org engine.OrgID, id engine.ProcessID) (engine.KnownFace, error)
	// Faces is whose key seals a person's faces.
	Faces    func(engine.OrgID, engine.CustomerID) storage.Subject
	Refusals []*fault.Fault // what Eyes and Face may refuse with, for the document
	Now      func() time.Time
	Random   io.Reader
}

// Behaviour is the room, opened.
type Behaviour struct {
	Config
	entries *storage.Table[entry]
	visits  *storage.Table[visit]
	list    memory // of the watchlist
	late    memory // of the visits
}

// Open claims the room's records and takes their faces into memory.
func Open(ctx context.Context, c Config) (*Behaviour, error) {
	entries, err := storage.OpenTable[entry](c.Store, entriesPrefix, "behaviour.watchlist")
	if err != nil {
		return nil, err
	}
	visits, err := storage.OpenTable[visit](c.Store, visitsPrefix, "behaviour.visits")
	if err != nil {
		return nil, err
	}
	b := &Behaviour{Config: c, entries: entries, visits: visits}
	if err := c.Store.View(ctx, b.load); err != nil {
		return nil, fmt.Errorf("take faces into memory: %w", err)
	}
	return b, nil
}

// Room is what the daemon mounts.
func (b *Behaviour) Room() room.Room {
	return room.Room{
		Name: "behaviour", Routes: b.routes, Work: b.work,
		Holdings:   []room.Holding{b.holding()},
		Capability: &room.Capability{Name: engine.CapBehaviour, Find: b.find, Settle: b.settle},
	}
}
