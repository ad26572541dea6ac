package flash

import (
	"math"
	"math/rand/v2"
	"testing"
)

// seenAs is what would be measured of pseudo-normals, with some noise.
func seenAs(normal func(cell int) [2]float64, noise float64, seed uint64) [cellCount]cell {
	var list [cellCount]cell
	r := rand.New(rand.NewPCG(seed, 3))
	for c := range list {
		if _, ok := cellOf(cellAt(c)); !ok {
			continue
		}
		n := normal(c)
		for i := range n {
			n[i] += noise * r.NormFloat64()
		}
		list[c] = cell{ok: true, alpha: 1, normal: n, error: [2]float64{noise + 0.01, noise + 0.01}}
	}
	return list
}

func TestSurfaces(t *testing.T) {
	h := newHead(inFront())
	bent := func(radius, angle float64) func(int) [2]float64 {
		return func(c int) [2]float64 {
			u, v := cellAt(c)
			bend := (u*math.Cos(angle) + v*math.Sin(angle)) / radius
			n := h.sheet.normal[c]
			return [2]float64{n[0] + 0.6*bend*math.Cos(angle), n[1] + 0.6*bend*math.Sin(angle)}
		}
	}
	tests := []struct {
		name   string
		normal func(int) [2]float64
		head   bool
	}{
		{"the generic head", func(c int) [2]float64 { return h.generic.normal[c] }, true},
		{"turned", func(c int) [2]float64 { n := h.generic.normal[c]; return [2]float64{n[0] + 0.2, n[1] - 0.1} }, true},
		{"on a smaller screen", func(c int) [2]float64 { n := h.generic.normal[c]; return [2]float64{0.7 * n[0], 0.7 * n[1]} }, true},
		{"with a larger nose", func(c int) [2]float64 {
			n, m := h.generic.normal[c], h.modes[0].normal[c]
			return [2]float64{n[0] + m[0], n[1] + m[1]}
		}, true},
		{"a flat sheet", func(c int) [2]float64 { return h.sheet.normal[c] }, false},
		{"bent about an upright axis", bent(90, 0), false},
		{"bent about a lying axis", bent(90, math.Pi/2), false},
		{"bent askew", bent(110, 1), false},
		{"a tint", func(int) [2]float64 { return [2]float64{0.1, 0} }, false},
		{"a gradient", func(c int) [2]float64 { u, v := cellAt(c); return [2]float64{u / 80, v / 100} }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			shape, cells := shapeOf(seenAs(tt.normal, 0.03, 1), h, 0.3, true)
			if !shape.Measured || shape.Valid != 1 || len(cells) == 0 {
				t.Fatalf("not measured: %+v", shape)
			}
			others := min(shape.LambdaHead, shape.LambdaBil, shape.LambdaFlat)
			if tt.head && (shape.Relief < 5 || others < 5 || shape.Chi2 > 1.2) {
				t.Errorf("got relief %.1f, log-likelihood ratios from %.1f, misfit %.2f, want a head", shape.Relief, others, shape.Chi2)
			}
			if !tt.head && (math.Abs(shape.Relief) > 2.5 || others > 0) {
				t.Errorf("got relief %.1f, log-likelihood ratios from %.1f, want no head", shape.Relief, others)
			}
		})
	}
}

// TestReliefBesideGlasses spoils the eyes' rows, as lenses do that mirror the
// screen: the rest is still a head, and a sheet does not become one.
func TestReliefBesideGlasses(t *testing.T) {
	h := newHead(inFront())
	r := rand.New(rand.NewPCG(5, 5))
	spoil := func(list [cellCount]cell) [cellCount]cell {
		for c := range list {
			if row := c / columns; list[c].ok && (row == 1 || row == 2) && c%columns != 4 {
				list[c].normal = [2]float64{r.NormFloat64() * 0.6, r.NormFloat64() * 0.6}
			}
		}
		return list
	}
	worn, _ := shapeOf(spoil(seenAs(func(c int) [2]float64 { return h.generic.normal[c] }, 0.02, 2)), h, 0.3, true)
	sheet, _ := shapeOf(spoil(seenAs(func(c int) [2]float64 { return h.sheet.normal[c] }, 0.02, 3)), h, 0.3, true)
	if worn.Relief < 3 {
		t.Errorf("a head with glasses: got relief %.1f, want more than 3", worn.Relief)
	}
	if sheet.Relief > 2.5 {
		t.Errorf("a sheet with glasses: got relief %.1f, want less than 2.5", sheet.Relief)
	}
}

func TestShapeOfTooLittle(t *testing.T) {
	list := seenAs(func(int) [2]float64 { return [2]float64{} }, 0.03, 4)
	for c := range list {
		list[c].ok = list[c].ok && c%columns == 4
	}
	shape, _ := shapeOf(list, newHead(inFront()), 0.3, false)
	if shape.Measured || shape.Valid > 0.2 {
		t.Errorf("eight cells: got measured %v with %v valid, want no judgement", shape.Measured, shape.Valid)
	}
}

func TestAmplitude(t *testing.T) {
	h := newHead(inFront())
	list := seenAs(func(int) [2]float64 { return [2]float64{} }, 0, 1)
	for c := range list {
		list[c].alpha = h.generic.amount[c]
	}
	correlation, spread := amplitude(list, h, 0)
	if correlation < 0.999 || spread < 0.1 {
		t.Errorf("a head's own: got %v and %v", correlation, spread)
	}
	// The same head in a dark room: what each cell answers is nearer to the
	// others, and the spread the same.
	for c := range list {
		x := h.generic.amount[c]
		list[c].alpha = x / (1 + 2*x*screenMean)
	}
	if _, dark := amplitude(list, h, 2); math.Abs(dark-spread) > 1e-6 {
		t.Errorf("in a dark room: got a spread of %v, want %v", dark, spread)
	}
	r := rand.New(rand.NewPCG(1, 1))
	for c := range list {
		list[c].alpha, list[c].spread = 1+0.2*r.NormFloat64(), 0.2
	}
	if correlation, spread = amplitude(list, h, 0); math.Abs(correlation) > 0.4 || spread > 0.12 {
		t.Errorf("nothing but noise: got %v and %v, want about 0", correlation, spread)
	}
}
