package accuracy

import (
	"bytes"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"github.com/rostod/rostod/models/picture"
)

func TestGrown(t *testing.T) {
	tests := []struct {
		name               string
		w, h, wantW, wantH int
	}{
		{"fits", 640, 480, 640, 480},
		{"fits standing", 480, 640, 480, 640},
		{"half the size", 320, 240, 640, 480},
		{"long enough and too narrow", 1000, 400, 1200, 480},
		{"square: the longer side decides", 400, 400, 640, 640},
		{"rounded up, never below", 333, 512, 480, 739},
	}
	for _, tt := range tests {
		w, h := grown(tt.w, tt.h)
		if w != tt.wantW || h != tt.wantH {
			t.Errorf("%s: got %dx%d, want %dx%d", tt.name, w, h, tt.wantW, tt.wantH)
		}
		if !fits(w, h) {
			t.Errorf("%s: %dx%d does not fit", tt.name, w, h)
		}
	}
}

func TestFit(t *testing.T) {
	// Noise makes the largest files.
	noise := func(w, h int) *image.RGBA {
		m, r := image.NewRGBA(image.Rect(0, 0, w, h)), rand.New(rand.NewPCG(1, 2))
		for i := range m.Pix {
			m.Pix[i] = uint8(r.IntN(256))
			if i%4 == 3 {
				m.Pix[i] = 0xFF
			}
		}
		return m
	}
	flat := image.NewRGBA(image.Rect(0, 0, 300, 200))
	for i := range 300 * 200 {
		flat.Set(i%300, i/300, color.RGBA{uint8(i), 90, 60, 0xFF})
	}
	tests := []struct {
		name    string
		m       image.Image
		quality int
		changed bool
	}{
		{"fits: byte for byte", noise(640, 480), 60, false},
		{"too small", flat, 90, true},
		{"too many bytes", noise(1600, 1200), 100, true},
	}
	for _, tt := range tests {
		data, err := encode(tt.m, tt.quality)
		if err != nil {
			t.Fatal(err)
		}
		got, changed, err := Fit(data)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if changed != tt.changed || bytes.Equal(got, data) == tt.changed {
			t.Errorf("%s: got changed %v, want %v", tt.name, changed, tt.changed)
		}
		h, err := picture.Inspect(got, picture.Limits{MaxBytes: mostBytes, MinLong: minLong, MinShort: minShort})
		if err != nil {
			t.Errorf("%s: the result does not fit the contracts: %v", tt.name, err)
		}
		was := tt.m.Bounds()
		if off := h.Width*was.Dy() - h.Height*was.Dx(); off > 2*was.Dx() || off < -2*was.Dx() {
			t.Errorf("%s: %dx%d has other proportions than %dx%d", tt.name, h.Width, h.Height, was.Dx(), was.Dy())
		}
	}
	if _, _, err := Fit([]byte("no picture")); err == nil {
		t.Error("got no error for what is no picture")
	}
}

func TestTurned(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 20, 10))
	m.Set(0, 0, color.RGBA{250, 0, 0, 0xFF})
	data, err := kept(m)
	if err != nil {
		t.Fatal(err)
	}
	got, err := turned(data, 90)
	if err != nil {
		t.Fatal(err)
	}
	h, err := picture.Inspect(got, picture.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	upright, err := decode(got, h)
	if err != nil {
		t.Fatal(err)
	}
	if h.Width != 10 || h.Height != 20 || upright.RGBAAt(9, 0).R != 250 {
		t.Errorf("got %dx%d with %v at the top right, want 10x20 with red", h.Width, h.Height, upright.RGBAAt(9, 0))
	}
}
