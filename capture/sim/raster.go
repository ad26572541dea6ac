package sim

import "math"

// margin is how many pixels a layer is larger than the picture on each side: a
// head that sways brings in what was outside.
const margin = 10

// fine is how many samples a pixel has along each side.
const fine = 2

// view is a camera without its electronics: where it stands and what it sees.
type view struct {
	width, height int
	focal         float64 // pixels
	eye           vec     // in the room
	down          float64 // how far it looks down, radians
	cx, cy        float64 // the pixel on its axis
}

// pixel is where a place of the room is seen, in pixels, and how far away.
func (v view) pixel(p vec) (x, y, away float64) {
	d := p.sub(v.eye)
	s, c := math.Sincos(v.down)
	away = -d.z*c - d.y*s
	up := d.y*c - d.z*s
	return v.cx + v.focal*d.x/away, v.cy - v.focal*up/away, away
}

// ray is the direction in which a pixel looks.
func (v view) ray(x, y float64) vec {
	s, c := math.Sincos(v.down)
	a, b := (x-v.cx)/v.focal, (v.cy-y)/v.focal
	return vec{a, b*c - s, -c - b*s}.unit()
}

// aim makes the camera look so that a place lies at this pixel's height.
func (v view) aim(p vec, y float64) view {
	d := p.sub(v.eye)
	v.down = math.Atan2(-d.y, -d.z) - math.Atan2(y-v.cy, v.focal)
	return v
}

// samples is what is seen of a mesh: for each sample the triangle in front and
// where on it.
type samples struct {
	width, height int // in samples, margins included
	triangle      []int32
	b, c          []float32
	depth         []float32
}

// raster draws a mesh that stands in the room.
func (v view) raster(m *mesh) *samples {
	w, h := (v.width+2*margin)*fine, (v.height+2*margin)*fine
	s := &samples{w, h, make([]int32, w*h), make([]float32, w*h), make([]float32, w*h), make([]float32, w*h)}
	for i := range s.triangle {
		s.triangle[i] = -1
	}
	type seen struct{ x, y, near float64 }
	at := make([]seen, len(m.corners))
	for i, c := range m.corners {
		x, y, away := v.pixel(c.at)
		at[i] = seen{(x + margin + 0.5) * fine, (y + margin + 0.5) * fine, 1 / max(away, 1)}
	}
	for i, t := range m.triangles {
		a, b, c := at[t[0]], at[t[1]], at[t[2]]
		// Turned away from the camera: what is behind is never in front.
		area := (b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x)
		if area > -1e-7 && m.corners[t[0]].made != frameMaterial && m.corners[t[0]].made != sheetMaterial || math.Abs(area) < 1e-7 {
			continue
		}
		inv := 1 / area
		y0, y1 := max(int(math.Ceil(min(a.y, b.y, c.y)-0.5)), 0), min(int(math.Floor(max(a.y, b.y, c.y)-0.5)), h-1)
		x0, x1 := max(int(math.Ceil(min(a.x, b.x, c.x)-0.5)), 0), min(int(math.Floor(max(a.x, b.x, c.x)-0.5)), w-1)
		for y := y0; y <= y1; y++ {
			py := float64(y) + 0.5 - a.y
			for x := x0; x <= x1; x++ {
				px := float64(x) + 0.5 - a.x
				wb := (px*(c.y-a.y) - py*(c.x-a.x)) * inv
				wc := ((b.x-a.x)*py - (b.y-a.y)*px) * inv
				if wb < 0 || wc < 0 || wb+wc > 1 {
					continue
				}
				near := float32(a.near + wb*(b.near-a.near) + wc*(c.near-a.near))
				if k := y*w + x; near > s.depth[k] {
					s.depth[k], s.triangle[k], s.b[k], s.c[k] = near, int32(i), float32(wb), float32(wc)
				}
			}
		}
	}
	return s
}
