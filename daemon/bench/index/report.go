package index

import (
	"fmt"
	"io"

	"github.com/rostod/rostod/daemon/bench"
)

// Mode is what was measured of one kind of search.
type Mode struct {
	PerSecond float64      `json:"perSecond"` // of one processor's time, median of the repeats
	Wait      bench.Spread `json:"wait"`      // milliseconds on the clock, all of them
	TPIR      float64      `json:"tpir"`      // share of mated probes that find their mate at the threshold
	Cells     float64      `json:"cells"`     // rows compared by their cells, mean
	Rescored  float64      `json:"rescored"`  // rows compared in float32, mean
	Peer      float64      `json:"peer"`      // what the bare scan in C++ does in turns with it; 0: none
	Prototype float64      `json:"prototype"` // what the prototype does, in turns with both; 0: none
	Reading   float64      `json:"readingGB"` // gigabytes a second that could be read of the cells meanwhile; 0: not measured
}

// Result is what was measured of one gallery.
type Result struct {
	Rows      int     `json:"rows"`
	Build     float64 `json:"buildSeconds"` // processor time, files and all
	Ready     float64 `json:"readyMS"`      // from Open until searches can begin, files warm
	First     float64 `json:"firstMS"`      // until the first search is answered
	Memory    float64 `json:"memoryMB"`     // more than before Open, after all searches
	Replace   float64 `json:"replaceUS"`    // processor time of one row
	Threshold float64 `json:"threshold"`    // cosine at an FPIR of 0.1 %
	Compared  int     `json:"compared"`
	Right     int     `json:"right"` // of those, what comparing every vector finds

	Exact            Mode `json:"exact"`            // the ten nearest
	ExactByThreshold Mode `json:"exactByThreshold"` // all from the threshold up
	ByThreshold      Mode `json:"byThreshold"`
	Nearest          Mode `json:"nearest"` // the ten nearest

	Peers []Peer `json:"peers"`

	memory int64
}

// Report is what the bench found.
type Report struct {
	Machine bench.Machine `json:"machine"`
	Kernels string        `json:"kernels"`
	Dims    int           `json:"dims"`
	Data    string        `json:"data,omitempty"`    // the folder that the vectors are from
	Missing []string      `json:"missing,omitempty"` // peers that could not be measured
	Seconds float64       `json:"seconds"`
	Results []Result      `json:"results"`
	Photos  *Photos       `json:"photos,omitempty"`
	Bars    []bench.Bar   `json:"bars"`
}

// Holds says whether every bar holds.
func (r Report) Holds() bool { return bench.Hold(r.Bars) }

// rates are what one processor of the machine that docs/INDEX.md names must
// do, by the number of rows, at 128 dimensions.
type rates struct{ exact, threshold, nearest float64 }

func promised(rows int) (rates, bool) {
	switch rows {
	case 10_000:
		return rates{25_000, 60_000, 0}, true
	case 100_000:
		return rates{2_500, 7_000, 7_000}, true
	case 1_000_000:
		return rates{220, 1_400, 0}, true
	default:
		return rates{}, false
	}
}

// slow says that memory cannot be read as fast as so many bytes a second want; that
// is no excuse: the bar stays where it is.
func (m Mode) slow(want float64) string {
	if want /= 1e9; m.Reading == 0 || m.Reading >= want {
		return ""
	}
	return fmt.Sprintf(" (they read %.1f GB/s, memory gave %.1f)", want, m.Reading)
}

func bars(report Report) []bench.Bar {
	var list []bench.Bar
	if report.Photos != nil {
		for _, f := range report.Photos.At {
			list = append(list,
				bench.All(f.What+": alike photos of one person that an exact search finds", f.Exact, f.Alike),
				bench.All(f.What+": of those, by threshold", f.Fast, f.Exact),
			)
		}
	}
	for _, r := range report.Results {
		name := func(what string) string { return fmt.Sprintf("%d rows: %s", r.Rows, what) }
		list = append(list,
			bench.All(name("exact searches that find what comparing every vector finds"), r.Right, r.Compared),
			bench.AtMost(name("identification lost by threshold against exact"), r.Exact.TPIR-r.ByThreshold.TPIR, 0.0005, "%.4f"),
			bench.AtMost(name("one row replaced, µs"), r.Replace, 5, "%.2f"),
		)
		if r.Exact.Peer > 0 {
			list = append(list,
				bench.AtLeast(name("exact searches against the bare scan in C++"), r.Exact.PerSecond/r.Exact.Peer, 0.95, "%.2f"),
				bench.AtLeast(name("searches by threshold against the bare scan in C++"), r.ByThreshold.PerSecond/r.ByThreshold.Peer, 0.95, "%.2f"),
			)
		}
		if r.Exact.Prototype > 0 {
			list = append(list,
				bench.AtLeast(name("exact searches against the prototype in C++"), r.Exact.PerSecond/r.Exact.Prototype, 0.95, "%.2f"),
				bench.AtLeast(name("searches by threshold against the prototype in C++"), r.ByThreshold.PerSecond/r.ByThreshold.Prototype, 0.95, "%.2f"),
			)
		}
		want, ok := promised(r.Rows)
		if !ok || report.Dims != 128 {
			continue
		}
		list = append(list,
			bench.AtLeast(name("exact searches a second"+r.Exact.slow(want.exact*float64(r.Rows*report.Dims))), r.Exact.PerSecond, want.exact, "%.0f"),
			bench.AtLeast(name("searches by threshold a second"+r.ByThreshold.slow(want.threshold*float64(r.Rows*(report.Dims/8+4)))), r.ByThreshold.PerSecond, want.threshold, "%.0f"),
		)
		if want.nearest > 0 {
			list = append(list, bench.AtLeast(name("searches for the nearest a second"), r.Nearest.PerSecond, want.nearest, "%.0f"))
		}
		if r.Rows == 1_000_000 {
			list = append(list,
				bench.AtMost(name("built, s of a processor"), r.Build, 3, "%.2f"),
				bench.AtMost(name("ready, ms"), r.Ready, 10, "%.2f"),
				bench.AtMost(name("memory, MB"), r.Memory, 160, "%.0f"),
			)
		}
	}
	return list
}

