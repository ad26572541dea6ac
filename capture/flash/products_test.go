package flash

import (
	"math/rand/v2"
	"testing"
)

// slowProducts is productsOf, written plainly.
func slowProducts(r record, c course, screen []glow) products {
	var p products
	var slow [slowCount][columnCount]chroma
	for i, g := range screen {
		row := [columnCount]chroma{c[i], g.flat, g.side, g.height}
		for a := range row {
			for b := a; b < columnCount; b++ {
				s := &p[a][b]
				s[0][0] += row[a][0] * row[b][0]
				s[0][1] += row[a][0] * row[b][1]
				s[1][0] += row[a][1] * row[b][0]
				s[1][1] += row[a][1] * row[b][1]
			}
		}
		for k := range slow {
			x := r.slow[k][i]
			for a := flatColumn; a < columnCount; a++ {
				slow[k][a][0] += x * row[a][0]
				slow[k][a][1] += x * row[a][1]
			}
		}
	}
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

func TestProductsAsWrittenPlainly(t *testing.T) {
	d := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 40, 217} {
		at := make([]float64, n)
		c, screen := make(course, n), make([]glow, n)
		for i := range at {
			at[i] = 33*float64(i) + d.Float64()
			c[i] = chroma{d.NormFloat64(), d.NormFloat64()}
			screen[i] = glow{chroma{d.NormFloat64(), d.NormFloat64()}, chroma{d.NormFloat64(), 0}, chroma{0, d.NormFloat64()}}
		}
		r := record{at: at, slow: slowly(at)}
		got, want := r.productsOf(c, screen), slowProducts(r, c, screen)
		for a := range want {
			for b := range want[a] {
				if got[a][b] != want[a][b] {
					t.Errorf("%d frames, %d with %d: got %v, want %v", n, a, b, got[a][b], want[a][b])
				}
			}
		}
	}
}
