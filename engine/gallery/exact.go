package gallery

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// Exact compares a probe with every template of a base, from memory. It is
// built from the records and follows the journal.
type Exact struct {
	gallery *Gallery
	catch   sync.Mutex // held by the one who brings it up to date
	mu      sync.RWMutex
	built   bool
	seen    uint64 // journal entries taken in
	bases   map[engine.Base]map[storage.Subject][]shelved
	places  map[storage.Subject][]engine.Base // in which bases a person is
}

// shelved is one template.
type shelved struct {
	enrolment engine.EnrolmentID
	template  engine.Template
}

func newExact(g *Gallery) *Exact {
	return &Exact{gallery: g, bases: map[engine.Base]map[storage.Subject][]shelved{}, places: map[storage.Subject][]engine.Base{}}
}

// Search compares a probe with every template of a base and answers those
// people of whom the best is at least atLeast like it (cosine), best first, at
// most so many, and how far it could see.
func (x *Exact) Search(ctx context.Context, base engine.Base, probe engine.Template, atLeast float64, most int) (engine.Search, error) {
	if err := x.follow(ctx); err != nil {
		return engine.Search{}, err
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	found := engine.Search{Seen: x.seen}
	for subject, list := range x.bases[base] {
		if found.Compared%(1<<12) == 0 && ctx.Err() != nil {
			return engine.Search{}, context.Cause(ctx)
		}
		best := engine.Candidate{Person: engine.Person(subject), Cosine: -1}
		for _, s := range list {
			if s.template.Model != probe.Model {
				found.Unlike++
				continue
			}
			found.Compared++
			if c := engine.Cosine(probe, s.template); c > best.Cosine {
				best.Enrolment, best.Cosine = s.enrolment, c
			}
		}
		if best.Enrolment != "" && best.Cosine >= atLeast {
			found.Candidates = append(found.Candidates, best)
		}
	}
	found.Candidates = bestFirst(found.Candidates, most)
	return found, nil
}

// bestFirst orders candidates, those that are alike by their enrolment's age,
// and keeps the first few.
func bestFirst(list []engine.Candidate, most int) []engine.Candidate {
	slices.SortFunc(list, func(a, b engine.Candidate) int {
		return cmp.Or(cmp.Compare(b.Cosine, a.Cosine), cmp.Compare(a.Enrolment, b.Enrolment))
	})
	return list[:min(len(list), most)]
}

// follow takes in what was committed since. While somebody else is at it, a
// search goes ahead with what there is and says so in Seen; only the first
// must wait until there is anything.
func (x *Exact) follow(ctx context.Context) error {
	if !x.catch.TryLock() {
		if x.ready() {
			return nil
		}
		x.catch.Lock()
	}
	defer x.catch.Unlock()
	return x.gallery.Store.View(ctx, func(v *storage.View) error {
		now, err := v.Position()
		if err != nil {
			return fmt.Errorf("read the journal's size: %w", err)
		}
		if !x.ready() {
			return x.build(ctx, v, uint64(now))
		}
		if uint64(now) == x.seen { // written by the holder of catch only
			return nil
		}
		return x.advance(ctx, v, uint64(now))
	})
}

func (x *Exact) ready() bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.built
}

// build reads every enrolment.
func (x *Exact) build(ctx context.Context, v *storage.View, now uint64) error {
	people := map[storage.Subject][]enrolment{}
	for row, err := range x.gallery.table.Scan(v, storage.Range{}) {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case isErased(err):
			continue
		case err != nil:
			return fmt.Errorf("read enrolments for the index: %w", err)
		}
		s := subjectOf(row.Key)
		people[s] = append(people[s], row.Value)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for s, faces := range people {
		x.shelve(s, faces)
	}
	x.built, x.seen = true, now
	return nil
}

// advance reads those people again whose enrolments were changed.
func (x *Exact) advance(ctx context.Context, v *storage.View, now uint64) error {
	subjects, err := x.gallery.since(v, x.seen)
	if err != nil {
		return err
	}
	people := make(map[storage.Subject][]enrolment, len(subjects))
	for _, s := range subjects {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if people[s], err = x.gallery.faces(v, s); err != nil {
			return err
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for s, faces := range people {
		x.shelve(s, faces)
	}
	x.seen = now
	return nil
}

// shelve replaces all that is known of a person.
func (x *Exact) shelve(s storage.Subject, faces []enrolment) {
	for _, base := range x.places[s] {
		delete(x.bases[base], s)
	}
	delete(x.places, s)
	for _, e := range faces {
		base := engine.Base{Org: e.Org, Segment: e.Segment}
		if x.bases[base] == nil {
			x.bases[base] = map[storage.Subject][]shelved{}
		}
		x.bases[base][s] = append(x.bases[base][s], shelved{e.ID, e.template()})
		if !slices.Contains(x.places[s], base) {
			x.places[s] = append(x.places[s], base)
		}
	}
}
