package capture

import (
	"fmt"
	"io"
	"slices"

	"github.com/rostod/rostod/daemon/bench"
)

// row is one crowd against the bare decoder.
type row struct {
	crowd
	Bare  float64      `json:"barePerFrameMs"` // processor time of the decoder alone, a frame at a time
	Hot   float64      `json:"hotPerFrameMs"`  // and without a pause between frames
	Ratio float64      `json:"ratio"`          // to Bare
	Cores float64      `json:"cores"`          // that the daemon kept busy
	Done  bench.Spread `json:"verdictMs"`
}

// Report is what the bench found.
type Report struct {
	Machine  bench.Machine `json:"machine"`
	Seconds  float64       `json:"seconds"`
	Mbit     float64       `json:"mbitPerSecond"` // of each customer's video
	Resident float64       `json:"residentMB"`    // after the first visit
	Rows     []row         `json:"rows"`
	Left     left          `json:"left"`
	Bars     []bench.Bar   `json:"bars"`
}

// Holds says whether every bar holds.
func (r Report) Holds() bool { return bench.Hold(r.Bars) }

func (r *Report) add(c crowd, bare alone) {
	x := row{crowd: c, Bare: bare.paced.Seconds() * 1000, Hot: bare.hot.Seconds() * 1000}
	x.Ratio = x.CPUFrame / x.Bare
	x.Cores = c.CPU.Seconds() / c.Took.Seconds()
	if len(c.verdicts) > 0 {
		x.Done = bench.SpreadOf(bench.Milliseconds(c.verdicts))
	}
	r.Rows = append(r.Rows, x)
}

// whole is the largest crowd without a lost frame.
func (r Report) whole() (most int) {
	for _, x := range r.Rows {
		if x.Missed == 0 && x.Captured == x.Visits {
			most = max(most, x.Customers)
		}
	}
	return most
}

func (r Report) bars() []bench.Bar {
	one := r.Rows[0]
	bars := []bench.Bar{
		bench.AtMost("processor time of a filmed frame, one customer, over the bare decoder's", one.Ratio, 1.6, "%.2f"),
		bench.All("one customer: visits that end in a capture", one.Captured, one.Visits),
		bench.AtMost("one customer: from the last frame to the bundle, p95", one.Done.P95, 300, "%.0f ms"),
	}
	if r.Left.Sessions == 0 {
		return bars
	}
	return append(bars,
		bench.AtMost("goroutines after the sessions that were left, over before", r.Left.Goroutines[1]-r.Left.Goroutines[0], 0, "%.0f"),
		bench.AtMost("open files after them, over before", float64(r.Left.Files[1]-r.Left.Files[0]), 0, "%.0f"),
		bench.AtMost("heap after them, over before", r.Left.Heap[1]-r.Left.Heap[0], 16, "%.0f MB"),
	)
}

// Print writes the report for people.
func (r Report) Print(w io.Writer) error {
	p := bench.NewPage(w)
	p.Line("Customers filmed at once, 640x480 at %d frames a second, %.1f Mbit/s", fps, r.Mbit)
	p.Line("%s; %.0f s", r.Machine, r.Seconds)
	if busy := r.Machine.Busy(); busy != "" {
		p.Line("CAUTION: %s", busy)
	}
	rows := [][]string{{"AT ONCE", "VISITS", "CAPTURED", "FRAMES", "LOST", "CPU/FRAME", "DECODER ALONE", "RATIO", "HOT", "RATIO", "CORES", "MEMORY", "BUNDLE P50", "P95"}}
	for _, x := range r.Rows {
		rows = append(rows, []string{
			fmt.Sprint(x.Customers), fmt.Sprint(x.Visits), fmt.Sprint(x.Captured), fmt.Sprint(x.Frames), fmt.Sprint(x.Missed),
			fmt.Sprintf("%.2f ms", x.CPUFrame), fmt.Sprintf("%.2f ms", x.Bare), fmt.Sprintf("%.2f", x.Ratio),
			fmt.Sprintf("%.2f ms", x.Hot), fmt.Sprintf("%.2f", x.CPUFrame/x.Hot), fmt.Sprintf("%.2f", x.Cores),
			fmt.Sprintf("%+.1f MB", (x.Memory-r.Resident)/float64(x.Customers)), fmt.Sprintf("%.0f ms", x.Done.Median), fmt.Sprintf("%.0f ms", x.Done.P95),
		})
	}
	p.Table(rows...)
	p.Line("  cpu/frame: of the whole daemon for each frame of a visit: WebRTC, decoding, finding the face, measuring, stills, sealing;")
	p.Line("  decoder alone: a frame at a time at the camera's pace, as in a session; hot: the same frames without a pause;")
	p.Line("  memory: the process at its most, above its size after one visit, for each customer; the asking side runs on the same cores.")
	for _, x := range r.Rows {
		for _, what := range sorted(x.otherwises) {
			p.Line("  %d at once: %d visits ended with %s", x.Customers, x.otherwises[what], what)
		}
	}
	p.Line("\nWithout a lost frame: %d at once", r.whole())
	if r.Left.Sessions > 0 {
		p.Line("%d sessions opened and left: goroutines %.0f to %.0f, files %d to %d, heap %.1f to %.1f MB", r.Left.Sessions,
			r.Left.Goroutines[0], r.Left.Goroutines[1], r.Left.Files[0], r.Left.Files[1], r.Left.Heap[0], r.Left.Heap[1])
	}
	p.Line("")
	p.Bars(r.Bars)
	return p.End()
}

func sorted(m map[string]int) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
