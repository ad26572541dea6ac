package picture

import (
	"errors"
	"image"
	"testing"
)

// limited is a frame of one colour in limited range.
func limited(w, h int, y, cb, cr byte) *image.YCbCr {
	p := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	for i := range p.Y {
		p.Y[i] = y
	}
	for i := range p.Cb {
		p.Cb[i], p.Cr[i] = cb, cr
	}
	return p
}

func TestQuarter(t *testing.T) {
	for _, tt := range []struct {
		what      string
		y, cb, cr byte
		want      [3]int
	}{
		{"black", 16, 128, 128, [3]int{0, 0, 0}},
		{"white", 235, 128, 128, [3]int{255, 255, 255}},
		{"grey", 126, 128, 128, [3]int{128, 128, 128}},
		{"red", 81, 90, 240, [3]int{254, 0, 0}},
		{"green", 145, 54, 34, [3]int{0, 255, 1}},
		{"blue", 41, 240, 110, [3]int{0, 0, 255}},
		{"below black", 0, 128, 128, [3]int{0, 0, 0}},
		{"above white", 255, 128, 128, [3]int{255, 255, 255}},
	} {
		var got Picture
		if err := Quarter(&got, limited(34, 18, tt.y, tt.cb, tt.cr)); err != nil {
			t.Fatalf("%s: %v", tt.what, err)
		}
		if got.Width != 17 || got.Height != 9 {
			t.Fatalf("%s: got %dx%d, want 17x9", tt.what, got.Width, got.Height)
		}
		for i, p := range got.Pix {
			for c := range 3 {
				if level := int(p >> (8 * c) & 0xFF); abs(level-tt.want[c]) > 1 {
					t.Fatalf("%s: pixel %d has %06x, want %v", tt.what, i, p, tt.want)
				}
			}
		}
	}
}

func TestQuarterPart(t *testing.T) {
	whole := limited(64, 48, 16, 128, 128)
	part, _ := whole.SubImage(image.Rect(20, 10, 52, 34)).(*image.YCbCr)
	for y := range 2 {
		for x := range 2 {
			whole.Y[whole.YOffset(20+x, 10+y)] = 235
		}
	}
	var got Picture
	if err := Quarter(&got, part); err != nil {
		t.Fatal(err)
	}
	if got.Width != 16 || got.Height != 12 || got.Pix[0] != 0xFFFFFF || got.Pix[1] != 0 || got.Pix[16] != 0 {
		t.Errorf("got %dx%d beginning %06x %06x, want the corner of the part to be white and nothing else", got.Width, got.Height, got.Pix[0], got.Pix[1])
	}
}

func TestQuarterRefuses(t *testing.T) {
	short := limited(32, 32, 16, 128, 128)
	short.Cb = short.Cb[:10]
	for what, p := range map[string]*image.YCbCr{
		"4:4:4":      image.NewYCbCr(image.Rect(0, 0, 32, 32), image.YCbCrSubsampleRatio444),
		"one column": limited(1, 8, 16, 128, 128),
		"short":      short,
		"empty":      {},
	} {
		if err := Quarter(&Picture{}, p); !errors.Is(err, ErrPlanes) {
			t.Errorf("%s: got %v, want %v", what, err, ErrPlanes)
		}
	}
}

func BenchmarkQuarter(b *testing.B) {
	p, dst := limited(640, 480, 100, 120, 140), Picture{}
	for b.Loop() {
		if err := Quarter(&dst, p); err != nil {
			b.Fatal(err)
		}
	}
}

func abs(n int) int { return max(n, -n) }
