package kiosk

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// tablePrefix owns the kiosks' records: pseudonym of the org, pseudonym of the
// device -> history. They are sealed with the store's key.
const tablePrefix = 'o'

// Config is what the room needs.
type Config struct {
	Store *storage.Store
	Now   func() time.Time
	Drift func() // a kiosk moves faster than it may, for the metrics; may be nil
}

// Kiosk is the room, opened.
type Kiosk struct {
	Config
	table *storage.Table[history]

	mu      sync.Mutex
	counted time.Time // when drifting was counted
	drifts  int
}

// Open claims the kiosks' records.
func Open(c Config) (*Kiosk, error) {
	table, err := storage.OpenTable[history](c.Store, tablePrefix, "kiosk.histories")
	if err != nil {
		return nil, err
	}
	return &Kiosk{Config: c, table: table}, nil
}

// Room is what the daemon mounts.
func (k *Kiosk) Room() room.Room { return room.Room{Name: "kiosk", Routes: k.routes} }

// Site is what a kiosk has taught; empty for one that is not known.
func (k *Kiosk) Site(r storage.Reader, org engine.OrgID, device engine.DeviceID) (engine.Site, error) {
	h, _, err := k.history(r, org, device)
	return h.site(), err
}

// Known is what a kiosk has taught, and its screen, read by itself.
func (k *Kiosk) Known(ctx context.Context, org engine.OrgID, device engine.DeviceID) (site engine.Site, screen Screen, err error) {
	err = k.Store.View(ctx, func(v *storage.View) error {
		h, _, err := k.history(v, org, device)
		site, screen = h.site(), h.Screen
		return err
	})
	return site, screen, err
}

// Learn takes over what an accepted capture taught of its kiosk, in the
// transaction that accepts it. A capture without a device, or one that was
// barely accepted, teaches nothing.
func (k *Kiosk) Learn(tx *storage.Tx, org engine.OrgID, device engine.DeviceID, seen engine.FlashEvidence, logOdds float64) error {
	if device == "" || !(logOdds >= leastOdds) || !finite(seen.Lag) {
		return nil
	}
	h, _, err := k.history(tx, org, device)
	if err != nil {
		return err
	}
	h.Device = device
	h = h.learn(lesson(seen), tx.Now())
	if h.drifting() && k.Drift != nil {
		k.Drift()
	}
	return k.table.Put(tx, storage.Subject{}, k.place(org, device), h)
}

// countEvery is how often every kiosk is read to count those that drift.
const countEvery = time.Minute

// Drifting counts the kiosks whose light comes back at another time than it
// did, so that its captures may soon be refused. It may be a minute old.
func (k *Kiosk) Drifting(ctx context.Context) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if age := k.Now().Sub(k.counted); age >= 0 && age < countEvery {
		return k.drifts, nil
	}
	n := 0
	err := k.Store.View(ctx, func(v *storage.View) error {
		for row, err := range k.table.Scan(v, storage.Range{}) {
			if err != nil {
				return fmt.Errorf("read kiosks: %w", err)
			}
			if row.Value.drifting() {
				n++
			}
		}
		return nil
	})
	if err == nil {
		k.counted, k.drifts = k.Now(), n
	}
	return n, err
}

func (k *Kiosk) place(org engine.OrgID, device engine.DeviceID) storage.Key {
	return storage.Path(k.owner(org), k.Store.Pseudonym("kiosk", string(org), string(device)))
}

func (k *Kiosk) owner(org engine.OrgID) storage.Subject {
	return k.Store.Pseudonym("kiosks", string(org))
}

// history is a kiosk's record, and whether there is one.
func (k *Kiosk) history(r storage.Reader, org engine.OrgID, device engine.DeviceID) (history, bool, error) {
	if device == "" {
		return history{}, false, nil
	}
	h, err := k.table.Get(r, k.place(org, device))
	if errors.Is(err, storage.ErrNotFound) {
		return history{}, false, nil
	}
	if err != nil {
		return history{}, false, fmt.Errorf("read kiosk: %w", err)
	}
	return h, true, nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

func tenth(x float64) float64 { return math.Round(x*10) / 10 }
