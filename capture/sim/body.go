package sim

import (
	"math"
	"slices"
)

// Hair is how a head's hair lies.
type Hair struct {
	Thick   float64 // mm off the skull; 0 is bald
	Recedes float64 // mm that the hairline lies higher than average
	Long    bool    // it falls beside the neck
}

// hairline is the height at which the hair begins in the direction of an angle
// in degrees.
func (h Hair) hairline(angle float64) float64 {
	a := math.Abs(angle)
	line := 66 + h.Recedes - 6*bump(a, 0, 12)
	line -= 34 * smooth(35, 62, a)
	line -= 40 * smooth(66, 84, a)
	return line - 62*smooth(95, 125, a)
}

// hair is a shell over the skull; where there is none it lies under the skin.
func (h *head) hair(style Hair, m *mesh) {
	if style.Thick <= 0 {
		return
	}
	var rows []float64
	for y := 119.0; y >= -128; y -= 5 {
		rows = append(rows, y)
	}
	angles := columns()
	first, flat := len(m.corners), len(m.triangles)
	covered := make([]bool, 0, len(rows)*len(angles))
	m.grid(len(rows), len(angles), func(r, c int) corner {
		y, angle := rows[r], angles[c]
		cover := smooth(style.hairline(angle)-3, style.hairline(angle)+9, y)
		from := y
		if style.Long {
			side := smooth(62, 72, math.Abs(angle))
			cover = max(cover, side)
			from = max(y, 8*side+y*(1-side))
		}
		covered = append(covered, cover > 0)
		at := h.bare(angle*math.Pi/180, from)
		at.y = y * h.Height
		wave := 0.8 + 0.2*math.Sin(0.21*angle+0.13*y) + 0.12*math.Sin(0.9*angle)
		out := vec{at.x, 0.5 * max(y, 0), at.z}.unit()
		return corner{at: at.add(out.times((style.Thick*wave+2)*cover - 2)), u: at.x + angle/3, v: y, made: hairMaterial}
	})
	m.triangles = append(m.triangles[:flat], slices.DeleteFunc(m.triangles[flat:], func(t [3]int32) bool {
		return !covered[int(t[0])-first] && !covered[int(t[1])-first] && !covered[int(t[2])-first]
	})...)
	m.finish(first)
}

// body is the neck and the shoulders, turned against the head by degrees.
func body(m *mesh, wide, yaw float64) {
	half := newCurve(knot{-420, 228}, knot{-260, 216}, knot{-205, 196}, knot{-182, 160}, knot{-168, 108}, knot{-158, 76}, knot{-145, 61}, knot{-120, 56}, knot{-40, 55})
	front := newCurve(knot{-420, 112}, knot{-300, 104}, knot{-205, 82}, knot{-168, 52}, knot{-145, 38}, knot{-120, 36}, knot{-40, 34})
	back := newCurve(knot{-420, 120}, knot{-205, 108}, knot{-168, 90}, knot{-40, 74})
	first := len(m.corners)
	t := turned(yaw, 0, 0)
	const rows, around = 44, 49
	m.grid(rows, around, func(r, c int) corner {
		y := -40 - 8.7*float64(r)
		s, k := math.Sincos((float64(c)/(around-1)*2 - 1) * math.Pi)
		deep := (front.of(y) + back.of(y)) / 2
		widen := 1 + (wide-1)*smooth(-140, -200, y)
		at := t.of(vec{half.of(y) * widen * s, y, (front.of(y)-back.of(y))/2 + deep*k})
		made := skinMaterial
		if y < -146 {
			made = clothMaterial
		}
		return corner{at: at, u: at.x, v: y, made: made}
	})
	m.finish(first)
}

// Glasses are worn or not.
type Glasses struct {
	Worn bool
	Rim  float64 // mm thick
	Tilt float64 // of the lenses, degrees, the lower edge towards the face
	Base float64 // radius of the lenses' front, mm
}

const lensWide, lensHigh = 25.0, 19.0

// lensEdge is the outline of a lens, a rounded rectangle about its middle.
func lensEdge(a float64) (x, y float64) {
	s, c := math.Sincos(a)
	round := func(v float64) float64 { return math.Copysign(math.Pow(math.Abs(v), 0.62), v) }
	return lensWide * round(c), lensHigh * round(s)
}

// frame is the rims and the bridge, and where the lenses are.
func (h *head) frame(g Glasses, m *mesh) (lenses [2]vec) {
	const around = 33
	for i, sign := range []float64{-1, 1} {
		eye := h.at(sign*h.Eyes, 0)
		middle := vec{sign * (h.Eyes + 1.5), -3, eye.z + 15}
		lenses[i] = middle
		first := len(m.corners)
		m.grid(2, around, func(r, c int) corner {
			x, y := lensEdge(-float64(c) / (around - 1) * 2 * math.Pi)
			out := 1.0
			if r == 0 {
				out += 2 * g.Rim / (lensWide + lensHigh)
			}
			at := middle.add(vec{x * out, y * out, 0.12*y - 0.004*x*x})
			return corner{at: at, u: at.x, v: at.y, made: frameMaterial}
		})
		m.finish(first)
	}
	first := len(m.corners)
	gap := 2 * (h.Eyes + 1.5 - lensWide)
	m.grid(2, 5, func(r, c int) corner {
		x := gap * (float64(c)/4 - 0.5)
		at := vec{x, 3 - g.Rim*float64(r) + 0.01*(gap*gap/4-x*x), lenses[0].z + 1}
		return corner{at: at, u: at.x, v: at.y, made: frameMaterial}
	})
	m.finish(first)
	return lenses
}
