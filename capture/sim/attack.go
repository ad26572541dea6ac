package sim

import (
	"math"
	"time"

	"github.com/rostod/rostod/capture/flash"
)

// Attack is the parameters of one attack. Those of the test split reach beyond
// those that anything was fitted on.
type Attack struct {
	Victim   uint64  // seed of who is shown
	Injected bool    // it comes through no camera of the kiosk
	Still    bool    // nothing moves
	Noisy    bool    // an injected picture has fresh noise
	Delay    float64 // ms later than a camera would be; for what is injected, than the colours
	Gain     float64 // of an injected picture

	Tilt     [3]float64 // of a sheet or tablet, degrees
	Size     float64    // of a printed face, 1 is as large as life
	Radius   float64    // of a bent sheet, mm; below 0 it is hollow
	Across   bool       // it is bent about a horizontal axis
	Fold     float64    // of a folded sheet, degrees
	Gloss    float64    // of paper, 0 is matte
	Contrast float64    // of the print
	Floor    float64    // what black ink sends back

	Inch, Nits, Haze float64 // of a tablet; its cover scatters this share and mirrors 4 %

	Strength float64 // of a tint: how much for each unit of the screen's colour
	Blend    bool    // it is laid over in sRGB and not multiplied in linear light
	Relit    float64 // how strong the light on an average head is, 1 is right; 0 is no such attack
	Other    uint64  // seed of the sequence that is replayed
}

func drawAttack(r dice, w Wish, k Kiosk) Attack {
	wider := 1.0
	if w.Split == Test {
		wider = 1.35
	}
	a := Attack{Victim: r.Uint64(), Gain: 1, Other: r.Uint64()}
	a.Tilt = [3]float64{r.about(0, 7), r.about(0, 7), r.about(0, 3)}
	a.Size = r.between(0.9, 1.05)
	a.Contrast, a.Floor = 0.85, 0.03
	a.Radius = r.between(120, 220)
	if w.Split == Test {
		a.Radius = r.between(80, 220)
	}
	if r.chance(0.12) {
		a.Radius = -a.Radius
	}
	a.Across = r.chance(0.25)
	a.Fold = r.between(25, 45*wider)
	if r.chance(0.4) {
		a.Gloss = r.between(0.3, 1)
	}
	a.Inch, a.Nits, a.Haze = r.between(10, 12.9), r.between(220, 300*wider), r.between(0.006, 0.012*wider)
	a.tint(r, w, k, wider)
	switch w.Species {
	case Static, TintGlobal, TintSplit, FaceTint, FaceTintGrad, FaceTintLate, Relight3D:
		a.Injected = true
		a.Still = r.chance(0.5)
		a.Noisy = !a.Still || r.chance(0.5)
	case Relay250:
		a.Delay = 250
	case Relay400:
		a.Delay = 400
	default:
	}
	return a
}

// tint draws how an injected picture is coloured. A third of the attackers answer
// at once; the others have measured how late such a kiosk's camera is, and wait.
// Who relights always does.
func (a *Attack) tint(r dice, w Wish, k Kiosk, wider float64) {
	// As strong as the kiosk's screen is against this light, by and large.
	natural := 128 / (w.Lux + 36)
	a.Strength = natural * math.Exp(r.between(-0.5, 0.5)*wider)
	a.Blend = r.chance(0.25)
	usual := k.Camera.Lag + k.Screen.Tau + 1000/k.Screen.Refresh
	late := usual + r.about(0, 12)
	atOnce := r.chance(1.0 / 3)
	switch w.Species {
	case FaceTintLate:
		a.Delay = usual + 150
	case TintGlobal, TintSplit, FaceTint, FaceTintGrad:
		a.Delay = late
		if atOnce {
			a.Delay = r.between(25, 45)
		}
	case Relight3D:
		a.Delay, a.Relit = late, r.between(0.7, 1.3*wider)
	default:
	}
}

// studio is the camera that an injected picture seems to come from.
func (a Attack) studio(c Camera) Camera {
	c.Cross = [9]float64{0: 1, 4: 1, 8: 1}
	c.Exposure, c.Readout, c.Keep, c.Sharpen, c.Locked = 1, 0, 1, 0, true
	c.Noisy, c.Read = a.Noisy, 3
	// Light is here a share of the range: this many electrons at its end.
	c.Electrons = 8000 * 1000 / 30
	if a.Blend {
		c.Curve = 0
	}
	return c
}

// other is the sequence that is replayed: minted like any, and begun with this.
func (s *Scene) other(t flash.Timeline) (flash.Timeline, error) {
	plan, err := flash.Mint(reader{diceFor(s.Attack.Other, "plan")}, flash.Standard)
	if err != nil {
		return t, err
	}
	o := flash.Timeline{Plan: plan, Start: t.Start}
	at := t.Start + float64(plan.Lead)/float64(time.Millisecond)
	for _, slot := range plan.Slots {
		o.Slots = append(o.Slots, at)
		at += float64(slot.Length) / float64(time.Millisecond)
	}
	o.End = at
	return o, nil
}

// reader gives the bytes of dice.
type reader struct{ dice dice }

func (r reader) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r.dice.Uint32())
	}
	return len(p), nil
}