// Print writes the report for people.
func (r Report) Print(w io.Writer) error {
	p := bench.NewPage(w)
	p.Line("The index alone: made-up faces of %d dimensions, %s", r.Dims, r.Kernels)
	p.Line("%s; %.0f s", r.Machine, r.Seconds)
	if busy := r.Machine.Busy(); busy != "" {
		p.Line("CAUTION: %s", busy)
	}
	p.Line("")
	rows := [][]string{{"ROWS", "BUILT S", "READY MS", "FIRST MS", "MEMORY MB", "REPLACE µS", "THRESHOLD", "RIGHT"}}
	for _, x := range r.Results {
		rows = append(rows, []string{
			fmt.Sprint(x.Rows), fmt.Sprintf("%.2f", x.Build), fmt.Sprintf("%.2f", x.Ready), fmt.Sprintf("%.2f", x.First), fmt.Sprintf("%.0f", x.Memory),
			fmt.Sprintf("%.2f", x.Replace), fmt.Sprintf("%.4f", x.Threshold), fmt.Sprintf("%d of %d", x.Right, x.Compared),
		})
	}
	p.Table(rows...)
	p.Line("  built: processor time, files written and synced; ready, first: until searches can begin, and until the first is answered, files warm;")
	p.Line("  memory: more than before, files mapped and all searches done; threshold: cosine that one stranger in a thousand reaches; right: exact")
	p.Line("  searches that find what comparing every vector in float64 finds.\n")
	rows = [][]string{{"ROWS", "SEARCH", "PER SECOND", "C++", "PROTOTYPE", "READING GB/S", "P50 MS", "P99 MS", "CELLS", "RESCORED", "TPIR"}}
	for _, x := range r.Results {
		for _, m := range []struct {
			name string
			Mode
		}{{"exact, ten nearest", x.Exact}, {"exact, threshold", x.ExactByThreshold}, {"threshold", x.ByThreshold}, {"ten nearest", x.Nearest}} {
			rows = append(rows, []string{
				fmt.Sprint(x.Rows), m.name, fmt.Sprintf("%.0f", m.PerSecond), fmt.Sprintf("%.0f", m.Peer),
				fmt.Sprintf("%.0f", m.Prototype), fmt.Sprintf("%.1f", m.Reading), fmt.Sprintf("%.3f", m.Wait.Median), fmt.Sprintf("%.3f", m.Wait.P99),
				fmt.Sprintf("%.0f", m.Cells), fmt.Sprintf("%.1f", m.Rescored), fmt.Sprintf("%.4f", m.TPIR),
			})
		}
		for _, peer := range x.Peers {
			rows = append(rows, []string{fmt.Sprint(x.Rows), peer.Name, fmt.Sprintf("%.0f", peer.PerSecond), "", "", "", "", "", "", "", fmt.Sprintf("%.4f", peer.TPIR)})
		}
	}
	p.Table(rows...)
	p.Line("  C++: the bare scan of the same kind, in turns with it; prototype: the same of --prototype; reading: how fast the cells could be read meanwhile;")
	p.Line("  per second: of one processor's time; cells, rescored: rows compared in the second and the last stage, mean; TPIR: share of the mated")
	p.Line("  probes that find their mate at the threshold.\n")
	if r.Photos != nil {
		p.Line("%d photos of %d people among %d made-up ones, each looked for by the others of the same person:", r.Photos.Photos, r.Photos.People, r.Photos.Crowd)
		rows = [][]string{{"THRESHOLD", "COSINE", "PAIRS", "ALIKE", "EXACT", "BY THRESHOLD", "ANYBODY", "MISSED"}}
		for _, f := range r.Photos.At {
			rows = append(rows, []string{f.What, fmt.Sprintf("%.4f", f.Threshold), fmt.Sprint(f.Pairs), fmt.Sprint(f.Alike), fmt.Sprint(f.Exact), fmt.Sprint(f.Fast), fmt.Sprint(f.Owners), fmt.Sprint(f.Missed)})
		}
		p.Table(rows...)
		p.Line("  alike: pairs that reach the threshold; anybody, missed: all that exact searches find, and what searches by threshold do not.\n")
	}
	for _, what := range r.Missing {
		p.Line("NOT MEASURED: %s", what)
	}
	p.Bars(r.Bars)
	return p.End()
}
