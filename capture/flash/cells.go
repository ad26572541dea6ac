package flash

import "math"

// cell is what one cell of the grid over the face sends back.
type cell struct {
	ok     bool
	alpha  float64    // response against the whole face's
	spread float64    // standard error of it
	normal [2]float64 // pseudo-normal, to the right and up
	error  [2]float64 // standard errors of it
}

// What a cell needs to be measured.
const (
	leastCell  = 40   // pixels
	leastAlpha = 0.08 // of the whole face's response
	mostError  = 1.0
	mostNormal = 3.0
	mostAlike  = 0.7 // correlation from frame to frame that is reckoned with
)

// cells measures each cell: how strongly it follows the flat colours, and how
// much of what follows the splits it sees from one side. The ratio is free of
// the skin's colour, of the light in the room and of the camera's gain:
//
//	u = alpha B (flat + nx side + ny height) + slow changes
//
// It is fitted twice: the first time tells how the cells' noise is spread over
// red and blue and from frame to frame, the second weighs by it.
func (r record) cells(by []Light, k code, screen []glow) [cellCount]cell {
	var answers [cellCount]course
	for c := range answers {
		if light := r.relative(ofCell(c), leastCell); light != nil {
			answers[c] = r.chromas(against(light, by))
		}
	}
	first := r.newSplits(k, screen, square{{1, 0}, {0, 1}}, 0)
	noise, phi := first.noise(answers)
	second := r.newSplits(k, screen, noise.inverse(), phi)
	var list [cellCount]cell
	for c, answer := range answers {
		if answer != nil && second.ok {
			list[c] = second.cell(answer)
		}
	}
	return list
}

// splits is the regressors of every cell: what the flat colours, the side and
// the height split would send back.
type splits struct {
	columns, weighed [3]course
	weight           square
	phi              float64 // correlation of the noise from frame to frame that is taken out
	inverse          matrix
	ok               bool
}

func (r record) newSplits(k code, screen []glow, weight square, phi float64) splits {
	s := splits{weight: weight, phi: phi}
	for i := range s.columns {
		c := make(course, len(screen))
		for t, g := range screen {
			c[t] = k.B.of(g.parts()[i])
		}
		r.still(c)
		c.steady(phi)
		s.columns[i], s.weighed[i] = c, make(course, len(c))
		for t := range c {
			s.weighed[i][t] = weight.of(c[t])
		}
	}
	normal := newMatrix(3)
	for i := range 3 {
		for j := range 3 {
			normal.set(i, j, dots(s.columns[i], s.weighed[j]))
		}
	}
	s.inverse, s.ok = normal.inverse()
	return s
}

// steady takes out of each frame what noise with this correlation carries over
// from the frame before.
func (c course) steady(phi float64) {
	if phi <= 0 || len(c) == 0 {
		return
	}
	for t := len(c) - 1; t > 0; t-- {
		c[t] = c[t].minus(c[t-1].times(phi))
	}
	c[0] = c[0].times(math.Sqrt(1 - phi*phi))
}

// fit is the three shares of the regressors in an answer, and what they leave.
func (s splits) fit(answer course) (b []float64, left course) {
	left = append(left, answer...)
	left.steady(s.phi)
	b = s.inverse.times([]float64{dots(s.weighed[0], left), dots(s.weighed[1], left), dots(s.weighed[2], left)})
	for t := range left {
		for i := range s.columns {
			left[t] = left[t].minus(s.columns[i][t].times(b[i]))
		}
	}
	return b, left
}

// noise is the covariance of what is left of the cells, and its correlation
// from frame to frame: the mean of all cells.
func (s splits) noise(answers [cellCount]course) (noise square, phi float64) {
	var n, frames float64
	for _, answer := range answers {
		if answer == nil || !s.ok {
			continue
		}
		_, left := s.fit(answer)
		for _, x := range left {
			noise = noise.plus(square{{x[0] * x[0], x[0] * x[1]}, {x[1] * x[0], x[1] * x[1]}}, 1)
			frames++
		}
		phi += left.alike()
		n++
	}
	if n == 0 || !(noise.trace() > 0) {
		return square{{1, 0}, {0, 1}}, 0
	}
	noise = square{}.plus(noise, 1/frames)
	return noise.plus(square{{1, 0}, {0, 1}}, 1e-6*noise.trace()), min(mostAlike, phi/n)
}

// cell is one cell's measurement.
func (s splits) cell(answer course) cell {
	b, left := s.fit(answer)
	free := float64(2*len(left) - 2*slowCount - 3)
	if !(b[0] > leastAlpha) || free < 1 {
		return cell{alpha: b[0]}
	}
	var sum float64
	for _, x := range left {
		sum += x.dot(s.weight.of(x))
	}
	phi := left.alike()
	v := sum / free * (1 + phi) / (1 - phi)
	c := cell{alpha: b[0], spread: math.Sqrt(max(0, v*s.inverse.at(0, 0)))}
	for i := range c.normal {
		n := b[i+1] / b[0]
		c.normal[i] = n
		spread := s.inverse.at(i+1, i+1) + n*n*s.inverse.at(0, 0) - 2*n*s.inverse.at(i+1, 0)
		c.error[i] = math.Sqrt(max(0, v*spread)) / b[0]
	}
	c.ok = max(c.error[0], c.error[1]) < mostError && math.Abs(c.normal[0]) < mostNormal && math.Abs(c.normal[1]) < mostNormal
	return c
}

func dots(a, b course) float64 {
	var sum float64
	for i, x := range a {
		sum += x.dot(b[i])
	}
	return sum
}
