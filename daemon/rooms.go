package daemon

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/access"
	"github.com/rostod/rostod/engine/attempts"
	"github.com/rostod/rostod/engine/gallery"
	"github.com/rostod/rostod/engine/idempotency"
	"github.com/rostod/rostod/engine/liveness"
	"github.com/rostod/rostod/engine/settings"
	"github.com/rostod/rostod/engine/stepup"
	"github.com/rostod/rostod/internal/room"
)

// openRooms opens every room with what it needs of the others. This is the one
// file that grows with a new capability.
func (d *Daemon) openRooms(ctx context.Context) (closer, error) {
	look := eyes{d.models}
	keep := time.Duration(d.Config.IdempotencyHours) * time.Hour

	keys, err1 := access.Open(access.Config{Store: d.store, Now: time.Now, Random: rand.Reader})
	answers, err2 := idempotency.Open(idempotency.Config{Store: d.store, Now: time.Now, KeepFor: keep})
	tiers, err3 := settings.Open(settings.Config{Store: d.store})
	rows, err4 := attempts.Open(attempts.Config{Store: d.store, Now: time.Now})
	alive := liveness.Open()
	faces, err5 := gallery.Open(gallery.Config{
		Store: d.store, Eyes: look, Liveness: alive, Policies: tiers, Answers: answers, Refusals: refusals(), Now: time.Now, Random: rand.Reader,
	})
	decisions := newDecisions()
	stepUp, err6 := stepup.Open(stepup.Config{
		Store: d.store, Eyes: look, Liveness: alive, Policies: tiers, References: faces, Attempts: rows,
		Answers: answers, Refusals: refusals(), Now: time.Now, Random: rand.Reader,
		Count: func(level engine.RiskLevel, outcome string) { decisions.WithLabelValues(string(level), outcome).Inc() },
	})
	if err := errors.Join(err1, err2, err3, err4, err5, err6, d.metrics.Register(decisions)); err != nil {
		return nil, err
	}
	d.access, d.answers = keys, answers
	d.rooms = []room.Room{
		keys.Room(), answers.Room(), tiers.Room(), rows.Room(), alive.Room(), faces.Room(), stepUp.Room(),
	}
	return d.work(ctx), nil
}

// work starts what the rooms do in the background; closing it waits for them.
func (d *Daemon) work(ctx context.Context) closer {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var all sync.WaitGroup
	for _, r := range d.rooms {
		if r.Work == nil {
			continue
		}
		all.Go(func() {
			if err := r.Work(ctx); err != nil && ctx.Err() == nil {
				d.fail(fmt.Errorf("work of %s: %w", r.Name, err))
			}
		})
	}
	return func(context.Context) error {
		cancel()
		all.Wait()
		return nil
	}
}
