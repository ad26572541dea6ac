package lab

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/engine"
)

// rowsOf are n first attempts of a species at a light, of which the first so
// many are accepted.
func rowsOf(s sim.Species, lux float64, n, accepted int) []Row {
	var rows []Row
	for i := range n {
		r := Row{
			Key: fmt.Sprint(s, lux, i), Cell: fmt.Sprintf("%s, %g lux", s, lux), Group: Bars, Species: s, Lux: lux, Seed: uint64(i), Attempt: 1,
			Tone: 1 + i%sim.Tones, Kiosk: "kiosk 1", TrueLag: 150, Measured: 40,
			Evidence: engine.FlashEvidence{Lag: 160, Seconds: 6.5},
			Finding:  engine.LivenessFinding{Verdict: engine.Unclear, LogOdds: -3},
		}
		if i < accepted {
			r.Finding = engine.LivenessFinding{Verdict: engine.Live, LogOdds: 8}
		}
		rows = append(rows, r)
	}
	return rows
}

// perfect is a run in which everything is as it should be.
func perfect() []Row {
	var rows []Row
	for _, lux := range Luxes() {
		rows = append(rows, rowsOf(sim.Live, lux, 300, 300)...)
		rows = append(rows, rowsOf(sim.Covered, lux, 150, 0)...)
		for _, s := range InScope() {
			rows = append(rows, rowsOf(s, lux, 150, 0)...)
		}
	}
	rows[0].Crossed = &Crossing{Trials: 30_000, Sessions: 1000}
	return rows
}

// broken are the bars that do not hold.
func broken(rows []Row) []string {
	report := Report{Mode: full, Crosses: 30_000, Safety: Safety{Plans: 10}}
	report.figures(rows)
	var names []string
	for _, b := range report.bars() {
		if !b.Holds {
			names = append(names, b.Name)
		}
	}
	return names
}

func TestBars(t *testing.T) {
	if got := broken(perfect()); len(got) > 0 {
		t.Fatalf("a perfect run breaks %q", got)
	}
	set := func(rows []Row, s sim.Species, lux float64, n int, change func(*Row)) []Row {
		for i := range rows {
			if rows[i].Species == s && rows[i].Lux == lux && n > 0 {
				change(&rows[i])
				n--
			}
		}
		return rows
	}
	live := func(r *Row) { r.Finding.Verdict = engine.Live }
	unclear := func(r *Row) { r.Finding.Verdict = engine.Unclear }
	spoof := func(r *Row) { r.Finding.Verdict = engine.Spoof }
	for _, tt := range []struct {
		name string
		rows []Row
		want string
	}{
		{"one print passes", set(perfect(), sim.Print, 200, 1, live), "sim-APCER print, 200 lux"},
		{"two bent prints pass", set(perfect(), sim.Bent, 500, 2, live), "sim-APCER bent, 500 lux"},
		{"a covered screen passes", set(perfect(), sim.Covered, 50, 1, live), "covered screen called live, 50 lux"},
		{"ten of 300 are refused", set(perfect(), sim.Live, 200, 10, unclear), "sim-BPCER-1, 200 lux"},
		{"two of 300 are called spoof", set(perfect(), sim.Live, 50, 2, spoof), "living called spoof, 50 lux"},
		{"a late lag", set(perfect(), sim.Live, 200, 300, func(r *Row) { r.Evidence.Lag = 300 }), "lag: 95 % of the errors"},
		{"slow", set(perfect(), sim.Print, 200, 150, func(r *Row) { r.Measured = 900 }), "decision after the last frame, processor time, p99"},
		{"a wrong sequence passes", func() []Row { r := perfect(); r[0].Crossed.Accepted = 1; return r }(), "wrong sequences accepted"},
		{"too few sequences", func() []Row { r := perfect(); r[0].Crossed.Trials = 9; return r }(), "wrong sequences accepted"},
	} {
		got := broken(tt.rows)
		if !strings.Contains(strings.Join(got, "\n"), tt.want) {
			t.Errorf("%s: got %q broken, want %q among them", tt.name, got, tt.want)
		}
	}
	// One bent print of 150 is within what is promised.
	if got := broken(set(perfect(), sim.Bent, 500, 1, live)); len(got) > 0 {
		t.Errorf("one bent print of 150 breaks %q", got)
	}
}

// Whoever is accepted at the second or third attempt is in the third rate only.
func TestCountAttempts(t *testing.T) {
	rows := rowsOf(sim.Live, 200, 10, 8)
	second := rows[8]
	second.Attempt, second.Finding = 2, engine.LivenessFinding{Verdict: engine.Live}
	c := count(append(rows, second))
	if c.N != 10 || c.NotFirst.K != 2 || c.NotThird.K != 1 {
		t.Errorf("got %d people, %d not at first, %d not at all, want 10, 2, 1", c.N, c.NotFirst.K, c.NotThird.K)
	}
}

