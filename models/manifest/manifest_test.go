package manifest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/models"
	"github.com/rostod/rostod/models/manifest"
	"github.com/rostod/rostod/models/picture"
)

// embedded is the text of the manifest that the program is built with.
func embedded(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEmbeddedManifestIsSound(t *testing.T) {
	m, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range manifest.Roles() {
		x := m.Model(r)
		if x.URL == "" || x.Terms == "" || x.Licence == "" {
			t.Errorf("%s: address, licence or terms of the training data missing", r)
		}
	}
	for _, arch := range []string{"amd64", "arm64"} {
		if _, ok := m.Runtime.Build("linux", arch); !ok {
			t.Errorf("no ONNX Runtime for linux/%s", arch)
		}
	}
	got := m.Model(manifest.Embedder).Embedder.Knots()
	want := engine.Calibration{{Cosine: 0, Score: 0}, {Cosine: 0.40, Score: 0.45}, {Cosine: 0.48, Score: 0.55}, {Cosine: 1, Score: 1}}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("knot %d: got %v, want %v", i, got[i], want[i])
		}
	}
}

// Each row breaks the embedded manifest in one place.
func TestManifestRefuses(t *testing.T) {
	for _, tt := range []struct{ what, old, new, want string }{
		{"another version", `"version": 1,`, `"version": 2,`, "version is 2"},
		{"an unknown member", `"scale": 1,`, `"scale": 1, "gamma": 2,`, "gamma"},
		{"a repeated member", `"scale": 1,`, `"scale": 1, "scale": 1,`, "duplicate"},
		{"a misspelt member", `"turnBelow"`, `"turnbelow"`, "turnbelow"},
		{"a short digest", `"104ee26c`, `"104ee2`, "64 hexadecimal digits"},
		{"no digest", `"sha256": "104ee26c71d5c270ce79a6b3dced91c91013260d29a6bf18f9296c5b8c4c2b12",`, ``, "sha256 is missing"},
		{"a file in another folder", `"yunet_n_dynamic.onnx",`, `"../yunet_n_dynamic.onnx",`, "without a folder"},
		{"a file twice", `"mobilefacenet.onnx"`, `"yunet_n_dynamic.onnx"`, "stands twice"},
		{"a role twice", `"role": "passive"`, `"role": "detector"`, "2 models have the role detector"},
		{"an unknown role", `"role": "passive"`, `"role": "guesser"`, `role "guesser" is none of`},
		{"a plain http address", `https://raw`, `http://raw`, "https://"},
		{"an unknown colour order", `"order": "BGR"`, `"order": "GBR"`, "RGB or BGR"},
		{"a spread of zero", `"std": [0.229`, `"std": [0`, "std[0] must be above 0"},
		{"a stride that does not divide", `"strides": [8, 16, 32]`, `"strides": [8, 16, 24]`, "multiple of 24"},
		{"a score above one", `"score": 0.6`, `"score": 6`, "detector.score"},
		{"eyes in one place", `[73.5318, 51.5014]`, `[38.2946, 51.6963]`, "eyes are in one place"},
		{"a point outside", `[73.5318, 51.5014]`, `[173.5318, 51.5014]`, "outside of the input"},
		{"a falling calibration", `[0.48, 0.55]`, `[0.48, 0.44]`, "above the knot before it"},
		{"a live class that is none", `"live": 0`, `"live": 2`, "index of a class"},
		{"an unknown border", `"reflect-101"`, `"wrap"`, "reflect-101"},
		{"an oblong for the passive network", `"width": 128`, `"width": 96`, "must be equal"},
		{"something after the end", "\n}\n", "\n}\n{}", "invalid character"},
	} {
		text := embedded(t)
		broken := strings.Replace(text, tt.old, tt.new, 1)
		if broken == text {
			t.Fatalf("%s: the test breaks nothing", tt.what)
		}
		_, err := manifest.Parse([]byte(broken))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want an error with %q", tt.what, err, tt.want)
		}
	}
}

func TestManifestNamesAllMistakesAtOnce(t *testing.T) {
	text := strings.NewReplacer(`"order": "BGR"`, `"order": "XYZ"`, `"live": 0`, `"live": 9`, `"size": 128`, `"size": 1`).Replace(embedded(t))
	_, err := manifest.Parse([]byte(text))
	if err == nil {
		t.Fatal("got no error")
	}
	for _, want := range []string{"input.order", "passive.live", "embedder.size", "yunet-n", "minifas-128", "mobilefacenet"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to name %s", err, want)
		}
	}
}

// Another embedder, with other preprocessing and another calibration, is an
// entry and no code.
func TestOperatorsOwnManifest(t *testing.T) {
	m, err := manifest.Load(filepath.Join("testdata", "sface.json"))
	if err != nil {
		t.Fatal(err)
	}
	x := m.Model(manifest.Embedder)
	if x.Name != "sface" || x.Embedder.Size != 128 || x.Input.Name != "data" {
		t.Errorf("got %s, %d numbers, input %s", x.Name, x.Embedder.Size, x.Input.Name)
	}
	if got := x.Embedder.Knots().Score(0.363); got != 0.5 {
		t.Errorf("score of cosine 0.363: got %v, want 0.5", got)
	}
	p := picture.Picture{Width: 1, Height: 1, Pix: []picture.Pixel{10 | 20<<8 | 255<<16}}
	planes := picture.NewPlanes(x.Input.Order == "BGR", x.Input.Scale, x.Input.Mean, x.Input.Std)
	got := make([]float32, 3)
	planes.Write(got, &p, 1, 1)
	for i, want := range []float32{10, 20, 255} {
		if got[i] != want {
			t.Errorf("plane %d: got %v, want %v", i, got[i], want)
		}
	}
}

func TestLoadNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "own.json")
	if err := os.WriteFile(path, []byte(`{"version": 3}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := manifest.Load(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want an error with %s", err, path)
	}
}
