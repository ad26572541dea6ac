package imports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/models"
	"github.com/rostod/rostod/models/picture"
)

// least is how much of the reference's rate an import reaches at least.
const least = 0.85

// Options are how the bench is run.
type Options struct {
	Config   config.Config // where the models lie
	Fixtures string        // folder with photos (*.jpg), or with a folder faces that has them
	Copies   int           // rows that each photo makes in a round
	Rounds   int           // of reference and import, in turns
	Temp     string        // in which the daemon's data folder is made; empty: the system's
	Progress func(string)  // told what is done next; may be nil
}

// Report is what was measured.
type Report struct {
	Machine  bench.Machine `json:"machine"`
	Rows     int           `json:"rows"`     // of all rounds
	Direct   float64       `json:"direct"`   // pictures a second, looked at by the models directly, one caller a core
	Import   float64       `json:"import"`   // rows a second
	Share    float64       `json:"share"`    // of the one in the other
	Networks float64       `json:"networks"` // share of the cores' time that the daemon was in its networks
	Rounds   []Round       `json:"rounds"`
	Bars     []bench.Bar   `json:"bars"`
}

// Round is one measurement of each.
type Round struct {
	Direct   float64 `json:"direct"` // seconds
	Import   float64 `json:"import"`
	Networks float64 `json:"networks"` // seconds of all cores
}

// Holds says whether every bar holds.
func (r Report) Holds() bool { return bench.Hold(r.Bars) }

// Print writes the report for people.
func (r Report) Print(w io.Writer) error {
	p := bench.NewPage(w)
	p.Line("%s", r.Machine)
	p.Line("%d rows in %d rounds", r.Rows, len(r.Rounds))
	p.Line("")
	rows := [][]string{{"round", "direct s", "import s", "networks s"}}
	for i, one := range r.Rounds {
		rows = append(rows, []string{fmt.Sprint(i + 1), fmt.Sprintf("%.2f", one.Direct), fmt.Sprintf("%.2f", one.Import), fmt.Sprintf("%.2f", one.Networks)})
	}
	p.Table(rows...)
	p.Line("")
	p.Line("direct    %.1f pictures/s", r.Direct)
	p.Line("import    %.1f rows/s, %.1f %% of it", r.Import, 100*r.Share)
	p.Line("networks  %.1f %% of the cores' time during the imports", 100*r.Networks)
	p.Line("")
	p.Bars(r.Bars)
	return p.End()
}

