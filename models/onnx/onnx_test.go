package onnx

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/fixture"
)

func openRuntime(t testing.TB) *Runtime {
	t.Helper()
	r, err := Open(fixture.Library(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// golden is what golden.json says of one model.
type golden struct {
	Shape   []int64
	Outputs map[string]struct {
		Shape []int64
		First []float64
		Sum   float64
	}
}

// inputs are the inputs' names and how the pattern is scaled for each model.
func inputs() map[string]struct {
	name  string
	scale func(v float32) float32
} {
	type in = struct {
		name  string
		scale func(v float32) float32
	}
	same := func(v float32) float32 { return v }
	return map[string]in{
		"yunet_n_dynamic.onnx":              {"input", same},
		"face_detection_yunet_2023mar.onnx": {"input", same},
		"mobilefacenet.onnx":                {"input0", func(v float32) float32 { return (v - 127.5) / 64 }},
		"minifas_1.5_128x128.onnx":          {"input", func(v float32) float32 { return v / 255 }},
	}
}

// The networks say what they said when they were measured, on an input that
// anyone can make: v[i] = i*7919 mod 256.
func TestGolden(t *testing.T) {
	r, dir := openRuntime(t), fixture.Models(t)
	data, err := os.ReadFile(filepath.Join(dir, "golden.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Models map[string]golden }
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	for file, want := range all.Models {
		t.Run(file, func(t *testing.T) {
			model, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				t.Fatal(err)
			}
			in := inputs()[file]
			spec := Spec{Name: file, Model: model, Input: in.name, Floats: count(want.Shape)}
			for name := range want.Outputs {
				spec.Outputs = append(spec.Outputs, name)
			}
			x := ran(t, r, spec, want.Shape, in.scale)
			for i, name := range spec.Outputs {
				got, w := x.Output(i), want.Outputs[name]
				var sum float64
				for _, v := range got {
					sum += float64(v)
				}
				if math.Abs(sum-w.Sum) > 1e-3+1e-4*math.Abs(w.Sum) {
					t.Errorf("%s: got sum %v, want %v", name, sum, w.Sum)
				}
				if count(x.OutputShape(i)) != count(w.Shape) {
					t.Errorf("%s: got shape %v, want %v", name, x.OutputShape(i), w.Shape)
				}
				for j, v := range w.First {
					if math.Abs(float64(got[j])-v) > 2e-4 {
						t.Errorf("%s[%d]: got %v, want %v", name, j, got[j], v)
					}
				}
			}
		})
	}
}

func count(shape []int64) int {
	n := 1
	for _, d := range shape {
		n *= int(d)
	}
	return n
}

// ran is a session after one run on the pattern.
func ran(t testing.TB, r *Runtime, spec Spec, shape []int64, scale func(float32) float32) *Shaped {
	t.Helper()
	s, err := r.Session(spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return run(t, s, shape, scale)
}

func run(t testing.TB, s *Session, shape []int64, scale func(float32) float32) *Shaped {
	t.Helper()
	x, err := s.Shape(shape...)
	if err != nil {
		t.Fatal(err)
	}
	for i := range x.Input() {
		x.Input()[i] = scale(float32(i * 7919 % 256))
	}
	if err := x.Run(); err != nil {
		t.Fatal(err)
	}
	return x
}

// The rewritten network gives the same numbers as the file.
func TestRewriteIsExact(t *testing.T) {
	r := openRuntime(t)
	model, err := os.ReadFile(filepath.Join(fixture.Models(t), "minifas_1.5_128x128.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	if len(rewrite(model)) == len(model) {
		t.Skip("nothing is rewritten on this platform")
	}
	spec := Spec{Name: "minifas", Model: model, Input: "input", Outputs: []string{"output"}, Floats: 3 * 128 * 128}
	as, err := r.load(spec)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := as.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, scale := range []float32{0, 1.0 / 512, 1.0 / 255, 1.0 / 100} {
		f := func(v float32) float32 { return v * scale }
		shape := []int64{1, 3, 128, 128}
		want := run(t, as, shape, f).Output(0)
		got := ran(t, r, spec, shape, f).Output(0)
		for i := range want {
			if math.Abs(float64(got[i]-want[i])) > 1e-4 {
				t.Errorf("scale %v: got %v, want %v", scale, got, want)
			}
		}
	}
}

func TestRewriteLeavesTheOthersAlone(t *testing.T) {
	for _, file := range []string{"yunet_n_dynamic.onnx", "mobilefacenet.onnx"} {
		model, err := os.ReadFile(filepath.Join(fixture.Models(t), file))
		if err != nil {
			t.Fatal(err)
		}
		if string(rewrite(model)) != string(model) {
			t.Errorf("%s was rewritten", file)
		}
	}
}

func FuzzRewrite(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("\x3a\x02\x0a\x00"))
	f.Fuzz(func(_ *testing.T, model []byte) {
		rewrite(model) // does not crash, whatever the file
	})
}

func TestOpenAndCloseManyTimes(t *testing.T) {
	library := fixture.Library(t)
	for range 3 {
		a, err := Open(library)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Open(library)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(a.Version(), "1.") {
			t.Errorf("got version %q", a.Version())
		}
		for _, r := range []*Runtime{a, a, b} { // a second Close does nothing
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if environment.users != 0 {
		t.Errorf("got %d users after the last Close, want 0", environment.users)
	}
}

func TestOneLibraryAtATime(t *testing.T) {
	openRuntime(t)
	if _, err := Open(filepath.Join(t.TempDir(), "other.so")); err == nil {
		t.Error("another library was opened beside the first")
	}
}

func TestMissingLibrarySaysWhatToRun(t *testing.T) {
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.so")
	if err := os.WriteFile(broken, []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(dir, "missing.so"), broken} {
		_, err := Open(path)
		if !errors.Is(err, ErrNoLibrary) || !strings.Contains(fault.Of(err).Hint, "rostod models fetch") {
			t.Errorf("got %v, want ErrNoLibrary with a hint", err)
		}
	}
}

func TestFind(t *testing.T) {
	full, empty := t.TempDir(), t.TempDir()
	file := filepath.Join(full, LibraryFile)
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		what   string
		places []string
		want   string
	}{
		{"a file", []string{file}, file},
		{"a folder", []string{full}, file},
		{"the first that has it", []string{"", empty, full}, file},
		{"nowhere", []string{empty, filepath.Join(empty, "no")}, ""},
		{"nothing named", nil, ""},
	} {
		got, err := Find(tt.places...)
		if got != tt.want || (tt.want == "") != errors.Is(err, ErrNoLibrary) {
			t.Errorf("%s: got %q and %v, want %q", tt.what, got, err, tt.want)
		}
	}
}

// A detector meets pictures of any shape: old shapes make room for new ones,
// and come back.
func TestManyShapes(t *testing.T) {
	r := openRuntime(t)
	model, err := os.ReadFile(filepath.Join(fixture.Models(t), "yunet_n_dynamic.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := r.Session(Spec{Name: "yunet", Model: model, Input: "input", Outputs: []string{"cls_8"}, Floats: 3 * 640 * 64})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	same := func(v float32) float32 { return v }
	first := append([]float32(nil), run(t, s, []int64{1, 3, 64, 64}, same).Output(0)...)
	for i := range int64(kept + 4) {
		run(t, s, []int64{1, 3, 64, 32 * (i + 2)}, same)
	}
	if len(s.shapes) > kept {
		t.Errorf("got %d shapes kept, want at most %d", len(s.shapes), kept)
	}
	again := run(t, s, []int64{1, 3, 64, 64}, same).Output(0)
	for i := range first {
		if first[i] != again[i] {
			t.Fatalf("number %d: got %v, want %v as before", i, again[i], first[i])
		}
	}
	if _, err := s.Shape(1, 3, 4096, 4096); err == nil {
		t.Error("an input larger than the buffer was accepted")
	}
}

// On two cores of a 2.3 GHz Sapphire Rapids, quiet: see the report of the
// whole Look in package models.
func BenchmarkRun(b *testing.B) {
	r, dir := openRuntime(b), fixture.Models(b)
	for _, n := range []struct {
		file, output string
		shape        []int64
	}{
		{"yunet_n_dynamic.onnx", "cls_8", []int64{1, 3, 256, 320}},
		{"yunet_n_dynamic.onnx", "cls_8", []int64{1, 3, 192, 192}},
		{"mobilefacenet.onnx", "output0", []int64{1, 3, 112, 112}},
		{"minifas_1.5_128x128.onnx", "output", []int64{1, 3, 128, 128}},
	} {
		model, err := os.ReadFile(filepath.Join(dir, n.file))
		if err != nil {
			b.Fatal(err)
		}
		in := inputs()[n.file]
		x := ran(b, r, Spec{Name: n.file, Model: model, Input: in.name, Outputs: []string{n.output}, Floats: count(n.shape)}, n.shape, in.scale)
		b.Run(n.file, func(b *testing.B) {
			for b.Loop() {
				if err := x.Run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
