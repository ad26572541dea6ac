package flash

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"
)

// scene is a face, or what is held in its place, in front of a screen: a
// renderer of its own for these tests, without a camera's or a codec's faults
// unless noise asks for them. It shares no shape with the generic head.
type scene struct {
	plan    Plan
	shape   surfaceOf
	ambient Light   // on the face, per unit of the screen's white
	wall    float64 // share of the screen's light that comes back from the background
	lag     float64 // milliseconds
	noise   float64 // of each channel's encoded value, standard deviation in levels
	seed    uint64
	screen  Screen
	fps     float64
	dark    bool // nothing of the screen's light reaches the face
	// other, when it is set, is the sequence that the face was really lit by.
	other *Plan
	// paint changes a frame's light digitally.
	paint func(u, v float64, g [4]Light, l Light) Light
}

// surfaceOf is depth towards the screen (millimetres) and unit normal at a
// place of the face.
type surfaceOf func(u, v float64) (z float64, normal [3]float64)

// doll is a head of cones and dents: a skull, a nose with straight sides, eye
// sockets, a brow and a chin.
func doll(u, v float64) (float64, [3]float64) { return dollDepth(u, v), slopes(dollDepth, u, v) }

func dollDepth(u, v float64) float64 {
	side := math.Abs(u)
	z := 62 * math.Sqrt(max(0.03, 1-u*u/(74*74)-(v-20)*(v-20)/(135*135)))
	nose := 0.0
	switch {
	case v > 2 && v < 44:
		nose = 27 * (44 - v) / 42
	case v <= 2 && v > -10:
		nose = 27 * (v + 10) / 12
	}
	z += max(0, nose-2*max(0, side-5-nose/6))
	z -= 10 * max(0, 1-(side-27)*(side-27)/(16*16)-(v-34)*(v-34)/(11*11))
	z += 7*math.Exp(-(v-57)*(v-57)/81) + 9*math.Exp(-u*u/500-(v+70)*(v+70)/150)
	return z + 11*math.Exp(-u*u/700-(v+30)*(v+30)/600)
}

// slopes is the unit normal of a depth.
func slopes(depth func(u, v float64) float64, u, v float64) [3]float64 {
	du, dv := depth(u+1, v)-depth(u-1, v), depth(u, v+1)-depth(u, v-1)
	n := math.Sqrt(1 + du*du/4 + dv*dv/4)
	return [3]float64{-du / 2 / n, -dv / 2 / n, 1 / n}
}

// flat is a sheet; bentSheet one around an upright or a lying axis.
func flat(_, _ float64) (float64, [3]float64) { return 90, [3]float64{0, 0, 1} }

func bentSheet(radius, axis float64) surfaceOf {
	return func(u, v float64) (float64, [3]float64) {
		t := math.Cos(axis)*u + math.Sin(axis)*v
		t = max(-0.97*radius, min(0.97*radius, t))
		s := t / radius
		return math.Sqrt(radius*radius-t*t) - radius + 90, [3]float64{s * math.Cos(axis), s * math.Sin(axis), math.Sqrt(1 - s*s)}
	}
}

// place is one block of two by two pixels.
type place struct {
	u, v     float64
	light    [4]float64 // from each tile of the screen, in the picture's order
	albedo   Light
	ambient  float64
	backdrop bool
}

const (
	sceneWidth, sceneHigh = 240, 232
	sceneIOD              = 44.0
	sceneAway             = 500.0
)

// film renders every frame and samples it.
func (s scene) film(t *testing.T) Session {
	t.Helper()
	width, high := s.screen.size()
	f := faceAt(sceneWidth/2, sceneHigh*0.55, sceneIOD, 0)
	q, _ := poseOf(f.Landmarks)
	places := make([]place, 0, sceneWidth*sceneHigh/4)
	for y := 0; y < sceneHigh; y += 2 {
		for x := 0; x < sceneWidth; x += 2 {
			u, v := q.face(float64(x)+0.5, float64(y)+0.5)
			places = append(places, s.place(u, v, width, high))
		}
	}
	line := s.timeline()
	shown := line
	if s.other != nil {
		shown.Plan = *s.other
		shown = shown.planned()
	}
	fps := s.fps
	if fps == 0 {
		fps = 30
	}
	session := Session{Timeline: line, Screen: s.screen, BitsPerPixel: 0.3, Width: sceneWidth, Height: sceneHigh, Focal: sceneIOD * sceneAway / eyeDistance}
	sampler, r := NewSampler(), rand.New(rand.NewPCG(s.seed, 7))
	f.Picture = image.NewYCbCr(image.Rect(0, 0, sceneWidth, sceneHigh), image.YCbCrSubsampleRatio420)
	for at := line.Start + 3; at < line.End+500; at += 1000 / fps {
		s.render(f.Picture, places, shown.blunted(at-s.lag), r)
		sample := sampler.Sample(f)
		sample.At = at
		session.Samples = append(session.Samples, sample)
	}
	return session
}

