package pipeline

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"

	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/models"
)

// Over is a figure over the rounds.
type Over struct {
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	Max    float64 `json:"max"`
}

// over is a figure of each round.
func over(rounds []round, figure func(round) float64) Over {
	values := make([]float64, len(rounds))
	for i, r := range rounds {
		values[i] = figure(r)
	}
	slices.Sort(values)
	return Over{values[0], bench.Quantile(values, 0.5), values[len(values)-1]}
}

func (o Over) text(format string) string {
	return fmt.Sprintf(format+" ("+format+"-"+format+")", o.Median, o.Min, o.Max)
}

// Result is what was measured of one picture. Times are milliseconds; figures
// over the rounds are of each round's median.
type Result struct {
	Format   string       `json:"format"`
	Width    int          `json:"width"`
	Height   int          `json:"height"`
	Bytes    int          `json:"bytes"`
	Note     string       `json:"note,omitzero"`
	Daemon   bench.Spread `json:"daemon"` // a step-up over HTTP, one caller, all rounds
	Model    bench.Spread `json:"model"`  // the networks alone, all rounds
	P50      Over         `json:"p50"`
	ModelP50 Over         `json:"modelP50"`
	PlainP50 Over         `json:"plainP50"`      // the pinned files as ONNX Runtime runs them by itself
	Rest     Over         `json:"restPercent"`   // of the networks' time: what is not networks
	Within   Over         `json:"within"`        // in the networks during a step-up, as the daemon measures it
	Around   Over         `json:"aroundPercent"` // of that: what a step-up takes around it
	Above    Over         `json:"abovePercent"`  // of the plain networks' time: what a step-up takes above it
	Find     Over         `json:"find"`
	Embed    Over         `json:"embed"`
	Passive  Over         `json:"passive"`
	Look     Over         `json:"look"`   // decode, networks and everything else of a picture, without a daemon
	Decode   Over         `json:"decode"` // part of look
	Livez    Over         `json:"livez"`  // an empty round trip
	Sync     Over         `json:"sync"`   // one small durable append
	// Processor time, in milliseconds: of the networks alone, of the daemon for
	// one step-up, and of the bench for asking.
	NetworksCPU Over `json:"networksCPU"`
	DaemonCPU   Over `json:"daemonCPU"`
	ClientCPU   Over `json:"clientCPU"`
	One         Over `json:"oneCallerPerSecond"`
	Many        Over `json:"manyCallersPerSecond"`
	Gain        Over `json:"gain"`
	// The same of the networks alone: what the machine itself gives.
	ModelGain Over `json:"modelGain"`
}

// Report is what the bench found.
type Report struct {
	Machine bench.Machine `json:"machine"`
	Photo   string        `json:"photo"`
	Callers int           `json:"callers"`
	Rounds  int           `json:"rounds"`
	Seconds float64       `json:"seconds"`
	Results []Result      `json:"results"`
	Skipped []skipped     `json:"skipped,omitzero"`
	Bars    []bench.Bar   `json:"bars"`
}

// Holds says whether every bar holds.
func (r Report) Holds() bool { return bench.Hold(r.Bars) }

func reportOf(subjects []*subject, rounds [][]round) Report {
	report := Report{Callers: runtime.GOMAXPROCS(0), Rounds: len(rounds)}
	for i, s := range subjects {
		column := make([]round, len(rounds))
		for n := range rounds {
			column[n] = rounds[n][i]
		}
		report.Results = append(report.Results, resultOf(s.sent, column))
	}
	report.Bars = bars(report.Results[0], report.Callers)
	return report
}

func resultOf(p sent, rounds []round) Result {
	var daemon, model []time.Duration
	for _, r := range rounds {
		daemon, model = append(daemon, r.daemon...), append(model, r.model...)
	}
	stage := func(of func(models.Inference) time.Duration) Over {
		return over(rounds, func(r round) float64 {
			list := make([]time.Duration, len(r.stages))
			for i, s := range r.stages {
				list[i] = of(s)
			}
			return median(list)
		})
	}
	return Result{
		Format: p.Format, Width: p.Size.X, Height: p.Size.Y, Bytes: len(p.Data), Note: p.Note,
		Daemon: bench.SpreadOf(bench.Milliseconds(daemon)), Model: bench.SpreadOf(bench.Milliseconds(model)),
		P50:         over(rounds, func(r round) float64 { return median(r.daemon) }),
		ModelP50:    over(rounds, func(r round) float64 { return median(r.model) }),
		PlainP50:    over(rounds, func(r round) float64 { return median(r.plain) }),
		Within:      over(rounds, func(r round) float64 { return median(r.within) }),
		Around:      over(rounds, func(r round) float64 { return 100 * middle(r.around) }),
		Above:       over(rounds, func(r round) float64 { return 100 * (median(r.daemon)/median(r.plain) - 1) }),
		Rest:        over(rounds, func(r round) float64 { return 100 * (median(r.daemon)/median(r.model) - 1) }),
		Find:        stage(func(i models.Inference) time.Duration { return i.Find }),
		Embed:       stage(func(i models.Inference) time.Duration { return i.Embed }),
		Passive:     stage(func(i models.Inference) time.Duration { return i.Passive }),
		Look:        over(rounds, func(r round) float64 { return median(r.look) }),
		Decode:      over(rounds, func(r round) float64 { return median(r.decode) }),
		Livez:       over(rounds, func(r round) float64 { return median(r.livez) }),
		Sync:        over(rounds, func(r round) float64 { return median(r.sync) }),
		NetworksCPU: over(rounds, func(r round) float64 { return r.modelOne.each(r.modelOne.here) }),
		DaemonCPU:   over(rounds, func(r round) float64 { return r.one.each(r.one.daemon) }),
		ClientCPU:   over(rounds, func(r round) float64 { return r.one.each(r.one.here) }),
		One:         over(rounds, func(r round) float64 { return r.one.perSecond() }),
		Many:        over(rounds, func(r round) float64 { return r.many.perSecond() }),
		Gain:        over(rounds, func(r round) float64 { return r.many.perSecond() / r.one.perSecond() }),
		ModelGain: over(rounds, func(r round) float64 {
			return r.modelMany.perSecond() / r.modelOne.perSecond()
		}),
	}
}

