package fit

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/liveness"
)

// Count is what a table says of all sessions of one kind in one light, first
// attempts only.
type Count struct {
	Species              sim.Species
	Lux                  float64
	Live, Spoof, Unclear int
	Scores               []float64 // log-odds of those that passed the gates, rising
	Reasons              map[string]int
}

// N is the number of sessions.
func (c Count) N() int { return c.Live + c.Spoof + c.Unclear }

// Check judges the rows of a split by a table, without any kiosk's history.
func Check(rows []Row, split sim.Split, table liveness.Table) []Count {
	var list []Count
	for _, r := range rows {
		if r.Split != split || r.Attempt > 1 {
			continue
		}
		i := slices.IndexFunc(list, func(c Count) bool { return c.Species == r.Species && c.Lux == r.Lux })
		if i < 0 {
			i = len(list)
			list = append(list, Count{Species: r.Species, Lux: r.Lux, Reasons: map[string]int{}})
		}
		f := table.Judge(seen(r.Evidence), engine.Site{}, engine.Tier{})
		switch f.Verdict {
		case engine.Live:
			list[i].Live++
		case engine.Spoof:
			list[i].Spoof++
		default:
			list[i].Unclear++
		}
		for _, reason := range f.Reasons {
			list[i].Reasons[reason]++
		}
		if f.Score > 0 {
			list[i].Scores = append(list[i].Scores, f.LogOdds)
		}
	}
	for _, c := range list {
		slices.Sort(c.Scores)
	}
	slices.SortFunc(list, func(a, b Count) int { return cmp.Or(cmp.Compare(a.Species, b.Species), cmp.Compare(a.Lux, b.Lux)) })
	return list
}

// seen is a capture with this evidence and with the same face throughout.
func seen(e engine.FlashEvidence) engine.Capture {
	c := engine.Capture{Profile: engine.ProfileFlash, Flash: e}
	for i, s := range e.Slots {
		c.Others = append(c.Others, engine.Sight{Slot: i, Colour: s.Colour, Faces: 1, Cosine: 1, Passive: 1})
	}
	return c
}

// Print writes counts as a table of text.
func Print(to io.Writer, counts []Count) error {
	_, err := fmt.Fprintf(to, "%-16s %6s %5s %14s %6s %8s   %s\n", "species", "lux", "n", "live", "spoof", "unclear", "log-odds: least, 5 %, median, 95 %, most")
	for _, c := range counts {
		if err != nil {
			break
		}
		low, high := bounds(c.Live, c.N())
		_, err = fmt.Fprintf(to, "%-16s %6g %5d %4d %3.0f-%3.0f %% %6d %8d   %s\n", c.Species, c.Lux, c.N(), c.Live, 100*low, 100*high, c.Spoof, c.Unclear, c.scores())
	}
	if err != nil {
		return fmt.Errorf("print the counts: %w", err)
	}
	return nil
}

func (c Count) scores() string {
	n := len(c.Scores)
	if n == 0 {
		return "-"
	}
	at := func(share float64) float64 { return c.Scores[min(n-1, int(share*float64(n)))] }
	return fmt.Sprintf("%.1f %.1f %.1f %.1f %.1f", c.Scores[0], at(0.05), at(0.5), at(0.95), c.Scores[n-1])
}

// bounds are the 95 % bounds of a rate of k in n by Clopper and Pearson (1934):
// the rates at which so few, or so many, would still happen once in forty
// times.
func bounds(k, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	solve := func(tail func(p float64) float64) float64 {
		a, b := 0.0, 1.0
		for range 60 {
			p := (a + b) / 2
			if tail(p) < 0.025 {
				a = p
			} else {
				b = p
			}
		}
		return a
	}
	if k > 0 {
		low = solve(func(p float64) float64 { return 1 - atMost(k-1, n, p) })
	}
	high = 1
	if k < n {
		high = 1 - solve(func(q float64) float64 { return atMost(k, n, 1-q) })
	}
	return low, high
}

// atMost is the probability of at most k in n.
func atMost(k, n int, p float64) float64 {
	if p <= 0 {
		return 1
	}
	if p >= 1 {
		return 0
	}
	all, _ := math.Lgamma(float64(n + 1))
	var sum float64
	for i := range k + 1 {
		a, _ := math.Lgamma(float64(i + 1))
		b, _ := math.Lgamma(float64(n - i + 1))
		sum += math.Exp(all - a - b + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return min(1, sum)
}
