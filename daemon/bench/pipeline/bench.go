package pipeline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"runtime"
	"time"

	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/models"
	"github.com/rostod/rostod/models/picture"
)

// Rounds is how often each picture's measurements are made anew, in turns with
// the other pictures'.
const Rounds = 5

// warmUp is how many requests each picture makes before any is measured.
const warmUp = 40

// Options are how the bench is run.
type Options struct {
	Config   config.Config // where the models lie
	Fixtures string        // folder with photos and identities.csv, or with a folder faces that has them
	Seconds  int           // of measuring, for each picture
	Temp     string        // in which the daemon's data folder is made: on the disk to be measured; empty: the system's
	Progress func(string)  // told what is done next; may be nil
}

// Run runs the bench.
func Run(ctx context.Context, o Options) (report Report, err error) {
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	started, machine := time.Now(), bench.Here()
	m, err := bench.Networks(ctx, o.Config)
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	plain, err := bench.PlainNetworks(ctx, o.Config)
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, plain.Close()) }()
	o.Progress("choosing a photo")
	from, err := choose(ctx, m, o.Fixtures)
	if err != nil {
		return Report{}, err
	}
	all, left, err := pictures(ctx, from)
	if err != nil {
		return Report{}, err
	}
	subjects, err := prepare(all)
	if err != nil {
		return Report{}, err
	}
	defer func() {
		for _, s := range subjects {
			s.decoder.Close()
		}
	}()
	rounds, err := measured(ctx, o, m, plain, subjects)
	if err != nil {
		return Report{}, err
	}
	report = reportOf(subjects, rounds)
	report.Machine, report.Photo, report.Skipped, report.Seconds = machine, from.Name, left, math.Round(time.Since(started).Seconds())
	return report, nil
}

// prepare writes each picture's request once.
func prepare(all []sent) ([]*subject, error) {
	var subjects []*subject
	for i, p := range all {
		body, err := bench.WithPicture(p.Data).Body(map[string]string{"customerId": customer, "riskLevel": "high"})
		if err != nil {
			return nil, err
		}
		d, err := picture.NewDecoder()
		if err != nil {
			return nil, err
		}
		subjects = append(subjects, &subject{sent: p, first: i == 0, body: body, decoder: d})
	}
	return subjects, nil
}

// measured starts a daemon and measures: rounds by pictures.
func measured(ctx context.Context, o Options, m, plain *models.Models, subjects []*subject) (rounds [][]round, err error) {
	o.Progress("starting a daemon of its own")
	d, err := bench.Start(ctx, bench.Wish{Config: o.Config, Dir: o.Temp})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	callers := runtime.GOMAXPROCS(0)
	g := &rig{models: m, plain: plain, client: d.Client(callers), daemon: d, callers: callers}
	defer g.client.Close()
	if err := g.warm(ctx, subjects); err != nil {
		return nil, err
	}
	each := time.Duration(o.Seconds) * time.Second / Rounds
	for n := range Rounds {
		o.Progress(fmt.Sprintf("round %d of %d: %d pictures, %.1f s each", n+1, Rounds, len(subjects), each.Seconds()))
		row := make([]round, len(subjects))
		for i, s := range subjects {
			if row[i], err = g.measure(ctx, s, each); err != nil {
				return nil, err
			}
		}
		rounds = append(rounds, row)
	}
	return rounds, nil
}

// warm enrols the customer and sends every picture until nothing is new.
func (g *rig) warm(ctx context.Context, subjects []*subject) error {
	if err := g.client.ForPictures(ctx); err != nil {
		return fmt.Errorf("set what pictures need: %w", err)
	}
	var answer struct{}
	err := g.client.DoPicture(ctx, http.MethodPost, "/api/identity/face/enroll",
		bench.WithPicture(subjects[0].Data), map[string]string{"customerId": customer}, &answer)
	if err != nil {
		return fmt.Errorf("enrol: %w", err)
	}
	for _, s := range subjects {
		for _, callers := range []int{1, g.callers} {
			left := warmUp
			for left > 0 {
				r, err := together(ctx, callers, 100*time.Millisecond, func(ctx context.Context, _ int) error { return g.stepUp(ctx, s) })
				if err != nil {
					return fmt.Errorf("warm up: %w", err)
				}
				left -= r.n
			}
		}
		if err := g.networks(ctx, s, &round{}); err != nil {
			return err
		}
	}
	return nil
}
