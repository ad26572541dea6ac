package fit

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/liveness"
)

// evidence is of a living person, with some noise.
func evidence(r *rand.Rand) engine.FlashEvidence {
	n := func(mean, spread float64) float64 { return mean + spread*r.NormFloat64() }
	e := engine.FlashEvidence{Frames: 190, FPS: 30, Lag: n(130, 10)}
	e.Quality = engine.FlashQuality{
		Expected: 190, EyeDistance: 60, Inside: 1, BitsPerPixel: 0.22, DisplayOrder: true, DisplaySaid: 10,
	}
	e.Code = engine.FlashCode{
		Beta: [2][2]float64{{0.4, 0}, {0, 0.4}}, Rho: n(0.98, 0.005), T: n(60, 10), R2: 0.97, R2Slots: 0.98, Accuracy: 1, NullMost: 0.6,
		Response: 0.4, Error: 0.01,
	}
	e.Around = engine.FlashAround{Background: true, Kappa: n(0.08, 0.05), Ring: true, KappaRing: n(0.25, 0.1)}
	e.Shape = engine.FlashShape{
		Measured: true, Valid: 1, CellError: 0.05, LambdaHead: n(15, 8), LambdaBil: n(15, 8), LambdaFlat: n(200, 50),
		Relief: 6, ReliefShare: n(0.7, 0.15), ReliefError: 0.12,
		ReliefAxes: [2]float64{n(0.65, 0.15), n(1, 0.3)}, AxesError: [2]float64{0.12, 0.28}, Chi2: n(0.9, 0.1), Scale: n(1.2, 0.1), Amplitude: n(0.65, 0.08), Spread: 0.35,
	}
	e.Slots = make([]engine.FlashSlot, 10)
	for i := range e.Slots {
		e.Slots[i].Colour = string("MGCA"[i%4])
	}
	return e
}

// spoil makes it that of an attack.
func spoil(e engine.FlashEvidence, s sim.Species, r *rand.Rand) engine.FlashEvidence {
	switch s {
	case sim.ReplayInject, sim.Static, sim.Covered:
		e.Code.Rho, e.Code.T, e.Code.R2, e.Code.R2Slots, e.Code.Accuracy = 0.4+0.1*r.NormFloat64(), 1, 0.2, 0.5, 0.3
	case sim.TintGlobal, sim.TintSplit:
		e.Around.Kappa, e.Around.KappaRing = 1, 1
		e.Shape.ReliefAxes = [2]float64{}
		e.Shape.LambdaHead, e.Shape.LambdaBil, e.Shape.LambdaFlat, e.Shape.Spread, e.Shape.Amplitude = -20, -20, -20, 0.03, 0.1
	case sim.FaceTint, sim.FaceTintGrad, sim.FaceTintLate:
		e.Shape.ReliefAxes = [2]float64{}
		e.Shape.LambdaBil, e.Shape.Chi2, e.Shape.Spread, e.Shape.Amplitude = -100, 8, 0.03, 0.1
	default:
		e.Around.KappaRing = 0.9 + 0.05*r.NormFloat64()
		e.Shape.ReliefAxes = [2]float64{0.05 * r.NormFloat64(), 0.1 * r.NormFloat64()}
		e.Shape.LambdaHead, e.Shape.Amplitude, e.Shape.Spread = -12, 0.1*r.NormFloat64(), 0.06
	}
	return e
}

func rows(n int) []Row {
	r := rand.New(rand.NewPCG(1, 1))
	species := []sim.Species{
		sim.Live, sim.Print, sim.Bent, sim.Bent2, sim.Tablet, sim.TabletFlash, sim.Static, sim.Covered, sim.ReplayInject,
		sim.TintGlobal, sim.TintSplit, sim.FaceTint, sim.FaceTintGrad, sim.FaceTintLate,
	}
	var list []Row
	for _, split := range []sim.Split{sim.Train, sim.Calibrate} {
		for _, s := range species {
			for range n {
				e := evidence(r)
				if s != sim.Live {
					e = spoil(e, s, r)
				}
				list = append(list, Row{Species: s, Split: split, Lux: 200, Attempt: 1, Evidence: e})
			}
		}
	}
	return list
}

