package models_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/fixture"
	"github.com/rostod/rostod/models"
	"github.com/rostod/rostod/models/manifest"
	"github.com/rostod/rostod/models/picture"
)

// encoded is a picture as JPEG, turned clockwise.
func encoded(t testing.TB, data []byte, degrees int) []byte {
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
	var turned picture.Picture
	picture.Turn(&turned, p, degrees)
	m := image.NewNRGBA(image.Rect(0, 0, turned.Width, turned.Height))
	for i, v := range turned.Pix {
		m.SetNRGBA(i%turned.Width, i/turned.Width, color.NRGBA{R: uint8(v), G: uint8(v >> 8), B: uint8(v >> 16), A: 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A photo that lies on its side is turned upright and gives the same template.
func TestTurnedPhotos(t *testing.T) {
	m := open(t)
	for _, name := range []string{"img1.jpg", "img11.jpg", "img21.jpg", "img28.jpg", "img44.jpg", "img50.jpg", "img62.jpg"} {
		data := read(t, filepath.Join(fixture.Faces(t), name))
		upright := look(t, m, encoded(t, data, 0))
		for _, degrees := range []int{90, 180, 270} {
			face := look(t, m, encoded(t, data, degrees))
			if want := (360 - degrees) % 360; face.Turned != want {
				t.Errorf("%s turned by %d: got turned back by %d, want %d", name, degrees, face.Turned, want)
			}
			if c := engine.Cosine(upright.Template, face.Template); c < 0.98 {
				t.Errorf("%s turned by %d: got cosine %.4f to upright, want 0.98", name, degrees, c)
			}
			if face.Width != upright.Width || face.Height != upright.Height {
				t.Errorf("%s turned by %d: got %d x %d, want %d x %d", name, degrees, face.Width, face.Height, upright.Width, upright.Height)
			}
		}
	}
}

// Three pictures are few: this says that the network is wired up as it was
// measured, not how good it is.
func TestSpoofPictures(t *testing.T) {
	m := open(t)
	for _, tt := range []struct {
		name        string
		least, most float64
	}{
		{"image_T1.jpg", 0.5, 1},
		{"image_F1.jpg", 0, 0.1},
		{"image_F2.jpg", 0, 0.1},
	} {
		face := look(t, m, read(t, filepath.Join(fixture.Spoof(t), tt.name)))
		if face.Passive < tt.least || face.Passive > tt.most {
			t.Errorf("%s: got %.3f, want %.1f..%.1f", tt.name, face.Passive, tt.least, tt.most)
		}
		// Their EXIF says that they were taken on the side.
		if face.Width != 480 || face.Height != 640 || face.Turned != 0 {
			t.Errorf("%s: got %d x %d turned by %d, want 480 x 640 upright", tt.name, face.Width, face.Height, face.Turned)
		}
	}
}

// A large photo is decoded at a fraction; what is said of it is in its own
// pixels, and a small face in it is looked at in full.
func TestPlacesAreInPixelsOfTheOriginal(t *testing.T) {
	m := open(t)
	data := read(t, filepath.Join(fixture.Faces(t), "img7.jpg")) // 1363 x 2048
	face := look(t, m, data)
	if face.Width != 1363 || face.Height != 2048 {
		t.Errorf("got %d x %d, want 1363 x 2048", face.Width, face.Height)
	}
	if face.Measures.EyeDistance < 250 || face.Measures.EyeDistance > 300 {
		t.Errorf("got eyes %.0f pixels apart, want about 274", face.Measures.EyeDistance)
	}
	for _, p := range face.Landmarks {
		b := face.Box
		if p.X < b.X || p.X > b.X+b.W || p.Y < b.Y || p.Y > b.Y+b.H {
			t.Errorf("landmark %v lies outside of the box %v", p, b)
		}
	}
	if len(face.Models) != 3 || face.Template.Model != face.Models[1] || len(face.Template.Vector) != 128 {
		t.Errorf("got %d models and a template of %d", len(face.Models), len(face.Template.Vector))
	}
	var none engine.Digest
	if face.Picture == none {
		t.Error("got no digest of the picture")
	}
}

func TestNoFace(t *testing.T) {
	var b bytes.Buffer
	grey := image.NewGray(image.Rect(0, 0, 640, 480))
	for i := range grey.Pix {
		grey.Pix[i] = uint8(i * 7919 >> 8)
	}
	if err := jpeg.Encode(&b, grey, nil); err != nil {
		t.Fatal(err)
	}
	face := look(t, open(t), b.Bytes())
	if face.Faces != 0 || !face.Has(engine.NoFace) || !face.Template.Empty() || len(face.Models) != 1 {
		t.Errorf("got %d faces, issues %v, %d models, want no_face alone", face.Faces, face.Issues, len(face.Models))
	}
}

func TestLookRefusesAtTheDoor(t *testing.T) {
	m := open(t)
	for what, want := range map[string]*fault.Fault{"": picture.ErrEmpty, "text": picture.ErrUnknown, "GIF89a": picture.ErrFormat} {
		if _, err := m.Look(t.Context(), []byte(what), picture.Limits{}); !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", what, err, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	data := read(t, filepath.Join(fixture.Spoof(t), "image_T1.jpg"))
	if _, err := m.Look(ctx, data, picture.Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller that has gone: got %v, want it cancelled", err)
	}
}

// Side by side as alone: nothing is shared between workers.
func TestSideBySide(t *testing.T) {
	m := open(t)
	names := []string{"img11.jpg", "img25.jpg", "img50.jpg", "img44.jpg"}
	var alone []engine.Face
	for _, n := range names {
		alone = append(alone, look(t, m, read(t, filepath.Join(fixture.Faces(t), n))))
	}
	var wg sync.WaitGroup
	for i, n := range names {
		data := read(t, filepath.Join(fixture.Faces(t), n))
		wg.Go(func() {
			for range 3 {
				face, err := m.Look(t.Context(), data, picture.Limits{})
				if err != nil {
					t.Error(err)
					return
				}
				if c := engine.Cosine(face.Template, alone[i].Template); c < 0.99999 || face.Passive != alone[i].Passive {
					t.Errorf("%s: got cosine %v and passive %v beside others, want as alone", n, c, face.Passive)
				}
			}
		})
	}
	wg.Wait()
}

// folder is the models with one file changed.
func folder(t *testing.T, change func(dir string)) string {
	t.Helper()
	dir := t.TempDir()
	m, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range m.Models {
		if err := os.WriteFile(filepath.Join(dir, x.File), read(t, filepath.Join(fixture.Models(t), x.File)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	change(dir)
	return dir
}

// What does not verify is a status and not an error of opening.
func TestUnavailable(t *testing.T) {
	library := fixture.Library(t)
	for _, tt := range []struct {
		what    string
		change  func(dir string)
		library string
		name    string // whose status
		want    *fault.Fault
	}{
		{"a missing file", func(dir string) { _ = os.Remove(filepath.Join(dir, "mobilefacenet.onnx")) }, library, "mobilefacenet", manifest.ErrMissing},
		{"an altered file", func(dir string) {
			path := filepath.Join(dir, "yunet_n_dynamic.onnx")
			data := read(t, path)
			data[len(data)/2] ^= 1
			_ = os.WriteFile(path, data, 0o600)
		}, library, "yunet-n", manifest.ErrAltered},
		{"no library", func(string) {}, filepath.Join(t.TempDir(), "no.so"), "onnxruntime", nil},
		{"another library", func(dir string) { _ = os.WriteFile(filepath.Join(dir, "x.so"), []byte("x"), 0o600) }, "x.so", "onnxruntime", manifest.ErrAltered},
	} {
		t.Run(tt.what, func(t *testing.T) {
			dir := folder(t, tt.change)
			if tt.library == "x.so" {
				tt.library = filepath.Join(dir, tt.library)
			}
			m, err := models.Open(t.Context(), models.Config{Dir: dir, Library: tt.library})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := m.Close(); err != nil {
					t.Error(err)
				}
			}()
			if _, err := m.Look(t.Context(), []byte("x"), picture.Limits{}); !errors.Is(err, models.ErrUnavailable) {
				t.Errorf("Look: got %v, want ErrUnavailable", err)
			}
			for _, s := range m.Status() {
				if (s.Err != nil) != (s.Name == tt.name) {
					t.Errorf("%s: got %v", s.Name, s.Err)
				}
				if s.Name == tt.name && (tt.want != nil && !errors.Is(s.Err, tt.want) || !strings.Contains(fault.Of(s.Err).Hint, "rostod models fetch")) {
					t.Errorf("%s: got %v, want %v with a hint of what to run", s.Name, s.Err, tt.want)
				}
			}
		})
	}
}

func TestCalibrationIsOfTheModelInUse(t *testing.T) {
	m := open(t)
	if _, ok := m.Calibration(engine.Digest{1}); ok {
		t.Error("got a calibration for a model that is not in use")
	}
}

// Nothing of a face is printed.
func TestFaceIsNotPrinted(t *testing.T) {
	face := look(t, open(t), read(t, filepath.Join(fixture.Spoof(t), "image_T1.jpg")))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
		if got := fmt.Sprintf(verb, face); got != "(face)" {
			t.Errorf("%s: got %q, want (face)", verb, got)
		}
	}
}
