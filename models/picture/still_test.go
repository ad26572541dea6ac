package picture

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"math"
	"testing"
)

// filmed is a frame of a camera with something to see everywhere.
func filmed(w, h int) *image.YCbCr {
	p := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	fill := func(plane []byte, stride int, middle, swing float64) {
		for i := range plane {
			plane[i] = uint8(middle + swing*math.Sin(float64(i%stride)/9+float64(i/stride)/13))
		}
	}
	fill(p.Y, p.YStride, 125, 100)
	fill(p.Cb, p.CStride, 128, 60)
	fill(p.Cr, p.CStride, 128, -70)
	return p
}

func TestStill(t *testing.T) {
	for _, size := range []image.Point{{640, 480}, {322, 242}, {175, 143}, {2, 2}} {
		p := filmed(size.X, size.Y)
		want := filmed(size.X, size.Y)
		data, err := Still(p)
		if err != nil {
			t.Fatalf("%v: %v", size, err)
		}
		m, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%v: %v", size, err)
		}
		got, ok := m.(*image.YCbCr)
		if !ok || got.SubsampleRatio != image.YCbCrSubsampleRatio420 || got.Rect.Dx() != size.X&^1 || got.Rect.Dy() != size.Y&^1 {
			t.Fatalf("%v: got %T of %v", size, m, m.Bounds())
		}
		for y := range got.Rect.Dy() {
			for x := range got.Rect.Dx() {
				luma := (float64(want.Y[want.YOffset(x, y)]) - 16) * 255 / 219
				red := (float64(want.Cr[want.COffset(x, y)])-128)*255/224 + 128
				if g := float64(got.Y[got.YOffset(x, y)]); math.Abs(g-luma) > 10 {
					t.Fatalf("%v at %d, %d: got luma %v, want %v", size, x, y, g, luma)
				}
				if g := float64(got.Cr[got.COffset(x, y)]); math.Abs(g-red) > 10 {
					t.Fatalf("%v at %d, %d: got red %v, want %v", size, x, y, g, red)
				}
			}
		}
	}
}

func TestStillRefusesWhatIsNoFrame(t *testing.T) {
	short, other := filmed(64, 64), filmed(64, 64)
	short.Cr = short.Cr[:len(short.Cr)-40]
	other.SubsampleRatio = image.YCbCrSubsampleRatio444
	for name, p := range map[string]*image.YCbCr{"short": short, "4:4:4": other, "nothing": {}, "a line": filmed(64, 1)} {
		if _, err := Still(p); !errors.Is(err, ErrPlanes) {
			t.Errorf("%s: got %v, want ErrPlanes", name, err)
		}
	}
}

func BenchmarkStill(b *testing.B) {
	p := filmed(640, 480)
	for b.Loop() {
		if _, err := Still(p); err != nil {
			b.Fatal(err)
		}
	}
}
