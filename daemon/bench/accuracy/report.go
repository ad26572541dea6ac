package accuracy

import (
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/engine"
)

// Report is what the bench found.
type Report struct {
	Machine  bench.Machine     `json:"machine"`
	Photos   int               `json:"photos"`
	Fitted   int               `json:"fitted"` // resized or compressed to fit the contracts
	People   int               `json:"people"`
	Enrolled int               `json:"enrolled"`
	Refused  map[string]string `json:"refused"`  // photo: why it was not enrolled
	Detected int               `json:"detected"` // in how many the models find a face
	Pairs    int               `json:"pairs"`
	MatedOf  int               `json:"matedPairs"`
	Compared int               `json:"compared"` // that have a score at every level
	Levels   []Level           `json:"levels"`
	Mated    bench.Spread      `json:"mated"`    // comparison scores over HTTP
	NonMated bench.Spread      `json:"nonMated"` // the same
	EER      float64           `json:"eer"`
	EERAt    float64           `json:"eerThreshold"`
	Curve    []Point           `json:"det"`
	Turned   []Turned          `json:"turned"`
	Off      float64           `json:"largestDifference"` // of a score over HTTP from the models' own
	Equal    int               `json:"equal"`             // pairs within the tolerance
	Files    Files             `json:"files"`
	Seconds  float64           `json:"seconds"`
	Caution  []string          `json:"caution"`
	Bars     []bench.Bar       `json:"bars"`
}

// Holds says whether every bar holds.
func (r Report) Holds() bool { return bench.Hold(r.Bars) }

// tolerance is how far a score over HTTP may lie from the models' own.
const tolerance = 1e-6

func (r *run) report() Report {
	report := Report{
		Photos: len(r.photos), Refused: r.refusals, Pairs: len(r.pairs), Turned: r.turned,
	}
	people := map[string]bool{}
	for i, p := range r.photos {
		people[p.Person] = true
		report.Fitted += one(p.Fitted)
		report.Enrolled += one(r.enrolled[i])
		report.Detected += one(r.faces[i].Faces > 0)
	}
	report.People = len(people)
	for _, risk := range levels() {
		report.Levels = append(report.Levels, count(risk, r.pairs))
	}
	var mated, nonMated []float64
	for _, p := range r.pairs {
		report.MatedOf += one(p.Mated)
		off := p.off()
		if math.IsNaN(off) {
			continue
		}
		report.Compared++
		report.Off = max(report.Off, off)
		report.Equal += one(off <= tolerance)
		if p.Mated {
			mated = append(mated, p.score())
		} else {
			nonMated = append(nonMated, p.score())
		}
	}
	report.Mated, report.NonMated = bench.SpreadOf(mated), bench.SpreadOf(nonMated)
	report.Curve = Curve(mated, nonMated)
	var where Point
	where, report.EER = equal(report.Curve)
	report.EERAt = where.Threshold
	report.Bars, report.Caution = report.bars(), report.caution()
	return report
}

// bars are the promises. They were measured for the models in use; a bar at a
// level holds only for the threshold that it was made for.
func (r Report) bars() []bench.Bar {
	var bars []bench.Bar
	most := map[engine.RiskLevel]struct{ threshold, misses, matches float64 }{
		engine.RiskLow: {0.45, 0, 2}, engine.RiskMedium: {0.45, 0, 2}, engine.RiskHigh: {0.55, 2, 0},
	}
	for _, l := range r.Levels {
		m := most[l.Risk]
		at := fmt.Sprintf("%s, at %.2f: ", l.Risk, m.threshold)
		bars = append(bars,
			bench.Bar{Name: string(l.Risk) + ": threshold", Want: fmt.Sprintf("%.2f", m.threshold), Got: fmt.Sprintf("%.2f", l.Threshold), Holds: l.Threshold == m.threshold},
			bench.AtMost(at+"false non-matches", float64(l.FNMR.K), m.misses, "%.0f"),
			bench.AtMost(at+"false matches", float64(l.FMR.K), m.matches, "%.0f"))
	}
	bars = append(bars,
		bench.All("a face is found in every photo", r.Detected, r.Photos),
		bench.All("every photo is enrolled", r.Enrolled, r.Photos),
		bench.All("every pair is compared at every level", r.Compared, r.Pairs),
		bench.All("HTTP changes no score (within 1e-6)", r.Equal, r.Compared))
	for _, t := range r.Turned {
		if t.Degrees == 0 {
			continue // the control
		}
		bars = append(bars, bench.All(fmt.Sprintf("turned by %d degrees: same verdicts", t.Degrees), t.Same, t.Asked))
	}
	return bars
}

func (r Report) caution() []string {
	var list []string
	list = append(list, "These are press photos of well-known people, many of whom are probably in the networks' training data: rates of customers will be worse.")
	for _, l := range r.Levels {
		if l.FMR.K == 0 && l.FMR.N > 0 {
			list = append(list, fmt.Sprintf("No false match in %d comparisons still allows an FMR of %.2f %% (one-sided, 95 %%), and comparisons of few people are not independent.", l.FMR.N, 100*l.FMR.Most))
			break
		}
	}
	return list
}

