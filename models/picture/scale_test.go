package picture

import (
	"math"
	"testing"
)

// scene is a picture with something to see everywhere.
func scene(w, h int) *Picture {
	p := &Picture{}
	p.reset(w, h)
	for i := range p.Pix {
		x, y := float64(i%w), float64(i/w)
		wave := func(a, b float64) uint8 { return uint8(127 + 120*math.Sin(x*a+y*b)) }
		p.Pix[i] = pack(wave(0.05, 0.02), wave(0.01, 0.11), wave(0.3, 0.2))
	}
	return p
}

func apart(a, b Pixel) int {
	most := 0
	for c := 0; c < 24; c += 8 {
		d := int(a>>c&0xFF) - int(b>>c&0xFF)
		most = max(most, d, -d)
	}
	return most
}

// areaSlow is the average over areas, written as its definition.
func areaSlow(p *Picture, x, y, side, size, i, j int) Pixel {
	f := float64(side) / float64(size)
	var sum [3]float64
	for v := int(float64(j) * f); v < side && float64(v) < float64(j+1)*f; v++ {
		for u := int(float64(i) * f); u < side && float64(u) < float64(i+1)*f; u++ {
			w := (min(float64(u+1), float64(i+1)*f) - max(float64(u), float64(i)*f)) * (min(float64(v+1), float64(j+1)*f) - max(float64(v), float64(j)*f))
			px := p.Pix[mirrored(y+v, p.Height)*p.Width+mirrored(x+u, p.Width)]
			for c := range sum {
				sum[c] += w * float64(px>>(8*c)&0xFF)
			}
		}
	}
	return pack(level(float32(sum[0]/f/f)), level(float32(sum[1]/f/f)), level(float32(sum[2]/f/f)))
}

func TestSquareShrinksByArea(t *testing.T) {
	p := scene(300, 200)
	for _, tt := range []struct{ x, y, side, shown int }{
		{10, 20, 128, 128}, {0, 0, 200, 200}, {50, 3, 150, 150}, {280, 190, 129, 129},
		{-40, -70, 256, 256}, {100, 50, 385, 384}, {-900, -900, 2000, 1995},
	} {
		r := NewResampler(128)
		var got Picture
		if shown := r.Square(&got, p, tt.x, tt.y, tt.side); shown != tt.shown {
			t.Errorf("%v: got %d pixels shown, want %d", tt, shown, tt.shown)
		}
		if tt.side >= 256 && tt.side%128 != 0 {
			continue // whole boxes first: near to the definition, and not at it
		}
		for _, at := range [][2]int{{0, 0}, {127, 127}, {3, 100}, {64, 64}, {127, 0}, {90, 17}} {
			want := areaSlow(p, tt.x, tt.y, tt.side, 128, at[0], at[1])
			if g := got.Pix[at[1]*128+at[0]]; apart(g, want) > 2 {
				t.Errorf("%v at %v: got %06x, want %06x", tt, at, g&0xFFFFFF, want)
			}
		}
	}
}

// Any square of a picture of one colour has that colour, whatever its size and
// place: all weights add up to one.
func TestSquareKeepsAColour(t *testing.T) {
	p := &Picture{}
	p.reset(50, 40)
	for i := range p.Pix {
		p.Pix[i] = pack(200, 100, 255)
	}
	r := NewResampler(64)
	for side := 1; side < 400; side += 7 {
		var got Picture
		r.Square(&got, p, side/2-60, 10-side/3, side)
		for i, v := range got.Pix {
			if apart(v, p.Pix[0]) > 0 {
				t.Fatalf("side %d, pixel %d: got %06x, want %06x", side, i, v, p.Pix[0])
			}
		}
	}
}

func TestSquareEnlarges(t *testing.T) {
	p := scene(100, 100)
	var got Picture
	NewResampler(128).Square(&got, p, 20, 20, 64)
	for i := 8; i < 120; i += 16 {
		// Twice as large, pixel i lies at i/2 - 1/4.
		at := (20+i/2)*100 + 20 + i/2
		want := pack(mid(p.Pix[at], p.Pix[at-101], 0), mid(p.Pix[at], p.Pix[at-101], 8), mid(p.Pix[at], p.Pix[at-101], 16))
		if apart(got.Pix[i*128+i], want) > 16 {
			t.Errorf("at %d: got %06x, want about %06x", i, got.Pix[i*128+i], want)
		}
	}
}

// enlargeSlow is the enlarger, written plainly and in the same order of sums.
func enlargeSlow(pix []Pixel, stride, side, size int) []Pixel {
	weights, first := make([]float32, 2*lobes), 0
	lines := make([][3]float32, side*size)
	for i := range size {
		first = lanczos(weights, (float64(i)+0.5)*float64(side)/float64(size)-0.5)
		for j := range side {
			for k, w := range weights {
				v := pix[j*stride+min(max(first+k, 0), side-1)]
				for c := range 3 {
					lines[j*size+i][c] += float32(w * float32(v>>(8*c)&0xFF))
				}
			}
		}
	}
	var out []Pixel
	for j := range size {
		first = lanczos(weights, (float64(j)+0.5)*float64(side)/float64(size)-0.5)
		for i := range size {
			var sum [3]float32
			for k, w := range weights {
				for c, v := range lines[min(max(first+k, 0), side-1)*size+i] {
					sum[c] += float32(w * v)
				}
			}
			out = append(out, pack(level(sum[0]), level(sum[1]), level(sum[2])))
		}
	}
	return out
}

