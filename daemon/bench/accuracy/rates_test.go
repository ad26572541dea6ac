package accuracy

import (
	"math"
	"testing"

	"github.com/rostod/rostod/engine"
)

// The bounds have closed forms at the ends: none of n is 1-tail^(1/n), all of
// n is tail^(1/n). The one in the middle is a textbook's: 4 of 20 is 5.73 % to
// 43.66 % (scipy.stats.binomtest gives the same).
func TestRateOf(t *testing.T) {
	tests := []struct {
		name            string
		k, n            int
		rate, low, high float64
	}{
		{"none of 1,690", 0, 1690, 0, 0, 1 - math.Pow(0.025, 1.0/1690)},
		{"all of 140", 140, 140, 1, math.Pow(0.025, 1.0/140), 1},
		{"4 of 20", 4, 20, 0.2, 0.05733, 0.43661},
		{"none of 1", 0, 1, 0, 0, 0.975},
		{"nothing", 0, 0, 0, 0, 1},
	}
	for _, tt := range tests {
		r := RateOf(tt.k, tt.n)
		for _, c := range []struct {
			name      string
			got, want float64
		}{{"rate", r.Rate, tt.rate}, {"low", r.Low, tt.low}, {"high", r.High, tt.high}} {
			if math.Abs(c.got-c.want) > 1e-5 {
				t.Errorf("%s: %s: got %v, want %v", tt.name, c.name, c.got, c.want)
			}
		}
	}
	if got, want := RateOf(0, 1690).Most, 0.00177; math.Abs(got-want) > 1e-5 {
		t.Errorf("one-sided bound of none of 1,690: got %v, want %v", got, want)
	}
}

func TestCurve(t *testing.T) {
	mated, nonMated := []float64{0.5, 0.9, 0.7, 0.3}, []float64{0.1, 0.4, 0.2, 0.2}
	curve := Curve(mated, nonMated)
	first, last := curve[0], curve[len(curve)-1]
	if first.FMR != 1 || first.FNMR != 0 {
		t.Errorf("everything matches: got %v, want FMR 1 and FNMR 0", first)
	}
	if last.FMR != 0 || last.FNMR != 1 {
		t.Errorf("nothing matches: got %v, want FMR 0 and FNMR 1", last)
	}
	for i, p := range curve[1:] {
		if p.Threshold <= curve[i].Threshold || p.FMR > curve[i].FMR || p.FNMR < curve[i].FNMR {
			t.Errorf("got %v after %v, want a stricter threshold that trades one rate for the other", p, curve[i])
		}
	}
	for _, tt := range []Point{
		{0.3, 0.25, 0},    // exactly at the threshold is a match
		{0.4, 0.25, 0.25}, // the non-mated one still matches
		{0.5, 0, 0.25},
	} {
		if got := at(tt.Threshold, []float64{0.3, 0.5, 0.7, 0.9}, []float64{0.1, 0.2, 0.2, 0.4}); got != tt {
			t.Errorf("got %v, want %v", got, tt)
		}
	}
	if _, got := equal(curve); got != 0.25 {
		t.Errorf("equal error rate: got %v, want 0.25", got)
	}
	if got := Curve(nil, nonMated); got != nil {
		t.Errorf("without mated pairs: got %v, want nothing", got)
	}
}

func TestCount(t *testing.T) {
	pair := func(mated bool, match engine.MatchVerdict) Pair {
		v := Verdict{Match: match, Liveness: engine.Live, Threshold: 0.45, Allow: match == engine.Match}
		return Pair{Mated: mated, Verdicts: map[engine.RiskLevel]Verdict{engine.RiskLow: v}}
	}
	got := count(engine.RiskLow, []Pair{
		pair(true, engine.Match), pair(true, engine.GreyZone), pair(true, engine.NoMatch), pair(true, ""),
		pair(false, engine.Match), pair(false, engine.GreyZone), pair(false, engine.NoMatch), {Mated: false},
	})
	if got.FNMR.K != 2 || got.FNMR.N != 3 {
		t.Errorf("FNMR: got %d of %d, want 2 of 3: a grey zone is not a match, what was not compared is in no rate", got.FNMR.K, got.FNMR.N)
	}
	if got.FMR.K != 1 || got.FMR.N != 3 {
		t.Errorf("FMR: got %d of %d, want 1 of 3", got.FMR.K, got.FMR.N)
	}
	if got.NotCompared != 2 || got.GreyMated != 1 || got.GreyNonMated != 1 || got.Liveness[engine.Live] != 7 || got.Threshold != 0.45 {
		t.Errorf("got %+v", got)
	}
}

func TestPairsOf(t *testing.T) {
	photos := []Photo{{Name: "a", Person: "1"}, {Name: "b", Person: "1"}, {Name: "c", Person: "2"}}
	got := pairsOf(photos, []bool{false, true, true})
	want := []Pair{{Probe: 0, Reference: 1, Mated: true}, {Probe: 0, Reference: 2}, {Probe: 2, Reference: 1}}
	if len(got) != len(want) {
		t.Fatalf("got %d pairs, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i].Probe != want[i].Probe || got[i].Reference != want[i].Reference || got[i].Mated != want[i].Mated {
			t.Errorf("got %+v, want %+v", got[i], want[i])
		}
	}
}

// The bars of a run in which everything is as it should be, and then one thing
// is not.
func TestReportBars(t *testing.T) {
	sound := func() Report {
		r := Report{Photos: 2, Detected: 2, Enrolled: 2, Pairs: 1, Compared: 1, Equal: 1, Turned: []Turned{{Degrees: 90, Asked: 3, Same: 3}}}
		for _, risk := range levels() {
			l := Level{Risk: risk, Threshold: 0.45, FMR: RateOf(0, 10), FNMR: RateOf(0, 10)}
			if risk == engine.RiskHigh {
				l.Threshold = 0.55
			}
			r.Levels = append(r.Levels, l)
		}
		return r
	}
	tests := []struct {
		name  string
		spoil func(*Report)
		want  bool
	}{
		{"all as it should be", func(*Report) {}, true},
		{"two false matches at low", func(r *Report) { r.Levels[0].FMR.K = 2 }, true},
		{"three false matches at low", func(r *Report) { r.Levels[0].FMR.K = 3 }, false},
		{"a false non-match at medium", func(r *Report) { r.Levels[1].FNMR.K = 1 }, false},
		{"two false non-matches at high", func(r *Report) { r.Levels[2].FNMR.K = 2 }, true},
		{"a false match at high", func(r *Report) { r.Levels[2].FMR.K = 1 }, false},
		{"another threshold", func(r *Report) { r.Levels[2].Threshold = 0.5 }, false},
		{"a photo without a face", func(r *Report) { r.Detected = 1 }, false},
		{"a photo not enrolled", func(r *Report) { r.Enrolled = 1 }, false},
		{"a pair not compared", func(r *Report) { r.Compared, r.Equal = 0, 0 }, false},
		{"a score changed", func(r *Report) { r.Equal = 0 }, false},
		{"another verdict when turned", func(r *Report) { r.Turned[0].Same = 2 }, false},
	}
	for _, tt := range tests {
		r := sound()
		tt.spoil(&r)
		r.Bars = r.bars()
		if r.Holds() != tt.want {
			t.Errorf("%s: got %v, want %v (%+v)", tt.name, r.Holds(), tt.want, r.Bars)
		}
	}
}
