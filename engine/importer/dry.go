package importer

import (
	"context"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// mostDry is how many rows a dry run takes: what a real one would write, it
// holds in memory.
const mostDry = 100_000

// dry is what a run that writes nothing would have written.
type dry struct {
	faces   map[engine.CustomerID]engine.Template
	digests map[engine.CustomerID]engine.Digest
	order   []engine.CustomerID
	results []result
}

func newDry() *dry {
	return &dry{faces: map[engine.CustomerID]engine.Template{}, digests: map[engine.CustomerID]engine.Digest{}}
}

// settleDry ends some rows as settle would.
func (m *Importer) settleDry(ctx context.Context, l *live, policy engine.Policy, some []*item) error {
	next := l.view()
	ended := make([]result, 0, len(some))
	err := m.Store.View(ctx, func(v *storage.View) error {
		for _, it := range some {
			r := it.result
			if r.Outcome == "" {
				if err := m.decideDry(v, next, l.dry, policy, it, &r); err != nil {
					return err
				}
			}
			ended = append(ended, r)
		}
		return nil
	})
	if err != nil {
		return err
	}
	next.take(some, ended, policy.Tiers[engine.RiskHigh].Threshold, 0)
	l.mu.Lock()
	l.dry.results = append(l.dry.results, ended...)
	l.mu.Unlock()
	l.set(next)
	return nil
}

func (m *Importer) decideDry(v *storage.View, j job, d *dry, policy engine.Policy, it *item, r *result) error {
	if own, met := d.digests[r.Reference]; met {
		r.known([]engine.Digest{own}, it.face.Picture)
		return nil
	}
	bar := policy.Tiers[engine.RiskHigh].Threshold
	knots, _ := m.Eyes.Calibration(it.face.Template.Model)
	var late []engine.Candidate
	for _, other := range d.order {
		if c := engine.Cosine(it.face.Template, d.faces[other]); knots.Score(c) >= bar {
			late = append(late, engine.Candidate{Person: m.Gallery.Person(j.Org, other), Cosine: c})
		}
	}
	var err error
	if r.Matches, err = m.others(v, j, r.Reference, knots, bar, it.found.Candidates, late); err != nil {
		return err
	}
	if len(r.Matches) > 0 {
		r.Outcome, r.Reason = duplicate, otherAccount
		if j.Duplicates == reportDuplicates {
			return nil
		}
	}
	why, err := m.Gallery.Refusal(v, m.caseOf(j, policy, it))
	if err != nil {
		return err
	}
	if r.admitted(why); why != "" {
		return nil
	}
	d.faces[r.Reference], d.digests[r.Reference] = it.face.Template, it.face.Picture
	d.order = append(d.order, r.Reference)
	return nil
}
