package importer

import (
	"context"
	"fmt"
	"sync"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// hair is taken off the cosine that a search asks for, because the calibration
// there and back is not exact to the last bit; the verdict compares scores.
const hair = 1e-9

// settle ends some rows, in their order and in one transaction with how far
// the import is then.
func (m *Importer) settle(ctx context.Context, l *live, some []*item) error {
	policy, err := m.Policies.Policy(ctx, l.base().Org)
	if err != nil {
		return err
	}
	bar := policy.Tiers[engine.RiskHigh].Threshold
	if err := m.search(ctx, l.base(), bar, some); err != nil {
		return err
	}
	if l.dry != nil {
		return m.settleDry(ctx, l, policy, some)
	}
	next := l.view()
	_, err = m.Store.Commit(ctx, func(tx *storage.Tx) error {
		next = l.view()
		ended := make([]result, 0, len(some))
		for _, it := range some {
			r := it.result
			if r.Outcome == "" {
				if err := m.decide(tx, next, policy, it, &r); err != nil {
					return err
				}
			}
			if err := m.rows.Put(tx, m.subject(next), m.rowAt(next, r.Row), r); err != nil {
				return err
			}
			ended = append(ended, r)
		}
		next.take(some, ended, bar, policy.Version)
		own := counts{}.with(ended)
		return m.write(tx, next, "import.settled", map[string]any{
			"rows": next.Rows, "enrolled": own.Enrolled, "there": own.There, "duplicate": own.Duplicate, "rejected": own.Rejected,
			"policyVersion": policy.Version,
		})
	})
	if err != nil {
		return fmt.Errorf("settle rows: %w", err)
	}
	l.set(next)
	return nil
}

// take counts rows that have ended.
func (j *job) take(some []*item, ended []result, bar float64, policy uint64) {
	j.Rows += uint64(len(ended))
	j.Counts = j.Counts.with(ended)
	j.Bar, j.Policy = bar, policy
	for _, it := range some {
		j.Unlike = max(j.Unlike, it.found.Unlike)
	}
}

// search looks for the faces of some rows in the base, all at the same time.
func (m *Importer) search(ctx context.Context, base engine.Base, bar float64, some []*item) error {
	errs := make([]error, len(some))
	var all sync.WaitGroup
	for i, it := range some {
		if it.result.Outcome != "" {
			continue
		}
		all.Go(func() { it.found, errs[i] = m.searchOne(ctx, base, bar, it.face.Template) })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("search the base: %w", err)
		}
	}
	return nil
}

func (m *Importer) searchOne(ctx context.Context, base engine.Base, bar float64, probe engine.Template) (engine.Search, error) {
	knots, known := m.Eyes.Calibration(probe.Model)
	if !known {
		return engine.Search{}, fmt.Errorf("the model of the face has no calibration")
	}
	return m.Index.Search(ctx, base, probe, knots.Cosine(bar)-hair, mostMatches+1) // one may be its own
}

// decide ends one row by what is stored now, also by the rows before it in the
// same transaction, and enrols the face when it may be.
func (m *Importer) decide(tx *storage.Tx, j job, policy engine.Policy, it *item, r *result) error {
	known, err := m.Gallery.Pictures(tx, j.base(), r.Reference)
	if err != nil || r.known(known, it.face.Picture) {
		return err
	}
	bar := policy.Tiers[engine.RiskHigh].Threshold
	knots, _ := m.Eyes.Calibration(it.face.Template.Model)
	late, err := m.Gallery.Since(tx, j.base(), it.face.Template, knots.Cosine(bar)-hair, it.found.Seen)
	if err != nil {
		return fmt.Errorf("search what was enrolled since: %w", err)
	}
	if r.Matches, err = m.others(tx, j, r.Reference, knots, bar, it.found.Candidates, late); err != nil {
		return err
	}
	if len(r.Matches) > 0 {
		r.Outcome, r.Reason = duplicate, otherAccount
		if err := m.join(tx, j, *r); err != nil {
			return err
		}
		if j.Duplicates == reportDuplicates {
			return nil
		}
	}
	c := m.caseOf(j, policy, it)
	taken := it.row.Captured
	if taken.After(c.Created) {
		taken = c.Created
	}
	id, why, err := m.Gallery.Import(tx, c, j.ID, taken)
	if err != nil {
		return fmt.Errorf("enrol the face: %w", err)
	}
	r.admitted(why)
	r.Enrolment = id
	return nil
}

func (m *Importer) caseOf(j job, policy engine.Policy, it *item) engine.Case {
	return engine.Case{Caller: j.caller(), Reference: it.result.Reference, Face: it.face, Policy: policy, Created: m.now()}
}

// others are the candidates whose face it is, but the row's own account, and
// but those who were declared to be somebody else.
func (m *Importer) others(from storage.Reader, j job, reference engine.CustomerID, knots engine.Calibration, bar float64, lists ...[]engine.Candidate) ([]engine.Candidate, error) {
	own := m.Gallery.Person(j.Org, reference)
	var kept []engine.Candidate
	for _, list := range lists {
		for _, c := range list {
			if c.Person == own {
				continue
			}
			apart, err := m.Rings.Apart(from, j.base(), own, c.Person)
			if err != nil {
				return nil, fmt.Errorf("read who is not the same person: %w", err)
			}
			if !apart {
				c.Score = knots.Score(c.Cosine)
				kept = append(kept, c)
			}
		}
	}
	return same(bar, kept), nil
}

// join puts the account into one ring with those that have its face.
func (m *Importer) join(tx *storage.Tx, j job, r result) error {
	var list []engine.Account
	for _, c := range r.Matches {
		customer, err := m.Gallery.CustomerOf(tx, c)
		if err != nil {
			return err
		}
		if customer != "" {
			list = append(list, engine.Account{Person: c.Person, Reference: customer})
		}
	}
	first := engine.Account{Person: m.Gallery.Person(j.Org, r.Reference), Reference: r.Reference}
	if err := m.Rings.Join(tx, j.base(), first, list); err != nil {
		return fmt.Errorf("join the accounts: %w", err)
	}
	return nil
}
