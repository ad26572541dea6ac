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

// warp writes into dst what s shows of p: bilinear, black outside.
func warp(dst, p *picture.Picture, s similarity) {
	const one = 1 << 16
	inv := s.inverse()
	dx, dy := int64(math.Round(inv.A*one)), int64(math.Round(inv.B*one))
	for v := range dst.Height {
		out := dst.Pix[v*dst.Width : (v+1)*dst.Width]
		x := int64(math.Round((inv.X - inv.B*float64(v)) * one))
		y := int64(math.Round((inv.Y + inv.A*float64(v)) * one))
		for u := range out {
			out[u] = at(p, x, y)
			x, y = x+dx, y+dy
		}
	}
}

// at interpolates between the four pixels around a place in 1/65536 pixels.
func at(p *picture.Picture, x, y int64) picture.Pixel {
	i, j := int(x>>16), int(y>>16)
	wx, wy := uint32(x>>8&0xFF), uint32(y>>8&0xFF)
	if i >= 0 && i < p.Width-1 && j >= 0 && j < p.Height-1 {
		a := p.Pix[j*p.Width+i:]
		b := p.Pix[(j+1)*p.Width+i:]
		return picture.Blend(picture.Blend(a[0], a[1], wx), picture.Blend(b[0], b[1], wx), wy)
	}
	return picture.Blend(
		picture.Blend(pixel(p, i, j), pixel(p, i+1, j), wx),
		picture.Blend(pixel(p, i, j+1), pixel(p, i+1, j+1), wx), wy)
}

// pixel is black outside of the picture.
func pixel(p *picture.Picture, x, y int) picture.Pixel {
	if uint(x) >= uint(p.Width) || uint(y) >= uint(p.Height) {
		return 0
	}
	return p.Pix[y*p.Width+x]
}
