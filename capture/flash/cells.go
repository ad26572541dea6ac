package flash

import (
	"fmt"
	"math"
	"os"
)

// cell is what one cell of the grid over the face sends back.
type cell struct {
	ok     bool
	alpha  float64    // response against the whole face's
	normal [2]float64 // pseudo-normal, to the right and up
	error  [2]float64 // standard errors of it
	spread float64    // standard error of alpha
}

// What a cell needs to be measured.
const (
	leastCell  = 40   // pixels
	leastAlpha = 0.08 // of the whole face's response
	mostError  = 1.0
)

// cells measures each cell: how strongly it follows the flat colours, and how
// much of what follows the splits it sees from one side. The ratio is free of
// the skin's colour, of the light in the room and of the camera's gain:
//
//	u = alpha B (flat + nx side + ny height) + slow changes
func (r record) cells(by []Light, k code, screen []glow) [cellCount]cell {
	weight := k.Left.plus(square{{1, 0}, {0, 1}}, 1e-9*k.Left.trace()+1e-15).inverse()
	var columns, weighed [3]course
	for i := range columns {
		c := make(course, len(screen))
		for t, g := range screen {
			c[t] = k.B.of(g.parts()[i])
		}
		r.still(c)
		columns[i], weighed[i] = c, make(course, len(c))
		for t := range c {
			weighed[i][t] = weight.of(c[t])
		}
	}
	rho := 0.0
	fmt.Sscan(os.Getenv("PHI"), &rho)
	whiten := func(c course) {
		for t := len(c) - 1; t > 0; t-- {
			c[t] = c[t].minus(c[t-1].times(rho))
		}
		c[0] = c[0].times(math.Sqrt(1 - rho*rho))
	}
	for i := range columns {
		whiten(columns[i])
		for t := range columns[i] {
			weighed[i][t] = weight.of(columns[i][t])
		}
	}
	normal := newMatrix(3)
	for i := range 3 {
		for j := range 3 {
			normal.set(i, j, dots(columns[i], weighed[j]))
		}
	}
	var list [cellCount]cell
	inverse, ok := normal.inverse()
	if !ok {
		return list
	}
	for c := range list {
		light := r.relative(ofCell(c), leastCell)
		if light == nil {
			continue
		}
		aa := r.chromas(against(light, by))
		whiten(aa)
		list[c] = cellFrom(aa, columns, weighed, inverse, weight)
	}
	return list
}

func cellFrom(answer course, columns, weighed [3]course, inverse matrix, weight square) cell {
	b := inverse.times([]float64{dots(weighed[0], answer), dots(weighed[1], answer), dots(weighed[2], answer)})
	var left float64
	for t := range answer {
		for i := range columns {
			answer[t] = answer[t].minus(columns[i][t].times(b[i]))
		}
		left += answer[t].dot(weight.of(answer[t]))
	}
	free := float64(2*len(answer) - 2*slowCount - 3)
	if !(b[0] > leastAlpha) || free < 1 {
		return cell{alpha: b[0]}
	}
	phi := answer.alike()
	v := left / free * (1 + phi) / (1 - phi)
	c := cell{alpha: b[0], spread: math.Sqrt(max(0, v*inverse.at(0, 0)))}
	for i := range c.normal {
		n := b[i+1] / b[0]
		c.normal[i] = n
		spread := inverse.at(i+1, i+1) + n*n*inverse.at(0, 0) - 2*n*inverse.at(i+1, 0)
		c.error[i] = math.Sqrt(max(0, v*spread)) / b[0]
	}
	c.ok = max(c.error[0], c.error[1]) < mostError && math.Abs(c.normal[0]) < 3 && math.Abs(c.normal[1]) < 3
	return c
}

func dots(a, b course) float64 {
	var sum float64
	for i, x := range a {
		sum += x.dot(b[i])
	}
	return sum
}
