package pipeline

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/models"
	"github.com/rostod/rostod/models/picture"
)

// turn is how many of one thing are done before it is the other's turn.
const turn = 8

// customer is whom every step-up asks for.
const customer = "bench"

// subject is one picture under measurement.
type subject struct {
	sent
	first   bool   // the one that the bars are about
	body    []byte // of the step-up
	decoder *picture.Decoder
}

// rig is what the measurements are made with.
type rig struct {
	models  *models.Models
	plain   *models.Models // the pinned files as they are
	client  *bench.Client
	daemon  *bench.Daemon
	callers int
}

// round is what one round measured of one picture. Durations are per request.
type round struct {
	daemon, model, plain, look, decode, livez, sync []time.Duration
	within                                          []time.Duration // in the networks, per step-up: the mean of each turn
	around                                          []float64       // not in the networks, as a share of it: of each turn
	stages                                          []models.Inference
	one, many                                       rate // requests over HTTP
	modelOne, modelMany                             rate // the networks alone
}

// rate is how many were done in a time, and the processor time that went into
// it, here and in the daemon.
type rate struct {
	n                  int
	took, here, daemon time.Duration
}

// cuts is into how many parts a rate's time is cut, in turns with the others:
// what disturbs the machine for a second then disturbs them all.
const cuts = 4

func (r *rate) add(o rate) {
	r.n += o.n
	r.took += o.took
	r.here += o.here
	r.daemon += o.daemon
}

// each is a duration for one of them, in milliseconds.
func (r rate) each(d time.Duration) float64 { return d.Seconds() * 1000 / float64(r.n) }

func (r rate) perSecond() float64 { return float64(r.n) / r.took.Seconds() }

// measure is one round of about the given time: half of it in turns with one
// caller, half with many.
func (g *rig) measure(ctx context.Context, s *subject, limit time.Duration) (r round, err error) {
	for end := time.Now().Add(limit / 2); time.Now().Before(end) || len(r.daemon) == 0; {
		for _, step := range []func(context.Context, *subject, *round) error{g.stepUps, g.networks, g.plainNetworks, g.looks, g.around} {
			if err := step(ctx, s, &r); err != nil {
				return r, err
			}
		}
	}
	share := limit / 8
	if s.first {
		share = limit / 2 // the bar is about this one
	}
	err = g.rates(ctx, s, &r, share)
	return r, err
}

// rates measures how many a second can be done, of step-ups and of the
// networks alone, by one caller and by many, each for a time.
func (g *rig) rates(ctx context.Context, s *subject, r *round, limit time.Duration) (err error) {
	var alone []*models.Alone
	defer func() {
		for _, a := range alone {
			a.Close()
		}
	}()
	for range g.callers {
		a, err := g.models.Alone(ctx, s.Data, limits())
		if err != nil {
			return err
		}
		alone = append(alone, a)
	}
	ask := func(ctx context.Context, _ int) error { return g.stepUp(ctx, s) }
	run := func(_ context.Context, caller int) error {
		_, err := alone[caller].Run()
		return err
	}
	for range cuts {
		for _, part := range []struct {
			to      *rate
			callers int
			do      func(ctx context.Context, caller int) error
		}{
			{&r.one, 1, ask}, {&r.many, g.callers, ask}, {&r.modelOne, 1, run}, {&r.modelMany, g.callers, run},
		} {
			got, err := g.metered(ctx, part.callers, limit/cuts, part.do)
			if err != nil {
				return err
			}
			part.to.add(got)
		}
	}
	return nil
}

// stepUps asks the daemon, one after another.
func (g *rig) stepUps(ctx context.Context, s *subject, r *round) error {
	before, err := g.client.InModels(ctx)
	if err != nil {
		return err
	}
	var sum time.Duration
	for range turn {
		start := time.Now()
		if err := g.stepUp(ctx, s); err != nil {
			return err
		}
		took := time.Since(start)
		sum += took
		r.daemon = append(r.daemon, took)
	}
	after, err := g.client.InModels(ctx)
	if err != nil {
		return err
	}
	r.within = append(r.within, (after-before)/turn)
	r.around = append(r.around, float64(sum)/float64(after-before)-1)
	return nil
}

