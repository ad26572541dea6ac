package flash

import "math"

// The columns whose products a fit needs: what was measured, and what the
// screen did.
const (
	answer = iota
	flatColumn
	sideColumn
	heightColumn
	columnCount
)

// square is a 2 by 2 matrix.
type square [2][2]float64

func (a square) times(b square) square {
	var c square
	for i := range 2 {
		for j := range 2 {
			c[i][j] = a[i][0]*b[0][j] + a[i][1]*b[1][j]
		}
	}
	return c
}

func (a square) turned() square { return square{{a[0][0], a[1][0]}, {a[0][1], a[1][1]}} }
func (a square) det() float64   { return a[0][0]*a[1][1] - a[0][1]*a[1][0] }
func (a square) trace() float64 { return a[0][0] + a[1][1] }

func (a square) plus(b square, by float64) square {
	for i := range 2 {
		for j := range 2 {
			a[i][j] += by * b[i][j]
		}
	}
	return a
}

func (a square) of(c chroma) chroma {
	return chroma{a[0][0]*c[0] + a[0][1]*c[1], a[1][0]*c[0] + a[1][1]*c[1]}
}

// inverse is zero when there is none.
func (a square) inverse() square {
	d := a.det()
	if !(math.Abs(d) > 1e-300) {
		return square{}
	}
	return square{{a[1][1] / d, -a[0][1] / d}, {-a[1][0] / d, a[0][0] / d}}
}

// code is how an answer follows the screen's colours:
//
//	u(t) = B (flat(t) + Side side(t) + Height height(t)) + slow changes
//
// B is 2 by 2: how much of red and blue light comes back as red and as blue.
type code struct {
	Lag          float64
	B            square
	Side, Height float64
	Left         square // sums of squares of what is left
	All          square // and of the answer
	inverse      square // of the regressors' products
}

// tiltSpread is how far the pseudo-normal of a whole face is likely to be from
// straight ahead.
const tiltSpread = 0.3

// fit is the code with the least determinant of what is left: maximum
// likelihood for noise of any size and correlation in red and blue.
func (p products) fit(rounds int) code {
	c := code{All: p[answer][answer]}
	for range rounds {
		c.colours(&p)
		c.tilt(&p)
	}
	c.colours(&p)
	return c
}

// colours fits B for the tilt that is known.
func (c *code) colours(p *products) {
	g := [columnCount]float64{flatColumn: 1, sideColumn: c.Side, heightColumn: c.Height}
	var xx, ux square
	for a := flatColumn; a < columnCount; a++ {
		ux = ux.plus(p[answer][a], g[a])
		for b := flatColumn; b < columnCount; b++ {
			xx = xx.plus(p[a][b], g[a]*g[b])
		}
	}
	c.inverse = xx.inverse()
	c.B = ux.times(c.inverse)
	c.Left = c.All.plus(c.B.times(ux.turned()), -1)
}

// tilt fits the whole face's pseudo-normal for the B that is known, weighed by
// what B leaves.
func (c *code) tilt(p *products) {
	n := 1.0
	if left := c.Left.trace(); left > 0 {
		n = left
	}
	w := c.Left.plus(square{{1, 0}, {0, 1}}, 1e-9*n).inverse() // times the number of frames: the covariance's inverse
	wb := c.B.turned().times(w).times(c.B)
	weigh := func(s square) float64 { return wb.times(s).trace() }
	half := func(a int) float64 {
		cross := p[answer][a].plus(c.B.times(p[flatColumn][a]), -1)
		return c.B.turned().times(w).times(cross).trace()
	}
	const prior = 1 / (tiltSpread * tiltSpread * 200) // of some 200 frames
	ss := weigh(p[sideColumn][sideColumn]) + prior
	hh := weigh(p[heightColumn][heightColumn]) + prior
	sh := weigh(p[sideColumn][heightColumn])
	bs, bh := half(sideColumn), half(heightColumn)
	d := ss*hh - sh*sh
	if !(d > 0) {
		return
	}
	c.Side = max(-1, min(1, (hh*bs-sh*bh)/d))
	c.Height = max(-1, min(1, (ss*bh-sh*bs)/d))
}

