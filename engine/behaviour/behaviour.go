package behaviour

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// find searches the watchlist and the faces of late.
func (b *Behaviour) find(ctx context.Context, c engine.Case) (f engine.Finding, err error) {
	err = b.Store.View(ctx, func(v *storage.View) error {
		at, err := v.Position() // before the memories are read
		if err != nil {
			return fmt.Errorf("read the journal's size: %w", err)
		}
		f.Search = &engine.Search{Seen: uint64(at)}
		return b.look(v, c, &f, 0)
	})
	return f, err
}

// settle looks at what came since, and notes this face.
func (b *Behaviour) settle(tx *storage.Tx, c engine.Case, all engine.Findings) error {
	own := all.Of(engine.CapBehaviour)
	if l := all.Of(engine.CapLiveness); l != nil && l.Liveness != nil && attacked(*l.Liveness) {
		own.Reasons = append(own.Reasons, reasonAttack)
	}
	if err := b.look(tx, c, own, own.Search.Seen); err != nil {
		return err
	}
	return b.note(tx, c)
}

// attacked says whether a judgement is of an attack: a spoof, or another face
// than at the beginning of the capture.
func attacked(l engine.LivenessFinding) bool {
	return l.Verdict == engine.Spoof || slices.Contains(l.Reasons, "identity_break")
}

// look adds to a finding what came with a journal entry or a later one, and
// decides by all of it.
func (b *Behaviour) look(r storage.Reader, c engine.Case, f *engine.Finding, from uint64) error {
	e := evidence{
		Reused: slices.Contains(f.Reasons, reasonReused),
		Attack: slices.Contains(f.Reasons, reasonAttack),
	}
	bar := bar(c.Policy.Tiers[engine.RiskHigh])
	if !c.Face.Template.Empty() {
		if err := b.compare(r, c, f.Search, bar, from); err != nil {
			return err
		}
	}
	own := b.visitor(c)
	if !c.Unnamed {
		e.Identities = 1
	}
	for _, one := range f.Search.Candidates {
		if one.Enrolment != "" {
			e.Watch = max(e.Watch, one.Score)
		} else {
			e.Identities++
		}
	}
	reused := b.late.which(c.Caller.Org, c.Created.Add(-c.Policy.Face.Window), from, func(s seen) bool {
		return s.picture == c.Face.Picture && !own.is(s) && s.picture != (engine.Digest{})
	})
	for _, s := range reused {
		there, err := b.kept(r, s)
		if err != nil {
			return err
		}
		e.Reused = e.Reused || there
	}
	var err error
	if e.AtDevice, err = b.atDevice(r, c, own); err != nil {
		return err
	}
	result, reasons := decide(e, bar, c.Policy.Face)
	f.Outcome.IdentityFraudsters, f.Reasons = &engine.Result{Result: result}, reasons
	f.Threshold, f.Signals = bar.Same, e.signals(c.Policy.Face)
	return nil
}

// bar is what level high asks, and its grey zone more: a list is long.
func bar(t engine.Tier) bars {
	// In billionths, so that 0.55 and 0.05 are 0.6.
	same := math.Round(1e9*(t.Threshold+t.GreyZone)) / 1e9
	return bars{Same: min(same, 1), Near: t.Threshold}
}

// compare adds those of the watchlist that the face is near, and the
// identities that it came under, each once by the best.
func (b *Behaviour) compare(r storage.Reader, c engine.Case, to *engine.Search, bar bars, from uint64) error {
	probe := c.Face.Template
	knots, known := b.Eyes.Calibration(probe.Model)
	if !known {
		return errors.New("the model of the face has no calibration")
	}
	listed, n := b.list.near(c.Caller.Org, probe, knots.Cosine(bar.Near), from)
	to.Compared += n
	for _, s := range listed {
		e, err := b.entries.Get(r, s.key)
		if gone(err) || err == nil && !e.counts(c.Created) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read the watchlist: %w", err)
		}
		cosine := engine.Cosine(probe, e.template())
		put(to, engine.Candidate{Person: engine.Person(b.own(e.Org, e.ID)), Enrolment: engine.EnrolmentID(e.ID), Cosine: cosine, Score: knots.Score(cosine)}, bar.Near)
	}
	late, n := b.late.near(c.Caller.Org, probe, knots.Cosine(bar.Same), from)
	to.Compared += n
	own, numbered := b.visitor(c), map[storage.Subject]bool{}
	for _, s := range late {
		numbered[s.person()] = numbered[s.person()] || s.numbered
	}
	for _, s := range late {
		if own.is(s) || !s.numbered && numbered[s.person()] || s.at.Before(c.Created.Add(-c.Policy.Face.Window)) || counted(to, s.identity) {
			continue
		}
		v, err := b.visits.Get(r, s.key)
		if gone(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read a visit: %w", err)
		}
		cosine := engine.Cosine(probe, v.template())
		put(to, engine.Candidate{Person: engine.Person(s.identity), Cosine: cosine, Score: knots.Score(cosine)}, bar.Same)
	}
	return nil
}

// put adds a candidate that is like enough.
func put(to *engine.Search, c engine.Candidate, atLeast float64) {
	if c.Score >= atLeast {
		to.Candidates = append(to.Candidates, c)
	}
}

// counted says whether an identity is among the candidates.
func counted(in *engine.Search, identity storage.Subject) bool {
	return slices.ContainsFunc(in.Candidates, func(c engine.Candidate) bool { return c.Person == engine.Person(identity) })
}

func gone(err error) bool {
	return errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrErased)
}

// kept says whether the record of what the memory has is still there.
func (b *Behaviour) kept(r storage.Reader, s seen) (bool, error) {
	_, err := b.visits.Get(r, s.key)
	if gone(err) {
		return false, nil
	}
	return err == nil, err
}

// atDevice counts the identities of late at a case's device; none where there
// is no device, or where it is a kiosk that captures have taught.
func (b *Behaviour) atDevice(r storage.Reader, c engine.Case, own seen) (int, error) {
	device := b.device(c)
	if c.Device == "" {
		return 0, nil
	}
	site, err := b.Kiosks.Site(r, c.Caller.Org, c.Device)
	if err != nil {
		return 0, fmt.Errorf("recall the kiosk: %w", err)
	}
	if site.Sessions > 0 {
		return 0, nil
	}
	identities := map[storage.Subject]bool{}
	if !c.Unnamed {
		identities[own.identity] = true
	}
	for _, s := range b.late.which(c.Caller.Org, c.Created.Add(-c.Policy.Face.DeviceWindow), 0, func(s seen) bool { return s.device == device }) {
		if !own.is(s) {
			identities[s.identity] = true
		}
	}
	return len(identities), nil
}
