package pad

import (
	"math"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/models/manifest"
)

func TestLive(t *testing.T) {
	soft := manifest.PassiveContract{Classes: 2, Softmax: true, Live: 0}
	plain := manifest.PassiveContract{Classes: 3, Softmax: false, Live: 1}
	for _, tt := range []struct {
		what    string
		classes []float32
		c       manifest.PassiveContract
		want    float64 // -1: an error
	}{
		{"certain", []float32{10, -10}, soft, 1},
		{"an attack", []float32{-10, 10}, soft, 0},
		{"in the middle", []float32{3, 3}, soft, 0.5},
		{"by one", []float32{1, 0}, soft, 0.7311},
		{"huge numbers", []float32{1e30, -1e30}, soft, 1},
		{"huge numbers the other way", []float32{-1e30, 1e30}, soft, 0},
		{"no number", []float32{float32(math.NaN()), 0}, soft, -1},
		{"probabilities", []float32{0.1, 0.7, 0.2}, plain, 0.7},
		{"a probability above one", []float32{0, 1.5, 0}, plain, 1},
	} {
		got, err := live(tt.classes, tt.c)
		if (err != nil) != (tt.want < 0) {
			t.Errorf("%s: got %v", tt.what, err)
		}
		if tt.want >= 0 && math.Abs(got-tt.want) > 1e-4 {
			t.Errorf("%s: got %v, want %v", tt.what, got, tt.want)
		}
	}
}

func TestCrop(t *testing.T) {
	j := &Judge{contract: manifest.PassiveContract{Crop: 1.5}}
	for _, tt := range []struct {
		box        engine.Box
		x, y, side int
	}{
		{engine.Box{X: 100, Y: 100, W: 80, H: 100}, 65, 75, 150},
		{engine.Box{X: 0, Y: 0, W: 100, H: 100}, -25, -25, 150},
	} {
		if x, y, side := j.Crop(tt.box); x != tt.x || y != tt.y || side != tt.side {
			t.Errorf("%v: got %d, %d, %d, want %d, %d, %d", tt.box, x, y, side, tt.x, tt.y, tt.side)
		}
	}
}