// Run runs the bench.
func Run(ctx context.Context, o Options) (report Report, err error) {
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	report.Machine = bench.Here()
	photos, err := load(o.Fixtures)
	if err != nil {
		return report, err
	}
	m, err := bench.Networks(ctx, o.Config)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	folder, err := os.MkdirTemp(o.Temp, "rostod-bench-base-")
	if err != nil {
		return report, fmt.Errorf("make a folder for the base: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if err := lay(folder, photos, o.Copies); err != nil {
		return report, err
	}
	o.Progress("starting a daemon of its own")
	d, err := bench.Start(ctx, bench.Wish{Config: o.Config, Dir: o.Temp, Env: []string{"ROSTOD_IMPORT_FOLDER=" + folder}})
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	client := d.Client(1)
	defer client.Close()
	if err := measure(ctx, o, &report, m, photos, client); err != nil {
		return report, err
	}
	report.conclude(len(photos) * o.Copies)
	return report, nil
}

// load reads the photos of a folder, or of its folder faces, as they are.
func load(dir string) ([][]byte, error) {
	if info, err := os.Stat(filepath.Join(dir, "faces")); err == nil && info.IsDir() {
		dir = filepath.Join(dir, "faces")
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.jpg"))
	if err != nil || len(names) == 0 {
		return nil, errors.Join(errors.New("there are no photos (*.jpg) in the folder of fixtures"), err)
	}
	var photos [][]byte
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		photos = append(photos, b)
	}
	return photos, nil
}

// lay writes each photo as several accounts.
func lay(folder string, photos [][]byte, copies int) error {
	for i := range copies {
		for n, p := range photos {
			name := fmt.Sprintf("%d_%d-Bench-01011990.jpg", i, n)
			if err := os.WriteFile(filepath.Join(folder, name), p, 0o600); err != nil {
				return fmt.Errorf("write the base: %w", err)
			}
		}
	}
	return nil
}

// measure measures in turns: a first round of each, so that all is warm, is not
// counted.
func measure(ctx context.Context, o Options, report *Report, m *models.Models, photos [][]byte, client *bench.Client) error {
	for n := range o.Rounds + 1 {
		o.Progress(fmt.Sprintf("round %d of %d", n, o.Rounds))
		var r Round
		var err error
		if r.Direct, err = direct(ctx, m, photos, o.Copies); err != nil {
			return err
		}
		if r.Import, r.Networks, err = imported(ctx, client, fmt.Sprintf("round-%d", n), n > 0, len(photos)*o.Copies); err != nil {
			return err
		}
		if n > 0 {
			report.Rounds = append(report.Rounds, r)
		}
	}
	return nil
}

// direct looks at every picture with the models in this process, one caller a
// core, and answers the seconds that it took.
func direct(ctx context.Context, m *models.Models, photos [][]byte, copies int) (float64, error) {
	cores := runtime.GOMAXPROCS(0)
	errs := make([]error, cores)
	var next atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for core := range cores {
		all.Go(func() {
			for errs[core] == nil {
				i := int(next.Add(1)) - 1
				if i >= len(photos)*copies {
					return
				}
				_, errs[core] = m.Look(ctx, photos[i%len(photos)], picture.Limits{})
			}
		})
	}
	all.Wait()
	return time.Since(began).Seconds(), errors.Join(errs...)
}

// imported imports the folder into a segment of its own and answers the seconds
// that it took, and those of all cores that were spent in the networks.
func imported(ctx context.Context, client *bench.Client, segment string, warm bool, rows int) (seconds, networks float64, err error) {
	var before time.Duration
	if warm {
		if before, err = client.InModels(ctx); err != nil {
			return 0, 0, err
		}
	}
	type view struct {
		ID        string    `json:"id"`
		State     string    `json:"state"`
		Rows      int       `json:"rows"`
		StartedAt time.Time `json:"startedAt"`
		EndedAt   time.Time `json:"endedAt"`
	}
	var v view
	ask := map[string]string{"source": ".", "segment": segment}
	if err := client.Do(ctx, http.MethodPost, "/api/imports", ask, &v); err != nil {
		return 0, 0, err
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for v.State == "waiting" || v.State == "running" {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return 0, 0, ctx.Err()
		}
		if err := client.Do(ctx, http.MethodGet, "/api/imports/"+v.ID, nil, &v); err != nil {
			return 0, 0, err
		}
	}
	if v.State != "done" || v.Rows != rows {
		return 0, 0, fmt.Errorf("the import is %s with %d rows, want it done with %d", v.State, v.Rows, rows)
	}
	after, err := client.InModels(ctx)
	return v.EndedAt.Sub(v.StartedAt).Seconds(), (after - before).Seconds(), err
}

// conclude sums the rounds up.
func (r *Report) conclude(rows int) {
	var direct, imports, networks float64
	for _, one := range r.Rounds {
		direct, imports, networks = direct+one.Direct, imports+one.Import, networks+one.Networks
	}
	r.Rows = rows * len(r.Rounds)
	r.Direct, r.Import = float64(r.Rows)/direct, float64(r.Rows)/imports
	r.Share, r.Networks = r.Import/r.Direct, networks/imports/float64(runtime.GOMAXPROCS(0))
	r.Bars = []bench.Bar{bench.AtLeast("throughput", r.Share, least, "%.3f of the models' own rate")}
}
