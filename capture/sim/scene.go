package sim

import (
	"fmt"
	"math"
)

// Kiosk is one screen with one camera: what stays the same from session to
// session at one place.
type Kiosk struct {
	Number  int
	Screen  Screen
	Camera  Camera
	Beside  float64 // of the camera beside the screen's middle, mm
	Above   float64 // above the screen's upper edge, mm
	Bearing float64 // downwards, degrees
	Height  float64 // of the eyes of the average customer over the camera, mm
}

// Room is the place and its light.
type Room struct {
	Lux     float64 // at the face
	Kelvin  float64
	Direct  float64 // share of the light that comes from one side
	Window  vec     // from where
	Ripple  float64 // share by which lamps flicker
	Mains   float64 // Hz of the flicker
	Drift   float64 // share a second
	Sway    float64 // of the drift, seconds for one swing
	Step    float64 // share by which the light jumps once, mostly 0
	StepAt  float64 // when, as a share of the session
	Wall    float64 // behind the face, mm
	Behind  float64 // the wall's light as a share of the face's
	Pane    bool    // a bright window in the wall
	Picture uint64  // seed of what hangs there
}

// Stance is how the person stands.
type Stance struct {
	Away, X, Y       float64 // of the face from the screen's middle, mm
	Yaw, Pitch, Roll float64 // degrees
	Expression
	Sway    [2]float64 // standard deviation, pixels of a face 67 pixels between the eyes
	Nod     float64    // degrees
	Blinks  []float64  // when, as shares of the session
	Jitter  float64    // share by which the light on the face trembles
	Finding float64    // noise of the found landmarks, pixels of such a face
	Astray  float64    // by which all session long each is found in another place, the same
}

// Link is what becomes of the pictures on their way.
type Link struct {
	Bits  float64 // a pixel
	FPS   float64
	Drops float64 // share of the pictures that the camera leaves out
	Shift float64 // error of all time stamps, ms
	Stamp float64 // error of each, standard deviation, ms
}

// Scene is one drawn session: who, where, before which kiosk, in which attack.
// It is a value of its seed and its wish.
type Scene struct {
	Seed     uint64
	Wish     Wish
	Identity int // no two splits share one
	Person   Person
	Kiosk    Kiosk
	Screen   Screen // of the kiosk, as bright as it is today
	Camera   Camera
	Lag      float64 // from the screen to the time stamp of the picture, ms
	Room     Room
	Stance   Stance
	Link     Link
	Attack   Attack

	photo *Photo
}

// The numbers that a split draws from: people and kiosks of its own.
func (s Split) base() int {
	switch s {
	case Calibrate:
		return 1
	case Test:
		return 2
	default:
		return 0
	}
}

// People and kiosks of one split.
const (
	People = 10_000
	Kiosks = 24
)

// Draw draws a scene.
func Draw(seed uint64, wish Wish) (*Scene, error) {
	if err := wish.known(); err != nil {
		return nil, err
	}
	wish = wish.usual()
	// The same seed in another split is another session.
	seed = seed*3 + uint64(wish.Split.base())
	s := &Scene{Seed: seed + uint64(wish.Attempt)<<40, Wish: wish}
	r := diceFor(seed, "who")
	s.Identity = wish.Split.base()*People + r.IntN(People)
	kiosk := r.IntN(Kiosks)
	if wish.Kiosk > 0 {
		kiosk = wish.Kiosk - 1
	}
	if len(wish.Photos) > 0 {
		mine := photosOf(wish.Photos, wish.Split)
		if len(mine) == 0 {
			return nil, fmt.Errorf("draw a scene: no photo of a person of the split %s", wish.Split)
		}
		s.photo = mine[r.IntN(len(mine))]
		s.Identity = -1
	}
	s.Person = drawPerson(s.Identity, wish.Tone, seed)
	s.Kiosk = drawKiosk(wish.Split.base()*Kiosks+kiosk, wish)
	s.light(diceFor(seed, "light"))
	s.stance(diceFor(s.Seed, "stance"))
	s.link(diceFor(s.Seed, "link"))
	s.Attack = drawAttack(diceFor(s.Seed, "attack"), wish, s.Kiosk)
	if wish.Pure {
		s.purify()
	}
	return s, nil
}

// purify leaves nothing but the light.
func (s *Scene) purify() {
	s.Camera = s.Camera.pure()
	s.Screen.Tau, s.Screen.Primaries = 0, [3]float64{1, 1, 1}
	s.Room.Ripple, s.Room.Drift, s.Room.Step = 0, 0, 0
	s.Stance.Sway, s.Stance.Nod, s.Stance.Jitter, s.Stance.Blinks, s.Stance.Finding = [2]float64{}, 0, 0, nil, 0
	s.Stance.Astray = 0
	s.Link.Drops, s.Link.Shift, s.Link.Stamp = 0, 0, 0
}

