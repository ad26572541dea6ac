package flash

import "math"

// anySlots is the share of an answer's change that is explained when each slot
// may have had any colour: what a plan with these lengths could explain at
// most.
func (r record) anySlots(c course, list []change, lag float64) float64 {
	n := len(list) - 1
	if n < 1 {
		return 0
	}
	columns := make([][]float64, n)
	for s := range columns {
		column := make([]float64, len(r.at))
		for i, at := range r.at {
			column[i] = step(at-lag-list[s].at) - step(at-lag-list[s+1].at)
		}
		for _, q := range r.slow {
			dot := inner(q, column)
			for i := range column {
				column[i] -= dot * q[i]
			}
		}
		columns[s] = column
	}
	normal, right := newMatrix(n), [2][]float64{make([]float64, n), make([]float64, n)}
	for i := range columns {
		for j := range columns {
			normal.set(i, j, inner(columns[i], columns[j]))
		}
		for k, x := range columns[i] {
			right[0][i] += x * c[k][0]
			right[1][i] += x * c[k][1]
		}
	}
	inverse, ok := normal.inverse()
	if !ok {
		return 0
	}
	var all, left square
	b := [2][]float64{inverse.times(right[0]), inverse.times(right[1])}
	for k, x := range c {
		rest := x
		for s := range columns {
			rest[0] -= b[0][s] * columns[s][k]
			rest[1] -= b[1][s] * columns[s][k]
		}
		all = all.plus(square{{x[0] * x[0], x[0] * x[1]}, {x[1] * x[0], x[1] * x[1]}}, 1)
		left = left.plus(square{{rest[0] * rest[0], rest[0] * rest[1]}, {rest[1] * rest[0], rest[1] * rest[1]}}, 1)
	}
	if !(all.det() > 0) || !(left.det() >= 0) {
		return 0
	}
	return max(0, 1-math.Sqrt(left.det()/all.det()))
}
