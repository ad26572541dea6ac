package daemon

import (
	"context"
	"image"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/erasure"
	"github.com/rostod/rostod/engine/evidence"
	"github.com/rostod/rostod/engine/kiosk"
	"github.com/rostod/rostod/engine/liveness"
	"github.com/rostod/rostod/engine/settings"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/models"
	"github.com/rostod/rostod/models/picture"
)

// identityLimits are the identity contracts' rules for a picture: PNG, JPEG or
// WebP of at least 640x480 and at most 800 KB. Pixels are bounded too, so that
// a small file cannot claim a large memory.
var identityLimits = picture.Limits{MaxBytes: 800 << 10, MinLong: 640, MinShort: 480, MaxPixels: 24_000_000}

// eyes look at a picture under the limits of the identity contracts.
type eyes struct {
	models *models.Models
	may    func(context.Context) error // why no face may be looked at; nil: it may
}

// Look turns a picture into a face.
func (e eyes) Look(ctx context.Context, bytes []byte) (engine.Face, error) {
	if err := e.may(ctx); err != nil {
		return engine.Face{}, err
	}
	return e.models.Look(ctx, bytes, identityLimits)
}

// importLimits are for pictures that an operator has: they were taken years ago
// and cannot be taken again. Whether a face in one is good enough is measured.
var importLimits = picture.Limits{MaxBytes: 16 << 20, MaxPixels: 48_000_000}

// importEyes look at a picture of an operator's base.
type importEyes struct{ eyes }

// Look turns a picture into a face.
func (e importEyes) Look(ctx context.Context, bytes []byte) (engine.Face, error) {
	if err := e.may(ctx); err != nil {
		return engine.Face{}, err
	}
	return e.models.Look(ctx, bytes, importLimits)
}

// Find is where the face is in a frame of a video.
func (e eyes) Find(ctx context.Context, frame *image.YCbCr) (engine.Sighting, error) {
	return e.models.Find(ctx, frame)
}

// Follow is where a face went.
func (e eyes) Follow(ctx context.Context, frame *image.YCbCr, last engine.Sighting) (engine.Sighting, error) {
	return e.models.Follow(ctx, frame, last)
}

// Still writes a frame of a video as a picture.
func (e eyes) Still(frame *image.YCbCr) ([]byte, error) { return picture.Still(frame) }

// Calibration is how a model's cosines become scores.
func (e eyes) Calibration(model engine.Digest) (engine.Calibration, bool) {
	return e.models.Calibration(model)
}

// refusals is what looking at a picture may be refused with.
func refusals() []*fault.Fault {
	return append(picture.Faults(), models.ErrBusy, models.ErrUnavailable, erasure.ErrOwed)
}

// captureRefusals is what a picture or a capture may be refused with.
func captureRefusals() []*fault.Fault { return append(refusals(), evidence.Refusals()...) }

// judging judges a capture that nobody has used yet, by what its org asks for
// where most is at stake.
func judging(alive *liveness.Liveness, tiers *settings.Settings, kiosks *kiosk.Kiosk) func(context.Context, engine.Capture) (engine.LivenessFinding, error) {
	return func(ctx context.Context, c engine.Capture) (engine.LivenessFinding, error) {
		policy, err := tiers.Policy(ctx, c.Org)
		if err != nil {
			return engine.LivenessFinding{}, err
		}
		site, _, err := kiosks.Known(ctx, c.Org, c.Device)
		if err != nil {
			return engine.LivenessFinding{}, err
		}
		return alive.Judge(c, site, policy.Tiers[engine.RiskHigh]), nil
	}
}
