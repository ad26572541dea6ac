package capture

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/daemon/bench/pipeline"
	"github.com/rostod/rostod/daemon/config"
)

// Options are how the bench is run.
type Options struct {
	Config   config.Config // where the models lie
	Fixtures string        // folder with labelled photos
	Mbit     float64       // a second, of each customer's video
	Most     int           // customers at once, at most
	Abandon  int           // sessions that are opened and left; 0 leaves that out
	Temp     string        // in which the daemon's data folder is made
	Progress func(string)  // may be nil
}

// visitsEach is how often each customer of a crowd comes.
const visitsEach = 2

// Run runs the bench.
func Run(ctx context.Context, o Options) (report Report, err error) {
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	started := time.Now()
	report.Machine, report.Mbit = bench.Here(), o.Mbit
	photo, err := o.photo(ctx)
	if err != nil {
		return report, err
	}
	o.Progress("filming the photo")
	frames, err := shoot(photo, o.Mbit)
	if err != nil {
		return report, err
	}
	d, err := bench.Start(ctx, bench.Wish{Config: o.Config, Dir: o.Temp, Env: []string{"ROSTOD_CAPTURE_PLACES=256"}})
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	g := &rig{daemon: d, client: d.Client(max(o.Most, leavers) + 1), web: &http.Client{Transport: &http.Transport{}}, frames: frames}
	defer g.client.Close()
	defer g.web.CloseIdleConnections()
	if err := g.crowds(ctx, o, &report); err != nil {
		return report, err
	}
	if o.Abandon > 0 {
		o.Progress(fmt.Sprintf("opening and leaving %d sessions", o.Abandon))
		if report.Left, err = g.abandon(ctx, o.Abandon); err != nil {
			return report, err
		}
	}
	report.Bars = report.bars()
	report.Seconds = math.Round(time.Since(started).Seconds())
	return report, nil
}

// photo opens the networks for as long as it takes to choose a photo.
func (o Options) photo(ctx context.Context) (_ *image.RGBA, err error) {
	m, err := bench.Networks(ctx, o.Config)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	o.Progress("choosing a photo")
	_, photo, err := pipeline.Photo(ctx, m, o.Fixtures)
	return photo, err
}

// crowds films one customer, then more and more at once until frames are lost,
// in turns with the bare decoder.
func (g *rig) crowds(ctx context.Context, o Options, report *Report) error {
	if _, err := g.visit(ctx); err != nil { // what is made once is there before it is measured
		return err
	}
	still, err := g.reading(ctx)
	if err != nil {
		return err
	}
	report.Resident = still.resident
	for n := 1; n <= o.Most; n *= 2 {
		o.Progress("filming " + strconv.Itoa(n) + " at once")
		one, err := bare(ctx, g.frames)
		if err != nil {
			return err
		}
		c, err := g.together(ctx, n, visitsEach)
		if err != nil {
			return err
		}
		two, err := bare(ctx, g.frames)
		if err != nil {
			return err
		}
		report.add(c, one.mean(two))
		if c.Missed > 0 || c.Captured < c.Visits {
			break
		}
	}
	return nil
}
