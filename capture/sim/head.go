package sim

import "math"

// Shape is one head, as factors of an average one (1 everywhere) or as stated.
// The average follows published means for adults: head breadth 152 mm, length
// 195, face breadth 138, face height 121 (nasion to chin), nose height 52,
// breadth 35 and projection 21, mouth 51, distance of the pupils 63 (Farkas,
// Anthropometry of the Head and Face, 1994).
type Shape struct {
	Width, Height, Depth          float64
	NoseHigh, NoseLong, NoseWide  float64
	Socket, Brow, Cheek, Lip, Jaw float64
	Chin                          float64 // forwards of the average, mm
	Forehead                      float64 // slope backwards, mm at the hairline
	Eyes                          float64 // half of the distance of the pupils, mm
	Mouth                         float64
	Ears                          float64 // how far they stand off, mm
	Skew                          float64 // the left half is so much wider than the right
}

// Expression is what a face does, each 0 to 1.
type Expression struct{ Smile, Open, Raise float64 }

// profiles are the head without its relief: for each height above the line of
// the eyes the front, the back and half the width, in mm from the axis.
type profiles struct{ front, back, half, square curve }

func newProfiles() profiles {
	return profiles{
		front: newCurve(knot{-121, 46}, knot{-119, 66}, knot{-116, 76}, knot{-110, 82}, knot{-102, 85}, knot{-92, 84}, knot{-80, 86},
			knot{-66, 89}, knot{-48, 89}, knot{-30, 88}, knot{-14, 87}, knot{0, 87}, knot{12, 91}, knot{22, 95}, knot{36, 95},
			knot{52, 93}, knot{70, 87}, knot{86, 77}, knot{99, 63}, knot{109, 46}, knot{116, 25}, knot{119, 4}),
		back: newCurve(knot{-121, -40}, knot{-110, -22}, knot{-96, 4}, knot{-80, 34}, knot{-62, 58}, knot{-40, 78}, knot{-14, 93}, knot{12, 99},
			knot{40, 100}, knot{66, 95}, knot{86, 85}, knot{100, 69}, knot{110, 48}, knot{117, 22}, knot{119, 4}),
		half: newCurve(knot{-121, 6}, knot{-119, 18}, knot{-115, 27}, knot{-108, 35}, knot{-98, 42}, knot{-86, 49}, knot{-70, 55}, knot{-54, 60},
			knot{-36, 65}, knot{-18, 69}, knot{0, 70}, knot{16, 72}, knot{34, 75}, knot{54, 76}, knot{72, 73}, knot{88, 65},
			knot{101, 53}, knot{110, 39}, knot{116, 22}, knot{119, 4}),
		square: newCurve(knot{-121, 2}, knot{-100, 1.9}, knot{-70, 1.95}, knot{-30, 2.05}, knot{10, 2.15}, knot{45, 2.3}, knot{90, 2.1}, knot{119, 2}),
	}
}

// The nose, by height above the line of the eyes: how far its ridge stands out
// of the face and half its width.
func noseRidge() curve {
	return newCurve(knot{-56, 0}, knot{-50, 1.2}, knot{-47.5, 3}, knot{-45, 8}, knot{-42.5, 16}, knot{-39.5, 21}, knot{-36, 22},
		knot{-32, 20.5}, knot{-26, 16.5}, knot{-18, 12}, knot{-9, 8}, knot{0, 4.5}, knot{7, 2}, knot{14, 0})
}

func noseWidth() curve {
	return newCurve(knot{-50, 15}, knot{-44, 16}, knot{-38, 15.5}, knot{-30, 13}, knot{-20, 11}, knot{-8, 9}, knot{4, 8.5}, knot{14, 9})
}

// head is a head that can be asked where its surface is.
type head struct {
	Shape
	Expression
	profiles
	ridge, wide curve
}

func newHead(s Shape, e Expression) *head {
	return &head{s, e, newProfiles(), noseRidge(), noseWidth()}
}

// average is the head of no one.
func average() Shape {
	return Shape{Width: 1, Height: 1, Depth: 1, NoseHigh: 1, NoseLong: 1, NoseWide: 1, Socket: 1, Brow: 1, Cheek: 1, Lip: 1, Jaw: 1,
		Eyes: 31.5, Mouth: 1, Ears: 16}
}

