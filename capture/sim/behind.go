package sim

import (
	"math"
)

// thing is a rectangle on the wall behind.
type thing struct {
	left, right, low, high float64 // mm
	hue                    colour
	bright                 float64 // a window: so much brighter than the wall
}

// wall is what hangs on the wall.
type wall struct {
	hue    colour
	things []thing
	field  *noise
}

func (s *Scene) wall() wall {
	r := diceFor(s.Room.Picture, "wall")
	hue := func(low, high float64) colour {
		v := r.between(low, high)
		return colour{v * r.between(0.85, 1.15), v * r.between(0.9, 1.1), v * r.between(0.8, 1.15)}
	}
	w := wall{hue: hue(0.25, 0.75), field: newNoise(diceFor(s.Room.Picture, "plaster").Rand)}
	for range 2 + r.IntN(6) {
		x, y, wide, high := r.between(-1600, 1600), r.between(-900, 1100), r.between(120, 900), r.between(120, 1200)
		w.things = append(w.things, thing{x - wide/2, x + wide/2, y - high/2, y + high/2, hue(0.04, 0.8), 1})
	}
	if s.Room.Pane {
		x := r.between(-900, 900)
		w.things = append(w.things, thing{x - 350, x + 350, -200, 1100, colour{0.8, 0.85, 0.9}, 8})
	}
	return w
}

// at is the wall's colour, and how much brighter than its surroundings.
func (w wall) at(x, y float64) (colour, float64) {
	hue, bright := w.hue.times(1+0.05*w.field.at(x*0.004, y*0.004)+0.03*w.field.at(x*0.05, y*0.05)), 1.0
	for _, t := range w.things {
		if x > t.left && x < t.right && y > t.low && y < t.high {
			hue, bright = t.hue.times(1+0.12*w.field.at(x*0.02, y*0.02)), t.bright
		}
	}
	return hue, bright
}

// behind is the wall's light, without margins.
func (s *Scene) behind(v view) *layer {
	n := v.width * v.height
	l := plain(v.width, v.height, usualSources)
	away := s.Stance.Away + s.Room.Wall
	const columns, rows = 17, 13
	light, low, high := s.wallLight(v, away, columns, rows)
	w := s.wall()
	for y := range v.height {
		for x := range v.width {
			ray := v.ray(float64(x), float64(y))
			hit := v.eye.add(ray.times((-away - v.eye.z) / ray.z))
			hue, bright := w.at(hit.x, hit.y)
			fx, fy := (hit.x-low.x)/(high.x-low.x)*(columns-1), (hit.y-low.y)/(high.y-low.y)*(rows-1)
			i, j := min(max(int(fx), 0), columns-2), min(max(int(fy), 0), rows-2)
			fx, fy = fx-float64(i), fy-float64(j)
			k := j*columns + i
			for source := range usualSources {
				e := light[source]
				lux := (float64(e[k])*(1-fx)+float64(e[k+1])*fx)*(1-fy) + (float64(e[k+columns])*(1-fx)+float64(e[k+columns+1])*fx)*fy
				if source == roomLight {
					lux = s.Room.Behind * bright
				}
				for c := range 3 {
					l.planes[(3*source+c)*n+y*v.width+x] = float32(hue[c] * lux / math.Pi)
				}
			}
		}
	}
	return l
}

// wallLight is what each tile gives a grid on the wall that covers the view, in
// lux for each nit.
func (s *Scene) wallLight(v view, away float64, columns, rows int) (light [usualSources][]float32, low, high vec) {
	low, high = vec{math.Inf(1), math.Inf(1), 0}, vec{math.Inf(-1), math.Inf(-1), 0}
	for _, p := range [][2]float64{{0, 0}, {float64(v.width), 0}, {0, float64(v.height)}, {float64(v.width), float64(v.height)}} {
		ray := v.ray(p[0], p[1])
		hit := v.eye.add(ray.times((-away - v.eye.z) / ray.z))
		low, high = vec{min(low.x, hit.x), min(low.y, hit.y), 0}, vec{max(high.x, hit.x), max(high.y, hit.y), 0}
	}
	m := &mesh{}
	for j := range rows {
		for i := range columns {
			at := vec{low.x + (high.x-low.x)*float64(i)/float64(columns-1), low.y + (high.y-low.y)*float64(j)/float64(rows-1), -away}
			m.corners = append(m.corners, corner{at: at, normal: vec{z: 1}})
		}
	}
	p := placesOf(m)
	for tile := range quarters {
		light[firstTile+tile] = s.Screen.light(p, still(), tile, [3]float32{}, nil)
	}
	light[roomLight] = make([]float32, len(m.corners))
	return light, low, high
}

// still is the room's own frame.
func still() pose { return pose{turn: turned(0, 0, 0)} }
