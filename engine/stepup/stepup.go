package stepup

import (
	"context"
	"fmt"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// question is one question about a customer, as it was asked. A question that
// is no step-up has no risk level: its answer may not stand for one.
type question struct {
	evidence
	Caller      engine.Caller
	Customer    engine.CustomerID
	Device      engine.DeviceID
	RiskLevel   engine.RiskLevel
	ActionLabel string
	Trigger     string
	Method      engine.Method
	Kind        string // of its journal entry
}

// recalled is what was stored before the question.
type recalled struct {
	Policy    engine.Policy
	Reference engine.Reference
	Locked    time.Duration
}

// answer looks, recalls, decides and commits, once each and in that order;
// only that a locked customer's picture is not even looked at.
func (s *StepUp) answer(ctx context.Context, q question) (stepUpAnswer, error) {
	if q.RiskLevel == engine.RiskNone {
		policy, err := s.Policies.Policy(ctx, q.Caller.Org)
		if err != nil {
			return stepUpAnswer{}, err
		}
		return s.conclude(ctx, q, conclusion{Policy: policy, Found: notRequired()})
	}
	known, err := s.recall(ctx, q)
	if err != nil {
		return stepUpAnswer{}, err
	}
	done, err := s.compared(ctx, q, known, known.Policy.Tiers[q.RiskLevel])
	if err != nil {
		return stepUpAnswer{}, err
	}
	return s.conclude(ctx, q, done)
}

// conclude keeps a step-up's decision and counts it.
func (s *StepUp) conclude(ctx context.Context, q question, c conclusion) (stepUpAnswer, error) {
	answer, err := commit(ctx, s, q, c, answerOf)
	if err == nil {
		s.Count(q.RiskLevel, outcome(c.Found))
	}
	return answer, err
}

// compared looks at the evidence and holds it against the customer's enrolled
// faces.
func (s *StepUp) compared(ctx context.Context, q question, known recalled, tier engine.Tier) (conclusion, error) {
	if known.Locked > 0 {
		return conclusion{}, s.refuse(ctx, q, known)
	}
	if len(known.Reference.Templates) == 0 {
		return conclusion{}, ErrNoEnrolment
	}
	seen, err := s.look(ctx, q, tier)
	if err != nil {
		return conclusion{}, err
	}
	found, err := s.decided(seen, known.Reference, tier)
	if err != nil {
		return conclusion{}, err
	}
	return conclusion{
		Policy: known.Policy, Probe: seen, Found: found, Reference: &known.Reference, Counts: true, Clears: true,
	}, nil
}

// decided is what is found of a probe.
func (s *StepUp) decided(seen probe, reference engine.Reference, tier engine.Tier) (finding, error) {
	model := seen.Face.Template.Model
	if !seen.Face.Template.Empty() && reference.Of(model).Empty() {
		return finding{}, ErrOtherModel
	}
	knots, _ := s.Eyes.Calibration(model)
	return decide(asked{
		Tier: tier, Face: seen.Face, Liveness: seen.Liveness, Reference: reference, Knots: knots, Now: s.Now(),
	}), nil
}

// recall fetches what is stored about a question, from one snapshot.
func (s *StepUp) recall(ctx context.Context, q question) (recalled, error) {
	policy, err := s.Policies.Policy(ctx, q.Caller.Org)
	if err != nil {
		return recalled{}, err
	}
	known := recalled{Policy: policy}
	err = s.Store.View(ctx, func(v *storage.View) (err error) {
		if err = s.Bars.Restricted(v, q.Caller.Org, q.Customer); err != nil {
			return err
		}
		if known.Locked, err = s.locked(v, s.watching(q), s.Now()); err != nil {
			return err
		}
		known.Reference, err = s.References.Reference(v, q.Caller.Org, q.Customer)
		return err
	})
	if err != nil {
		return recalled{}, fmt.Errorf("recall the customer: %w", err)
	}
	return known, nil
}

// unchanged says whether a customer's faces are still those that were compared
// with.
func (s *StepUp) unchanged(tx *storage.Tx, q question, compared engine.Reference) error {
	now, err := s.References.Reference(tx, q.Caller.Org, q.Customer)
	switch {
	case err != nil:
		return fmt.Errorf("recall the customer again: %w", err)
	case len(now.Templates) == 0:
		return ErrNoEnrolment
	case !now.Since.Equal(compared.Since) || len(now.Templates) != len(compared.Templates):
		return ErrFacesChanged
	default:
		return nil
	}
}

// refuse keeps that a locked customer or device was tried again, and says how
// long the lock still holds.
func (s *StepUp) refuse(ctx context.Context, q question, known recalled) error {
	found := finding{Status: engine.Failed, Reasons: []string{"locked"}}
	kept, err := s.entry(q, conclusion{Policy: known.Policy, Found: found})
	if err != nil {
		return err
	}
	kept.verification = nil
	kept.row.Verification = ""
	_, err = s.Store.Commit(ctx, func(tx *storage.Tx) error { return s.write(ctx, tx, kept, nil) })
	if err != nil {
		return fmt.Errorf("keep the refusal: %w", err)
	}
	if q.RiskLevel != "" {
		s.Count(q.RiskLevel, "locked")
	}
	return ErrLocked.After(known.Locked)
}
