package multiaccount

import (
	"context"
	"fmt"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// mostCandidates is how many people a finding keeps for the operator. Further
// ones are not needed for the verdict, which the best alone decides.
const mostCandidates = 20

// find searches the base for everybody whom the face resembles.
func (m *MultiAccount) find(ctx context.Context, c engine.Case) (engine.Finding, error) {
	tier := c.Policy.Tiers[engine.RiskHigh]
	f := engine.Finding{Threshold: tier.Threshold}
	if c.Face.Template.Empty() {
		decide(&f, nil)
		f.Reasons = append(f.Reasons, string(engine.NoFace))
		return f, nil
	}
	knots, known := m.Calibrations.Calibration(c.Face.Template.Model)
	if !known {
		return f, fmt.Errorf("the model of the face has no calibration")
	}
	found, err := m.Index.Search(ctx, c.Base(), c.Face.Template, m.floor(knots, tier), mostCandidates)
	if err != nil {
		return f, fmt.Errorf("search the base: %w", err)
	}
	found.Candidates = others(found.Candidates, m.Gallery.Person(c.Caller.Org, c.Reference), knots)
	f.Search = &found
	decide(&f, c.Face.Issues)
	return f, nil
}

// floor is the cosine from which people are worth keeping: those near the
// threshold show the operator how near. A hair lower, because the calibration
// there and back is not exact to the last bit; the verdict compares scores.
func (m *MultiAccount) floor(knots engine.Calibration, tier engine.Tier) float64 {
	return knots.Cosine(max(tier.Threshold-tier.GreyZone, 0)) - 1e-9
}

// settle looks again at what was enrolled since the search, and enrols the face
// when it may be.
func (m *MultiAccount) settle(tx *storage.Tx, c engine.Case, all engine.Findings) error {
	own := all.Of(engine.CapMultiAccounts)
	if own.Search == nil {
		return nil
	}
	knots, _ := m.Calibrations.Calibration(c.Face.Template.Model)
	late, err := m.Gallery.Since(tx, c.Base(), c.Face.Template, m.floor(knots, c.Policy.Tiers[engine.RiskHigh]), own.Search.Seen)
	if err != nil {
		return fmt.Errorf("search what was enrolled since: %w", err)
	}
	late = others(late, m.Gallery.Person(c.Caller.Org, c.Reference), knots)
	own.Search.Candidates = joined(own.Search.Candidates, late)
	decide(own, c.Face.Issues)
	if !admits(own, c.Face.Issues, all) {
		return nil
	}
	enrolled, why, err := m.Gallery.Admit(tx, c)
	if err != nil {
		return fmt.Errorf("enrol the face: %w", err)
	}
	own.Enrolled = enrolled
	if why != "" {
		own.Reasons = append(own.Reasons, why)
	}
	return nil
}
