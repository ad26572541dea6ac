package models_test

import (
	"errors"
	"image"
	"math"
	"path/filepath"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fixture"
	"github.com/rostod/rostod/models/picture"
)

// frame is a photo as a video frame, moved right and down by whole pixels.
func frame(t testing.TB, data []byte, shift int) *image.YCbCr {
	t.Helper()
	d, err := picture.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	h, err := picture.Inspect(data, picture.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Decode(data, h, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewYCbCr(image.Rect(0, 0, p.Width/2*2, p.Height/2*2), image.YCbCrSubsampleRatio420)
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			v := p.Pix[max(0, y-shift)*p.Width+max(0, x-shift)]
			r, g, b := float64(v&0xFF), float64(v>>8&0xFF), float64(v>>16&0xFF)
			out.Y[out.YOffset(x, y)] = byte(16 + 0.2568*r + 0.5041*g + 0.0979*b + 0.5)
			out.Cb[out.COffset(x, y)] = byte(128 - 0.1482*r - 0.2910*g + 0.4392*b + 0.5)
			out.Cr[out.COffset(x, y)] = byte(128 + 0.4392*r - 0.3678*g - 0.0714*b + 0.5)
		}
	}
	return out
}

// apart is the largest distance between two sets of landmarks, in eye distances.
func apart(a, b [5]engine.Point) float64 {
	var most float64
	for i := range a {
		most = max(most, math.Hypot(a[i].X-b[i].X, a[i].Y-b[i].Y))
	}
	return most / math.Hypot(a[0].X-a[1].X, a[0].Y-a[1].Y)
}

// A frame of a video shows the face where the photo does, and where it went.
func TestFindAndFollow(t *testing.T) {
	m := open(t)
	for _, name := range []string{"img1.jpg", "img11.jpg", "img21.jpg", "img44.jpg"} {
		data := read(t, filepath.Join(fixture.Faces(t), name))
		want := look(t, m, data)
		found, err := m.Find(t.Context(), frame(t, data, 0))
		if err != nil || found.Faces != 1 {
			t.Fatalf("%s: got %d faces and %v, want one", name, found.Faces, err)
		}
		if d := apart(want.Landmarks, found.Landmarks); d > 0.12 {
			t.Errorf("%s: the landmarks are %.2f eye distances from the photo's", name, d)
		}
		moved, err := m.Follow(t.Context(), frame(t, data, 12), found)
		if err != nil || moved.Faces != 1 {
			t.Fatalf("%s: followed: got %d faces and %v, want one", name, moved.Faces, err)
		}
		for i := range moved.Landmarks {
			moved.Landmarks[i].X -= 12
			moved.Landmarks[i].Y -= 12
		}
		if d := apart(found.Landmarks, moved.Landmarks); d > 0.1 {
			t.Errorf("%s: followed, the landmarks are %.2f eye distances off", name, d)
		}
		found.Box.X += 4 * found.Box.W
		if lost, err := m.Follow(t.Context(), frame(t, data, 0), found); err != nil || lost.Faces != 0 {
			t.Errorf("%s: followed where it never was: got %d faces and %v, want none", name, lost.Faces, err)
		}
	}
}

func TestFindNothing(t *testing.T) {
	m := open(t)
	empty := image.NewYCbCr(image.Rect(0, 0, 640, 480), image.YCbCrSubsampleRatio420)
	if got, err := m.Find(t.Context(), empty); err != nil || got.Faces != 0 {
		t.Errorf("an empty frame: got %d faces and %v, want none", got.Faces, err)
	}
	other := image.NewYCbCr(image.Rect(0, 0, 640, 480), image.YCbCrSubsampleRatio444)
	if _, err := m.Find(t.Context(), other); !errors.Is(err, picture.ErrPlanes) {
		t.Errorf("4:4:4: got %v, want %v", err, picture.ErrPlanes)
	}
}

func BenchmarkFind(b *testing.B) {
	m := open(b)
	f := frame(b, read(b, filepath.Join(fixture.Faces(b), "img2.jpg")), 0)
	last, err := m.Find(b.Context(), f)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("find", func(b *testing.B) {
		for b.Loop() {
			if _, err := m.Find(b.Context(), f); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("follow", func(b *testing.B) {
		for b.Loop() {
			if _, err := m.Follow(b.Context(), f, last); err != nil {
				b.Fatal(err)
			}
		}
	})
}