// drawKiosk is always the same for a number.
func drawKiosk(number int, w Wish) Kiosk {
	r := diceFor(uint64(number), "kiosk")
	k := Kiosk{Number: number, Beside: r.about(0, 8), Above: r.between(6, 20), Bearing: r.about(5, 3)}
	k.Screen = Screen{Nits: r.between(200, 300), FallOff: r.between(1, 2), Tau: r.between(4, 12), Refresh: 60}
	for c := range k.Screen.Primaries {
		k.Screen.Primaries[c] = r.between(0.9, 1.1)
	}
	k.Screen.Width, k.Screen.Height = sized(w.Inch, w.Upright)
	k.Camera = drawCamera(r)
	k.Height = -25
	if w.Upright {
		// The camera is high above a tall screen; people are not.
		k.Height = -60
	}
	return k
}

// light draws the room and how bright the screen is today.
func (s *Scene) light(r dice) {
	s.Screen = s.Kiosk.Screen
	s.Screen.Nits *= r.between(0.96, 1.04)
	if s.Wish.Species == Covered {
		s.Screen.Nits = 3
	}
	m := Room{
		Lux: s.Wish.Lux * r.between(0.8, 1.2), Kelvin: r.between(2700, 6500), Direct: r.between(0.05, 0.55),
		Ripple: r.between(0, 0.2), Mains: 100, Drift: r.between(0, 0.05) * r.Float64(), Sway: r.between(4, 15),
		Wall: r.between(700, 3500), Behind: r.between(0.4, 1.4), Pane: r.chance(0.1), Picture: r.Uint64(),
	}
	if r.chance(0.3) {
		m.Mains = 120
	}
	if s.Wish.Wall > 0 {
		m.Wall = 1000 * s.Wish.Wall
	}
	if r.chance(0.04) {
		m.Step, m.StepAt = r.between(-0.2, 0.25), r.Float64()
	}
	around, up := r.between(-1.75, 1.75), r.between(0.1, 1.1)
	m.Window = vec{math.Sin(around) * math.Cos(up), math.Sin(up), math.Cos(around) * math.Cos(up)}
	s.Room = m
}

// stance draws how the person stands.
func (s *Scene) stance(r dice) {
	k := s.Kiosk
	// The guide lets nobody begin whose eyes are too near to each other.
	const least = 57.0
	p := Stance{Away: r.between(420, min(600, k.Camera.Focal*2*s.Person.Eyes/least)), X: r.about(0, 22)}
	p.Y = k.Screen.Height/2 + k.Above + k.Height + r.about(0, 40)
	// People look at the screen, with the eyes more than with the head.
	p.Pitch = -0.35*math.Atan2(p.Y, p.Away)*180/math.Pi + r.about(0, 3.5)
	p.Yaw = 0.35*math.Atan2(-p.X, p.Away)*180/math.Pi + r.about(0, 3.5) + s.Wish.Yaw
	p.Roll = r.about(0, 2.5)
	if r.chance(0.25) {
		p.Smile = r.between(0, 0.6)
	}
	if r.chance(0.12) {
		p.Open = r.between(0, 0.5)
	}
	if r.chance(0.15) {
		p.Raise = r.between(0, 0.8)
	}
	p.Sway = [2]float64{r.between(0.5, 1.9), r.between(0.3, 1.3)}
	p.Nod = r.between(0.3, 2)
	for at := r.ExpFloat64() * 0.5; at < 1; at += 0.08 + r.ExpFloat64()*0.5 {
		p.Blinks = append(p.Blinks, at)
	}
	p.Jitter, p.Finding, p.Astray = 0.015, 0.4, 1.5
	s.Stance = p
}

// link draws what happens on the way.
func (s *Scene) link(r dice) {
	s.Camera = s.Kiosk.Camera
	s.Camera.Locked = s.Wish.Lock == Locked || s.Wish.Lock == DrawnLock && r.chance(0.5)
	s.Camera.expose(s.Room.Lux)
	s.Camera.Target *= r.between(0.85, 1.15)
	s.Lag = s.Kiosk.Camera.Lag + r.about(0, 4)
	s.Link = Link{
		Bits: s.Wish.Bits, FPS: s.Wish.FPS, Drops: r.between(0, 0.03) * r.Float64(),
		Shift: r.between(-4, 5), Stamp: r.between(2, 4.5),
	}
}
