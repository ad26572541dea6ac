package process

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// question is a process as it was asked for, and what the caller wrote for the
// number of the person.
type question struct {
	engine.Question
	Code string
}

// Run asks a question for another contract. What also writes is written in the
// transaction of the process; nil: nothing.
func (p *Processes) Run(ctx context.Context, q engine.Question, also Also) (engine.ProcessAnswer, error) {
	for _, name := range q.Plan {
		if !slices.ContainsFunc(p.Capabilities, func(c *room.Capability) bool { return c.Name == name }) {
			return engine.ProcessAnswer{}, ErrNoCapability
		}
	}
	if q.Plan != nil {
		q.Caller.Capabilities = q.Plan
	}
	r, err := p.answer(ctx, question{Question: q, Code: q.Declared.Number}, also)
	if err != nil {
		return engine.ProcessAnswer{}, err
	}
	return r.answer(), nil
}

// Answer is a process of an org as it was answered.
func (p *Processes) Answer(ctx context.Context, org engine.OrgID, id engine.ProcessID) (engine.ProcessAnswer, error) {
	r, err := p.recall(ctx, org, id)
	if err != nil {
		return engine.ProcessAnswer{}, err
	}
	return r.answer(), nil
}

// Also writes into the transaction that keeps a process; its error undoes all.
type Also = func(tx *storage.Tx, a engine.ProcessAnswer) error

// answer plans, looks, lets the capabilities find, settles and keeps: once
// each and in that order.
func (p *Processes) answer(ctx context.Context, q question, also Also) (record, error) {
	now := p.Now().UTC().Truncate(time.Millisecond)
	id, err := engine.NewProcessID(now, p.Random)
	if err != nil {
		return record{}, err
	}
	c := engine.Case{Process: id, Caller: q.Caller, Declared: q.Declared, Device: q.Device, Created: now}
	if c.Policy, err = p.Policies.Policy(ctx, q.Caller.Org); err != nil {
		return record{}, err
	}
	if err := p.know(ctx, q, &c); err != nil {
		return record{}, err
	}
	if err := p.free(ctx, c); err != nil {
		return record{}, err
	}
	if err := p.look(ctx, q, &c); err != nil {
		return p.gone(ctx, q, c, err)
	}
	if !valid(q.Declared) || q.Code != "" && q.Declared.Number == "" { // dashes only
		return record{}, ErrCodeWrong
	}
	if all, ok := canned(q.Caller, q.Declared.Number); ok {
		c.Capture = nil // nothing is used up in the sandbox
		return p.keep(ctx, nil, c, p.record(q, c, engine.ProcessDone, all), also)
	}
	steps := plan(p.Capabilities, q.Caller, c.Capture != nil)
	if len(steps) == 0 {
		return record{}, ErrNothingToDo
	}
	found, err := find(ctx, steps, c)
	if err != nil {
		return p.broken(ctx, q, c, err, also)
	}
	return p.keep(ctx, steps, c, p.record(q, c, found.Status(), found), also)
}

// free says that the person's data may be used, before anybody looks.
func (p *Processes) free(ctx context.Context, c engine.Case) error {
	return p.Store.View(ctx, func(v *storage.View) error { return p.Bars.Restricted(v, c.Caller.Org, c.Reference) })
}

// look turns the pictures, or the capture behind the bundle, into the faces of
// the case.
func (p *Processes) look(ctx context.Context, q question, c *engine.Case) error {
	for i, a := range q.Against {
		if a.Process != "" {
			continue
		}
		face, err := p.Eyes.Look(ctx, a.Picture)
		if err != nil {
			return fmt.Errorf("look at a reference: %w", err)
		}
		c.Against[i] = engine.KnownFace{Template: face.Template, Issues: face.Issues}
	}
	if q.Bundle != "" {
		capture, err := p.Captures.Open(ctx, q.Caller, c.Reference, q.Bundle)
		if err != nil {
			return err
		}
		q.Capture = &capture
	}
	if q.Capture != nil {
		c.Capture, c.Face, c.Picture = q.Capture, q.Capture.Best, q.Capture.Picture
		if q.Capture.Device != "" {
			c.Device = q.Capture.Device
		}
		return nil
	}
	if q.Caller.CaptureOnly {
		return ErrBundle
	}
	c.Picture = q.Picture
	if q.Face != nil {
		c.Face = *q.Face
		return nil
	}
	var err error
	c.Face, err = p.Eyes.Look(ctx, q.Picture)
	return err
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
	if _, kept := p.keep(context.WithoutCancel(ctx), nil, c, p.record(q, c, engine.ProcessCancelled, nil), nil); kept != nil {
		return record{}, errors.Join(err, kept)
	}
	return record{}, err
}

// broken keeps that a capability could not answer. The caller gets the status
// for it, the operator the reason.
func (p *Processes) broken(ctx context.Context, q question, c engine.Case, err error, also Also) (record, error) {
	if ctx.Err() != nil {
		return p.gone(ctx, q, c, err)
	}
	p.Log.LogAttrs(ctx, slog.LevelError, "process broken",
		slog.String("process", string(c.Process)), slog.String("trace", web.RequestID(ctx)), slog.String("err", err.Error()))
	c.Capture = nil // it may be used again
	return p.keep(ctx, nil, c, p.record(q, c, engine.ProcessBroken, nil), also)
}

// keep settles a process and writes it, in one transaction.
func (p *Processes) keep(ctx context.Context, steps []*room.Capability, c engine.Case, r record, also Also) (record, error) {
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
				return err
			}
		}
		r.Finished = tx.Now().UTC().Truncate(time.Millisecond)
		if len(steps) > 0 {
			r.Status = r.Findings.Status()
			if err := p.keepFace(tx, c, r); err != nil {
				return err
			}
		}
		r.Outcome = told(r)
		if err := p.write(ctx, tx, &r); err != nil || also == nil {
			return err
		}
		return also(tx, r.answer())
	})
	if err != nil {
		return record{}, fmt.Errorf("keep the process: %w", err)
	}
	return r, nil
}

// told is what the findings say to the caller. Liveness that nobody asked for
// is 1 in the contract, but for a validation, which then has none.
func told(r record) engine.Outcome {
	o := r.Findings.Outcome()
	decided := r.Status != engine.ProcessCancelled && r.Status != engine.ProcessBroken
	if decided && o.Liveness == 0 && r.Findings.Of(engine.CapValidation) == nil {
		o.Liveness = 1
	}
	return o
}

// aliveIn is how a capture was judged.
func aliveIn(all engine.Findings) engine.LivenessFinding {
	if f := all.Of(engine.CapLiveness); f != nil && f.Liveness != nil {
		return *f.Liveness
	}
	return engine.LivenessFinding{Verdict: engine.Unclear}
}
