package detect

import (
	"math"
	"testing"

	"github.com/rostod/rostod/engine"
)

// cells is a level of 4 x 3 cells of 8 pixels without a face.
func cells() level {
	const n = 12
	return level{
		stride: 8, columns: 4, rows: 3,
		class: make([]float32, n), object: make([]float32, n), box: make([]float32, 4*n), landmarks: make([]float32, 10*n),
	}
}

func TestDecode(t *testing.T) {
	l := cells()
	const i = 6                         // row 1, column 2
	l.class[i], l.object[i] = 0.81, 1.2 // above one counts as one
	copy(l.box[4*i:], []float32{0.5, 0.25, float32(math.Log(2)), float32(math.Log(3))})
	copy(l.landmarks[10*i:], []float32{0, 0, 1, 0, 0.5, 0.5, 0, 1, 1, 1})
	faces := l.decode(nil, 0.6)
	if len(faces) != 1 {
		t.Fatalf("got %d faces, want 1", len(faces))
	}
	f := faces[0]
	if want := (engine.Box{X: 20 - 8, Y: 10 - 12, W: 16, H: 24}); off(f.Box.X, want.X) || off(f.Box.Y, want.Y) || off(f.Box.W, want.W) || off(f.Box.H, want.H) {
		t.Errorf("got box %v, want %v", f.Box, want)
	}
	if want := (engine.Point{X: 20, Y: 12}); off(f.Landmarks[2].X, want.X) || off(f.Landmarks[2].Y, want.Y) {
		t.Errorf("got nose %v, want %v", f.Landmarks[2], want)
	}
	if off(f.Score, 0.9) {
		t.Errorf("got score %v, want 0.9", f.Score)
	}
	if got := l.decode(nil, 0.95); len(got) != 0 {
		t.Errorf("got %d faces above 0.95, want none", len(got))
	}
}

// off says whether two numbers differ.
func off(a, b float64) bool { return math.Abs(a-b) > 1e-5 }

// A network that has gone mad finds nothing; it does not take the memory.
func TestDecodeRefusesImpossibleFaces(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, tt := range []struct {
		what   string
		change func(l level)
	}{
		{"a score that is no number", func(l level) { l.class[0] = nan }},
		{"a box without end", func(l level) { l.box[2] = 80 }},
		{"a box that is no number", func(l level) { l.box[3] = nan }},
		{"a box without width", func(l level) { l.box[2] = -80 }},
		{"a box far away", func(l level) { l.box[0] = 1e9 }},
		{"a nose far away", func(l level) { l.landmarks[4] = inf }},
		{"an eye that is no number", func(l level) { l.landmarks[0] = nan }},
	} {
		l := cells()
		l.class[0], l.object[0] = 1, 1
		tt.change(l)
		if got := l.decode(nil, 0.6); len(got) != 0 {
			t.Errorf("%s: got %+v, want no face", tt.what, got)
		}
	}
}

func TestSuppress(t *testing.T) {
	at := func(x, w, score float64) Face {
		return Face{Box: engine.Box{X: x, Y: 0, W: w, H: w}, Score: score}
	}
	got := suppress([]Face{at(0, 100, 0.8), at(10, 100, 0.9), at(500, 300, 0.7), at(95, 100, 0.85)}, 0.3)
	want := []Face{at(500, 300, 0.7), at(10, 100, 0.9), at(95, 100, 0.85)}
	if len(got) != len(want) {
		t.Fatalf("got %d faces, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("face %d: got %+v, want %+v", i, got[i], want[i])
		}
	}
}

func TestIntersection(t *testing.T) {
	a := engine.Box{X: 0, Y: 0, W: 10, H: 10}
	for _, tt := range []struct {
		b    engine.Box
		want float64
	}{
		{a, 1},
		{engine.Box{X: 5, Y: 0, W: 10, H: 10}, 1.0 / 3},
		{engine.Box{X: 10, Y: 0, W: 10, H: 10}, 0},
		{engine.Box{X: 2, Y: 2, W: 5, H: 5}, 0.25},
		{engine.Box{}, 0},
	} {
		if got := intersection(a, tt.b); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%v: got %v, want %v", tt.b, got, tt.want)
		}
		if got, back := intersection(a, tt.b), intersection(tt.b, a); got != back {
			t.Errorf("%v: got %v one way and %v the other", tt.b, got, back)
		}
	}
}
