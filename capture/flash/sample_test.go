package flash

import (
	"image"
	"math"
	"sync"
	"testing"

	"github.com/rostod/rostod/engine"
)

// painted is a picture of BT.601 with limited range whose linear light at each
// place a function gives.
func painted(width, height int, light func(x, y float64) Light) *image.YCbCr {
	p := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	paint(p, light, nil)
	return p
}

func paint(p *image.YCbCr, light func(x, y float64) Light, noise func() float64) {
	clamp := func(v float64) uint8 { return uint8(max(0, min(255, math.Round(v)))) }
	table := encodedTable()
	for y := 0; y < p.Rect.Dy(); y += 2 {
		for x := 0; x < p.Rect.Dx(); x += 2 {
			l := light(float64(x)+0.5, float64(y)+0.5)
			var e [3]float64
			for c := range e {
				e[c] = table[int(max(0, min(1, l[c]))*float64(len(table)-1)+0.5)]
				if noise != nil {
					e[c] = max(0, min(1, e[c]+noise()))
				}
			}
			luma := clamp(16 + 65.481*e[0] + 128.553*e[1] + 24.966*e[2])
			for _, at := range [4]int{y*p.YStride + x, y*p.YStride + x + 1, (y+1)*p.YStride + x, (y+1)*p.YStride + x + 1} {
				p.Y[at] = luma
			}
			c := y/2*p.CStride + x/2
			p.Cb[c] = clamp(128 - 37.797*e[0] - 74.203*e[1] + 112*e[2])
			p.Cr[c] = clamp(128 + 112*e[0] - 93.786*e[1] - 18.214*e[2])
		}
	}
}

var encodedTable = sync.OnceValue(func() *[1 << 16]float64 {
	var t [1 << 16]float64
	for i := range t {
		t[i] = encoded(float64(i) / float64(len(t)-1))
	}
	return &t
})

// faceAt is a frame's landmarks and box for a face at a place, with so many
// pixels between the eyes, rolled by an angle.
func faceAt(x, y, iod, roll float64) Frame {
	q := pose{X: x, Y: y, A: iod / eyeDistance * math.Cos(roll), B: iod / eyeDistance * math.Sin(roll)}
	f := Frame{Found: true}
	for i, c := range canonical {
		f.Landmarks[i].X, f.Landmarks[i].Y = q.at(c.X, c.Y)
	}
	f.Box = engine.Box{X: x - 1.1*iod, Y: y - 1.3*iod, W: 2.2 * iod, H: 2.6 * iod}
	return f
}

func TestPoseOf(t *testing.T) {
	f := faceAt(300, 200, 70, 0.3)
	q, ok := poseOf(f.Landmarks)
	if !ok {
		t.Fatal("got no pose")
	}
	if got := q.scale() * eyeDistance; math.Abs(got-70) > 1e-9 {
		t.Errorf("got %v pixels between the eyes, want 70", got)
	}
	for i, c := range canonical {
		u, v := q.face(f.Landmarks[i].X, f.Landmarks[i].Y)
		if math.Hypot(u-c.X, v-c.Y) > 1e-9 {
			t.Errorf("landmark %d: got %v,%v on the face, want %v", i, u, v, c)
		}
	}
	if yaw, pitch := q.turned(f.Landmarks); math.Abs(yaw)+math.Abs(pitch) > 1e-9 {
		t.Errorf("got yaw %v and pitch %v, want 0", yaw, pitch)
	}
	f.Landmarks[nose].X += 8
	if yaw, _ := q.turned(f.Landmarks); yaw < 5 || yaw > 20 {
		t.Errorf("a nose 8 pixels to the right: got yaw %v, want some ten degrees", yaw)
	}
	if _, ok := poseOf([5]engine.Point{}); ok {
		t.Error("landmarks in one point: got a pose, want none")
	}
}

func TestSampleReadsLinearLight(t *testing.T) {
	lights := []Light{{0.2, 0.2, 0.2}, {0.6, 0.1, 0.3}, {0.05, 0.3, 0.5}, {0.02, 0.01, 0.01}}
	for _, want := range lights {
		for _, roll := range []float64{0, 0.4} {
			f := faceAt(320, 220, 68, roll)
			f.Picture = painted(640, 480, func(_, _ float64) Light { return want })
			got := NewSampler().Sample(f)
			means := append([]Mean{got.Ring}, got.Regions[:]...)
			if want.Luminance() > 0.05 { // darker background tells nothing
				means = append(means, got.Background)
			}
			for c, m := range got.Cells {
				if u, v := cellAt(c); math.Hypot(u/faceWide, v/faceHigh) < 0.9 {
					means = append(means, m)
				}
			}
			for _, m := range means {
				if m.Pixels == 0 {
					t.Fatalf("light %v: an empty part", want)
				}
				for i := range want {
					if math.Abs(float64(m.Light[i])-want[i]) > 0.012*want[i]+0.004 {
						t.Fatalf("got %v, want %v", m.Light, want)
					}
				}
			}
		}
	}
}

