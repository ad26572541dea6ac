package sim

import (
	"math"

	"github.com/rostod/rostod/engine"
)

// texture is a picture on something flat, in linear light.
type texture struct {
	width, height int
	left, top     float64 // of the first pixel's middle, mm; y grows upwards
	cell          float64 // mm
	pixels        []float32
	landmarks     [5]engine.Point // mm
}

// at is the colour at a place, between the pixels; beyond the edges it is the
// edge's.
func (t *texture) at(x, y float64) colour {
	fx := min(max((x-t.left)/t.cell, 0), float64(t.width)-1.001)
	fy := min(max((t.top-y)/t.cell, 0), float64(t.height)-1.001)
	i, j := int(fx), int(fy)
	fx, fy = fx-float64(i), fy-float64(j)
	k := 3 * (j*t.width + i)
	p, q := t.pixels[k:k+6], t.pixels[k+3*t.width:k+3*t.width+6]
	var c colour
	for n := range c {
		a := float64(p[n])*(1-fx) + float64(p[n+3])*fx
		b := float64(q[n])*(1-fx) + float64(q[n+3])*fx
		c[n] = a*(1-fy) + b*fy
	}
	return c
}

// portrait is a picture of somebody from the front in even light, exposed as a
// photographer would: 1 is white. Its origin is between the eyes.
func (s *Scene) portrait(p Person) *texture {
	if s.photo != nil {
		return s.photo.portrait()
	}
	const cell, away = 0.85, 900.0
	o := *s
	o.Person, o.Kiosk.Screen.Nits, o.Screen.Nits = p, 0, 0
	o.Room.Direct, o.Room.Window = 0.25, vec{0.3, 0.5, 0.8}
	o.Stance = Stance{Away: away, Expression: s.Stance.Expression}
	v := view{width: 250, height: 350, focal: away / cell, cx: 125, cy: 150}
	st := o.figure(p, v, true)
	t := &texture{width: v.width, height: v.height, left: -v.cx * cell, top: v.cy * cell, cell: cell, pixels: make([]float32, 3*v.width*v.height)}
	for i, l := range st.landmarks {
		t.landmarks[i] = engine.Point{X: t.left + l.X*cell, Y: t.top - l.Y*cell}
	}
	f := st.front
	n := f.width * f.height
	list := make([]float64, len(st.face))
	for i, k := range st.face {
		list[i] = luminance([3]float64{float64(f.planes[k]), float64(f.planes[n+k]), float64(f.planes[2*n+k])})
	}
	gain := float32(0.5 / max(quantile(list, 0.95), 1e-6))
	paper := [3]float32{0.45, 0.47, 0.5}
	for y := range v.height {
		for x := range v.width {
			k := (y+margin)*f.width + x + margin
			for c := range 3 {
				t.pixels[3*(y*v.width+x)+c] = min(gain*f.planes[c*n+k]+(1-f.cover[k])*paper[c], 1)
			}
		}
	}
	return t
}

// A4, mm.
const sheetWide, sheetHigh = 210.0, 297.0

// bend is where a place of a flat sheet lies when the sheet is bent or folded.
func (a Attack) bend(species Species, u, v float64) vec {
	curl := func(d float64) (along, out float64) {
		s, c := math.Sincos(d / a.Radius)
		return a.Radius * s, a.Radius * (c - 1)
	}
	switch species {
	case Bent:
		if a.Across {
			y, z := curl(v)
			return vec{u, y, z}
		}
		x, z := curl(u)
		return vec{x, v, z}
	case Bent2:
		const crease = 42.0
		over := math.Abs(u) - crease
		if over <= 0 {
			return vec{u, v, 0}
		}
		s, c := math.Sincos(a.Fold * math.Pi / 180)
		return vec{math.Copysign(crease+over*c, u), v, -over * s}
	default:
		return vec{u, v, 0}
	}
}

// sheet builds the stage with a print before what is behind.
func (s *Scene) sheet() *stage {
	a, v := s.Attack, s.view()
	victim := drawPerson(s.Identity, s.Wish.Tone, a.Victim)
	picture := s.portrait(victim)
	// The face lies a little above the middle of the page.
	const low = 25.0
	m := &mesh{}
	const columns, rows = 43, 61
	m.grid(rows, columns, func(r, c int) corner {
		x := sheetWide * (float64(c)/(columns-1) - 0.5)
		y := sheetHigh * (0.5 - float64(r)/(rows-1))
		return corner{at: a.bend(s.Wish.Species, x, y), u: x, v: y, made: sheetMaterial}
	})
	m.finish(0)
	holes := &paint{Shape: victim.Shape, holes: s.Wish.Species == Bent2}
	hue := func(_ material, x, y float64) colour {
		x, y = x/a.Size, (y-low)/a.Size
		c := picture.at(x, y)
		for i := range c {
			c[i] = a.Floor + (0.88-a.Floor)*min(a.Contrast*c[i]+0.02, 1)
		}
		if holes.holes {
			c = holes.eye(c, y, math.Abs(x))
		}
		return c
	}
	oil := -1.0
	if a.Gloss > 0 {
		oil = 0.5 + a.Gloss/2
	}
	p := s.Stance
	stands := pose{turned(0.5*p.Yaw+a.Tilt[0], -0.5*p.Pitch+a.Tilt[1], a.Tilt[2]), vec{y: low}, vec{p.X, p.Y, -p.Away}}
	l, _, _, _ := s.render(v, actor{mesh: m, stands: stands, colour: hue, oil: oil})
	st := &stage{view: v, front: l, leans: s.leansOf(stands)}
	on := func(x, y float64) vec { return stands.of(a.bend(s.Wish.Species, a.Size*x, a.Size*y+low)) }
	for i, mark := range picture.landmarks {
		x, y, _ := v.pixel(on(mark.X, mark.Y))
		st.landmarks[i] = engine.Point{X: x, Y: y}
	}
	st.frame(on(0, 72), on(0, -112), on(0, -25))
	st.back = s.behind(v)
	return st
}
