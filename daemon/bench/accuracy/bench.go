package accuracy

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"time"

	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/engine"
)

// Options are how the bench is run.
type Options struct {
	Config   config.Config // where the models lie
	Fixtures string        // folder with identities.csv, or with a folder faces that has it
	Out      string        // folder for the plot and the pairs
	Temp     string        // in which the daemon's data folder is made; empty: the system's
	Progress func(string)  // told what is done next; may be nil
}

// run is one run of the bench, while it grows.
type run struct {
	Options
	photos   []Photo
	enrolled []bool
	refusals map[string]string
	pairs    []Pair
	faces    []engine.Face
	turned   []Turned
}

// Run runs the bench.
func Run(ctx context.Context, o Options) (report Report, err error) {
	started, machine := time.Now(), bench.Here()
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	r := &run{Options: o}
	if r.photos, err = Load(o.Fixtures); err != nil {
		return Report{}, err
	}
	m, err := bench.Networks(ctx, o.Config)
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	if err := r.overHTTP(ctx); err != nil {
		return Report{}, err
	}
	r.Progress("comparing the same pairs by the models alone")
	direct := caller{count: runtime.GOMAXPROCS(0)}
	if r.faces, err = direct.reference(ctx, m, r.photos, r.pairs); err != nil {
		return Report{}, err
	}
	report = r.report()
	report.Machine = machine
	report.Files, err = write(o.Out, Plot(report.Curve, report.Levels, report.Mated.N, report.NonMated.N), r.photos, r.pairs)
	report.Seconds = math.Round(time.Since(started).Seconds()*10) / 10
	return report, err
}

// overHTTP asks the daemon.
func (r *run) overHTTP(ctx context.Context) (err error) {
	r.Progress("starting a daemon of its own")
	d, err := bench.Start(ctx, bench.Wish{Config: r.Config, Dir: r.Temp})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	c := caller{d.Client(runtime.GOMAXPROCS(0)), runtime.GOMAXPROCS(0)}
	defer c.client.Close()
	if err := c.client.ForPictures(ctx); err != nil {
		return fmt.Errorf("set what pictures need: %w", err)
	}
	r.Progress(fmt.Sprintf("enrolling %d photos", len(r.photos)))
	if r.enrolled, r.refusals, err = c.enrolAll(ctx, r.photos); err != nil {
		return fmt.Errorf("enrol: %w", err)
	}
	r.pairs = pairsOf(r.photos, r.enrolled)
	r.Progress(fmt.Sprintf("stepping up with %d pairs at each of %d risk levels", len(r.pairs), len(levels())))
	if err := c.compareAll(ctx, r.photos, r.enrolled, r.pairs); err != nil {
		return fmt.Errorf("step up: %w", err)
	}
	r.Progress("stepping up with turned copies")
	r.turned, err = c.turnAll(ctx, r.photos, r.enrolled)
	return err
}