// ring is the cross-section at a height: half its width, its middle and half
// its depth.
func (h *head) ring(y float64) (half, middle, deep, square float64) {
	front, back := h.front.of(y)*h.Depth, h.back.of(y)*h.Depth
	half = h.half.of(y) * h.Width
	half *= 1 + (h.Jaw-1)*bump(y, -85, 26)
	front += h.Chin*bump(y, -104, 12) - h.Forehead*smooth(25, 75, y)
	return half, (front - back) / 2, (front + back) / 2, h.square.of(y)
}

// bare is the surface in the direction of an angle, 0 to the front and 90 to
// the right of the picture, without features.
func (h *head) bare(angle, y float64) vec {
	half, middle, deep, square := h.ring(y)
	s, c := math.Sincos(angle)
	if c < 0 {
		square = 2
	}
	x := half * math.Copysign(math.Pow(math.Abs(s), 2/square), s)
	z := middle + deep*math.Copysign(math.Pow(math.Abs(c), 2/square), c)
	if x > 0 {
		x *= 1 + h.Skew
	}
	return vec{x, y * h.Height, z}
}

// features is how far the face stands out of the bare head at a place, in mm.
func (h *head) features(x, y float64) float64 {
	side := math.Abs(x)
	z := h.nose(side, y)
	// Sockets, the balls of the eyes in them, and what hangs over them.
	z -= 9.5 * h.Socket * bump(side, h.Eyes-2, 12.5) * bump(y, 1, 9)
	z -= 3.5 * h.Socket * bump(side, h.Eyes-14, 6) * bump(y, 2, 9)
	if d := math.Hypot(side-h.Eyes, y*1.08); d < 12.2 {
		z += 0.62 * (math.Sqrt(12.2*12.2-d*d) - 3)
	}
	z += 3.8 * h.Brow * bump(side, h.Eyes-4, 17) * bump(y, 20-0.05*side, 6)
	z -= 1.6 * bump(side, 0, 9) * bump(y, 17, 6)
	// Cheekbones, the hollows beneath, and the folds beside nose and mouth.
	z += 4.2 * h.Cheek * bump(side, 45, 13) * bump(y, -21, 11)
	z -= 3.2 * h.Cheek * bump(side, 48, 12) * bump(y, -58, 14)
	fold := 21 + 0.28*(-40-y)
	z -= 1.5 * bump(side, fold, 3.2) * bump(y, -50, 12) * (1 + 1.2*h.Smile)
	return z + h.mouth(side, y)
}

// nose is the nose: ridge, wings and what they stand on.
func (h *head) nose(side, y float64) float64 {
	at := y / h.NoseLong
	if y > 0 {
		at = y
	}
	ridge, wide := h.ridge.of(at)*h.NoseHigh, h.wide.of(at)*h.NoseWide
	z := 0.0
	if t := side / wide; t < 1.6 {
		// Steep flanks beside a narrow back, rounder towards the tip.
		sharp := 1.5 + 0.9*smooth(-30, -6, y)
		z = ridge * math.Pow(max(0, 1-t*t/2.56), 2*sharp)
	}
	z += 7.5 * h.NoseHigh * bump(side, 13.5*h.NoseWide, 4.2) * bump(at, -40.5, 4.4)
	z -= 2.5 * bump(side, 18.5*h.NoseWide, 2.6) * bump(at, -39, 5)
	return z
}

// mouth is lips, the line between them, the furrow above and below.
func (h *head) mouth(side, y float64) float64 {
	half := 25.5 * h.Mouth
	across := smooth(half+5, half-9, side)
	z := 4.6 * h.Lip * across * bump(y, -64.5, 3.6)
	z += 5.2 * h.Lip * across * bump(y, -74.5, 4.2)
	z -= 3.4 * across * bump(y, -69.3, 1.7)
	z -= 1.4 * bump(side, 0, 3) * bump(y, -56.5, 5)
	z -= 3.4 * bump(y, -84, 4.6) * smooth(34, 12, side)
	z += 3.6 * bump(y, -102, 8) * bump(side, 0, 15)
	z -= 2.4 * bump(side, half+3, 4) * bump(y, -69, 5)
	return z
}

