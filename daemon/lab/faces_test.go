package lab

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"path/filepath"
	"testing"

	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fixture"
	"github.com/rostod/rostod/models"
	"github.com/rostod/rostod/models/picture"
)

func openModels(t *testing.T) *models.Models {
	t.Helper()
	m, err := models.Open(t.Context(), models.Config{Dir: fixture.Models(t), Library: fixture.Library(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

func look(t *testing.T, m *models.Models, p image.Image) engine.Face {
	t.Helper()
	var data bytes.Buffer
	if err := jpeg.Encode(&data, p, &jpeg.Options{Quality: 92}); err != nil {
		t.Fatal(err)
	}
	face, err := m.Look(t.Context(), data.Bytes(), picture.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return face
}

// seen looks at a scene under each colour: the face must be found in all, near
// where it is, and be the same person.
func seen(t *testing.T, m *models.Models, name string, s *sim.Scene, off, alike float64) {
	t.Helper()
	b, err := s.Basis()
	if err != nil {
		t.Fatal(err)
	}
	var first engine.Template
	for _, c := range []flash.Colour{flash.Neutral, flash.Magenta, flash.Green, flash.Cyan, flash.Amber} {
		l := c.Light()
		face := look(t, m, b.Mix([4]flash.Light{l, l, l, l}))
		if face.Faces != 1 {
			t.Errorf("%s under %v: got %d faces, want 1", name, c, face.Faces)
			continue
		}
		eyes := math.Hypot(b.Landmarks[1].X-b.Landmarks[0].X, b.Landmarks[1].Y-b.Landmarks[0].Y)
		for i, p := range face.Landmarks {
			if d := math.Hypot(p.X-b.Landmarks[i].X, p.Y-b.Landmarks[i].Y) / eyes; d > off {
				t.Errorf("%s under %v: landmark %d is %.2f eye distances off, want at most %.2f", name, c, i, d, off)
			}
		}
		if first.Empty() {
			first = face.Template
		}
		if got := engine.Cosine(first, face.Template); got < alike {
			t.Errorf("%s under %v: got a cosine of %.3f with the face under %v, want %.2f", name, c, got, flash.Neutral, alike)
		}
	}
}

// The detector finds drawn heads under every colour, in dim and in bright light,
// and the matcher takes each for one person.
func TestDrawnHeadsAreFaces(t *testing.T) {
	m := openModels(t)
	for i, lux := range []float64{50, 50, 200, 200, 1000, 1000} {
		s, err := sim.Draw(uint64(i), sim.Wish{Species: sim.Live, Split: sim.Train, Lux: lux, Wide: true, Tone: 1 + i})
		if err != nil {
			t.Fatal(err)
		}
		seen(t, m, fmt.Sprintf("seed %d", i), s, 0.35, 0.85)
	}
}

// So are heads with the skin of photographs.
func TestPhotographsAreFaces(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at every photo")
	}
	m := openModels(t)
	photos, err := Photos(t.Context(), m, filepath.Dir(fixture.Faces(t)))
	if err != nil {
		t.Fatal(err)
	}
	people := map[sim.Split]map[string]bool{sim.Train: {}, sim.Calibrate: {}, sim.Test: {}}
	for _, p := range photos {
		people[sim.SplitOf(p.Person)][p.Person] = true
	}
	for split, who := range people {
		if len(who) < 2 {
			t.Errorf("got %d people of photographs in the split %s, want 2 or more", len(who), split)
		}
	}
	for i := range 3 {
		s, err := sim.Draw(uint64(i), sim.Wish{Species: sim.Live, Split: sim.Train, Lux: 150, Wide: true, Photos: photos})
		if err != nil {
			t.Fatal(err)
		}
		seen(t, m, "photograph", s, 0.3, 0.85)
	}
}
