package embed

import (
	"math"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/models/picture"
)

func template() [5]engine.Point {
	return [5]engine.Point{{X: 38, Y: 52}, {X: 74, Y: 52}, {X: 56, Y: 72}, {X: 42, Y: 92}, {X: 71, Y: 92}}
}

func (s similarity) apply(p engine.Point) engine.Point {
	return engine.Point{X: s.A*p.X - s.B*p.Y + s.X, Y: s.B*p.X + s.A*p.Y + s.Y}
}

func apart(a, b engine.Point) float64 { return math.Hypot(a.X-b.X, a.Y-b.Y) }

// Points that were moved by a similarity are moved back exactly.
func TestFitFindsTheSimilarity(t *testing.T) {
	for _, tt := range []struct {
		what           string
		scale, degrees float64
		x, y           float64
	}{
		{"as they are", 1, 0, 0, 0},
		{"moved", 1, 0, 300, -20},
		{"larger", 7.5, 0, 0, 0},
		{"on the head", 1, 180, 0, 0},
		{"turned, small and far away", 0.3, -37, 1000, 2000},
	} {
		sin, cos := math.Sincos(tt.degrees * math.Pi / 180)
		moved := similarity{A: tt.scale * cos, B: tt.scale * sin, X: tt.x, Y: tt.y}
		var from [5]engine.Point
		for i, p := range template() {
			from[i] = moved.apply(p)
		}
		s, ok := fit(from, template())
		if !ok || math.Abs(s.scale()*tt.scale-1) > 1e-9 {
			t.Errorf("%s: got %v, scale %v", tt.what, ok, s.scale())
		}
		for i, p := range template() {
			if d := apart(s.apply(from[i]), p); d > 1e-9 {
				t.Errorf("%s: point %d is %v off", tt.what, i, d)
			}
			if d := apart(s.inverse().apply(p), from[i]); d > 1e-6 {
				t.Errorf("%s: point %d is %v off on the way back", tt.what, i, d)
			}
		}
	}
}

func TestFitOfNothing(t *testing.T) {
	var one, none [5]engine.Point
	for i := range one {
		one[i] = engine.Point{X: 5, Y: 5}
		none[i] = engine.Point{X: math.NaN()}
	}
	for _, from := range [][5]engine.Point{one, none} {
		if s, ok := fit(from, template()); ok {
			t.Errorf("%v: got %+v, want none", from, s)
		}
	}
}

// gradient has its own coordinates as colours.
func gradient(w, h int) *picture.Picture {
	p := &picture.Picture{Width: w, Height: h, Pix: make([]picture.Pixel, w*h)}
	for i := range p.Pix {
		p.Pix[i] = picture.Pixel(i%w) | picture.Pixel(i/w)<<8
	}
	return p
}

func TestWarp(t *testing.T) {
	p := gradient(200, 200)
	dst := &picture.Picture{Width: 50, Height: 50, Pix: make([]picture.Pixel, 2500)}
	for _, tt := range []struct {
		what string
		s    similarity
		u, v int
		x, y int // of the source; -1: black
	}{
		{"as it is", similarity{A: 1}, 10, 20, 10, 20},
		{"moved", similarity{A: 1, X: -100, Y: -50}, 10, 20, 110, 70},
		{"half as large", similarity{A: 0.5}, 10, 20, 20, 40},
		{"turned clockwise", similarity{B: 1, X: 49}, 10, 20, 20, 39},
		{"to the left of the picture", similarity{A: 1, X: 30}, 10, 20, -1, -1},
		{"below the picture", similarity{A: 1, Y: -190}, 10, 20, -1, -1},
		{"far away", similarity{A: 1, X: -1e30}, 10, 20, -1, -1},
		{"infinitely small", similarity{A: 1e-30}, 10, 20, -1, -1},
	} {
		warp(dst, p, tt.s)
		got := dst.Pix[tt.v*50+tt.u] & 0xFFFFFF
		want := picture.Pixel(0)
		if tt.x >= 0 {
			want = picture.Pixel(tt.x) | picture.Pixel(tt.y)<<8
		}
		if got != want {
			t.Errorf("%s: got %06x, want %06x", tt.what, got, want)
		}
	}
}

// What is shown of the averaged boxes lies where it lay in the picture.
func TestAlignByBoxes(t *testing.T) {
	p := gradient(250, 250)
	s := similarity{A: 0.3, B: 0.1, X: -10, Y: -5}
	direct := &picture.Picture{Width: 50, Height: 50, Pix: make([]picture.Pixel, 2500)}
	boxed := &picture.Picture{Width: 50, Height: 50, Pix: make([]picture.Pixel, 2500)}
	warp(direct, p, s)
	var small picture.Picture
	x0, y0, x1, y1 := s.reach(50, 50, 3)
	x, y := picture.Shrink(&small, p, 3, x0, y0, x1, y1)
	warp(boxed, &small, s.after(3, x, y))
	for _, at := range []int{20*50 + 20, 25*50 + 30, 30*50 + 15} {
		for c := 0; c < 16; c += 8 {
			got, want := int(boxed.Pix[at]>>c&0xFF), int(direct.Pix[at]>>c&0xFF)
			if got < want-1 || got > want+1 {
				t.Errorf("at %d: got %d, want %d", at, got, want)
			}
		}
	}
}

func TestUnit(t *testing.T) {
	for _, tt := range []struct {
		what      string
		v         []float32
		normalise bool
		ok        bool
	}{
		{"any length", []float32{3, 4}, true, true},
		{"unit length, as promised", []float32{0.6, 0.8}, false, true},
		{"another length than promised", []float32{3, 4}, false, false},
		{"no direction", []float32{0, 0}, true, false},
		{"no number", []float32{float32(math.NaN()), 1}, true, false},
		{"without end", []float32{float32(math.Inf(1)), 1}, true, false},
	} {
		got, err := unit(tt.v, tt.normalise)
		if (err == nil) != tt.ok {
			t.Errorf("%s: got %v", tt.what, err)
		}
		if tt.ok && (math.Abs(float64(got[0])-0.6) > 1e-6 || math.Abs(float64(got[1])-0.8) > 1e-6) {
			t.Errorf("%s: got %v, want 0.6 and 0.8", tt.what, got)
		}
	}
}
