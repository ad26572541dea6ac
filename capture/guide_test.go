package capture

import (
	"image"
	"math"
	"testing"

	"github.com/rostod/rostod/engine"
)

// facing is a good position in a picture of 640x480.
func facing() view {
	s := engine.Sighting{
		Faces: 1, Box: engine.Box{X: 220, Y: 120, W: 200, H: 240}, Score: 0.95,
		Landmarks: [5]engine.Point{{X: 275, Y: 210}, {X: 365, Y: 210}, {X: 320, Y: 260}, {X: 285, Y: 305}, {X: 355, Y: 305}},
	}
	return view{Sighting: s, Before: s, Width: 640, Height: 480, Luma: 120, FPS: 30, Bits: 0.2}
}

func shift(s engine.Sighting, x, y float64) engine.Sighting {
	s.Box.X, s.Box.Y = s.Box.X+x, s.Box.Y+y
	for i := range s.Landmarks {
		s.Landmarks[i].X += x
		s.Landmarks[i].Y += y
	}
	return s
}

func TestHint(t *testing.T) {
	for _, tt := range []struct {
		want  string
		spoil func(*view)
	}{
		{"", func(*view) {}},
		{hintNoFace, func(v *view) { v.Sighting = engine.Sighting{} }},
		{hintSeveral, func(v *view) { v.Sighting.Faces = 2 }},
		{hintBack, func(v *view) { v.Sighting.Box.H = 430 }},
		{hintCloser, func(v *view) { v.Sighting.Landmarks[1].X = 328 }},
		{hintCenter, func(v *view) { v.Sighting = shift(v.Sighting, 140, 0); v.Before = v.Sighting }},
		{hintCenter, func(v *view) { v.Sighting = shift(v.Sighting, 0, -100); v.Before = v.Sighting }},
		{hintMoreLight, func(v *view) { v.Luma = 30 }},
		{hintLessLight, func(v *view) { v.Luma = 220 }},
		{hintLessLight, func(v *view) { v.Clipped = 0.2 }},
		{hintForward, func(v *view) { v.Sighting.Landmarks[2].X = 345 }},
		{hintStill, func(v *view) { v.Sighting = shift(v.Sighting, 30, 0) }},
		{hintStill, func(v *view) { v.Before = engine.Sighting{} }},
		{hintFrameRate, func(v *view) { v.FPS = 10 }},
		{hintBitrate, func(v *view) { v.Bits = 0.05 }},
		{hintBitrate, func(v *view) { v.Rising = true }},
		{"", func(v *view) { v.Rising, v.Bits = true, 0.4 }},
		{"", func(v *view) { v.FPS, v.Bits = 0, 0 }},
	} {
		v := facing()
		tt.spoil(&v)
		if got := v.hint(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// A customer who stands well for three looks is ready, and hears each thing
// once.
func TestGuide(t *testing.T) {
	var g guide
	away := facing()
	away.Sighting = engine.Sighting{}
	var heard []string
	for _, v := range []view{away, away, facing(), facing(), facing(), facing(), facing(), away, facing()} {
		if m, news := g.look(v); news {
			heard = append(heard, m.State+" "+m.Hint)
		}
	}
	want := []string{"position no_face", "position hold_still", "ready ", "position no_face", "position hold_still"}
	if len(heard) != len(want) {
		t.Fatalf("heard %q, want %q", heard, want)
	}
	for i := range want {
		if heard[i] != want[i] {
			t.Errorf("heard %q, want %q", heard[i], want[i])
		}
	}
	if g.ready() {
		t.Error("ready right after the face was lost")
	}
}

// A browser's first seconds are coarse: who stands well from the start is ready
// when the video is fine, or as fine as the link lets it become.
func TestGuideWaitsForFinerVideo(t *testing.T) {
	for name, tt := range map[string]struct {
		bits []float64
		want int // looks until ready
	}{
		"Chromium over a cable":   {[]float64{0.18, 0.18, 0.18, 0.21, 0.21, 0.27, 0.27, 0.33, 0.33, 0.33, 0.37, 0.37, 0.37}, 13},
		"a link of 2 Mbit/s":      {[]float64{0.18, 0.18, 0.21, 0.21, 0.22, 0.22, 0.22}, 7},
		"a picture without grain": {[]float64{0.15, 0.15, 0.15, 0.15}, 4},
	} {
		var g guide
		looks := 0
		for _, bits := range tt.bits {
			v := facing()
			v.Bits = bits
			_, _ = g.look(v)
			if looks++; g.ready() {
				break
			}
		}
		if !g.ready() || looks != tt.want {
			t.Errorf("%s: ready %v after %d looks, want %d", name, g.ready(), looks, tt.want)
		}
	}
}

// Of any three looks that make ready, one is at the whole frame; without one
// face, or with several, all are.
func TestGuideFollowsOneFace(t *testing.T) {
	for _, tt := range []struct {
		g    guide
		want bool
	}{
		{guide{}, false},
		{guide{last: engine.Sighting{Faces: 1}}, true},
		{guide{last: engine.Sighting{Faces: 1}, searched: 1}, true},
		{guide{last: engine.Sighting{Faces: 1}, searched: 2}, false},
		{guide{last: engine.Sighting{Faces: 2}}, false},
	} {
		if got := tt.g.follows(); got != tt.want {
			t.Errorf("%d faces, %d looks since a search: got %v, want %v", tt.g.last.Faces, tt.g.searched, got, tt.want)
		}
	}
}

func TestLight(t *testing.T) {
	p := image.NewYCbCr(image.Rect(0, 0, 64, 64), image.YCbCrSubsampleRatio420)
	for i := range p.Y {
		p.Y[i] = 16
		if i%64 >= 32 {
			p.Y[i] = 235
		}
	}
	mean, clipped := light(p, engine.Box{X: 0, Y: 0, W: 64, H: 64})
	if math.Abs(mean-127.5) > 12 || math.Abs(clipped-0.5) > 0.05 {
		t.Errorf("half black, half white: got mean %.0f, clipped %.2f; want 128 and 0.5", mean, clipped)
	}
	if mean, clipped := light(p, engine.Box{X: 200, Y: 200, W: 64, H: 64}); mean != 0 || clipped != 0 {
		t.Errorf("outside of the picture: got %.0f, %.2f", mean, clipped)
	}
}
