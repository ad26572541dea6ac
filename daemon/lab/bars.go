package lab

import (
	"fmt"
	"math"

	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/daemon/bench/accuracy"
)

// most are what the design promises at each light, in Luxes' order.
type most [4]float64

func notFirst() most    { return most{0.05, 0.03, 0.05, 0.12} }
func notThird() most    { return most{0.01, 0.005, 0.01, 0.03} }
func calledSpoof() most { return most{0.005, 0.005, 0.005, 0.01} }
func few() most         { return most{0.01, 0.01, 0.01, 0.02} }
func inThree() most     { return most{0.03, 0.03, 0.03, 0.06} }

// never are the attacks of which none may be accepted; of the others in scope
// few may.
func never(s sim.Species) bool {
	switch s {
	case sim.Bent, sim.FaceTintGrad, sim.FaceTintLate, sim.Relay250:
		return false
	default:
		return true
	}
}

// said is a rate as a bar shows it.
func said(r Rate) string {
	return fmt.Sprintf("%d of %d (%s; up to %s)", r.K, r.N, percent(r.Rate), percent(r.High))
}

// percent is a share for people.
func percent(share float64) string {
	switch {
	case math.IsNaN(share):
		return "-"
	case share != 0 && share < 0.001:
		return fmt.Sprintf("%.3f %%", 100*share)
	default:
		return fmt.Sprintf("%.1f %%", 100*share)
	}
}

func atMost(name string, r Rate, share float64) bench.Bar {
	return bench.Bar{Name: name, Want: "at most " + percent(share), Got: said(r), Holds: r.N > 0 && r.Rate <= share}
}

func none(name string, r Rate) bench.Bar {
	return bench.Bar{Name: name, Want: fmt.Sprintf("0 of %d", r.N), Got: said(r), Holds: r.N > 0 && r.K == 0}
}

// bars are every row of the design's table for which there are sessions.
func (r Report) bars() []bench.Bar {
	if r.Mode == quick {
		return append(r.floors(), r.otherBars()...)
	}
	var bars []bench.Bar
	for i, lux := range Luxes() {
		bars = append(bars, r.lightBars(i, luxName(lux))...)
	}
	zero := accuracy.RateOf(0, 0)
	worst := ""
	for _, s := range InScope() {
		if c := r.line(s); c != nil && never(s) && (worst == "" || c.Live.Most > zero.Most || zero.N == 0) {
			zero, worst = c.Live, string(s)
		}
	}
	if worst != "" && r.Mode == full {
		bars = append(bars, bench.Bar{
			Name: r.word() + "APCER, all lights, species of which none may pass: worst upper bound (" + worst + ")",
			Want: "at most 0.5 % (one-sided 95 %)", Got: fmt.Sprintf("%d of %d (up to %s)", zero.K, zero.N, percent(zero.Most)), Holds: zero.Most <= 0.005,
		})
	}
	return append(bars, r.otherBars()...)
}

// floors are the bars of a quick run, which is too small for those of the table:
// what is below them is broken.
func (r Report) floors() []bench.Bar {
	var bars []bench.Bar
	if c := r.line(sim.Live); c != nil {
		bars = append(bars,
			atMost("floor: sim-BPCER-1", c.NotFirst, 0.05),
			atMost("floor: sim-BPCER-3", c.NotThird, 0.025),
			atMost("floor: living called spoof", c.Spoof, 0.025))
	}
	for _, s := range append(InScope(), sim.Covered) {
		if c := r.line(s); c != nil {
			bars = append(bars, none(fmt.Sprintf("floor: %s called live", s), c.Live))
		}
	}
	return bars
}

// word goes before the rates of a simulation.
func (r Report) word() string {
	if r.Mode == recorded {
		return ""
	}
	return "sim-"
}