func TestSquareEnlargesAsWrittenPlainly(t *testing.T) {
	p := scene(100, 90)
	r := NewResampler(96)
	for _, side := range []int{1, 2, 3, 7, 40, 41, 64, 89, 7} {
		var got Picture
		r.Square(&got, p, 5, 1, side)
		want := enlargeSlow(p.Pix[100+5:], 100, side, 96)
		for i, v := range got.Pix {
			if v != want[i] {
				t.Fatalf("side %d, pixel %d: got %06x, want %06x", side, i, v, want[i])
			}
		}
	}
}

// mid is one channel at three quarters of a and a quarter of b.
func mid(a, b Pixel, shift int) uint8 { return uint8((3*(a>>shift&0xFF) + b>>shift&0xFF) / 4) }

func TestMirrored(t *testing.T) {
	for _, tt := range []struct{ i, n, want int }{
		{0, 5, 0}, {4, 5, 4}, {-1, 5, 1}, {5, 5, 3}, {8, 5, 0}, {9, 5, 1}, {-9, 5, 1}, {3, 1, 0}, {-7, 2, 1},
	} {
		if got := mirrored(tt.i, tt.n); got != tt.want {
			t.Errorf("%d of %d: got %d, want %d", tt.i, tt.n, got, tt.want)
		}
	}
}

func TestScale(t *testing.T) {
	p := scene(640, 480)
	for _, tt := range []struct{ w, h int }{{320, 240}, {213, 160}, {300, 225}, {640, 480}, {960, 720}, {64, 48}, {1, 1}} {
		var s Scaler
		var got Picture
		s.Scale(&got, p, tt.w, tt.h)
		if got.Width != tt.w || got.Height != tt.h {
			t.Fatalf("got %d x %d, want %d x %d", got.Width, got.Height, tt.w, tt.h)
		}
		if tt.w < 200 {
			continue // fine waves vanish
		}
		// The slow waves stand where they stood.
		for _, at := range [][2]float64{{0.2, 0.3}, {0.5, 0.5}, {0.9, 0.1}} {
			g := got.Pix[int(at[1]*float64(tt.h))*tt.w+int(at[0]*float64(tt.w))] & 0xFF
			w := p.Pix[int(at[1]*480)*640+int(at[0]*640)] & 0xFF
			if apart(g, w) > 14 {
				t.Errorf("%d x %d at %v: got red %d, want %d", tt.w, tt.h, at, g, w)
			}
		}
	}
}

func TestFit(t *testing.T) {
	for _, tt := range []struct{ w, h, long, fw, fh int }{
		{640, 480, 320, 320, 240}, {480, 640, 320, 240, 320}, {1000, 10, 320, 320, 3}, {10_000, 1, 320, 320, 1}, {100, 100, 320, 320, 320},
	} {
		if w, h := Fit(tt.w, tt.h, tt.long); w != tt.fw || h != tt.fh {
			t.Errorf("%d x %d: got %d x %d, want %d x %d", tt.w, tt.h, w, h, tt.fw, tt.fh)
		}
	}
}

func TestPlanes(t *testing.T) {
	p := &Picture{Width: 2, Height: 1, Pix: []Pixel{pack(10, 20, 30), pack(40, 50, 60)}}
	mean, std := [3]float64{1, 2, 3}, [3]float64{1, 2, 4}
	for _, tt := range []struct {
		bgr  bool
		want []float32 // planes of 3 x 2
	}{
		{false, []float32{19, 79, 0, 0, 0, 0, 19, 49, 0, 0, 0, 0, 14.25, 29.25, 0, 0, 0, 0}},
		{true, []float32{59, 119, 0, 0, 0, 0, 19, 49, 0, 0, 0, 0, 4.25, 19.25, 0, 0, 0, 0}},
	} {
		got := make([]float32, 18)
		for i := range got {
			got[i] = 7 // left over from before
		}
		NewPlanes(tt.bgr, 2, mean, std).Write(got, p, 3, 2)
		for i := range got {
			if got[i] != tt.want[i] {
				t.Errorf("bgr %v, %d: got %v, want %v", tt.bgr, i, got[i], tt.want[i])
			}
		}
	}
}

// What the steps around the networks cost for a 640 x 480 picture.
func BenchmarkPixels(b *testing.B) {
	p := scene(640, 480)
	var s Scaler
	var small, square Picture
	r, q := NewResampler(128), NewResampler(192)
	planes := NewPlanes(true, 1, [3]float64{}, [3]float64{1, 1, 1})
	out := make([]float32, 3*320*256)
	s.Scale(&small, p, 320, 240)
	for _, x := range []struct {
		name string
		do   func()
	}{
		{"halve", func() { s.Scale(&small, p, 320, 240) }},
		{"planes-320", func() { planes.Write(out, &small, 320, 256) }},
		{"square-375-192", func() { q.Square(&square, p, 100, 50, 375) }},
		{"square-375-128", func() { r.Square(&square, p, 100, 50, 375) }},
		{"square-90-128", func() { r.Square(&square, p, 100, 50, 90) }},
		{"turn-90", func() { Turn(&square, p, 90) }},
	} {
		b.Run(x.name, func(b *testing.B) {
			for b.Loop() {
				x.do()
			}
		})
	}
}