func inUse(t *testing.T) liveness.Table {
	t.Helper()
	table, err := liveness.InUse()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestFitTellsThemApart(t *testing.T) {
	list := rows(40)
	base := inUse(t)
	table, err := Fit(list, base, "test-1")
	if err != nil {
		t.Fatal(err)
	}
	if table.Version != "test-1" || table.Live != base.Live || table.Gates != base.Gates {
		t.Errorf("got version %q, bar %v: want only the hypotheses changed", table.Version, table.Live)
	}
	highest := math.Inf(-1)
	for _, c := range Check(list, sim.Calibrate, table) {
		switch c.Species {
		case sim.Live:
			if c.Live < 38 || c.Spoof > 0 {
				t.Errorf("of %d living %d are live and %d spoofs", c.N(), c.Live, c.Spoof)
			}
		default:
			if c.Live > 0 {
				t.Errorf("of %d %s %d are live", c.N(), c.Species, c.Live)
			}
			if n := len(c.Scores); n > 0 {
				highest = max(highest, c.Scores[n-1])
			}
		}
	}
	if highest > table.Live-margin+0.01 {
		t.Errorf("the highest attack has %v, want %v at most", highest, table.Live-margin)
	}
	for i, h := range table.Hypotheses {
		for name, w := range h.Weights {
			if w < 0 {
				t.Errorf("%s of %s: got %v", name, h.Name, w)
			}
		}
		if b := base.Hypotheses[i]; b.Fixed && h.Offset != b.Offset {
			t.Errorf("%s is fixed: got offset %v, want %v", h.Name, h.Offset, b.Offset)
		}
	}
}

// TestShift: each hypothesis is moved until the attack that it has to refuse and
// that looks most alive to it lies below the bar by the margin. An attack that two
// stand for is left to the surer.
func TestShift(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	covered, sheet, still := evidence(r), evidence(r), evidence(r)
	covered.Code.T, still.Code.T, still.Code.Accuracy = math.E*math.E, math.E*math.E, 0.75
	late := covered // by nobody's score, but by a gate
	late.Lag, late.Code.T = 400, 90
	sheet.Around.KappaRing = 1
	table := inUse(t)
	table.Hypotheses = []liveness.Hypothesis{
		{Name: "replay", Offset: -6, Weights: map[string]float64{"accuracy": 9}},
		{Name: "static", Offset: -1, Weights: map[string]float64{"clarity": 2}},
		{Name: "sheet", Offset: 4, Weights: map[string]float64{"ring": 1}},
		{Name: "cutout", Offset: 3.5, Weights: map[string]float64{}, Fixed: true},
	}
	shift([]Row{{Species: sim.Covered, Evidence: covered}, {Species: sim.Print, Evidence: sheet}, {Species: sim.Static, Evidence: still}, {Species: sim.Covered, Evidence: late}}, table)
	for i, want := range []float64{3.6 - 6.75, -0.4, 3.6, 3.5} {
		if got := table.Hypotheses[i].Offset; math.Abs(got-want) > 0.001 {
			t.Errorf("%s: got offset %v, want %v", table.Hypotheses[i].Name, got, want)
		}
	}
}

func TestFitWithoutAttacks(t *testing.T) {
	var living []Row
	for _, r := range rows(5) {
		if r.Species == sim.Live {
			living = append(living, r)
		}
	}
	if _, err := Fit(living, inUse(t), "x"); err == nil || !strings.Contains(err.Error(), "not both") {
		t.Errorf("got %v, want an error about missing attacks", err)
	}
}

// TestCutSheets: what is learnt of sheets is learnt of cut-out ones too, so that
// a ring alone never makes a sheet a head.
func TestCutSheets(t *testing.T) {
	list, err := examples(rows(10), "sheet", []string{"ring"})
	if err != nil {
		t.Fatal(err)
	}
	cut, whole := 0, 0
	for _, e := range list {
		if e.living {
			continue
		}
		if e.group.cut {
			cut++
			if math.Abs(e.features[0]-(1-cutRing)) > 1e-9 {
				t.Fatalf("a cut sheet's ring: got %v, want %v", e.features[0], 1-cutRing)
			}
		} else {
			whole++
		}
	}
	if cut != 30 || whole != 50 {
		t.Errorf("got %d cut and %d whole sheets, want 30 and 50", cut, whole)
	}
}

func TestLogistic(t *testing.T) {
	// One feature that tells, one that does not, and one that tells the wrong way.
	r := rand.New(rand.NewPCG(2, 2))
	var list []example
	for i := range 400 {
		living := i%2 == 0
		shift := -1.0
		if living {
			shift = 1
		}
		list = append(list, example{
			features: []float64{shift + r.NormFloat64(), r.NormFloat64(), -shift + r.NormFloat64()}, living: living, weight: 1.0 / 400,
		})
	}
	offset, weights := logistic(list)
	if weights[0] < 1.2 || weights[0] > 2.8 {
		t.Errorf("the feature that tells: got weight %v, want about 2", weights[0])
	}
	if weights[1] < 0 || weights[1] > 0.4 {
		t.Errorf("the one that does not: got %v, want about 0", weights[1])
	}
	if weights[2] != 0 {
		t.Errorf("the one that tells the wrong way: got %v, want 0", weights[2])
	}
	if math.Abs(offset) > 0.5 {
		t.Errorf("got offset %v, want about 0", offset)
	}
	if offset, weights := logistic(nil); offset != 0 || weights != nil {
		t.Errorf("of nothing: got %v and %v", offset, weights)
	}
}

func TestBounds(t *testing.T) {
	tests := []struct {
		k, n      int
		low, high float64
	}{ // tables of Clopper and Pearson
		{0, 10, 0, 0.3085}, {1, 10, 0.0025, 0.4450}, {5, 10, 0.1871, 0.8129}, {10, 10, 0.6915, 1}, {0, 150, 0, 0.0243}, {0, 0, 0, 1},
	}
	for _, tt := range tests {
		low, high := bounds(tt.k, tt.n)
		if math.Abs(low-tt.low) > 2e-4 || math.Abs(high-tt.high) > 2e-4 {
			t.Errorf("%d of %d: got %.4f to %.4f, want %.4f to %.4f", tt.k, tt.n, low, high, tt.low, tt.high)
		}
	}
}

func TestRead(t *testing.T) {
	two := `{"species":"live","split":"train","lux":200,"attempt":1,"evidence":{"frames":7},"key":"a"}
{"species":"print","split":"calibrate","failed":"no frames"}
`
	got, err := read(strings.NewReader(two))
	if err != nil || len(got) != 1 || got[0].Evidence.Frames != 7 {
		t.Errorf("got %+v, %v, want the row that was measured", got, err)
	}
	if _, err := read(strings.NewReader(`{"species":"live","split":"test"}`)); !errors.Is(err, errTest) {
		t.Errorf("a row of the test split: got %v, want %v", err, errTest)
	}
	if _, err := read(strings.NewReader(`{"species":`)); err == nil {
		t.Error("half a row: got none, want an error")
	}
	if _, err := Read(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: got %v", err)
	}
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "rows.ndjson"), filepath.Join(dir, "flash.json")
	var data bytes.Buffer
	for _, r := range rows(6) {
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		data.Write(append(line, '\n'))
	}
	if err := os.WriteFile(from, data.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Run([]string{from}, "test-2", to, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "live") || !strings.Contains(out.String(), "facetint_grad") {
		t.Errorf("got %q, want a line for each species", out.String())
	}
	written, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(written), `"test-2"`) {
		t.Errorf("got %s, want the new version", written)
	}
}
