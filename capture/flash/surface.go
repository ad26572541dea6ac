package flash

import "math"

// What the surfaces are judged with.
const (
	modelError    = 0.05 // by which any pseudo-normal may differ from a good model
	leastScale    = 0.6  // of the generic head's pseudo-normals
	mostScale     = 1.8
	folds         = 12   // directions in which a sheet is bent
	looseSheet    = 0.3  // how far a sheet's own pseudo-normals may be off when the screen's size is a guess
	tightSheet    = 0.15 // and when it is known
	halfFace      = 66.0
	leastCells    = 12
	outlier       = 2.5 // standard errors at which a cell has lost half its weight
	outlierRounds = 4
	surfaceOffset = 2 // a pseudo-normal for the whole surface, to the right and up
)

// observed is the cells' pseudo-normals as one vector: all to the right, then
// all up; each with its weight.
type observed struct {
	cells  []int
	value  []float64
	weight []float64
}

func observe(list [cellCount]cell) observed {
	var o observed
	for c, x := range list {
		if x.ok {
			o.cells = append(o.cells, c)
		}
	}
	for i := range 2 {
		for _, c := range o.cells {
			x := list[c]
			o.value = append(o.value, x.normal[i])
			o.weight = append(o.weight, 1/(x.error[i]*x.error[i]+modelError*modelError))
		}
	}
	return o
}

// column is a regressor over the vector.
func (o observed) column(of func(cell int) [2]float64) []float64 {
	out := make([]float64, 0, len(o.value))
	for i := range 2 {
		for _, c := range o.cells {
			out = append(out, of(c)[i])
		}
	}
	return out
}

// offsets are the two regressors that every surface has: it may be turned.
func (o observed) offsets() [][]float64 {
	return [][]float64{
		o.column(func(int) [2]float64 { return [2]float64{1, 0} }),
		o.column(func(int) [2]float64 { return [2]float64{0, 1} }),
	}
}

// surface is a fitted one.
type surface struct {
	b     []float64
	error []float64 // standard errors of b
	sse   float64   // weighted squares of what is left, and of what the model was bent by
	model []float64
}

// fit is the weighted least squares of columns; each may have a prior
// precision around zero.
func (o observed) fit(value []float64, columns [][]float64, prior []float64) surface {
	n := len(columns)
	normal, right := newMatrix(n), make([]float64, n)
	for i, a := range columns {
		for j, b := range columns[:i+1] {
			var sum float64
			for k, w := range o.weight {
				sum += w * a[k] * b[k]
			}
			normal.set(i, j, sum)
			normal.set(j, i, sum)
		}
		for k, w := range o.weight {
			right[i] += w * a[k] * value[k]
		}
		if i < len(prior) {
			normal.add(i, i, prior[i])
		}
		normal.add(i, i, 1e-9)
	}
	s := surface{b: make([]float64, n), model: make([]float64, len(value))}
	if inverse, ok := normal.inverse(); ok {
		s.b = inverse.times(right)
		for i := range n {
			s.error = append(s.error, math.Sqrt(max(0, inverse.at(i, i))))
		}
	}
	for i, c := range columns {
		for k, x := range c {
			s.model[k] += s.b[i] * x
		}
		if i < len(prior) {
			s.sse += prior[i] * s.b[i] * s.b[i]
		}
	}
	for k, w := range o.weight {
		d := value[k] - s.model[k]
		s.sse += w * d * d
	}
	return s
}

// asHead fits the generic head: turned, with stronger or weaker pseudo-normals
// between bounds, and differing as heads do, one unit of each difference being
// one standard deviation.
func (o observed) asHead(h head) (s surface, scale float64) {
	columns := append(o.offsets(), o.column(func(c int) [2]float64 { return h.generic.normal[c] }))
	prior := []float64{0, 0, 0}
	for _, m := range h.modes {
		columns = append(columns, o.column(func(c int) [2]float64 { return m.normal[c] }))
		prior = append(prior, 1)
	}
	s = o.fit(o.value, columns, prior)
	scale = s.b[surfaceOffset]
	if bounded := max(leastScale, min(mostScale, scale)); bounded != scale {
		fixed := make([]float64, len(o.value))
		rest := make([]float64, len(o.value))
		for k, x := range columns[surfaceOffset] {
			fixed[k] = bounded * x
			rest[k] = o.value[k] - fixed[k]
		}
		others := append(append([][]float64(nil), columns[:surfaceOffset]...), columns[surfaceOffset+1:]...)
		s = o.fit(rest, others, append(append([]float64(nil), prior[:surfaceOffset]...), prior[surfaceOffset+1:]...))
		for k := range s.model {
			s.model[k] += fixed[k]
		}
	}
	return s, scale
}

