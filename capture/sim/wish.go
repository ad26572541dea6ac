package sim

import (
	"errors"
	"fmt"
	"slices"
)

// Species is who or what is before the camera.
type Species string

// The species: the living, then presentation attacks, then injections, then
// those that this signal cannot tell from the living.
const (
	Live         Species = "live"
	Covered      Species = "covered"         // living, and the screen gives no light
	Print        Species = "print"           // a flat print
	Bent         Species = "bent"            // a print bent about one axis
	Bent2        Species = "bent2"           // a print folded twice, with the eyes cut out
	Tablet       Species = "tablet"          // a tablet that shows a video in even light
	TabletFlash  Species = "tablet_flash"    // a tablet that shows somebody's earlier flash session
	Static       Species = "static"          // one frame injected over and over, with fresh noise or none
	ReplayInject Species = "replay_inject"   // an earlier session injected
	TintGlobal   Species = "tint_global"     // an injected picture, tinted whole
	TintSplit    Species = "tint_split"      // the same, tinted by quarters of the picture
	FaceTint     Species = "facetint"        // only the face is tinted
	FaceTintGrad Species = "facetint_grad"   // the face is tinted with a gradient between the quarters
	FaceTintLate Species = "facetint_lag150" // the same, 150 ms later than a camera would be
	Relay250     Species = "relay250"        // rendered truly elsewhere, and 250 ms late
	Relay400     Species = "relay400"
	Mask3D       Species = "mask3d"    // a worn mask with the colour of skin
	Relight3D    Species = "relight3d" // an injected picture relit in real time with an average head
)

// AllSpecies are all of them in that order.
func AllSpecies() []Species {
	return []Species{
		Live, Covered, Print, Bent, Bent2, Tablet, TabletFlash, Static, ReplayInject, TintGlobal, TintSplit,
		FaceTint, FaceTintGrad, FaceTintLate, Relay250, Relay400, Mask3D, Relight3D,
	}
}

// Split is what a session may be used for. People, cameras, screens and the
// parameters of attacks are never shared between them.
type Split string

// The splits: to fit, to choose thresholds, to measure.
const (
	Train     Split = "train"
	Calibrate Split = "calibrate"
	Test      Split = "test"
)

// Lock is whether the camera's exposure and white balance stand still.
type Lock int

// The states. Drawn is one or the other, by the seed.
const (
	DrawnLock Lock = iota
	Locked
	Unlocked
)

// Wish is what a caller asks for. Nothing asked for is drawn or the usual: a
// kiosk of 24 inch and 250 nits, 320 x 240 pixels about the face out of a
// camera's 640 x 480, 30 frames a second at 0.42 bits a pixel, which is what
// Chromium sends of a noisy camera over a kiosk's own cable (docs/decisions/0019).
type Wish struct {
	Species Species `json:"species"`
	Split   Split   `json:"split"`
	Lux     float64 `json:"lux"`               // ambient, on an upright plane at the face
	Attempt int     `json:"attempt,omitempty"` // the same person at the same kiosk in the same light, tried again
	Kiosk   int     `json:"kiosk,omitempty"`   // 1 to Kiosks; 0 is drawn
	Tone    int     `json:"tone,omitempty"`    // 1 to 6; 0 is drawn
	Inch    float64 `json:"inch,omitempty"`    // of the screen
	Upright bool    `json:"upright,omitempty"` // the screen stands on its short side
	Bits    float64 `json:"bits,omitempty"`    // a pixel
	FPS     float64 `json:"fps,omitempty"`
	Yaw     float64 `json:"yaw,omitempty"`     // degrees, added to what is drawn
	Wall    float64 `json:"wall,omitempty"`    // metres behind the face; 0 is drawn
	Lock    Lock    `json:"lock,omitempty"`    // of exposure and white balance
	Wide    bool    `json:"wide,omitempty"`    // 640 x 480 pixels instead of the crop
	Pure    bool    `json:"pure,omitempty"`    // no noise, no filters, no codec: for tests of the light alone
	NoCodec bool    `json:"noCodec,omitempty"` // pictures are given as they went to the encoder
	Photos  []Photo `json:"-"`                 // faces to use instead of drawn ones
}

// known refuses what cannot be drawn.
func (w Wish) known() error {
	switch {
	case !slices.Contains(AllSpecies(), w.Species):
		return fmt.Errorf("draw a scene: species %q is not known", w.Species)
	case w.Split != Train && w.Split != Calibrate && w.Split != Test:
		return fmt.Errorf("draw a scene: split %q is not known", w.Split)
	case !(w.Lux >= 0 && w.Lux <= 20000):
		return errors.New("draw a scene: the light must be 0 to 20000 lux")
	case w.Tone < 0 || w.Tone > Tones:
		return fmt.Errorf("draw a scene: the skin tone must be 1 to %d, or 0", Tones)
	case w.Kiosk < 0 || w.Kiosk > Kiosks || w.Attempt < 0:
		return fmt.Errorf("draw a scene: the kiosk must be 1 to %d, or 0, and the attempt not below 0", Kiosks)
	case w.Inch < 0 || w.Inch > 100 || w.Bits < 0 || w.Bits > 8 || w.FPS < 0 || w.FPS > 60 || w.Wall < 0:
		return errors.New("draw a scene: a number is out of range")
	default:
		return nil
	}
}

// usual fills in what was not asked for.
func (w Wish) usual() Wish {
	if w.Inch == 0 {
		w.Inch = 24
	}
	if w.Bits == 0 {
		w.Bits = 0.42
	}
	if w.FPS == 0 {
		w.FPS = 30
	}
	return w
}
