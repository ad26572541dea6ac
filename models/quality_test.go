package models

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fixture"
	"github.com/rostod/rostod/models/detect"
	"github.com/rostod/rostod/models/picture"
)

// seen is a photo as the detector leaves it.
type seen struct {
	name string
	p    *picture.Picture
	face detect.Face
}

func see(t testing.TB, w *worker) []seen {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(fixture.Faces(t), "*.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	var all []seen
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		h, err := picture.Inspect(data, picture.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := w.decoder.Decode(data, h, enough)
		if err != nil {
			t.Fatal(err)
		}
		found, err := w.detector.Find(p)
		if err != nil || len(found.Faces) == 0 {
			t.Fatalf("%s: %d faces, %v", f, len(found.Faces), err)
		}
		p = &picture.Picture{Width: p.Width, Height: p.Height, Pix: slices.Clone(p.Pix)}
		all = append(all, seen{filepath.Base(f), p, found.Faces[0]})
	}
	return all
}

// copied is a photo to spoil.
func (s seen) copied() *picture.Picture {
	return &picture.Picture{Width: s.p.Width, Height: s.p.Height, Pix: slices.Clone(s.p.Pix)}
}

// light changes every level.
func light(p *picture.Picture, factor, plus int) {
	for i, v := range p.Pix {
		var out picture.Pixel
		for c := range 3 {
			l := int(v>>(8*c)&0xFF)*factor/100 + plus
			out |= picture.Pixel(min(max(l, 0), 255)) << (8 * c)
		}
		p.Pix[i] = out
	}
}

// paint fills a rectangle.
func paint(p *picture.Picture, x0, y0, x1, y1 float64, v picture.Pixel) {
	for y := max(0, int(y0)); y < min(p.Height, int(y1)); y++ {
		for x := max(0, int(x0)); x < min(p.Width, int(x1)); x++ {
			p.Pix[y*p.Width+x] = v
		}
	}
}

func smear(p *picture.Picture, k int) {
	var s picture.Scaler
	var small, back picture.Picture
	s.Scale(&small, p, p.Width/k, p.Height/k)
	s.Scale(&back, &small, p.Width, p.Height)
	copy(p.Pix, back.Pix)
}

// every is each n-th photo.
func every(all []seen, n int) []seen {
	var some []seen
	for i := 0; i < len(all); i += n {
		some = append(some, all[i])
	}
	return some
}

// The photos are good enough to enrol, but for those with a second person; the
// same photos, spoilt, mostly are not. The shares are what was measured, a
// little loosened.
func TestQualityOfThePhotos(t *testing.T) {
	m, err := Open(t.Context(), Config{Dir: fixture.Models(t), Library: fixture.Library(t), Sessions: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}()
	w, err := m.queue.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer m.queue.give(w)
	photos := see(t, w)
	for _, tt := range []struct {
		what  string
		spoil func(p *picture.Picture, l [5]engine.Point, eyes float64)
		issue engine.Issue // that the spoiling brings
		least float64      // share of the photos that show it
		most  float64
		other float64 // share of the photos that may show anything else but several faces
	}{
		{"as they are", func(*picture.Picture, [5]engine.Point, float64) {}, engine.SeveralFaces, 0, 0.05, 0},
		{"at a seventh of the light", func(p *picture.Picture, _ [5]engine.Point, _ float64) { light(p, 15, 0) }, engine.TooDark, 1, 1, 0},
		{"washed out", func(p *picture.Picture, _ [5]engine.Point, _ float64) { light(p, 120, 80) }, engine.TooBright, 0.6, 1, 0.05},
		{"at an eighth of the size", func(p *picture.Picture, _ [5]engine.Point, _ float64) { smear(p, 8) }, engine.Blurred, 0.5, 1, 0.05},
		{"with dark glasses", func(p *picture.Picture, l [5]engine.Point, e float64) {
			paint(p, l[0].X-.4*e, l[0].Y-.25*e, l[1].X+.4*e, l[1].Y+.25*e, 0x181818)
		}, engine.Covered, 0.85, 1, 0.05},
		{"with a blue mask", func(p *picture.Picture, l [5]engine.Point, e float64) {
			paint(p, l[0].X-.4*e, l[2].Y, l[1].X+.4*e, l[3].Y+.9*e, 0xD0B070)
		}, engine.Covered, 0.6, 1, 0.05},
	} {
		var found, other int
		some := photos
		if tt.issue != engine.SeveralFaces {
			some = every(photos, 4) // the whole would take a minute
		}
		for _, s := range some {
			p := s.copied()
			tt.spoil(p, s.face.Landmarks, s.face.Landmarks[1].X-s.face.Landmarks[0].X)
			f, err := w.detector.Find(p)
			if err != nil || len(f.Faces) == 0 {
				t.Fatalf("%s %s: %d faces, %v", s.name, tt.what, len(f.Faces), err)
			}
			face := engine.Face{Width: p.Width, Height: p.Height}
			if err := w.read(&face, p, f.Faces); err != nil {
				t.Fatal(err)
			}
			if face.Has(tt.issue) {
				found++
			}
			for _, i := range face.Issues {
				if i != tt.issue && i != engine.SeveralFaces {
					other++
					t.Logf("%s %s: also %s", s.name, tt.what, i)
				}
			}
		}
		n := float64(len(some))
		t.Logf("%s: %d of %d are %s, %d other issues", tt.what, found, len(some), tt.issue, other)
		if share := float64(found) / n; share < tt.least || share > tt.most {
			t.Errorf("%s: got %.2f of the photos %s, want %.2f..%.2f", tt.what, share, tt.issue, tt.least, tt.most)
		}
		if float64(other)/n > tt.other {
			t.Errorf("%s: got %d other issues, want at most %.2f of the photos", tt.what, other, tt.other)
		}
	}
}