// asSheet fits a sheet: flat, or bent along one direction, whichever it is. A
// sheet cannot be bent along two (a surface of zero Gaussian curvature), and a
// face is. It returns the direction in degrees.
func (o observed) asSheet(h head, known bool) (best surface, fold float64) {
	slack := looseSheet
	if known {
		slack = tightSheet
	}
	own := o.column(func(c int) [2]float64 { return h.sheet.normal[c] })
	best.sse = math.Inf(1)
	rest := make([]float64, len(o.value))
	for _, share := range [3]float64{1 - slack, 1, 1 + slack} {
		for k := range rest {
			rest[k] = o.value[k] - share*own[k]
		}
		for i := range folds {
			angle := math.Pi * float64(i) / folds
			s := o.fit(rest, append(o.offsets(), o.bend(angle, 1), o.bend(angle, 3)), nil)
			if s.sse < best.sse {
				best, fold = s, angle*180/math.Pi
			}
		}
	}
	return best, fold
}

// bend is the change of pseudo-normal along one direction, to a power of the
// way from the middle.
func (o observed) bend(angle, power float64) []float64 {
	cos, sin := math.Cos(angle), math.Sin(angle)
	return o.column(func(c int) [2]float64 {
		u, v := cellAt(c)
		t := (u*cos + v*sin) / halfFace
		t = math.Copysign(math.Pow(math.Abs(t), power), t)
		return [2]float64{t * cos, t * sin}
	})
}

// asGradient fits what a smooth digital gradient makes: to the right and up in
// straight lines.
func (o observed) asGradient() surface {
	return o.fit(o.value, append(o.offsets(),
		o.column(func(c int) [2]float64 { u, _ := cellAt(c); return [2]float64{u / halfFace, 0} }),
		o.column(func(c int) [2]float64 { _, v := cellAt(c); return [2]float64{0, v / halfFace} }),
	), nil)
}

// asTint fits what a digital tint makes: the same everywhere.
func (o observed) asTint() surface { return o.fit(o.value, o.offsets(), nil) }

// relief is how much of the generic head's own relief there is: nose, brows,
// eye sockets, all that no sheet and no smooth gradient has. It is the generic
// head's share in a fit that may also take any linear, quadratic and cubic
// course of the pseudo-normals along any direction, and its standard error.
// Cells that agree with nothing, as behind glasses, which mirror the screen, lose
// their weight on the way: the weights that are left are for whatever is fitted
// afterwards.
func (o observed) relief(h head) (share, spread float64, weight []float64) {
	b, e, weight := o.shares(o.smooth(), o.column(func(c int) [2]float64 { return h.generic.normal[c] }))
	return b[0], e[0], weight
}

// reliefAxes is the same for what lights from the right and what lights from
// above, each with a share of its own.
func (o observed) reliefAxes(h head) (share, spread [2]float64) {
	b, e, _ := o.shares(o.smooth(),
		o.column(func(c int) [2]float64 { return [2]float64{h.generic.normal[c][0], 0} }),
		o.column(func(c int) [2]float64 { return [2]float64{0, h.generic.normal[c][1]} }),
	)
	return [2]float64{b[0], b[1]}, [2]float64{e[0], e[1]}
}

// shares are the shares of some columns in a fit that may also take others, their
// standard errors, and the weights with less for cells that agree with nothing.
func (o observed) shares(others [][]float64, own ...[]float64) (b, spread, weight []float64) {
	columns := append(others, own...)
	b, spread = make([]float64, len(own)), make([]float64, len(own))
	full := o.weight
	o.weight = append([]float64(nil), full...)
	for range outlierRounds {
		s := o.fit(o.value, columns, nil)
		if len(s.error) == 0 {
			return make([]float64, len(own)), make([]float64, len(own)), full
		}
		copy(b, s.b[len(others):])
		copy(spread, s.error[len(others):])
		for k := range o.weight {
			d := o.value[k] - s.model[k]
			o.weight[k] = full[k] / (1 + d*d*full[k]/(outlier*outlier))
		}
	}
	return b, spread, o.weight
}

// smooth are the courses that a sheet and a smooth gradient may take.
func (o observed) smooth() [][]float64 {
	unit := func(c int) (u, v float64) {
		u, v = cellAt(c)
		return u / halfFace, v / halfFace
	}
	return append(o.offsets(),
		o.column(func(c int) [2]float64 { u, _ := unit(c); return [2]float64{u, 0} }),
		o.column(func(c int) [2]float64 { _, v := unit(c); return [2]float64{0, v} }),
		o.column(func(c int) [2]float64 { u, v := unit(c); return [2]float64{v, u} }),
		o.column(func(c int) [2]float64 { u, _ := unit(c); return [2]float64{u * u, 0} }),
		o.column(func(c int) [2]float64 { _, v := unit(c); return [2]float64{0, v * v} }),
		o.column(func(c int) [2]float64 { u, v := unit(c); return [2]float64{u * v, 0} }),
		o.column(func(c int) [2]float64 { u, v := unit(c); return [2]float64{0, u * v} }),
		o.column(func(c int) [2]float64 { _, v := unit(c); return [2]float64{v * v, 0} }),
		o.column(func(c int) [2]float64 { u, _ := unit(c); return [2]float64{0, u * u} }),
		o.bend(0, 3), o.bend(math.Pi/4, 3), o.bend(math.Pi/2, 3), o.bend(3*math.Pi/4, 3),
	)
}
