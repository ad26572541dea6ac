package flash

import "math"

// form is the generic head: a flat ellipsoid with a nose, brows, eye sockets,
// cheekbones, a mouth and a chin, in the face's frame. Its sizes follow an
// average adult face to about 2 mm; docs/FLASH.md says where they are from.
type form struct {
	wide float64 // half-axis of the face, millimetres
	deep float64 // how far it falls back at its sides
	nose float64 // how far the nose stands out, over the average
}

// hill is a smooth rise with its half-widths across and along.
func hill(u, v, wide, high float64) float64 {
	return math.Exp(-(u*u)/(wide*wide) - (v*v)/(high*high))
}

// depth is how far a place of the face stands towards the screen,
// millimetres.
func (f form) depth(u, v float64) float64 {
	side, up := math.Abs(u), (v-50)/193
	z := f.deep * math.Sqrt(max(0.02, 1-math.Pow(side/f.wide, 1.8)-up*up))
	z += 7*hill(0, v-58, 1, 10)*math.Exp(-math.Pow(side/46, 4)) - 10*hill(side-23, v-34, 15, 10)
	z += 3*hill(side-44, v+10, 15, 18) + 14*hill(u, v+72, 27, 12)
	z += 15*hill(u, v+29, 25, 28) - 6.5*hill(u, v+31, 25, 4)
	return z + f.nose*f.ridge(side, v)
}

// ridge is the average nose: it rises from between the eyes to its tip, widens
// on the way, has steep sides, and falls to the lip.
func (f form) ridge(side, v float64) float64 {
	const root, tip = 44.0, 4.0
	down := max(0, min(1, (root-v)/(root-tip)))
	under := math.Max(0, tip-v)
	wide := 7.5 + 8.5*down
	z := 22*math.Pow(down, 0.6)*math.Exp(-math.Pow(side/wide, 4)) + 6*down*math.Exp(-side*side/36)
	return z * math.Exp(-under*under/121)
}

// normal is the direction in which a place of the face looks: right, up, and
// towards the screen; of unit length.
func (f form) normal(u, v float64) [3]float64 {
	const h = 0.5
	du := (f.depth(u+h, v) - f.depth(u-h, v)) / (2 * h)
	dv := (f.depth(u, v+h) - f.depth(u, v-h)) / (2 * h)
	n := math.Sqrt(1 + du*du + dv*dv)
	return [3]float64{-du / n, -dv / n, 1 / n}
}

// panel is the screen as the face sees it, in millimetres: it looks back along
// the face's own axes, so that its right is the picture's right.
type panel struct {
	wide, high float64
	away       float64 // from the face's middle
	up         float64 // of the face's middle above the screen's
	right      float64
}

// Quadrature of each tile, and how much of a tile's light still reaches skin
// that is turned a little away from it.
const (
	tileColumns = 5
	tileRows    = 4
	softness    = 0.08
)

// lit is the light of the four tiles, in the order of the picture: top left,
// top right, bottom left, bottom right. Each is Lambertian; the light of a
// small piece of it is cos(at the face) cos(at the screen) / distance squared.
func (p panel) lit(place, normal [3]float64) (quarters [4]float64) {
	for q := range quarters {
		for i := range tileColumns {
			for j := range tileRows {
				x := ((float64(i)+0.5)/tileColumns + float64(q%2) - 1) * p.wide / 2
				y := (1 - (float64(j)+0.5)/tileRows - float64(q/2)) * p.high / 2
				d := [3]float64{x - p.right - place[0], y - p.up - place[1], p.away - place[2]}
				square := d[0]*d[0] + d[1]*d[1] + d[2]*d[2]
				long := math.Sqrt(square)
				face := (normal[0]*d[0] + normal[1]*d[1] + normal[2]*d[2]) / long
				face = (face + softness) / (1 + softness)
				if face > 0 && d[2] > 0 {
					quarters[q] += face * d[2] / long / square
				}
			}
		}
	}
	return quarters
}

