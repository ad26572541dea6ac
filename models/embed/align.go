package embed

import (
	"math"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/models/picture"
)

// similarity is a turn, a scale and a shift: x' = A*x - B*y + X, y' = B*x + A*y + Y.
type similarity struct{ A, B, X, Y float64 }

// fit is the similarity that brings from nearest to to, by least squares
// (Umeyama, Least-squares estimation of transformation parameters between two
// point patterns, 1991). In the plane, without reflection, it has this closed
// form. When all points of from are in one place there is none: ok is false.
func fit(from, to [5]engine.Point) (s similarity, ok bool) {
	mf, mt := centre(from), centre(to)
	var norm, a, b float64
	for i := range from {
		fx, fy := from[i].X-mf.X, from[i].Y-mf.Y
		tx, ty := to[i].X-mt.X, to[i].Y-mt.Y
		norm += fx*fx + fy*fy
		a += fx*tx + fy*ty
		b += fx*ty - fy*tx
	}
	if !(norm > 1e-9) {
		return similarity{}, false
	}
	a, b = a/norm, b/norm
	if !(a*a+b*b > 1e-12) {
		return similarity{}, false
	}
	return similarity{A: a, B: b, X: mt.X - a*mf.X + b*mf.Y, Y: mt.Y - b*mf.X - a*mf.Y}, true
}

func centre(points [5]engine.Point) engine.Point {
	var c engine.Point
	for _, p := range points {
		c.X += p.X / 5
		c.Y += p.Y / 5
	}
	return c
}

// scale is how much longer a line becomes.
func (s similarity) scale() float64 { return math.Hypot(s.A, s.B) }

// inverse undoes s.
func (s similarity) inverse() similarity {
	n := s.A*s.A + s.B*s.B
	a, b := s.A/n, -s.B/n
	return similarity{A: a, B: b, X: -(a*s.X - b*s.Y), Y: -(b*s.X + a*s.Y)}
}

// after is s on a picture whose pixel (0, 0) is the average of the box of k x k
// pixels at x, y of the picture that s is for.
func (s similarity) after(k, x, y int) similarity {
	f := float64(k)
	cx, cy := float64(x)+(f-1)/2, float64(y)+(f-1)/2
	return similarity{A: s.A * f, B: s.B * f, X: s.X + s.A*cx - s.B*cy, Y: s.Y + s.B*cx + s.A*cy}
}

// reach is the part of the picture that s brings into a crop, with a margin of
// one box.
func (s similarity) reach(width, height, margin int) (x0, y0, x1, y1 int) {
	inv := s.inverse()
	x0, y0, x1, y1 = math.MaxInt32, math.MaxInt32, math.MinInt32, math.MinInt32
	for _, c := range [4][2]float64{{0, 0}, {float64(width), 0}, {0, float64(height)}, {float64(width), float64(height)}} {
		x := int(min(max(inv.A*c[0]-inv.B*c[1]+inv.X, math.MinInt32/2), math.MaxInt32/2))
		y := int(min(max(inv.B*c[0]+inv.A*c[1]+inv.Y, math.MinInt32/2), math.MaxInt32/2))
		x0, y0, x1, y1 = min(x0, x-margin), min(y0, y-margin), max(x1, x+margin), max(y1, y+margin)
	}
	return x0, y0, x1, y1
}

// warp fills dst with what s shows of p: bilinear, black outside.
func warp(dst, p *picture.Picture, s similarity) {
	fixed := func(v float64) int64 { return int64(math.Round(min(max(v, -far), far) * (1 << 16))) }
	inv := s.inverse()
	picture.Warp(dst, p, picture.Affine{
		X: fixed(inv.X), XU: fixed(inv.A), XV: fixed(-inv.B),
		Y: fixed(inv.Y), YU: fixed(inv.B), YV: fixed(inv.A),
	})
}

// far is a place that no picture reaches, in pixels.
const far = 1 << 30
