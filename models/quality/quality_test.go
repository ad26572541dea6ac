package quality

import (
	"math"
	"slices"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/models/picture"
)

// frontal are the landmarks of a frontal face, eyes 100 pixels apart.
func frontal() [5]engine.Point {
	return [5]engine.Point{{X: 150, Y: 200}, {X: 250, Y: 200}, {X: 200, Y: 265}, {X: 165, Y: 310}, {X: 235, Y: 310}}
}

// turned are landmarks turned about the origin.
func turned(l [5]engine.Point, degrees float64) [5]engine.Point {
	s, c := math.Sincos(degrees * math.Pi / 180)
	for i, p := range l {
		l[i] = engine.Point{X: p.X*c - p.Y*s, Y: p.X*s + p.Y*c}
	}
	return l
}

func TestPose(t *testing.T) {
	nose := func(dx, dy float64) [5]engine.Point {
		l := frontal()
		l[2].X += dx
		l[2].Y += dy
		return l
	}
	for _, tt := range []struct {
		what             string
		l                [5]engine.Point
		yaw, pitch, roll float64
	}{
		{"frontal", frontal(), 0, 0, 0},
		{"nose under the right eye", nose(50, 0), 1, 0, 0},
		{"nose past the left eye", nose(-80, 0), -1, 0, 0},
		{"nose halfway to an eye", nose(25, 0), 0.5, 0, 0},
		{"looking up", nose(0, -30), 0, -0.545, 0},
		{"looking down", nose(0, 30), 0, 0.545, 0},
		{"head on the shoulder", turned(frontal(), 20), 0, 0, 20},
		{"head on the other shoulder, nose aside", turned(nose(25, 0), -35), 0.5, 0, -35},
		{"all points in one place", [5]engine.Point{}, 1, 1, 0},
	} {
		_, yaw, pitch, roll := pose(tt.l)
		if math.Abs(yaw-tt.yaw) > 0.01 || math.Abs(pitch-tt.pitch) > 0.01 || math.Abs(roll-tt.roll) > 0.01 {
			t.Errorf("%s: got yaw %.3f, pitch %.3f, roll %.1f, want %v, %v, %v", tt.what, yaw, pitch, roll, tt.yaw, tt.pitch, tt.roll)
		}
	}
}

func TestInside(t *testing.T) {
	for _, tt := range []struct {
		box  engine.Box
		want float64
	}{
		{engine.Box{X: 10, Y: 10, W: 50, H: 50}, 1},
		{engine.Box{X: -25, Y: 10, W: 50, H: 50}, 0.5},
		{engine.Box{X: 75, Y: 75, W: 50, H: 50}, 0.25},
		{engine.Box{X: 200, Y: 0, W: 50, H: 50}, 0},
		{engine.Box{}, 0},
	} {
		if got := inside(tt.box, 100, 100); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%v: got %v, want %v", tt.box, got, tt.want)
		}
	}
}

// crop is an aligned face of one colour with a pattern of one pixel on it.
func crop(base, pattern int) *picture.Picture {
	p := &picture.Picture{Width: 112, Height: 112, Pix: make([]picture.Pixel, 112*112)}
	for i := range p.Pix {
		v := base
		if (i+i/112)%2 == 0 {
			v += pattern
		}
		p.Pix[i] = picture.Pixel(v) * 0x010101
	}
	return p
}

func TestLight(t *testing.T) {
	for _, tt := range []struct {
		what                 string
		crop                 *picture.Picture
		brightness, contrast float64
		sharp                bool
	}{
		{"flat", crop(100, 0), 100, 0, false},
		{"a checkerboard", crop(100, 40), 120, 20, true},
		{"black", crop(0, 0), 0, 0, false},
	} {
		m := Measure(View{Landmarks: frontal(), Crop: tt.crop})
		if math.Abs(m.Brightness-tt.brightness) > 1 || math.Abs(m.Contrast-tt.contrast) > 1 || (m.Sharpness > 1) != tt.sharp {
			t.Errorf("%s: got brightness %.1f, contrast %.1f, sharpness %.2f", tt.what, m.Brightness, m.Contrast, m.Sharpness)
		}
	}
}

// good is what a good picture measures.
func good() Measured {
	return Measured{
		Measures: engine.Measures{
			Detection: 0.94, FaceWidth: 200, EyeDistance: 100, Brightness: 150, Contrast: 40, Sharpness: 0.4, Inside: 1,
		},
		Eyes: 0.6, Mouth: 13, Margin: 2,
	}
}

func TestIssues(t *testing.T) {
	for _, tt := range []struct {
		what   string
		change func(m *Measured)
		want   []engine.Issue
	}{
		{"good", func(*Measured) {}, nil},
		{"far away", func(m *Measured) { m.EyeDistance = 30 }, []engine.Issue{engine.TooSmall}},
		{"dark", func(m *Measured) { m.Brightness = 39 }, []engine.Issue{engine.TooDark}},
		{"just light enough", func(m *Measured) { m.Brightness = 40 }, nil},
		{"bright", func(m *Measured) { m.Brightness = 226 }, []engine.Issue{engine.TooBright}},
		{"blurred", func(m *Measured) { m.Sharpness = 0.01 }, []engine.Issue{engine.Blurred}},
		{"turned left", func(m *Measured) { m.Yaw = -0.7 }, []engine.Issue{engine.TurnedAway}},
		{"turned right", func(m *Measured) { m.Yaw = 0.7 }, []engine.Issue{engine.TurnedAway}},
		{"looking down", func(m *Measured) { m.Pitch = 0.6 }, []engine.Issue{engine.TurnedAway}},
		{"head on the shoulder", func(m *Measured) { m.Roll = -31 }, []engine.Issue{engine.TurnedAway}},
		{"a detector in doubt", func(m *Measured) { m.Detection = 0.7 }, []engine.Issue{engine.Covered}},
		{"dark glasses", func(m *Measured) { m.Eyes = 0.2 }, []engine.Issue{engine.Covered}},
		{"a mask", func(m *Measured) { m.Mouth = 80 }, []engine.Issue{engine.Covered}},
		{"cut off", func(m *Measured) { m.Inside = 0.7 }, []engine.Issue{engine.AtTheBorder}},
		{"cut through, and squeezed into the rest", func(m *Measured) { m.Margin = 0.3 }, []engine.Issue{engine.AtTheBorder}},
		{"another person", func(m *Measured) { m.Second = 0.7 }, []engine.Issue{engine.SeveralFaces}},
		{"somebody in the background", func(m *Measured) { m.Second = 0.6 }, nil},
		{"worst first", func(m *Measured) { m.Inside, m.Brightness, m.Second = 0.5, 10, 0.9 }, []engine.Issue{engine.SeveralFaces, engine.TooDark, engine.AtTheBorder}},
	} {
		m := good()
		tt.change(&m)
		if got := Defaults().Issues(m); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.what, got, tt.want)
		}
	}
}

// Thresholds are the caller's: with none set nothing is an issue but what no
// threshold allows.
func TestThresholdsAreTheCallers(t *testing.T) {
	m := good()
	m.Brightness = 39
	loose := Defaults()
	loose.Dark = 10
	if got := loose.Issues(m); len(got) != 0 {
		t.Errorf("got %v, want none", got)
	}
}