// pseudoNormal is that of some light: what the right lights more than
// the left, over all of it, and what the top lights more than the bottom.
func pseudoNormal(q [4]float64) [2]float64 {
	all := q[0] + q[1] + q[2] + q[3]
	if !(all > 0) {
		return [2]float64{}
	}
	return [2]float64{(q[1] + q[3] - q[0] - q[2]) / all, (q[0] + q[1] - q[2] - q[3]) / all}
}

// relief is what one surface sends back, cell by cell.
type relief struct {
	normal [cellCount][2]float64
	amount [cellCount]float64 // light, over the mean of the cells
}

// head is the generic head in front of a screen, the ways in which heads
// differ, and a flat sheet in the same place.
type head struct {
	generic relief
	modes   []relief // differences from it
	sheet   relief
	regions [regionCount][2]float64 // pseudo-normals of the generic head, against the mean of its skin
}

// forms are the generic head, and the ways in which heads differ most, each by
// about a standard deviation: a nose that stands out more, a narrower face, a
// flatter one.
func forms() (generic form, others []form) {
	generic = form{wide: 68.5, deep: 45, nose: 1}
	nose, narrow, flat := generic, generic, generic
	nose.nose, narrow.wide, flat.deep = 1.2, 65.5, 38
	return generic, []form{nose, narrow, flat}
}

// newHead reckons them.
func newHead(p panel) head {
	generic, others := forms()
	h := head{generic: p.relief(generic.depth, generic.normal)}
	for _, f := range others {
		m := p.relief(f.depth, f.normal)
		for c := range m.normal {
			m.normal[c][0] -= h.generic.normal[c][0]
			m.normal[c][1] -= h.generic.normal[c][1]
			m.amount[c] -= h.generic.amount[c]
		}
		h.modes = append(h.modes, m)
	}
	front := generic.depth(0, 0)
	h.sheet = p.relief(
		func(_, _ float64) float64 { return front },
		func(_, _ float64) [3]float64 { return [3]float64{0, 0, 1} },
	)
	var mean [2]float64
	for _, r := range skin {
		n := p.region(generic, r)
		mean[0] += n[0] / float64(len(skin))
		mean[1] += n[1] / float64(len(skin))
	}
	for r := range h.regions {
		n := p.region(generic, r)
		h.regions[r] = [2]float64{n[0] - mean[0], n[1] - mean[1]}
	}
	return h
}

// relief is what the panel makes of a surface, each cell the mean of nine
// places.
func (p panel) relief(depth func(u, v float64) float64, normal func(u, v float64) [3]float64) relief {
	var r relief
	var sum float64
	n := 0
	front := depth(0, 0)
	for c := range cellCount {
		u, v := cellAt(c)
		if _, ok := cellOf(u, v); !ok {
			continue
		}
		var light [4]float64
		for _, du := range [3]float64{-1, 0, 1} {
			for _, dv := range [3]float64{-1, 0, 1} {
				x, y := u+du*faceWide*2/columns/3, v+dv*faceHigh*2/rows/3
				for q, l := range p.lit([3]float64{x, y, depth(x, y) - front}, normal(x, y)) {
					light[q] += l
				}
			}
		}
		r.normal[c] = pseudoNormal(light)
		r.amount[c] = light[0] + light[1] + light[2] + light[3]
		sum += r.amount[c]
		n++
	}
	for c := range r.amount {
		r.amount[c] /= sum / float64(n)
	}
	return r
}

// region is a head's pseudo-normal at the middle of a region.
func (p panel) region(f form, r int) [2]float64 {
	var light [4]float64
	a := regions[r]
	for _, i := range [3]float64{0.2, 0.5, 0.8} {
		for _, j := range [3]float64{0.2, 0.5, 0.8} {
			u, v := a.left+i*(a.right-a.left), a.bottom+j*(a.top-a.bottom)
			at := [3]float64{u, v, f.depth(u, v) - f.depth(0, 0)}
			for q, l := range p.lit(at, f.normal(u, v)) {
				light[q] += l
			}
		}
	}
	return pseudoNormal(light)
}
