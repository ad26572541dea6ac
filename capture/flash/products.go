package flash

/*
#cgo CFLAGS: -O2
#cgo noescape rostod_sums
#cgo nocallback rostod_sums
#include "kernels.h"

// The pointers to the columns are put together here: cgo would have to look
// through what they point at.
static void rostod_sums(const double *answer, const double *screen, const double *a, const double *b, const double *c, const double *d,
		int64_t n, double *out) {
	const double *slow[4] = {a, b, c, d};
	rostod_products(answer, screen, slow, n, out);
}
*/
import "C"

import "unsafe"

// products are the sums over all frames of each column's chroma times each
// other's, after what changes slowly was taken out.
type products [columnCount][columnCount]square

// sums are the products of an answer with a screen's course, and of the screen
// with what changes slowly, in the order in which the kernel leaves them: for
// each of the answer's two and flat's two numbers its products with flat and
// side, then with side and height; for side's and height's with side and
// height; for each slow column as for an answer's number.
type sums [4*12 + 2*4*slowCount]float64

func numbers[T chroma | glow | float64](list []T) *C.double {
	return (*C.double)(unsafe.Pointer(unsafe.SliceData(list)))
}

// of adds up. It is where a measurement spends its time: two hundred wrong
// sequences at a dozen lags each; vector instructions take a sixth of what the
// same loop in Go does.
func (s *sums) of(r *record, c course, screen []glow) {
	n := len(screen)
	c = c[:n]
	slow := &r.slow
	for k := range slow {
		_ = slow[k][:n]
	}
	C.rostod_sums(numbers([]chroma(c)), numbers(screen), numbers(slow[0]), numbers(slow[1]), numbers(slow[2]), numbers(slow[3]),
		C.int64_t(n), (*C.double)(unsafe.Pointer(s)))
}

// productsOf multiplies an answer with the screen's course. The answer is
// without what changes slowly; the screen's share of it is taken out here.
func (r record) productsOf(c course, screen []glow) products {
	var s sums
	if len(screen) > 0 {
		s.of(&r, c, screen)
	}
	var p products
	for _, x := range c[:len(screen)] {
		p[answer][answer][0][0] += x[0] * x[0]
		p[answer][answer][0][1] += x[0] * x[1]
		p[answer][answer][1][1] += x[1] * x[1]
	}
	p[answer][answer][1][0] = p[answer][answer][0][1]
	// row is where the products of a number with all of the screen's six begin:
	// four with flat and side, then four with side and height.
	screenBy := func(row []float64) [columnCount]chroma {
		return [columnCount]chroma{flatColumn: {row[0], row[1]}, sideColumn: {row[2], row[3]}, heightColumn: {row[6], row[7]}}
	}
	for i := range 2 {
		for a, x := range screenBy(s[8*i:]) {
			if a != answer {
				p[answer][a][i] = x
			}
		}
		for a, x := range screenBy(s[16+8*i:]) {
			if a != answer {
				p[flatColumn][a][i] = x
			}
		}
		side, height := s[32+4*i:], s[40+4*i:]
		p[sideColumn][sideColumn][i] = chroma{side[0], side[1]}
		p[sideColumn][heightColumn][i] = chroma{side[2], side[3]}
		p[heightColumn][heightColumn][i] = chroma{height[2], height[3]}
	}
	var slow [slowCount][columnCount]chroma
	for k := range slow {
		slow[k] = screenBy(s[48+8*k:])
	}
	return p.without(slow)
}

// without takes out what changes slowly, and fills in the other half.
func (p products) without(slow [slowCount][columnCount]chroma) products {
	for a := range columnCount {
		for b := a; b < columnCount; b++ {
			for k := range slow {
				x, y := slow[k][a], slow[k][b]
				p[a][b] = p[a][b].plus(square{{x[0] * y[0], x[0] * y[1]}, {x[1] * y[0], x[1] * y[1]}}, -1)
			}
			p[b][a] = p[a][b].turned()
		}
	}
	return p
}
