package stepup

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// evidence is what somebody is to be judged by: a picture or a bundle.
type evidence struct {
	Picture []byte
	Bundle  jsontext.Value
}

// sent says whether there is a bundle; null is as good as absent.
func (e evidence) bundled() bool { return len(e.Bundle) > 0 && e.Bundle.Kind() != 'n' }

// sound says what is wrong with the evidence before it is looked at: it is
// one of the two.
func (e evidence) sound() error {
	switch {
	case e.bundled() && len(e.Picture) > 0:
		return ErrTwoPictures
	case !e.bundled() && len(e.Picture) == 0:
		return ErrNoPicture.Field("image", "is missing")
	default:
		return nil
	}
}

// probe is the evidence, seen and judged.
type probe struct {
	Face     engine.Face
	Liveness engine.LivenessFinding
	Capture  *engine.Capture // nil: it was a plain picture
}

// look sees the evidence and judges how alive it is. A bundle is only opened:
// it is used up in the transaction of the verdict.
func (s *StepUp) look(ctx context.Context, q question, tier engine.Tier) (probe, error) {
	if !q.bundled() {
		face, err := s.Eyes.Look(ctx, q.Picture)
		if err != nil {
			return probe{}, fmt.Errorf("look at the picture: %w", err)
		}
		return probe{Face: face, Liveness: s.Liveness.Picture(face, tier)}, nil
	}
	c, err := s.Captures.Behind(ctx, q.Caller, q.Customer, q.Bundle)
	if err != nil {
		return probe{}, err
	}
	var site engine.Site
	err = s.Store.View(ctx, func(v *storage.View) (err error) {
		site, err = s.Kiosks.Site(v, c.Org, c.Device)
		return err
	})
	if err != nil {
		return probe{}, fmt.Errorf("recall the kiosk: %w", err)
	}
	return probe{Face: c.Best, Liveness: s.Liveness.Judge(c, site, tier), Capture: &c}, nil
}

// used takes a bundle's capture, and what it teaches of its kiosk, into the
// transaction of the verdict.
func (s *StepUp) used(tx *storage.Tx, p probe) error {
	if p.Capture == nil {
		return nil
	}
	if err := s.Captures.Use(tx, *p.Capture, p.Liveness); err != nil {
		return err
	}
	if p.Liveness.Verdict != engine.Live || p.Capture.Profile != engine.ProfileFlash {
		return nil
	}
	return s.Kiosks.Learn(tx, p.Capture.Org, p.Capture.Device, p.Capture.Flash, p.Liveness.LogOdds)
}

// device is whose failures are counted beside the customer's: the one that the
// caller names, else the kiosk of the capture.
func (p probe) device(named engine.DeviceID) engine.DeviceID {
	if named == "" && p.Capture != nil {
		return p.Capture.Device
	}
	return named
}
