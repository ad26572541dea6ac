package sim

import (
	"hash/fnv"
	"image"
	"math"

	"github.com/rostod/rostod/engine"
)

// Photo is a photograph of a person from the front, to be used as the skin of a
// head or as what an attacker prints.
type Photo struct {
	Name, Person string
	Picture      image.Image
	Landmarks    [5]engine.Point // pixels of the picture
}

// SplitOf is which split a person of a photograph belongs to.
func SplitOf(person string) Split {
	h := fnv.New32a()
	_, _ = h.Write([]byte("split " + person))
	return []Split{Train, Calibrate, Test}[h.Sum32()%3]
}

func photosOf(list []Photo, split Split) []*Photo {
	var mine []*Photo
	for i := range list {
		if SplitOf(list[i].Person) == split {
			mine = append(mine, &list[i])
		}
	}
	return mine
}

// linear is the light of a pixel between its neighbours.
func (p *Photo) linear(x, y float64) colour {
	b := p.Picture.Bounds()
	fx, fy := min(max(x, float64(b.Min.X)), float64(b.Max.X)-1.01), min(max(y, float64(b.Min.Y)), float64(b.Max.Y)-1.01)
	i, j := int(fx), int(fy)
	fx, fy = fx-float64(i), fy-float64(j)
	var sum colour
	for k, w := range [4]float64{(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy} {
		r, g, b, _ := p.Picture.At(i+k%2, j+k/2).RGBA()
		for c, v := range [3]uint32{r, g, b} {
			sum[c] += w * decoded(float64(v)/65535)
		}
	}
	return sum
}

// sampled is the photo on a grid of the face, with a way from the face to the
// photo's pixels.
func (p *Photo) sampled(way func(x, y float64) (float64, float64)) *texture {
	const cell = 0.85
	t := &texture{width: 250, height: 350, left: -125 * cell, top: 150 * cell, cell: cell}
	t.pixels = make([]float32, 0, 3*t.width*t.height)
	for j := range t.height {
		for i := range t.width {
			c := p.linear(way(t.left+cell*float64(i), t.top-cell*float64(j)))
			t.pixels = append(t.pixels, float32(c[0]), float32(c[1]), float32(c[2]))
		}
	}
	return t
}

// portrait is the photo as it is, the eyes upright and 63 mm apart.
func (p *Photo) portrait() *texture {
	l, r := p.Landmarks[0], p.Landmarks[1]
	dx, dy := (r.X-l.X)/63, (r.Y-l.Y)/63
	mx, my := (l.X+r.X)/2, (l.Y+r.Y)/2
	t := p.sampled(func(x, y float64) (float64, float64) { return mx + x*dx + y*dy, my + x*dy - y*dx })
	n := dx*dx + dy*dy
	for i, q := range p.Landmarks {
		a, b := q.X-mx, q.Y-my
		t.landmarks[i] = engine.Point{X: (a*dx + b*dy) / n, Y: (a*dy - b*dx) / n}
	}
	return t
}

// texture is the photo as the skin of a head: warped so that the landmarks lie
// on the head's, its own light taken off, and as bright as its tone.
func (p *Photo) texture(h *head) *texture {
	t := p.sampled(p.way(h.marks()))
	t.unlight(h)
	return t
}

// marks are the landmarks at rest, seen from the front.
func (h *head) marks() [5]engine.Point {
	mouth := 24.5 * h.Mouth
	return [5]engine.Point{{X: -h.Eyes}, {X: h.Eyes}, {Y: -36.5 * h.NoseLong}, {X: -mouth, Y: -69}, {X: mouth, Y: -69}}
}

// way goes from the face to the photo: the affine map that fits the landmarks
// best, and what is left over at each fades within 30 mm.
func (p *Photo) way(marks [5]engine.Point) func(x, y float64) (float64, float64) {
	var rows [][]float64
	var xs, ys []float64
	for i, m := range marks {
		rows = append(rows, []float64{1, m.X, m.Y})
		xs, ys = append(xs, p.Landmarks[i].X), append(ys, p.Landmarks[i].Y)
	}
	one := []float64{1, 1, 1, 1, 1}
	a, b := fit(rows, xs, one), fit(rows, ys, one)
	var left [5][2]float64
	for i, m := range marks {
		left[i] = [2]float64{xs[i] - a[0] - a[1]*m.X - a[2]*m.Y, ys[i] - b[0] - b[1]*m.X - b[2]*m.Y}
	}
	return func(x, y float64) (float64, float64) {
		u, v := a[0]+a[1]*x+a[2]*y, b[0]+b[1]*x+b[2]*y
		for i, m := range marks {
			w := bump(math.Hypot(x-m.X, y-m.Y), 0, 15)
			u, v = u+w*left[i][0], v+w*left[i][1]
		}
		return u, v
	}
}

// covers is how much of the drawn face the photo replaces.
func covers(u, v float64) float64 {
	return smooth(1, 0.86, math.Hypot(u/66, (v+26)/92))
}

// unlight divides the photo by its own shading: spherical harmonics of the
// second order, fitted to the face with little weight for what does not fit
// (Ramamoorthi and Hanrahan, JOSA A 18, 2001). What shines is cut off.
func (t *texture) unlight(h *head) {
	var rows [][]float64
	var values []float64
	normal := func(x, y float64) []float64 {
		const d = 2
		n := vec{h.at(x-d, y).z - h.at(x+d, y).z, h.at(x, y-d).z - h.at(x, y+d).z, 2 * d}.unit()
		return []float64{1, n.x, n.y, n.z, n.x * n.y, n.x * n.z, n.y * n.z, n.x*n.x - n.y*n.y, 3*n.z*n.z - 1}
	}
	for y := -104.0; y <= 48; y += 4 {
		for x := -52.0; x <= 52; x += 4 {
			rows, values = append(rows, normal(x, y)), append(values, luminance(t.at(x, y)))
		}
	}
	weights := make([]float64, len(values))
	for i := range weights {
		weights[i] = 1
	}
	var k []float64
	for range 4 {
		k = fit(rows, values, weights)
		for i, r := range rows {
			weights[i] = 1 / max(math.Abs(values[i]-product(r, k)), 0.02)
		}
	}
	sorted := append([]float64(nil), values...)
	middle, most := quantile(sorted, 0.5), quantile(sorted, 0.98)
	tone := min(max(0.9*middle, 0.07), 0.45) / max(middle, 1e-3)
	for j := range t.height {
		for i := range t.width {
			x, y := t.left+t.cell*float64(i), t.top-t.cell*float64(j)
			if covers(x, y) == 0 {
				continue
			}
			shade := min(max(product(normal(x, y), k)/max(middle, 1e-3), 0.35), 1.8)
			p := t.pixels[3*(j*t.width+i):][:3]
			cut := min(1, most/max(luminance([3]float64{float64(p[0]), float64(p[1]), float64(p[2])}), 1e-6))
			for c := range p {
				p[c] *= float32(tone * cut / shade)
			}
		}
	}
}

// over is the photo's colour where it covers, and c elsewhere.
func (t *texture) over(c colour, u, v float64) colour {
	share := covers(u, v)
	if share == 0 {
		return c
	}
	return c.to(t.at(u, v), share)
}

// cheek is the colour of the skin.
func (t *texture) cheek() [3]float64 {
	var sum colour
	for _, x := range []float64{-38, -34, -30, 30, 34, 38} {
		for _, y := range []float64{-24, -28, -32} {
			c := t.at(x, y)
			for i := range sum {
				sum[i] += c[i] / 18
			}
		}
	}
	return sum
}

func product(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

// fit is the weighted least squares of values over rows, by Gauss's elimination
// of the normal equations.
func fit(rows [][]float64, values, weights []float64) []float64 {
	n := len(rows[0])
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n+1)
		m[i][i] = 1e-9
	}
	for k, r := range rows {
		for i := range n {
			for j := range n {
				m[i][j] += weights[k] * r[i] * r[j]
			}
			m[i][n] += weights[k] * r[i] * values[k]
		}
	}
	for i := range n {
		for j := range n {
			if j == i {
				continue
			}
			f := m[j][i] / m[i][i]
			for k := i; k <= n; k++ {
				m[j][k] -= f * m[i][k]
			}
		}
	}
	x := make([]float64, n)
	for i := range x {
		x[i] = m[i][n] / m[i][i]
	}
	return x
}