// stepUp asks once. An answer that does not allow was not the whole way.
func (g *rig) stepUp(ctx context.Context, s *subject) error {
	text, err := g.client.Send(ctx, http.MethodPost, "/api/identity/auth/step-up", s.body)
	if err != nil {
		return err
	}
	var answer struct {
		Allow   bool     `json:"allow"`
		Reasons []string `json:"reasons"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return fmt.Errorf("understand the daemon's answer: %w", err)
	}
	if !answer.Allow {
		return fmt.Errorf("the step-up with %s is not allowed: %v", s.Format, answer.Reasons)
	}
	return nil
}

// networks runs the networks alone.
func (g *rig) networks(ctx context.Context, s *subject, r *round) error {
	alone, err := g.models.Alone(ctx, s.Data, limits())
	if err != nil {
		return err
	}
	defer alone.Close()
	for range turn {
		i, err := alone.Run()
		if err != nil {
			return err
		}
		r.stages, r.model = append(r.stages, i), append(r.model, i.Total())
	}
	return nil
}

// plainNetworks runs the pinned files as they are.
func (g *rig) plainNetworks(ctx context.Context, s *subject, r *round) error {
	alone, err := g.plain.Alone(ctx, s.Data, limits())
	if err != nil {
		return err
	}
	defer alone.Close()
	for range turn {
		i, err := alone.Run()
		if err != nil {
			return err
		}
		r.plain = append(r.plain, i.Total())
	}
	return nil
}

// looks looks at the picture without a daemon, and decodes it.
func (g *rig) looks(ctx context.Context, s *subject, r *round) error {
	for range turn / 2 {
		start := time.Now()
		if _, err := g.models.Look(ctx, s.Data, limits()); err != nil {
			return err
		}
		r.look = append(r.look, time.Since(start))
		start = time.Now()
		h, err := picture.Inspect(s.Data, limits())
		if err != nil {
			return err
		}
		if _, err := s.decoder.Decode(s.Data, h, smallWide); err != nil {
			return err
		}
		r.decode = append(r.decode, time.Since(start))
	}
	return nil
}

// around measures what no step-up can do without: a round trip, and a write
// that lasts.
func (g *rig) around(ctx context.Context, _ *subject, r *round) error {
	for range turn / 2 {
		start := time.Now()
		if _, err := g.client.Send(ctx, http.MethodGet, "/livez", nil); err != nil {
			return err
		}
		r.livez = append(r.livez, time.Since(start))
	}
	list, err := syncs(g.daemon.Data, turn/2)
	r.sync = append(r.sync, list...)
	return err
}

// metered is together, with the processor time.
func (g *rig) metered(ctx context.Context, callers int, limit time.Duration, do func(ctx context.Context, caller int) error) (rate, error) {
	here, err1 := bench.SpentHere()
	daemon, err2 := g.daemon.Spent()
	r, err := together(ctx, callers, limit, do)
	hereAfter, err3 := bench.SpentHere()
	daemonAfter, err4 := g.daemon.Spent()
	r.here, r.daemon = hereAfter-here, daemonAfter-daemon
	return r, errors.Join(err, err1, err2, err3, err4)
}

// together does one thing over and over with several callers for a time.
func together(ctx context.Context, callers int, limit time.Duration, do func(ctx context.Context, caller int) error) (r rate, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	counts, start := make([]int, callers), time.Now()
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			for time.Since(start) < limit && ctx.Err() == nil {
				if err := do(ctx, i); err != nil {
					cancel(err)
					return
				}
				counts[i]++
			}
		})
	}
	all.Wait()
	r.took = time.Since(start)
	for _, n := range counts {
		r.n += n
	}
	return r, context.Cause(ctx)
}

// middle is the middle of numbers.
func middle(list []float64) float64 { return bench.Quantile(slices.Sorted(slices.Values(list)), 0.5) }

// median is the middle of durations.
func median(list []time.Duration) float64 {
	return bench.Quantile(slices.Sorted(slices.Values(bench.Milliseconds(list))), 0.5)
}