// timeline is the plan's, shown without a fault.
func (s scene) timeline() Timeline {
	t := Timeline{Plan: s.plan, Start: 1e6}
	t = t.planned()
	for i, at := range t.Slots {
		t.Shown = append(t.Shown, Shown{Slot: i, At: at + 4, Next: at + 21})
	}
	return t
}

// planned puts a plan's slots on the timeline.
func (t Timeline) planned() Timeline {
	t.Slots = nil
	at := t.Start + float64(t.Plan.Lead.Milliseconds())
	for _, s := range t.Plan.Slots {
		t.Slots = append(t.Slots, at)
		at += float64(s.Length.Milliseconds())
	}
	t.End = at
	return t
}

// blunted is the light of the four tiles that a frame shows, in the order of the
// picture (the customer's left is its right): exposed for 30 ms, behind a noise
// filter of 30 ms.
func (t Timeline) blunted(at float64) [4]Light {
	var tiles [4]Light
	var all float64
	for back := -15.0; back < 200; back += 3 {
		weight := math.Exp(-max(0, back) / 30)
		if back < 15 {
			weight *= (back + 15) / 30
		}
		all += weight
		now := t.tilesAt(at - back)
		for q := range tiles {
			tiles[q] = tiles[q].plus(now[q].times(weight))
		}
	}
	for q := range tiles {
		tiles[q] = tiles[q].times(1 / all)
	}
	return tiles
}

// tilesAt is what the screen shows at one moment, in the order of the picture.
func (t Timeline) tilesAt(at float64) [4]Light {
	now := [4]Colour{Neutral, Neutral, Neutral, Neutral}
	for k, start := range t.Slots {
		if at >= start && at < t.End {
			now = t.Plan.Slots[k].Tiles()
		}
	}
	return [4]Light{now[TopRight].Light(), now[TopLeft].Light(), now[BottomRight].Light(), now[BottomLeft].Light()}
}

// place reckons what a place of the picture gets from the screen.
func (s scene) place(u, v, width, high float64) place {
	p := place{u: u, v: v, ambient: 1}
	if math.Hypot(u/70, v/92) > 1 {
		p.backdrop = true
		p.albedo = Light{0.5, 0.5, 0.5}
		for q := range p.light {
			p.light[q] = s.wall / 4
		}
		return p
	}
	// Skin, with a freckled texture that must cancel.
	shade := 1 + 0.15*math.Sin(u/5)*math.Cos(v/7)
	p.albedo = Light{0.42 * shade, 0.26 * shade, 0.19 * shade}
	z, n := s.shape(u, v)
	for q := range p.light {
		for i := range 8 {
			for j := range 6 {
				x := ((float64(i)+0.5)/8 + float64(q%2) - 1) * width / 2
				y := (1 - (float64(j)+0.5)/6 - float64(q/2)) * high / 2
				d := [3]float64{x - u, y - v, sceneAway - (z - 90)}
				r2 := d[0]*d[0] + d[1]*d[1] + d[2]*d[2]
				cos := (n[0]*d[0] + n[1]*d[1] + n[2]*d[2]) / math.Sqrt(r2)
				p.light[q] += max(0, cos) * d[2] / math.Sqrt(r2) / r2 * width * high / 4 / 48 / math.Pi
			}
		}
	}
	return p
}

func (s scene) render(p *image.YCbCr, places []place, tiles [4]Light, r *rand.Rand) {
	var noise func() float64
	if s.noise > 0 {
		noise = func() float64 { return r.NormFloat64() * s.noise / 255 }
	}
	i := 0
	paint(p, func(_, _ float64) Light {
		at := &places[i]
		i++
		var l Light
		for c := range l {
			sum := s.ambient[c] * at.ambient
			for q := range tiles {
				if !s.dark {
					sum += tiles[q][c] * at.light[q]
				}
			}
			l[c] = at.albedo[c] * sum * 1.2
		}
		if s.paint != nil {
			l = s.paint(at.u, at.v, tiles, l)
		}
		return l
	}, noise)
}
