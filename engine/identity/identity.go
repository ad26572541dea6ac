package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// mostCandidates is how many people bound to other numbers a finding keeps.
const mostCandidates = 5

// find compares with all that is known of the number. It is done again when it
// settles, with what was committed since; only the search is not.
func (i *Identity) find(ctx context.Context, c engine.Case) (f engine.Finding, err error) {
	tier := c.Policy.Tiers[engine.RiskHigh]
	f.Threshold = tier.Threshold
	if mayCompare(c) {
		found, err := i.Index.Search(ctx, base(c.Caller.Org, c.Declared.Kind), c.Face.Template, i.floor(c), mostCandidates+1)
		if err != nil {
			return f, fmt.Errorf("search the faces that are bound to numbers: %w", err)
		}
		f.Search = &found
	}
	err = i.Store.View(ctx, func(v *storage.View) error {
		e, _, err := i.recall(v, c, &f)
		i.say(&f, e, bar(c))
		return err
	})
	return f, err
}

// mayCompare says whether there is a number, and a face that may be compared.
func mayCompare(c engine.Case) bool {
	return c.Declared.Number != "" && len(c.Face.Issues) == 0 && !c.Face.Template.Empty()
}

// bar are the bars of the case's org.
func bar(c engine.Case) bars {
	low := c.Policy.Tiers[engine.RiskLow]
	return bars{Same: c.Policy.Tiers[engine.RiskHigh].Threshold, Other: max(low.Threshold-low.GreyZone, 0)}
}

// floor is the cosine from which somebody else's face is worth keeping. A hair
// lower, because the calibration there and back is not exact to the last bit.
func (i *Identity) floor(c engine.Case) float64 {
	knots, _ := i.Calibrations.Calibration(c.Face.Template.Model)
	tier := c.Policy.Tiers[engine.RiskHigh]
	return knots.Cosine(max(tier.Threshold-tier.GreyZone, 0)) - 1e-9
}

// recall is all that is known of the case's number, and whether somebody is
// bound to it.
func (i *Identity) recall(r storage.Reader, c engine.Case, f *engine.Finding) (e evidence, taken bool, err error) {
	e = evidence{Number: c.Declared.Number != "", Issues: c.Face.Issues}
	if c.Face.Template.Empty() && len(e.Issues) == 0 {
		e.Issues = []engine.Issue{engine.NoFace}
	}
	if !mayCompare(c) {
		return e, false, nil
	}
	knots, known := i.Calibrations.Calibration(c.Face.Template.Model)
	if !known {
		return e, false, errors.New("the model of the face has no calibration")
	}
	score := func(t engine.Template) *float64 {
		if t.Empty() || t.Model != c.Face.Template.Model {
			return nil
		}
		s := knots.Score(engine.Cosine(c.Face.Template, t))
		return &s
	}
	number := i.number(c.Caller.Org, c.Declared)
	b, template, taken, err := i.bound(r, number)
	if err != nil {
		return e, false, err
	}
	if taken {
		e.Bound = score(template)
		e.Unlike = e.Bound == nil
	}
	account, err := i.Gallery.Reference(r, c.Caller.Org, c.Reference)
	if err != nil {
		return e, taken, err
	}
	e.Account = score(account.Of(c.Face.Template.Model))
	for row, err := range i.portraits.Scan(r, storage.Range{Prefix: storage.Path(number)}) {
		if err != nil && !errors.Is(err, storage.ErrErased) {
			return e, taken, fmt.Errorf("read portraits: %w", err)
		}
		if s := score(row.Value.template()); err == nil && s != nil {
			e.Portraits = append(e.Portraits, portrait{*s, row.Value.Vouched})
		}
	}
	e.Elsewhere = elsewhere(f.Search, b.Person, taken, knots)
	return e, taken, nil
}

// elsewhere is the best score of those who are bound to other numbers.
func elsewhere(found *engine.Search, holder engine.Person, taken bool, knots engine.Calibration) (best *float64) {
	if found == nil {
		return nil
	}
	for n := range found.Candidates {
		one := &found.Candidates[n]
		one.Score = knots.Score(one.Cosine)
		if taken && one.Person == holder {
			continue
		}
		if best == nil || one.Score > *best {
			best = &one.Score
		}
	}
	return best
}

// say writes the result, and what it went by, into the finding.
func (i *Identity) say(f *engine.Finding, e evidence, b bars) heaps {
	result, reasons, h := decide(e, b)
	f.Outcome.UnicoID, f.Reasons, f.Signals = &engine.Result{Result: result}, reasons, nil
	add := func(name string, score *float64) {
		if score != nil {
			f.Signals = append(f.Signals, engine.Signal{Name: name, Value: *score})
		}
	}
	add(signalBound, e.Bound)
	for _, p := range e.Portraits {
		add(signalPortrait, &p.Score)
	}
	add(signalAccount, e.Account)
	add(signalElsewhere, e.Elsewhere)
	return h
}

// settle decides by what is committed now and by what the other capabilities
// say, and binds the number when it may be.
func (i *Identity) settle(tx *storage.Tx, c engine.Case, all engine.Findings) error {
	own := all.Of(engine.CapIdentity)
	if own.Search != nil {
		at := base(c.Caller.Org, c.Declared.Kind)
		late, err := i.Gallery.Since(tx, at, c.Face.Template, i.floor(c), own.Search.Seen)
		if err != nil {
			return fmt.Errorf("search what was bound since: %w", err)
		}
		own.Search.Candidates = slices.Concat(late, own.Search.Candidates)
	}
	account := signalled(own, signalAccount)
	e, taken, err := i.recall(tx, c, own)
	if err != nil {
		return err
	}
	// As it was before this process: what another capability has enrolled in this
	// very transaction is the face itself.
	e.Account = account
	var alive engine.LivenessVerdict
	if l := all.Of(engine.CapLiveness); l != nil && l.Liveness != nil {
		alive = l.Liveness.Verdict
		e.NotLive = alive != engine.Live
	}
	if g := all.Outcome().Government; g != nil && g.Serpro >= 0 {
		e.Register = &g.Serpro
	}
	h := i.say(own, e, bar(c))
	if taken || !binds(e, h, alive) || suspect(all) {
		return nil
	}
	return i.admit(tx, c, own)
}

// signalled is what a finding went by under a name; nil when it did not.
func signalled(f *engine.Finding, name string) *float64 {
	for _, s := range f.Signals {
		if s.Name == name {
			return &s.Value
		}
	}
	return nil
}

// suspect says whether behaviour alert has found anything at all.
func suspect(all engine.Findings) bool {
	f := all.Of(engine.CapBehaviour)
	return f != nil && len(f.Reasons) > 0
}

// admit enrols the face where those bound to numbers are, and binds.
func (i *Identity) admit(tx *storage.Tx, c engine.Case, own *engine.Finding) error {
	number, there := i.number(c.Caller.Org, c.Declared), c
	there.Caller.Segment = base(c.Caller.Org, c.Declared.Kind).Segment
	id, why, err := i.Gallery.Admit(tx, there)
	if err != nil {
		return fmt.Errorf("enrol the face of a number: %w", err)
	}
	if why != "" {
		own.Reasons = append(own.Reasons, why)
		return nil
	}
	own.Enrolled = id
	return i.bind(tx, c, number, id)
}
