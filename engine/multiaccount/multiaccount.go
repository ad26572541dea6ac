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
	err = m.Store.View(ctx, func(v *storage.View) (err error) {
		found.Candidates, err = m.others(v, c, found.Candidates, knots)
		return err
	})
	if err != nil {
		return f, err
	}
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
	if late, err = m.others(tx, c, late, knots); err != nil {
		return err
	}
	own.Search.Candidates = joined(own.Search.Candidates, late)
	decide(own, c.Face.Issues)
	if err := m.join(tx, c, own); err != nil {
		return fmt.Errorf("join the accounts: %w", err)
	}
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

// others are the candidates but the person's own account, and but those who
// were declared to be somebody else, with their scores.
func (m *MultiAccount) others(r storage.Reader, c engine.Case, list []engine.Candidate, knots engine.Calibration) ([]engine.Candidate, error) {
	own := m.Gallery.Person(c.Caller.Org, c.Reference)
	kept := make([]engine.Candidate, 0, len(list))
	for _, one := range list {
		if one.Person == own {
			continue
		}
		apart, err := m.Rings.Apart(r, c.Base(), own, one.Person)
		if err != nil {
			return nil, fmt.Errorf("read who is not the same person: %w", err)
		}
		if apart {
			continue
		}
		one.Score = knots.Score(one.Cosine)
		kept = append(kept, one)
	}
	return kept, nil
}

// join puts the account into one ring with those that have its face.
func (m *MultiAccount) join(tx *storage.Tx, c engine.Case, own *engine.Finding) error {
	var same []engine.Account
	for _, one := range own.Search.Candidates {
		if one.Score < own.Threshold {
			continue
		}
		customer, err := m.Gallery.CustomerOf(tx, one)
		if err != nil {
			return err
		}
		if customer != "" {
			same = append(same, engine.Account{Person: one.Person, Reference: customer})
		}
	}
	if len(same) == 0 {
		return nil
	}
	first := engine.Account{Person: m.Gallery.Person(c.Caller.Org, c.Reference), Reference: c.Reference}
	return m.Rings.Join(tx, c.Base(), first, same)
}