// bars are the promises, for the first picture: 640x480 JPEG.
func bars(r Result, callers int) []bench.Bar {
	list := []bench.Bar{
		bench.AtMost("around the networks, share of their time in the same requests (median of rounds)", r.Around.Median, 25, "%.1f %%"),
		bench.AtMost("step-up above the plain networks, share of theirs (p50, median of rounds)", r.Above.Median, 25, "%.1f %%"),
		bench.AtMost("p99 over p50 of a step-up (all rounds)", r.Daemon.P99/r.Daemon.Median, 3, "%.2f"),
	}
	if callers > 1 {
		list = append(list, bench.AtLeast(
			fmt.Sprintf("throughput of %d callers over one (median of rounds)", callers), r.Gain.Median, 0.9*float64(callers), "%.2f"))
	}
	return list
}

// Print writes the report for people.
func (r Report) Print(w io.Writer) error {
	p := bench.NewPage(w)
	p.Line("Step-up over HTTP on loopback against the networks alone, with %s", r.Photo)
	p.Line("%s; %d rounds in turns, %.0f s", r.Machine, r.Rounds, r.Seconds)
	if busy := r.Machine.Busy(); busy != "" {
		p.Line("CAUTION: %s", busy)
	}
	p.Line("Milliseconds; median of the rounds (least-most), one caller\n")
	rows := [][]string{{"PICTURE", "BYTES", "PLAIN P50", "NETWORKS P50", "STEP-UP P50", "P99", "IN NETWORKS", "AROUND THEM", "ABOVE PLAIN", "ABOVE NETWORKS", "PER SECOND, 1", fmt.Sprintf("PER SECOND, %d", r.Callers), "GAIN", "GAIN OF NETWORKS"}}
	for _, x := range r.Results {
		rows = append(rows, []string{
			x.name(), fmt.Sprint(x.Bytes), x.PlainP50.text("%.2f"), x.ModelP50.text("%.2f"), x.P50.text("%.2f"), fmt.Sprintf("%.2f", x.Daemon.P99),
			x.Within.text("%.2f"), x.Around.text("%.0f%%"),
			x.Above.text("%.0f%%"), x.Rest.text("%.0f%%"), fmt.Sprintf("%.1f", x.One.Median), fmt.Sprintf("%.1f", x.Many.Median), x.Gain.text("%.2f"), x.ModelGain.text("%.2f"),
		})
	}
	p.Table(rows...)
	p.Line("  plain: the pinned files as ONNX Runtime runs them by itself (find at 320, embed, passive); networks: the same as the daemon")
	p.Line("  runs them, rewritten for ONNX Runtime's fast layout, and with a second look for the landmarks.")
	p.Line("\nProcessor time of one, in milliseconds: median of the rounds (least-most)\n")
	p.Table(r.processor()...)
	p.Line("\nWhere the time of a step-up goes (median of the rounds)\n")
	p.Table(r.stages()...)
	p.Line("  other: align, crops, quality, and what the networks lose with cold memory; write: one small durable append on this disk; trip: GET /livez;")
	p.Line("  left: what remains of the step-up: reading the body, base64, checks, decision, records.\n")
	for _, x := range r.Results {
		if x.Note != "" {
			p.Line("  %s: %s", x.name(), x.Note)
		}
	}
	for _, s := range r.Skipped {
		p.Line("  SKIPPED %s: %s", s.Format, s.Why)
	}
	p.Bars(r.Bars)
	return p.End()
}

func (x Result) name() string { return fmt.Sprintf("%s %dx%d", x.Format, x.Width, x.Height) }

func (r Report) processor() [][]string {
	rows := [][]string{{"PICTURE", "NETWORKS", "DAEMON", "REST OF NETWORKS", "THE ASKING SIDE"}}
	for _, x := range r.Results {
		rows = append(rows, []string{
			x.name(), x.NetworksCPU.text("%.2f"), x.DaemonCPU.text("%.2f"),
			fmt.Sprintf("%.0f%%", 100*(x.DaemonCPU.Median/x.NetworksCPU.Median-1)), x.ClientCPU.text("%.2f"),
		})
	}
	return rows
}

func (r Report) stages() [][]string {
	rows := [][]string{{"PICTURE", "FIND", "EMBED", "PASSIVE", "DECODE", "OTHER", "WRITE", "TRIP", "LEFT", "STEP-UP"}}
	for _, x := range r.Results {
		networks := x.Find.Median + x.Embed.Median + x.Passive.Median
		other := x.Look.Median - networks - x.Decode.Median
		left := x.P50.Median - x.Look.Median - x.Sync.Median - x.Livez.Median
		row := []string{x.name()}
		for _, v := range []float64{x.Find.Median, x.Embed.Median, x.Passive.Median, x.Decode.Median, other, x.Sync.Median, x.Livez.Median, left, x.P50.Median} {
			row = append(row, fmt.Sprintf("%.2f", v))
		}
		rows = append(rows, row)
	}
	return rows
}