// A row is not judged by a history that it is in itself, and a short history is
// none.
func TestSites(t *testing.T) {
	rows := rowsOf(sim.Live, 200, leastSessions+1, leastSessions+1)
	for i := range rows {
		rows[i].Evidence.Lag = 100 + float64(i)
	}
	rows[0].Evidence.Lag = 900
	attack := rowsOf(sim.Print, 200, 1, 0)[0]
	other := attack
	other.Kiosk = "kiosk 2"
	sites := sitesOf(append(rows, attack, other))
	if got := sites[0]; got.Sessions != leastSessions || math.Abs(got.Lag-110.5) > 1e-9 {
		t.Errorf("got a history of %d sessions and %.1f ms for the one that is off, want %d and 110.5", got.Sessions, got.Lag, leastSessions)
	}
	if got := sites[leastSessions+1]; got.Sessions != leastSessions+1 || got.LagSpread <= 0 {
		t.Errorf("got %+v for an attack at the kiosk, want all %d sessions", got, leastSessions+1)
	}
	if got := sites[leastSessions+2]; got != (engine.Site{}) {
		t.Errorf("got %+v for another kiosk, want nothing", got)
	}
	if got := sitesOf(rows[:leastSessions])[0]; got != (engine.Site{}) {
		t.Errorf("got %+v of %d sessions, want nothing", got, leastSessions-1)
	}
}

func TestEqualError(t *testing.T) {
	for _, tt := range []struct {
		living, attacks []float64
		want            float64
	}{
		{[]float64{5, 6, 7}, []float64{1, 2, 3}, 0},
		{[]float64{1, 2, 3}, []float64{5, 6, 7}, 1},
		{[]float64{1, 2, 3, 4}, []float64{0, 1.5, 1.6, 1.7}, 0.25},
	} {
		if got := equalError(tt.living, tt.attacks); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("living %v, attacks %v: got %.2f, want %.2f", tt.living, tt.attacks, got, tt.want)
		}
	}
	if got := equalError(nil, []float64{1}); !math.IsNaN(got) {
		t.Errorf("got %v of nobody, want no number", got)
	}
}

// The page needs nothing from elsewhere, says what its rates are not, and its
// drawings are well-formed.
func TestPage(t *testing.T) {
	rows := only(perfect(), func(r Row) bool { return r.Lux == 200 })
	rows = append(rows, rowsOf(sim.Mask3D, 200, 150, 149)...)
	for i := range rows {
		if rows[i].Species == sim.Mask3D {
			rows[i].Group = NotCovered
		}
	}
	r := &run{Options: Options{Quick: true, Plans: 10}.usual(), rows: rows}
	report, err := r.report()
	if err != nil {
		t.Fatal(err)
	}
	page, err := report.page()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"not rates of ISO/IEC 30107-3", "sim-APCER", "mask3d", "149/150", "not covered"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, bad := range []string{"http://", "https://", "src=", "<no value>", "NaN"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	for name, svg := range map[string]string{"det": det(report.Curves), "outcomes": outcomes(report)} {
		d := xml.NewDecoder(strings.NewReader(svg))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
		}
		if !strings.HasPrefix(svg, "<svg") {
			t.Errorf("%s: got %.20q, want a drawing", name, svg)
		}
	}
	var out strings.Builder
	if err := report.Print(&out); err != nil || !strings.Contains(out.String(), "149/150") {
		t.Errorf("got %v and %d bytes on the terminal, want a table with 149/150", err, out.Len())
	}
}

// The full run has the numbers that the design asks for.
func TestFullCells(t *testing.T) {
	living, attacks := 0, map[sim.Species]int{}
	names := map[string]bool{}
	for _, c := range fullCells(sim.Test, 1, nil) {
		if names[c.Name] {
			t.Errorf("two cells are called %q", c.Name)
		}
		names[c.Name] = true
		switch {
		case conditional(Row{Group: c.Group, Species: c.Wish.Species}):
		case c.Wish.Species == sim.Live:
			living += c.Sessions
		default:
			attacks[c.Wish.Species] += c.Sessions
		}
	}
	if living != 1200 {
		t.Errorf("got %d living, want 1200", living)
	}
	for _, s := range sim.AllSpecies()[1:] {
		if attacks[s] != 600 {
			t.Errorf("got %d of %s, want 600", attacks[s], s)
		}
	}
}
