package process

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// question is a process as it was asked for.
type question struct {
	Caller  engine.Caller
	Subject subject
	Image   string // a picture in base64, or a bundle
}

// bundled says whether the image is a bundle: a compact JWS, whose dots no
// base64 has.
func (q question) bundled() bool { return strings.Count(q.Image, ".") == 2 }

// answer plans, looks, lets the capabilities find, settles and keeps: once
// each and in that order.
func (p *Processes) answer(ctx context.Context, q question) (record, error) {
	now := p.Now().UTC().Truncate(time.Millisecond)
	id, err := engine.NewProcessID(now, p.Random)
	if err != nil {
		return record{}, err
	}
	c := engine.Case{Process: id, Caller: q.Caller, Reference: q.Subject.reference(), Declared: q.Subject.declared(), Created: now}
	if c.Policy, err = p.Policies.Policy(ctx, q.Caller.Org); err != nil {
		return record{}, err
	}
	if err := p.free(ctx, c); err != nil {
		return record{}, err
	}
	if err := p.look(ctx, q, &c); err != nil {
		return p.gone(ctx, q, c, err)
	}
	if !valid(q.Subject.Code) {
		return record{}, ErrCodeWrong
	}
	if all, ok := canned(q.Caller, plainCode(q.Subject.Code)); ok {
		c.Capture = nil // nothing is used up in the sandbox
		return p.keep(ctx, nil, c, p.record(q, c, engine.ProcessDone, all))
	}
	steps := plan(p.Capabilities, q.Caller, c.Capture != nil)
	found, err := find(ctx, steps, c)
	if err != nil {
		return p.broken(ctx, q, c, err)
	}
	return p.keep(ctx, steps, c, p.record(q, c, engine.ProcessDone, found))
}

// free says that the person's data may be used, before anybody looks.
func (p *Processes) free(ctx context.Context, c engine.Case) error {
	return contractual(p.Store.View(ctx, func(v *storage.View) error { return p.Bars.Restricted(v, c.Caller.Org, c.Reference) }))
}

// look turns the picture, or the capture behind the bundle, into the face of
// the case.
func (p *Processes) look(ctx context.Context, q question, c *engine.Case) error {
	if q.bundled() {
		capture, err := p.Captures.Open(ctx, q.Caller, c.Reference, q.Image)
		if err != nil {
			return contractual(err)
		}
		c.Face, c.Capture = capture.Best, &capture
		return nil
	}
	if q.Caller.CaptureOnly {
		return ErrBundle
	}
	picture, err := web.DecodeBase64(q.Image)
	if err != nil {
		return contractual(err)
	}
	c.Picture = picture
	c.Face, err = p.Eyes.Look(ctx, picture)
	return contractual(err)
}

// find asks every capability of the plan at the same time.
func find(ctx context.Context, steps []*room.Capability, c engine.Case) (engine.Findings, error) {
	found, errs := make(engine.Findings, len(steps)), make([]error, len(steps))
	var all sync.WaitGroup
	for i, step := range steps {
		all.Go(func() {
			f, err := step.Find(ctx, c)
			f.Capability = step.Name
			found[i] = &f
			if err != nil {
				errs[i] = fmt.Errorf("capability %s: %w", step.Name, err)
			}
		})
	}
	all.Wait()
	return found, errors.Join(errs...)
}

// gone keeps that the caller has gone, when that is why looking ended.
func (p *Processes) gone(ctx context.Context, q question, c engine.Case, err error) (record, error) {
	if !errors.Is(err, context.Canceled) {
		return record{}, err
	}
	c.Capture = nil
	if _, kept := p.keep(context.WithoutCancel(ctx), nil, c, p.record(q, c, engine.ProcessCancelled, nil)); kept != nil {
		return record{}, errors.Join(err, kept)
	}
	return record{}, err
}

// broken keeps that a capability could not answer. The caller gets the status
// for it, the operator the reason.
func (p *Processes) broken(ctx context.Context, q question, c engine.Case, err error) (record, error) {
	if ctx.Err() != nil {
		return p.gone(ctx, q, c, err)
	}
	p.Log.LogAttrs(ctx, slog.LevelError, "process broken",
		slog.String("process", string(c.Process)), slog.String("trace", web.RequestID(ctx)), slog.String("err", err.Error()))
	c.Capture = nil // it may be used again
	return p.keep(ctx, nil, c, p.record(q, c, engine.ProcessBroken, nil))
}

// keep settles a process and writes it, in one transaction.
func (p *Processes) keep(ctx context.Context, steps []*room.Capability, c engine.Case, r record) (record, error) {
	_, err := p.Store.Commit(ctx, func(tx *storage.Tx) error {
		if err := contractual(p.Bars.Restricted(tx, c.Caller.Org, c.Reference)); err != nil {
			return err
		}
		for _, step := range steps {
			if step.Settle == nil {
				continue
			}
			if err := step.Settle(tx, c, r.Findings); err != nil {
				return fmt.Errorf("settle %s: %w", step.Name, err)
			}
		}
		if c.Capture != nil {
			if err := p.Captures.Use(tx, *c.Capture, aliveIn(r.Findings)); err != nil {
				return contractual(err)
			}
		}
		r.Finished = tx.Now().UTC().Truncate(time.Millisecond)
		r.Outcome = r.Findings.Outcome()
		if r.Status == engine.ProcessDone && r.Outcome.Liveness == 0 {
			r.Outcome.Liveness = 1 // the contract's word for: not asked for
		}
		return p.write(tx, r)
	})
	if err != nil {
		return record{}, fmt.Errorf("keep the process: %w", err)
	}
	return r, nil
}

// aliveIn is how a capture was judged.
func aliveIn(all engine.Findings) engine.LivenessFinding {
	if f := all.Of(engine.CapLiveness); f != nil && f.Liveness != nil {
		return *f.Liveness
	}
	return engine.LivenessFinding{Verdict: engine.Unclear}
}
