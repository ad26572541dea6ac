package liveness

import (
	"context"
	"fmt"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Judge judges a plain picture, or a capture.
type Judge interface {
	Picture(engine.Face, engine.Tier) engine.LivenessFinding
	Judge(engine.Capture, engine.Site, engine.Tier) engine.LivenessFinding
}

// Kiosks know how light comes back at each, and learn of accepted captures.
type Kiosks interface {
	Site(r storage.Reader, org engine.OrgID, device engine.DeviceID) (engine.Site, error)
	Learn(tx *storage.Tx, org engine.OrgID, device engine.DeviceID, seen engine.FlashEvidence, logOdds float64) error
}

// The numbers of the by-client contract.
const (
	saysLive    = 1
	saysNotLive = 2
)

// InProcess is the judge's part in a process: is the person of the case alive?
// Whatever is not live, for lack of a good picture too, is 2.
func InProcess(by Judge, kiosks Kiosks, store *storage.Store) *room.Capability {
	find := func(ctx context.Context, c engine.Case) (engine.Finding, error) {
		tier := c.Policy.Tiers[engine.RiskHigh]
		found := engine.LivenessFinding{}
		if c.Capture == nil {
			found = by.Picture(c.Face, tier)
		} else {
			var site engine.Site
			err := store.View(ctx, func(v *storage.View) (err error) {
				site, err = kiosks.Site(v, c.Capture.Org, c.Capture.Device)
				return err
			})
			if err != nil {
				return engine.Finding{}, fmt.Errorf("recall the kiosk: %w", err)
			}
			found = by.Judge(*c.Capture, site, tier)
		}
		says := saysNotLive
		if found.Verdict == engine.Live {
			says = saysLive
		}
		return engine.Finding{Outcome: engine.Outcome{Liveness: says}, Liveness: &found, Reasons: found.Reasons}, nil
	}
	settle := func(tx *storage.Tx, c engine.Case, all engine.Findings) error {
		own := all.Of(engine.CapLiveness)
		if c.Capture == nil || c.Capture.Profile != engine.ProfileFlash || own.Liveness.Verdict != engine.Live {
			return nil
		}
		return kiosks.Learn(tx, c.Capture.Org, c.Capture.Device, c.Capture.Flash, own.Liveness.LogOdds)
	}
	return &room.Capability{Name: engine.CapLiveness, Find: find, Settle: settle}
}