// TestSampleKnowsThePlaces paints one half of the face and asks which regions
// and cells saw it.
func TestSampleKnowsThePlaces(t *testing.T) {
	f := faceAt(320, 220, 80, 0)
	f.Picture = painted(640, 480, func(x, y float64) Light {
		if x > 320 && y > 220 {
			return Light{0.5, 0.1, 0.1}
		}
		return Light{0.1, 0.1, 0.1}
	})
	s := NewSampler().Sample(f)
	red := func(m Mean) bool { return m.Light[0] > 0.4 }
	if !red(s.Regions[rightCheek]) && s.Regions[rightCheek].Light[0] < 0.3 {
		t.Errorf("the right cheek: got %v, want red", s.Regions[rightCheek].Light)
	}
	if red(s.Regions[leftCheek]) || red(s.Regions[forehead]) {
		t.Errorf("left cheek and forehead: got %v and %v, want grey", s.Regions[leftCheek].Light, s.Regions[forehead].Light)
	}
	for c, m := range s.Cells {
		u, v := cellAt(c)
		if m.Pixels == 0 || math.Abs(u) < 10 || math.Abs(v) < 11 {
			continue
		}
		if got, want := red(m), u > 0 && v < 0; got != want {
			t.Errorf("the cell at %.0f,%.0f mm: got red %v, want %v", u, v, got, want)
		}
	}
}

func TestSampleCarriesTheFace(t *testing.T) {
	s := NewSampler()
	f := faceAt(320, 220, 68, 0)
	f.Picture = painted(640, 480, func(_, _ float64) Light { return Light{0.2, 0.2, 0.2} })
	s.Sample(f)
	lost := s.Sample(Frame{Picture: f.Picture})
	if lost.Found || !lost.Placed || lost.Regions[forehead].Pixels == 0 {
		t.Errorf("got found %v, placed %v and %d pixels, want the face where it was", lost.Found, lost.Placed, lost.Regions[forehead].Pixels)
	}
	if lost.Activity != 0 || lost.Change != 0 {
		t.Errorf("the same picture again: got activity %v and change %v, want 0", lost.Activity, lost.Change)
	}
	bright := painted(640, 480, func(_, _ float64) Light { return Light{0.6, 0.6, 0.6} })
	if got := s.Sample(Frame{Picture: bright}); got.Change != 1 {
		t.Errorf("another picture: got change %v, want 1", got.Change)
	}
}

func TestSampleBadFrames(t *testing.T) {
	grey := painted(640, 480, func(_, _ float64) Light { return Light{0.2, 0.2, 0.2} })
	far := faceAt(-5000, 99999, 68, 0)
	far.Picture = grey
	huge := faceAt(320, 240, 1e7, 0)
	huge.Picture = grey
	nan := faceAt(math.NaN(), 240, 70, 0)
	nan.Picture = grey
	border := faceAt(0, 0, 70, 0)
	border.Picture = grey
	odd := faceAt(30, 30, 20, 0)
	odd.Picture = painted(64, 48, func(_, _ float64) Light { return Light{1, 1, 1} })
	white := faceAt(320, 220, 68, 0)
	white.Picture = painted(640, 480, func(_, _ float64) Light { return Light{1, 1, 1} })
	tests := []struct {
		name   string
		frame  Frame
		inside float64
	}{
		{"no picture", Frame{}, 0},
		{"a face outside the picture", far, 0},
		{"a face larger than the picture", huge, 0},
		{"landmarks that are not numbers", nan, 0},
		{"a face at the corner", border, 0.25},
		{"a tiny picture", odd, 1},
		{"all white", white, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := NewSampler().Sample(tt.frame)
			if math.Abs(float64(got.Inside)-tt.inside) > 0.1 {
				t.Errorf("got %v inside, want %v", got.Inside, tt.inside)
			}
			for _, m := range append(got.Cells[:], got.Background) {
				for _, l := range m.Light {
					if l != l || l < -0.1 || l > 1.1 {
						t.Fatalf("got light %v", m.Light)
					}
				}
			}
		})
	}
	if got := NewSampler().Sample(white); got.Clipped != 1 {
		t.Errorf("all white: got %v clipped, want 1", got.Clipped)
	}
}

func TestSampleAllocates(t *testing.T) {
	f := faceAt(320, 220, 68, 0)
	f.Picture = painted(640, 480, func(_, _ float64) Light { return Light{0.2, 0.2, 0.2} })
	s := NewSampler()
	s.Sample(f)
	if n := testing.AllocsPerRun(20, func() { s.Sample(f) }); n > 0 {
		t.Errorf("got %v allocations a frame, want none", n)
	}
}

// BenchmarkSample is to stay near 100 microseconds: 0.3 % of a core at 30
// frames a second.
func BenchmarkSample(b *testing.B) {
	f := faceAt(320, 220, 68, 0.05)
	f.Picture = painted(640, 480, func(x, y float64) Light { return Light{0.1 + x/2000, 0.1 + y/2000, 0.2} })
	s := NewSampler()
	for b.Loop() {
		s.Sample(f)
	}
}
