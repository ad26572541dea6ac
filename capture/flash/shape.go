package flash

import (
	"math"

	"github.com/rostod/rostod/engine"
)

// shapeOf weighs the cells' pseudo-normals as a head's, a sheet's, a digital
// gradient's and a digital tint's. The response is the whole face's; known says
// whether the screen's size was measured.
func shapeOf(list [cellCount]cell, h head, response float64, known bool) (engine.FlashShape, []engine.FlashCell) {
	var shape engine.FlashShape
	shape.Mirrors = withoutMirrors(&list)
	o := observe(list)
	all := 0
	for c := range cellCount {
		u, v := cellAt(c)
		if _, ok := cellOf(u, v); ok {
			all++
		}
	}
	shape.Valid = min(1, float64(len(o.cells))/float64(all))
	cells := cellsOf(list, h)
	if len(o.cells) < leastCells {
		return shape, cells
	}
	shape.ReliefAxes, shape.AxesError = o.reliefAxes(h)
	shape.ReliefShare, shape.ReliefError, o.weight = o.relief(h)
	if shape.ReliefError > 0 {
		shape.Relief = shape.ReliefShare / shape.ReliefError
	}
	asHead, scale := o.asHead(h)
	asSheet, fold := o.asSheet(h, known)
	tint, gradient := o.asTint(), o.asGradient()
	shape.Measured = true
	shape.LambdaHead = (min(asSheet.sse, tint.sse) - asHead.sse) / 2
	shape.LambdaBil = (gradient.sse - asHead.sse) / 2
	shape.LambdaFlat = (tint.sse - asHead.sse) / 2
	shape.Chi2 = asHead.sse / float64(len(o.value))
	shape.Scale, shape.Fold = scale, fold
	shape.Offset = [2]float64{asHead.b[0], asHead.b[1]}
	shape.CellError = meanError(list)
	shape.Amplitude, shape.Spread = amplitude(list, h, response)
	for i := range cells {
		for k, c := range o.cells {
			if cells[i].Row*columns+cells[i].Column == c {
				cells[i].Head = [2]float64{asHead.model[k], asHead.model[k+len(o.cells)]}
			}
		}
	}
	return shape, cells
}

// What sends back many times as much as most cells is a mirror, as lenses are:
// its pseudo-normal says where the screen stands in it, and nothing of the
// face. Cells beside it that still send back more than skin show its edge.
const (
	mirrorAlpha = 2.0 // times the median response
	edgeAlpha   = 1.2
)

// withoutMirrors takes mirrors and their edges out of the cells, and says which
// share of the cells they were.
func withoutMirrors(list *[cellCount]cell) float64 {
	var alphas []float64
	for _, c := range list {
		if c.ok {
			alphas = append(alphas, c.alpha)
		}
	}
	if len(alphas) == 0 {
		return 0
	}
	usual := median(alphas)
	var mirror, out [cellCount]bool
	for c, x := range list {
		mirror[c] = x.ok && (x.alpha > mirrorAlpha*usual || beyond(x))
	}
	for c, x := range list {
		out[c] = mirror[c] || x.ok && x.alpha > edgeAlpha*usual && beside(mirror, c)
	}
	n := 0
	for c := range list {
		if out[c] {
			list[c].ok = false
			n++
		}
	}
	return float64(n) / float64(len(alphas))
}

// beside says whether a cell has a marked one next to it.
func beside(marked [cellCount]bool, c int) bool {
	column, row := c%columns, c/columns
	return column > 0 && marked[c-1] || column < columns-1 && marked[c+1] ||
		row > 0 && marked[c-columns] || row < rows-1 && marked[c+columns]
}

// beyond says whether a pseudo-normal is longer than any surface's can be,
// certainly so.
func beyond(c cell) bool {
	return math.Abs(c.normal[0]) > 1+2*c.error[0] || math.Abs(c.normal[1]) > 1+2*c.error[1]
}

// cellsOf is the grid as evidence.
func cellsOf(list [cellCount]cell, h head) []engine.FlashCell {
	var cells []engine.FlashCell
	for c, x := range list {
		u, v := cellAt(c)
		if _, ok := cellOf(u, v); !ok {
			continue
		}
		cells = append(cells, engine.FlashCell{
			Column: c % columns, Row: c / columns, Alpha: x.alpha, Normal: x.normal, Error: x.error,
			Used: x.ok, Response: h.generic.amount[c],
		})
	}
	return cells
}

func meanError(list [cellCount]cell) float64 {
	var sum float64
	n := 0
	for _, c := range list {
		if c.ok {
			sum += (c.error[0] + c.error[1]) / 2
			n++
		}
	}
	return sum / float64(max(1, n))
}

// screenMean is the mean light of the screen over a plan, in shares of white.
const screenMean = 0.26

// amplitude is how the cells' light of the screen, over their light of the
// room, is spread over the face: its correlation with the generic head's, and
// its coefficient of variation without the part that the cells' own noise
// makes. A head is lit less at its sides; a tint is not. A relative response b
// is T/(A+T s) of the screen's light T, the room's A and the screen's mean s,
// so that T/A is b/(1-b s): in a dark room all of a face answers alike, and
// the ratio still tells its sides.
func amplitude(list [cellCount]cell, h head, response float64) (correlation, spread float64) {
	var a, b, aa, bb, ab, noise, n float64
	for c, x := range list {
		if !x.ok {
			continue
		}
		left := max(0.3, 1-x.alpha*response*screenMean)
		t, y := x.alpha/left, h.generic.amount[c]
		a, b, n = a+t, b+y, n+1
		aa, bb, ab = aa+t*t, bb+y*y, ab+t*y
		noise += x.spread * x.spread / (left * left * left * left)
	}
	if n < 2 {
		return 0, 0
	}
	va, vb, cov := aa/n-a*a/n/n, bb/n-b*b/n/n, ab/n-a*b/n/n
	if va > 0 && vb > 0 {
		correlation = cov / math.Sqrt(va*vb)
	}
	if a > 0 {
		spread = math.Sqrt(max(0, va-noise/n)) / (a / n)
	}
	return correlation, spread
}
