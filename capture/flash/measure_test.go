package flash

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/rostod/rostod/engine"
)

func mintedPlan(t testing.TB, seed uint64, c Composition) Plan {
	t.Helper()
	p, err := Mint(source(seed), c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// desk is a screen as a page reports it.
func desk() Screen { return Screen{Width: 1920, Height: 1080} }

// usual is a scene with what most of them have in common.
func usual(t testing.TB, s scene) scene {
	t.Helper()
	s.plan, s.screen, s.lag, s.seed = mintedPlan(t, 7, Standard), desk(), 130, 1
	s.ambient = Light{0.35, 0.3, 0.25}
	return s
}

func (s scene) measured(t *testing.T) engine.FlashEvidence {
	t.Helper()
	e, err := Measure(s.film(t))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// tinted paints what a program would that knows the colours: how much of the
// light is put over what.
func tinted(where func(u, v float64) bool, light func(u, v float64, g [4]Light) Light) func(u, v float64, g [4]Light, l Light) Light {
	return func(u, v float64, g [4]Light, l Light) Light {
		if !where(u, v) {
			return l
		}
		add := light(u, v, g)
		for c := range l {
			l[c] *= 1 + 0.4*(add[c]-0.28)
		}
		return l
	}
}

func everywhere(_, _ float64) bool { return true }
func onFace(u, v float64) bool     { return math.Hypot(u/72, v/95) < 1 }

func meanTile(_, _ float64, g [4]Light) Light {
	return g[0].plus(g[1]).plus(g[2]).plus(g[3]).times(0.25)
}

// gradient is the colours of the quarters, one into another.
func gradient(u, v float64, g [4]Light) Light {
	x, y := max(0, min(1, 0.5+u/200)), max(0, min(1, 0.5+v/240))
	return g[0].times((1 - x) * y).plus(g[1].times(x * y)).plus(g[2].times((1 - x) * (1 - y))).plus(g[3].times(x * (1 - y)))
}

// scenes are a living face and what is put in its place.
func scenes(t *testing.T) map[string]scene {
	other := mintedPlan(t, 99, Standard)
	return map[string]scene{
		"live":       usual(t, scene{shape: doll, noise: 4}),
		"live-dim":   usual(t, scene{shape: doll, noise: 4, fps: 16}),
		"print":      usual(t, scene{shape: flat, noise: 4}),
		"bent":       usual(t, scene{shape: bentSheet(100, 0), noise: 4}),
		"bent-up":    usual(t, scene{shape: bentSheet(120, math.Pi/2), noise: 4}),
		"bent-askew": usual(t, scene{shape: bentSheet(110, math.Pi/4), noise: 4}),
		"tint":       usual(t, scene{shape: doll, noise: 2, dark: true, paint: tinted(everywhere, meanTile)}),
		"face-tint":  usual(t, scene{shape: doll, noise: 2, dark: true, paint: tinted(onFace, meanTile)}),
		"face-blend": usual(t, scene{shape: doll, noise: 2, dark: true, paint: tinted(onFace, gradient)}),
		"still":      usual(t, scene{shape: doll, noise: 4, dark: true}),
		"replay":     usual(t, scene{shape: doll, noise: 4, other: &other}),
	}
}

// TestMeasureScenes films each scene, checks what must be true of it, and
// compares the evidence with the one that is kept in testdata, which package
// engine/liveness judges in its own test. ROSTOD_GOLDEN=write writes it anew.
func TestMeasureScenes(t *testing.T) {
	t.Parallel()
	follows := func(e engine.FlashEvidence) bool {
		return e.Code.Rho > 0.98 && e.Code.Accuracy == 1 && e.Code.T > 30 && e.Code.R2 > e.Code.NullMost+0.2 && e.Code.Foreign == 0
	}
	noRelief := func(e engine.FlashEvidence) bool { return math.Abs(e.Shape.Relief) < 2 && e.Shape.LambdaHead < 0 }
	must := map[string]func(engine.FlashEvidence) bool{
		"live": func(e engine.FlashEvidence) bool {
			return follows(e) && e.Code.Rho > 0.99 && e.Shape.Relief > 5 && e.Shape.LambdaHead > 10 && e.Shape.LambdaBil > 10 && e.Shape.Chi2 < 1
		},
		"live-dim":   func(e engine.FlashEvidence) bool { return follows(e) && e.Shape.Relief > 4 },
		"print":      func(e engine.FlashEvidence) bool { return follows(e) && noRelief(e) && e.Shape.Scale < 0.6 },
		"bent":       func(e engine.FlashEvidence) bool { return follows(e) && noRelief(e) },
		"bent-up":    func(e engine.FlashEvidence) bool { return follows(e) && noRelief(e) },
		"bent-askew": func(e engine.FlashEvidence) bool { return follows(e) && noRelief(e) },
		"tint": func(e engine.FlashEvidence) bool {
			return e.Around.Kappa > 0.8 && noRelief(e) && e.Shape.LambdaFlat < 0 && e.Shape.Spread < 0.1
		},
		"face-tint": func(e engine.FlashEvidence) bool {
			return e.Around.Kappa < 0.2 && noRelief(e) && e.Shape.LambdaFlat < 0 && e.Shape.Spread < 0.1
		},
		"face-blend": func(e engine.FlashEvidence) bool {
			return math.Abs(e.Shape.Relief) < 2 && e.Shape.LambdaBil < 0 && e.Shape.Spread < 0.1
		},
		"still": func(e engine.FlashEvidence) bool {
			return e.Code.T < 4 && e.Code.R2 < e.Code.NullMost+0.2 && e.Code.Foreign == 0
		},
		"replay": func(e engine.FlashEvidence) bool {
			return e.Code.Accuracy < 0.6 && e.Code.P > 0.02 && e.Code.Foreign >= 3 && e.Code.ForeignT > 8
		},
	}
	for name, s := range scenes(t) {
		if raceDetector && name != "live" && name != "print" {
			continue // one of each kind is enough to find a race, and takes long enough
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := s.measured(t)
			if !must[name](e) {
				t.Errorf("code %+v\naround %+v\nshape %+v", e.Code, e.Around, e.Shape)
			}
			e.Trace = nil
			golden(t, filepath.Join("testdata", name+".json"), e)
		})
	}
}

func readGolden(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join("testdata", name+".json"))
}

// golden compares evidence with a kept one.
func golden(t *testing.T, path string, got engine.FlashEvidence) {
	t.Helper()
	if os.Getenv("ROSTOD_GOLDEN") == "write" {
		data, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(data, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var want engine.FlashEvidence
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	same(t, path, reflect.ValueOf(got), reflect.ValueOf(want))
}

// same walks two values and holds their numbers to a thousandth, for machines
// whose floating point differs in the last bits.
func same(t *testing.T, at string, got, want reflect.Value) {
	t.Helper()
	switch got.Kind() {
	case reflect.Float64:
		g, w := got.Float(), want.Float()
		if math.Abs(g-w) > 1e-3*max(1, math.Abs(w)) {
			t.Errorf("%s: got %v, want %v", at, g, w)
		}
	case reflect.Struct:
		for i := range got.NumField() {
			same(t, at+"."+got.Type().Field(i).Name, got.Field(i), want.Field(i))
		}
	case reflect.Slice, reflect.Array:
		if got.Len() != want.Len() {
			t.Errorf("%s: got %d, want %d", at, got.Len(), want.Len())
			return
		}
		for i := range got.Len() {
			same(t, at, got.Index(i), want.Index(i))
		}
	default:
		if !reflect.DeepEqual(got.Interface(), want.Interface()) {
			t.Errorf("%s: got %v, want %v", at, got, want)
		}
	}
}

// TestMeasureFindsTheLag moves the light and asks for the difference: what all
// sessions have in common belongs to the kiosk's history.
func TestMeasureFindsTheLag(t *testing.T) {
	s := usual(t, scene{shape: flat, noise: 2})
	first := s.measured(t)
	for _, later := range []float64{30, 115, 200} {
		s.lag = 130 + later
		if got := s.measured(t).Lag - first.Lag; math.Abs(got-later) > 5 {
			t.Errorf("%v ms later: got %v", later, got)
		}
	}
}

// TestMeasureLeftIsRight turns the head: the side that looks at the customer's
// left of the screen must come out on the picture's right.
func TestMeasureLeftIsRight(t *testing.T) {
	turned := func(angle float64) surfaceOf {
		return func(u, _ float64) (float64, [3]float64) {
			return 90 - u*math.Tan(angle), [3]float64{math.Sin(angle), 0, math.Cos(angle)}
		}
	}
	right := usual(t, scene{shape: turned(0.4)}).measured(t)
	if right.Shape.Offset[0] < 0.05 || right.Code.Tilt[0] < 0.05 {
		t.Errorf("turned to the picture's right: got %v and %v, want above 0", right.Shape.Offset, right.Code.Tilt)
	}
	left := usual(t, scene{shape: turned(-0.4)}).measured(t)
	if left.Shape.Offset[0] > -0.05 || left.Code.Tilt[0] > -0.05 {
		t.Errorf("turned to the picture's left: got %v and %v, want below 0", left.Shape.Offset, left.Code.Tilt)
	}
}

func TestMeasureIsAFunction(t *testing.T) {
	session := usual(t, scene{shape: doll, noise: 4}).film(t)
	a, err := Measure(session)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Measure(session)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Error("the same session gave two evidences")
	}
}

func TestMeasureRefuses(t *testing.T) {
	s := usual(t, scene{shape: flat})
	line := s.timeline()
	short := line
	short.Slots = short.Slots[:3]
	tests := []struct {
		name    string
		session Session
		want    error
	}{
		{"nothing", Session{}, errTimeline},
		{"slots missing", Session{Timeline: short}, errTimeline},
		{"no frames", Session{Timeline: line}, ErrFrames},
		{"frames without a face", Session{Timeline: line, Samples: make([]Sample, 200)}, ErrFrames},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Measure(tt.session); err != tt.want { //nolint:errorlint // the very error
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

// FuzzMeasure gives samples of any content: whatever comes out is finite and
// can be written.
func FuzzMeasure(f *testing.F) {
	f.Add(uint64(1), 30.0, 0.2, 70.0)
	f.Add(uint64(2), 15.0, 0.0, 0.0)
	f.Add(uint64(3), 60.0, math.Inf(1), math.NaN())
	f.Fuzz(func(t *testing.T, seed uint64, fps, light, iod float64) {
		line := Timeline{Plan: mintedPlan(t, seed%50, Composition(seed%3)), Start: 1e12}.planned()
		session := Session{Timeline: line, Width: 640, Height: 480}
		r := source(seed)
		step := 1000 / max(1, min(120, fps))
		if math.IsNaN(step) {
			step = 33
		}
		for at := line.Start; at < line.End+400; at += step {
			s := Sample{At: at, Found: r.Uint64()%8 > 0, Placed: true, Inside: 1, IOD: float32(iod)}
			part := func() Mean {
				m := Mean{Pixels: int32(r.Uint64() % 2000)}
				for c := range m.Light {
					m.Light[c] = float32(light * float64(r.Uint64()%1000) / 1000)
				}
				return m
			}
			for i := range s.Regions {
				s.Regions[i] = part()
			}
			for i := range s.Cells {
				s.Cells[i] = part()
			}
			s.Ring, s.Background = part(), part()
			session.Samples = append(session.Samples, s)
		}
		e, err := Measure(session)
		if err != nil {
			return
		}
		if _, err := json.Marshal(e); err != nil {
			t.Errorf("the evidence cannot be written: %v", err)
		}
		if !bytes.Contains(Draw(e), []byte("</svg>")) {
			t.Error("the evidence cannot be drawn")
		}
	})
}

// BenchmarkMeasure is to stay below 150 ms for the 200 frames of a session.
func BenchmarkMeasure(b *testing.B) {
	session := usual(b, scene{shape: doll, noise: 4}).film(&testing.T{})
	for b.Loop() {
		if _, err := Measure(session); err != nil {
			b.Fatal(err)
		}
	}
}