// r2 is the share of the answer's change that the code explains, over both
// chromas: 1 - sqrt(|left| / |all|).
func (c code) r2() float64 {
	all, left := c.All.det(), c.Left.det()
	if !(all > 0) || !(left >= 0) {
		return 0
	}
	return max(0, 1-math.Sqrt(left/all))
}

// response is the sum of red's and blue's answers to themselves.
func (c code) response() float64 { return c.B.trace() }

// rho is the lag-compensated partial correlation, negative when the face
// answers with the opposite of the colours.
func (c code) rho() float64 {
	rho := math.Sqrt(c.r2())
	if c.response() < 0 {
		return -rho
	}
	return rho
}

// predicted is what the code says of a screen's light.
func (c code) predicted(g glow) chroma {
	return c.B.of(g.flat.plus(g.side.times(c.Side)).plus(g.height.times(c.Height)))
}

// The lags that are tried, in milliseconds.
const (
	leastLag  = 20.0
	mostLag   = 500.0
	coarseLag = 20.0
	fineLag   = 5.0
)

// scan finds the lag at which an answer follows a timeline best: on a coarse
// grid, then a fine one, then the vertex of a parabola.
func (r record) scan(c course, list []change) code {
	var screen []glow
	try := func(lag float64, rounds int) code {
		screen = drive(list, r.at, lag, screen)
		k := r.productsOf(c, screen).fit(rounds)
		k.Lag = lag
		return k
	}
	best := try(leastLag, 1)
	for lag := leastLag + coarseLag; lag <= mostLag; lag += coarseLag {
		if k := try(lag, 1); k.r2() > best.r2() {
			best = k
		}
	}
	middle := best.Lag
	best = try(middle, 2)
	for lag := max(0, middle-coarseLag); lag <= middle+coarseLag; lag += fineLag {
		if k := try(lag, 2); k.r2() > best.r2() {
			best = k
		}
	}
	before, after := try(best.Lag-fineLag, 2).r2(), try(best.Lag+fineLag, 2).r2()
	if bend := before + after - 2*best.r2(); bend < 0 {
		best = try(best.Lag+max(-1, min(1, (before-after)/(2*bend)))*fineLag, 3)
	}
	return best
}

// at fits an answer at a lag that is known.
func (r record) fitAt(c course, list []change, lag float64) code {
	k := r.productsOf(c, drive(list, r.at, lag, nil)).fit(3)
	k.Lag = lag
	return k
}

// residue is what a code leaves of an answer, frame by frame.
func (r record) residue(c course, k code, screen []glow) course {
	model := make(course, len(c))
	for i, g := range screen {
		model[i] = k.predicted(g)
	}
	r.still(model)
	for i := range model {
		model[i] = c[i].minus(model[i])
	}
	return model
}

// alike is the correlation of what is left with what is left one frame later,
// over both chromas: 0 to 0.95.
func (c course) alike() float64 {
	var next, all float64
	for i, x := range c {
		all += x.dot(x)
		if i > 0 {
			next += x.dot(c[i-1])
		}
	}
	if !(all > 0) {
		return 0
	}
	return max(0, min(0.95, next/all))
}

// errorOf is the standard error of the response, widened for noise that goes on
// from frame to frame by sqrt((1+phi)/(1-phi)).
func (c code) errorOf(frames int, phi float64) float64 {
	free := float64(frames - slowCount - 3)
	if free < 1 {
		return math.Inf(1)
	}
	v := c.Left[0][0]*c.inverse[0][0] + c.Left[1][1]*c.inverse[1][1] + 2*c.Left[0][1]*c.inverse[0][1]
	return math.Sqrt(max(0, v) / free * (1 + phi) / (1 - phi))
}