// Print writes the report for people.
func (r Report) Print(w io.Writer) error {
	p := bench.NewPage(w)
	p.Line("Accuracy over HTTP: %d photos of %d people, %d pairs (%d mated), each at every risk level", r.Photos, r.People, r.Pairs, r.MatedOf)
	p.Line("%s; %.0f s", r.Machine, r.Seconds)
	p.Line("%d photos were resized or compressed to fit the contracts; a face is found in %d of %d; %d of %d are enrolled\n", r.Fitted, r.Detected, r.Photos, r.Enrolled, r.Photos)
	for _, name := range sortedNames(r.Refused) {
		p.Line("  not enrolled: %s: %s", name, r.Refused[name])
	}
	p.Table(r.rates()...)
	p.Line("  A rate's interval is two-sided, 95 %%, Clopper-Pearson. A grey zone is not a match. What was not compared is in no rate.\n")
	p.Table(r.livenesses()...)
	p.Line("")
	p.Table(r.scores()...)
	p.Line("  Comparison scores over HTTP. EER %.2f %% at %.3f.\n", 100*r.EER, r.EERAt)
	p.Line("Reference, the models asked directly for the same %d pairs: largest difference of a score %.1e\n", r.Compared, r.Off)
	p.Table(r.turns()...)
	for _, t := range r.Turned {
		for _, line := range t.Other {
			p.Line("  turned by %d: %s", t.Degrees, line)
		}
	}
	p.Line("")
	p.Bars(r.Bars)
	p.Line("")
	for _, c := range r.Caution {
		p.Line("CAUTION: %s", c)
	}
	p.Line("DET plot: %s\nPairs:    %s", r.Files.Plot, r.Files.Pairs)
	return p.End()
}

func (r Report) rates() [][]string {
	rows := [][]string{{"LEVEL", "THRESHOLD", "FALSE MATCHES", "FMR %", "95 %", "FALSE NON-MATCHES", "FNMR %", "95 %", "GREY MATED", "GREY OTHERS", "NOT COMPARED"}}
	for _, l := range r.Levels {
		rows = append(rows, []string{
			string(l.Risk), fmt.Sprintf("%.2f", l.Threshold),
			fmt.Sprintf("%d of %d", l.FMR.K, l.FMR.N), fmt.Sprintf("%.2f", 100*l.FMR.Rate), fmt.Sprintf("%.2f-%.2f", 100*l.FMR.Low, 100*l.FMR.High),
			fmt.Sprintf("%d of %d", l.FNMR.K, l.FNMR.N), fmt.Sprintf("%.2f", 100*l.FNMR.Rate), fmt.Sprintf("%.2f-%.2f", 100*l.FNMR.Low, 100*l.FNMR.High),
			fmt.Sprint(l.GreyMated), fmt.Sprint(l.GreyNonMated), fmt.Sprint(l.NotCompared),
		})
	}
	return rows
}

func (r Report) livenesses() [][]string {
	rows := [][]string{{"LEVEL", "LIVE", "SPOOF", "UNCLEAR", "MATED ALLOWED", "OTHERS ALLOWED"}}
	for _, l := range r.Levels {
		rows = append(rows, []string{
			string(l.Risk), fmt.Sprint(l.Liveness[engine.Live]), fmt.Sprint(l.Liveness[engine.Spoof]), fmt.Sprint(l.Liveness[engine.Unclear]),
			fmt.Sprint(l.AllowedMated), fmt.Sprint(l.AllowedNonMated),
		})
	}
	return rows
}

func (r Report) scores() [][]string {
	rows := [][]string{{"PAIRS", "N", "MEAN", "SD", "MIN", "P05", "MEDIAN", "P95", "P99", "MAX"}}
	for _, s := range []struct {
		name string
		bench.Spread
	}{{"mated", r.Mated}, {"non-mated", r.NonMated}} {
		row := []string{s.name, fmt.Sprint(s.N)}
		for _, v := range []float64{s.Mean, s.SD, s.Min, s.P05, s.Median, s.P95, s.P99, s.Max} {
			row = append(row, fmt.Sprintf("%.3f", v))
		}
		rows = append(rows, row)
	}
	return rows
}

func (r Report) turns() [][]string {
	rows := [][]string{{"TURNED BY", "ASKED", "SAME VERDICT", "LARGEST CHANGE OF SCORE"}}
	for _, t := range r.Turned {
		turn := fmt.Sprint(t.Degrees)
		if t.Degrees == 0 {
			turn = "0, only written anew"
		}
		rows = append(rows, []string{turn, fmt.Sprint(t.Asked), fmt.Sprint(t.Same), fmt.Sprintf("%.3f", t.Moved)})
	}
	return rows
}

func sortedNames(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
