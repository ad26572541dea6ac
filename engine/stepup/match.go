package stepup

import (
	"context"
	"fmt"

	"github.com/rostod/rostod/engine"
)

// strict is the tier of a question that names no risk level: the bars of the
// highest, for whatever assurance there is. Its answer is a finding and no
// permission, so that it asks for no more.
func strict(p engine.Policy) engine.Tier {
	tier := p.Tiers[engine.RiskHigh]
	tier.Assurance, tier.ReferenceMaxAge = engine.AssuranceLow, 0
	return tier
}

// match compares a face with the customer's enrolled ones, or with a picture
// that the caller has.
func (s *StepUp) match(ctx context.Context, q question, reference []byte) (matchAnswer, error) {
	known, err := s.recall(ctx, q)
	if err != nil {
		return matchAnswer{}, err
	}
	tier := strict(known.Policy)
	var done conclusion
	if len(reference) == 0 {
		done, err = s.compared(ctx, q, known, tier)
	} else {
		done, err = s.beside(ctx, q, known.Policy, tier, reference)
	}
	if err != nil {
		return matchAnswer{}, err
	}
	// Nothing is allowed by it: that word is for step-up.
	done.Found.Allow = false
	return commit(ctx, s, q, done, matchOf)
}

// beside compares with a picture of the caller's own. Nothing enrolled is
// guessed at, so nothing counts towards a lockout or ends one.
func (s *StepUp) beside(ctx context.Context, q question, policy engine.Policy, tier engine.Tier, reference []byte) (conclusion, error) {
	face, err := s.Eyes.Look(ctx, reference)
	if err != nil {
		return conclusion{}, fmt.Errorf("look at the reference: %w", err)
	}
	if len(face.Issues) > 0 || face.Template.Empty() {
		bad := ErrPoorReference
		for _, issue := range face.Issues {
			bad = bad.Field("referenceImage", string(issue)+": "+issue.Sentence())
		}
		return conclusion{}, bad
	}
	seen, err := s.look(ctx, q, tier)
	if err != nil {
		return conclusion{}, err
	}
	found, err := s.decided(seen, engine.Reference{Templates: []engine.Template{face.Template}, Newest: s.Now()}, tier)
	return conclusion{Policy: policy, Probe: seen, Found: found}, err
}

// alive judges whether a living person is behind a bundle. Who it is, is not
// asked: a success ends no counting of failures, but an attack counts.
func (s *StepUp) alive(ctx context.Context, q question) (livenessAnswer, error) {
	known, err := s.recall(ctx, q)
	if err != nil {
		return livenessAnswer{}, err
	}
	if known.Locked > 0 {
		return livenessAnswer{}, s.refuse(ctx, q, known)
	}
	tier := strict(known.Policy)
	seen, err := s.look(ctx, q, tier)
	if err != nil {
		return livenessAnswer{}, err
	}
	done := conclusion{Policy: known.Policy, Probe: seen, Found: vital(seen.Liveness), Counts: true}
	return commit(ctx, s, q, done, func(q question, e entry) livenessAnswer { return livenessOf(q, e, seen, tier) })
}

// vital is the finding of a question about life alone.
func vital(l engine.LivenessFinding) finding {
	f := finding{Status: engine.Failed, Liveness: &l, Failure: l.Verdict == engine.Spoof, Score: score(l.Score)}
	switch l.Verdict {
	case engine.Live:
		f.Status = engine.Verified
	case engine.Spoof:
		f.Reasons = []string{reasonSpoof}
	default:
		f.Reasons = append([]string{reasonUnclear}, l.Reasons...)
	}
	return f
}