// lightBars are the bars at one light.
func (r Report) lightBars(i int, lux string) []bench.Bar {
	var bars []bench.Bar
	count := func(s sim.Species) *Count { return r.lineAt(s, lux) }
	if c := count(sim.Live); c != nil {
		bars = append(bars,
			atMost(r.word()+"BPCER-1, "+lux, c.NotFirst, notFirst()[i]),
			atMost(r.word()+"BPCER-3, "+lux, c.NotThird, notThird()[i]),
			atMost("living called spoof, "+lux, c.Spoof, calledSpoof()[i]))
	}
	worst := 0.0
	for _, s := range InScope() {
		c := count(s)
		if c == nil {
			continue
		}
		worst = max(worst, 1-math.Pow(1-c.Live.Rate, attempts))
		if never(s) {
			bars = append(bars, none(fmt.Sprintf("%sAPCER %s, %s", r.word(), s, lux), c.Live))
		} else {
			bars = append(bars, atMost(fmt.Sprintf("%sAPCER %s, %s", r.word(), s, lux), c.Live, few()[i]))
		}
	}
	if c := count(sim.Covered); c != nil {
		bars = append(bars, none("covered screen called live, "+lux, c.Live))
	}
	if len(bars) > 0 {
		bars = append(bars, bench.Bar{
			Name: "worst species' " + r.word() + "APCER in three attempts, derived, " + lux, Want: "at most " + percent(inThree()[i]), Got: percent(worst), Holds: worst <= inThree()[i],
		})
	}
	return bars
}

// otherBars are the bars that are not of one light.
func (r Report) otherBars() []bench.Bar {
	c := r.Crossing
	bars := []bench.Bar{{
		Name: "wrong sequences accepted", Want: fmt.Sprintf("0 of %d", max(c.Trials, r.Crosses)),
		Got: said(accuracy.RateOf(c.Accepted, c.Trials)), Holds: c.Trials >= r.Crosses && c.Accepted == 0,
	}}
	if r.Latency.N > 0 {
		bars = append(bars,
			bench.AtMost("decision after the last frame, processor time, p95", r.Latency.P95, 300, "%.0f ms"),
			bench.AtMost("decision after the last frame, processor time, p99", r.Latency.P99, 500, "%.0f ms"),
			bench.AtMost("start to verdict, p95", r.Length.P95, 8, "%.2f s"))
	}
	if r.Lag.Spread.N > 0 {
		bars = append(bars,
			bench.AtMost("lag: median error either way", math.Abs(r.Lag.Bias), 25, "%.0f ms"),
			bench.AtMost("lag: 95 % of the errors", r.Lag.Error, 60, "%.0f ms"))
	}
	if len(r.Tones) > 1 && r.Mode != quick {
		worst, best := 0.0, 1.0
		for _, t := range r.Tones {
			worst, best = max(worst, t.Count.NotFirst.Rate), min(best, t.Count.NotFirst.Rate)
		}
		bars = append(bars, bench.Bar{
			Name: "skin tones: worst " + r.word() + "BPCER-1", Want: "at most twice the best and 2 points: " + percent(2*best+0.02), Got: percent(worst), Holds: worst <= 2*best+0.02,
		})
	}
	return append(bars, bench.Bar{
		Name: "WCAG 2.3.1: sequences with a general or red flash", Want: fmt.Sprintf("0 of %d", r.Safety.Plans),
		Got: fmt.Sprintf("%d of %d", r.Safety.Flashing, r.Safety.Plans), Holds: r.Safety.Plans > 0 && r.Safety.Flashing == 0,
	})
}

// Safety is how many minted sequences were looked at for flashes, and how many
// had one.
type Safety struct {
	Plans    int `json:"plans"`
	Flashing int `json:"flashing"`
}

// flashes mints sequences and counts those with a flash on any tile, from a
// white or a black page.
func flashes(plans int) (s Safety, err error) {
	for i := range plans {
		t, err := mint(uint64(i), flash.Composition(i%3))
		if err != nil {
			return s, err
		}
		s.Plans++
		if flashing(t.Plan) {
			s.Flashing++
		}
	}
	return s, nil
}

func flashing(p flash.Plan) bool {
	for tile := flash.TopLeft; tile <= flash.BottomRight; tile++ {
		for _, page := range []flash.Light{{}, {1, 1, 1}} {
			if general, red := flash.Flashes(p.Track(tile, page)); general+red > 0 {
				return true
			}
		}
	}
	return false
}