// mimic moves a place of the face at rest to where the expression has it.
func (h *head) mimic(x, y float64) vec {
	side, sign := math.Abs(x), math.Copysign(1, x)
	smile := bump(side, 26, 11) * bump(y, -68, 11) * h.Smile
	cheek := bump(side, 40, 14) * bump(y, -30, 14) * h.Smile
	open := smooth(-68, -78, y) * smooth(62, 34, side) * h.Open
	raise := bump(side, 28, 18) * bump(y, 22, 10) * h.Raise
	return vec{
		sign * (4.5*smile + 0.8*cheek),
		4*smile + 2.2*cheek - 6*open + 3.5*raise,
		-2.2*smile + 1.8*cheek - 2.5*open,
	}
}

// surface is the place on the head in the direction of an angle, with all that
// it shows, and where that place is at rest.
func (h *head) surface(angle, y float64) (at, rest vec) {
	at = h.bare(angle, y)
	rest = vec{at.x, y, at.z}
	if c := math.Cos(angle); c > 0 {
		facing := smooth(0.05, 0.5, c)
		at.z += h.features(at.x, y) * facing
		at = at.add(h.mimic(at.x, y).times(facing))
	}
	return at, rest
}

// at is the place of the face that lies at x, y when at rest.
func (h *head) at(x, y float64) vec {
	half, _, _, square := h.ring(y)
	if x > 0 {
		half *= 1 + h.Skew
	}
	s := math.Copysign(math.Pow(min(math.Abs(x/half), 1), square/2), x)
	p, _ := h.surface(math.Asin(s), y)
	return p
}

// landmarks are the five points that detectors look for: the pupils, the tip
// of the nose, the corners of the mouth; image-left before image-right.
func (h *head) landmarks() [5]vec {
	mouth := 24.5 * h.Mouth
	return [5]vec{
		h.at(-h.Eyes, 0), h.at(h.Eyes, 0), h.at(0, -36.5*h.NoseLong), h.at(-mouth, -69), h.at(mouth, -69),
	}
}

// rows are the heights of the mesh, close where the face is.
func (h *head) rows() []float64 {
	var list []float64
	for y := -121.0; y <= 119; {
		list = append(list, y)
		switch {
		case y < -112 || y > 108:
			y += 1.5
		case y < -92 || y > 60:
			y += 4
		case y > -52 && y < -32:
			y += 1.6
		default:
			y += 2.2
		}
	}
	return append(list, 119)
}

// columns are the angles, close in front.
func columns() []float64 {
	var right []float64
	for a := 0.0; a < 180; {
		right = append(right, a)
		switch {
		case a < 14:
			a += 1.3
		case a < 45:
			a += 1.9
		case a < 90:
			a += 3.2
		default:
			a += 9
		}
	}
	list := []float64{-180}
	for i := len(right) - 1; i > 0; i-- {
		list = append(list, -right[i])
	}
	list = append(list, right...)
	return append(list, 180)
}

// skull is the head as a mesh, without hair and neck.
func (h *head) skull() *mesh {
	rows, columns := h.rows(), columns()
	m := &mesh{}
	m.grid(len(rows), len(columns), func(r, c int) corner {
		at, rest := h.surface(columns[c]*math.Pi/180, rows[len(rows)-1-r])
		return corner{at: at, u: rest.x, v: rest.y}
	})
	h.ears(m)
	m.finish(0)
	var seam [][2]int32
	for r := range int32(len(rows)) {
		seam = append(seam, [2]int32{r * int32(len(columns)), (r+1)*int32(len(columns)) - 1})
	}
	m.weld(seam)
	return m
}

// ears are two shells, 62 mm high, that stand off the head.
func (h *head) ears(m *mesh) {
	for _, sign := range []float64{-1, 1} {
		base := h.bare(sign*math.Pi/2, -12)
		m.grid(9, 9, func(r, c int) corner {
			// Left to right, as everywhere: the front edge of the right ear comes
			// first, of the left ear last.
			up, out := float64(r)/4-1, sign*(float64(c)/4-1)
			rim := math.Sqrt(max(0, 1-up*up))
			// The front edge lies on the head; the back edge stands off it.
			x := base.x + sign*(h.Ears*(0.5+0.5*out)*rim*0.9-2.5*bump(out, 0.15, 0.35)*rim)
			y, z := base.y-31*up, base.z-9-15*out*rim+3*up
			return corner{at: vec{x, y, z}, u: sign * 74, v: y}
		})
	}
}
