package sim

import (
	"encoding/json"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/engine"
)

// The pictures that are written, added up as basis.json says, are the picture
// that the scene gives.
func TestBasisAddsUp(t *testing.T) {
	s := drawn(t, 3, Wish{Species: Live, Lux: 150, Wide: true})
	b, err := s.Basis()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := s.WriteBasis(dir); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "basis.json"))
	if err != nil {
		t.Fatal(err)
	}
	var page basisPage
	if err := json.Unmarshal(data, &page); err != nil {
		t.Fatal(err)
	}
	if len(page.Pictures) != usualSources || page.Width != 640 || page.Height != 480 {
		t.Fatalf("got %d pictures of %d x %d, want %d of 640 x 480", len(page.Pictures), page.Width, page.Height, usualSources)
	}
	tiles := [4]flash.Light{flash.Magenta.Light(), flash.Green.Light(), flash.Magenta.Light(), flash.Green.Light()}
	want := b.Mix(tiles)
	var pictures []image.Image
	for _, p := range page.Pictures {
		f, err := os.Open(filepath.Join(dir, p.File))
		if err != nil {
			t.Fatal(err)
		}
		m, err := png.Decode(f)
		_ = f.Close()
		if err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, m)
	}
	worst := 0.0
	for y := 0; y < page.Height; y += 7 {
		for x := 0; x < page.Width; x += 5 {
			var light [3]float64
			for i, p := range pictures {
				r, g, b, _ := p.At(x, y).RGBA()
				for c, v := range [3]uint32{r, g, b} {
					by := 1.0
					if i > 0 {
						by = tiles[i-1][c]
					}
					light[c] += by * page.Pictures[i].Scale * decoded(float64(v)/65535)
				}
			}
			at := want.RGBAAt(x, y)
			for c, v := range [3]uint8{at.R, at.G, at.B} {
				worst = max(worst, math.Abs(255*encoded(light[c])-float64(v)))
			}
		}
	}
	if worst > 2.5 {
		t.Errorf("got a pixel %.1f levels off, want at most 2.5", worst)
	}
}

// Only what is lit by the screen alone has a basis.
func TestBasisRefuses(t *testing.T) {
	for species, want := range map[Species]bool{Live: true, Print: true, Mask3D: true, Tablet: false, Static: false, Relight3D: false} {
		_, err := drawn(t, 1, Wish{Species: species, Lux: 150}).Basis()
		if (err == nil) != want {
			t.Errorf("%s: got %v, want a basis: %v", species, err, want)
		}
	}
}

// patterned is a photo whose landmarks are marked, each in its own colour.
func patterned() Photo {
	m := image.NewRGBA(image.Rect(0, 0, 400, 500))
	for i := range m.Pix {
		m.Pix[i] = 128
	}
	p := Photo{Name: "made", Person: "1", Picture: m, Landmarks: [5]engine.Point{{X: 140, Y: 210}, {X: 262, Y: 200}, {X: 205, Y: 280}, {X: 160, Y: 345}, {X: 255, Y: 338}}}
	for _, l := range p.Landmarks {
		for y := -8; y <= 8; y++ {
			for x := -8; x <= 8; x++ {
				m.Pix[m.PixOffset(int(l.X)+x, int(l.Y)+y)] = 250
			}
		}
	}
	return p
}

// A photo is laid on the head so that its landmarks lie on the head's.
func TestPhotoLandmarks(t *testing.T) {
	p := patterned()
	h := newHead(average(), Expression{})
	skin := p.sampled(p.way(h.marks()))
	for i, m := range h.marks() {
		if c := skin.at(m.X, m.Y); c[0] < 1.5*c[1] {
			t.Errorf("landmark %d: got %.2f red and %.2f green on the head, want the mark", i, c[0], c[1])
		}
		if c := skin.at(m.X+18, m.Y-14); c[0] > 1.2*c[1] {
			t.Errorf("beside landmark %d: got the mark", i)
		}
	}
	flat := p.portrait()
	if d := flat.landmarks[1].X - flat.landmarks[0].X; math.Abs(d-63) > 1e-9 || math.Abs(flat.landmarks[0].Y) > 1e-9 {
		t.Errorf("got eyes %.1f mm apart at a height of %.2f, want 63 and 0", d, flat.landmarks[0].Y)
	}
	for i, m := range flat.landmarks {
		if c := flat.at(m.X, m.Y); c[0] < 1.5*c[1] {
			t.Errorf("portrait, landmark %d: got %.2f red and %.2f green, want the mark", i, c[0], c[1])
		}
	}
}

// The light that a photo was taken in is taken off it: a face lit from one side
// becomes even.
func TestPhotoIsUnlit(t *testing.T) {
	h := newHead(average(), Expression{})
	p := patterned()
	skin := p.sampled(p.way(h.marks()))
	for j := range skin.height {
		for i := range skin.width {
			x := skin.left + skin.cell*float64(i)
			v := float32(0.3 * (1 + 0.5*math.Sin(min(max(x/62, -1), 1)*math.Pi/2)))
			copy(skin.pixels[3*(j*skin.width+i):], []float32{v, v, v})
		}
	}
	side := func() float64 { return skin.at(40, -25)[1] / skin.at(-40, -25)[1] }
	before := side()
	skin.unlight(h)
	if after := side(); before < 1.8 || math.Abs(after-1) > 0.15 {
		t.Errorf("got a ratio of the cheeks of %.2f before and %.2f after, want 1.8 or more, then 1 within 0.15", before, after)
	}
}
