package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"time"

	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/storage"
)

// What is promised.
const (
	leastShare  = 0.70 // of raw Badger's commits
	mostProving = 5.0  // ms, half of the proofs
	leastExport = 2000 // rows a second
	leastSent   = 1000 // entries a second: more than a branch ever writes
)

// Options are how the bench is run.
type Options struct {
	Rounds   int           // of commits, in turns with the references
	Turn     time.Duration // how long each of them lasts
	Entries  int           // of the journal that proofs are made of
	Rows     int           // of the export
	Sent     int           // entries that wait to be sent upstream
	NATS     string        // servers to send by, too: nats://host:port, with commas between; empty: HTTPS only
	Temp     string        // in which everything is written; empty: the system's
	Progress func(string)  // told what is done next; may be nil
}

// Mistake is what is wrong with the options, or nothing.
func (o Options) Mistake() string {
	switch {
	case o.Rounds < 1 || o.Turn < 100*time.Millisecond:
		return "--rounds must be at least 1 and --turn at least 100ms"
	case o.Entries < 1 || o.Rows < 1 || o.Sent < 1:
		return "--entries, --rows and --sent must be at least 1"
	default:
		return ""
	}
}

// Report is what was measured.
type Report struct {
	Machine  bench.Machine `json:"machine"`
	Commits  []Commits     `json:"commits"`
	Proofs   Proofs        `json:"proofs"`
	Exports  []Export      `json:"exports"`
	Upstream []Upstream    `json:"upstream"`
	Bars     []bench.Bar   `json:"bars"`
	Seconds  float64       `json:"seconds"`
}

// Holds says whether every bar holds.
func (r Report) Holds() bool { return bench.Hold(r.Bars) }

// Run runs the bench.
func Run(ctx context.Context, o Options) (r Report, err error) {
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	began := time.Now()
	r.Machine = bench.Here()
	dir, err := os.MkdirTemp(o.Temp, "rostod-bench-journal-")
	if err != nil {
		return r, fmt.Errorf("make a folder for the records: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	for _, writers := range []int{1, 16, 64} {
		o.Progress(fmt.Sprintf("commits of %d writers", writers))
		c, err := o.turns(ctx, dir, writers)
		if err != nil {
			return r, err
		}
		r.Commits = append(r.Commits, c)
	}
	if r.Proofs, err = o.proofs(ctx, dir); err != nil {
		return r, err
	}
	if r.Exports, err = o.exports(ctx, dir); err != nil {
		return r, err
	}
	if r.Upstream, err = o.upstream(ctx, dir); err != nil {
		return r, err
	}
	r.Bars, r.Seconds = bars(r), math.Round(time.Since(began).Seconds())
	return r, nil
}

func bars(r Report) []bench.Bar {
	var list []bench.Bar
	for _, c := range r.Commits {
		list = append(list, bench.AtLeast(fmt.Sprintf("commits, %d at once", c.Writers), c.Share, leastShare, "%.2f of raw Badger"))
	}
	list = append(list, bench.AtMost(fmt.Sprintf("proof of one in %d", r.Proofs.Entries), r.Proofs.Prove.Median, mostProving, "%.2f ms"))
	whole := 0
	for _, e := range r.Exports {
		list = append(list, bench.AtLeast("export as "+e.Format, e.Rate, leastExport, "%.0f rows/s"))
		if e.Proved {
			whole++
		}
	}
	list = append(list, bench.All("exports that are proved whole", whole, len(r.Exports)))
	for _, u := range r.Upstream {
		list = append(list, bench.AtLeast("upstream by "+u.By, u.Rate, leastSent, "%.0f entries/s"))
	}
	return list
}

// Print writes the report for people.
func (r Report) Print(w io.Writer) error {
	p := bench.NewPage(w)
	p.Line("%s", r.Machine)
	if busy := r.Machine.Busy(); busy != "" {
		p.Line("%s", busy)
	}
	p.Line("")
	rows := [][]string{{"writers", "store/s", "raw/s", "batched raw/s", "of raw", "of batched"}}
	for _, c := range r.Commits {
		rows = append(rows, []string{
			fmt.Sprint(c.Writers), fmt.Sprintf("%.0f", c.Store), fmt.Sprintf("%.0f", c.Raw), fmt.Sprintf("%.0f", c.Batched),
			fmt.Sprintf("%.2f", c.Share), fmt.Sprintf("%.2f", c.Hard),
		})
	}
	p.Table(rows...)
	p.Line("A commit is %d records and an entry. Raw: the same keys and sizes in Badger with the same options, each writer", recordsEach)
	p.Line("syncs its own transaction. Batched: one writer syncs as many commits as there are writers in one transaction.")
	p.Line("")
	p.Line("journal   %d entries, written at %.0f/s, ready %.1f s after it is opened", r.Proofs.Entries, r.Proofs.Written, r.Proofs.Ready)
	p.Line("prove     %.2f ms, %.2f at the 99th of 100; %d bytes at most", r.Proofs.Prove.Median, r.Proofs.Prove.P99, r.Proofs.Bytes)
	p.Line("check     %.2f ms, %.2f at the 99th of 100", r.Proofs.Check.Median, r.Proofs.Check.P99)
	p.Line("")
	rows = [][]string{{"export", "rows", "rows/s", "bytes/row"}}
	for _, e := range r.Exports {
		rows = append(rows, []string{e.Format, fmt.Sprint(e.Rows), fmt.Sprintf("%.0f", e.Rate), fmt.Sprintf("%.0f", e.Bytes)})
	}
	p.Table(rows...)
	p.Line("")
	for _, u := range r.Upstream {
		p.Line("upstream  %d entries by %s at %.0f/s, from the journal to the co-signature that is kept", u.Entries, u.By, u.Rate)
	}
	if len(r.Upstream) == 1 {
		p.Line("upstream  not by NATS: no servers were named (--nats)")
	}
	p.Line("")
	p.Bars(r.Bars)
	return p.End()
}

// configOf is a store in a folder, with the options that a daemon has.
func configOf(dir string) storage.Config {
	return storage.Config{Dir: dir, Root: bytes.Repeat([]byte{7}, 32), Origin: "rostod/bench"}
}

// middle is the median.
func middle(list []float64) float64 {
	slices.Sort(list)
	return bench.Quantile(list, 0.5)
}
