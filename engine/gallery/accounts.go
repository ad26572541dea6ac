package gallery

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/storage"
)

// Person is the pseudonym of a customer.
func (g *Gallery) Person(org engine.OrgID, customer engine.CustomerID) engine.Person {
	return engine.Person(g.subject(org, customer))
}

// Index is what searches a base.
func (g *Gallery) Index() *Index { return g.index }

// nearest is the enrolment of a person, of those in a base, that a probe
// resembles most; false when none can be compared with it.
func nearest(p engine.Person, faces []enrolment, base engine.Base, probe engine.Template) (engine.Candidate, bool) {
	best := engine.Candidate{Person: p, Cosine: -1}
	for _, e := range faces {
		if (engine.Base{Org: e.Org, Segment: e.Segment}) != base {
			continue
		}
		if c := engine.Cosine(probe, e.template()); c > best.Cosine {
			best.Enrolment, best.Cosine = e.ID, c
		}
	}
	return best, best.Enrolment != ""
}

// bestFirst orders candidates, those that are alike by their enrolment's age,
// and keeps the first few.
func bestFirst(list []engine.Candidate, most int) []engine.Candidate {
	slices.SortFunc(list, func(a, b engine.Candidate) int {
		return cmp.Or(cmp.Compare(b.Cosine, a.Cosine), cmp.Compare(a.Enrolment, b.Enrolment))
	})
	return list[:min(len(list), most)]
}

// Since compares a probe with the enrolments of a base that were changed from
// a journal entry on, as they are in the transaction.
func (g *Gallery) Since(tx *storage.Tx, base engine.Base, probe engine.Template, atLeast float64, seen uint64) ([]engine.Candidate, error) {
	subjects, _, err := g.since(tx, seen)
	if err != nil {
		return nil, err
	}
	if len(subjects) > mostBehind {
		return nil, ErrBehind
	}
	var list []engine.Candidate
	for _, s := range subjects {
		faces, err := g.faces(tx, s)
		if err != nil {
			return nil, err
		}
		if best, ok := nearest(engine.Person(s), faces, base, probe); ok && best.Cosine >= atLeast {
			list = append(list, best)
		}
	}
	return bestFirst(list, len(list)), nil
}

// Reasons why Admit enrols nobody.
const (
	notFirst   = "reference-enrolled"    // the reference has an enrolment in this segment
	notTheSame = "other-face-than-known" // the reference has another face in another segment
	notMore    = "gallery-full"
	notUsed    = "restricted" // the reference's data is kept and not used
)

// Admit enrols the face of a case, whose picture is good and whose liveness is
// in order, when its reference has no enrolment in the segment yet. It answers
// the enrolment, or the reason why there is none.
func (g *Gallery) Admit(tx *storage.Tx, c engine.Case) (engine.EnrolmentID, string, error) {
	return g.admit(tx, c, wish{Source: engine.FromOnboarder}, map[string]any{"process": c.Process})
}

// Import enrols the face of a case as Admit does, for a base import. captured
// is when the picture was taken; now when that is zero.
func (g *Gallery) Import(tx *storage.Tx, c engine.Case, by engine.ImportID, captured time.Time) (engine.EnrolmentID, string, error) {
	return g.admit(tx, c, wish{Source: engine.FromImport, Captured: captured}, map[string]any{"import": by})
}

// Refusal is why the face of a case could not be enrolled as it is now: in the
// words of Admit, or empty.
func (g *Gallery) Refusal(r storage.Reader, c engine.Case) (string, error) {
	if err := g.Bars.Restricted(r, c.Caller.Org, c.Reference); fault.Of(err) != nil {
		return notUsed, nil //nolint:nilerr // that is the refusal
	} else if err != nil {
		return "", err
	}
	faces, err := g.faces(r, g.subject(c.Caller.Org, c.Reference))
	if err != nil {
		return "", err
	}
	for _, e := range faces {
		if e.Segment == c.Caller.Segment {
			return notFirst, nil
		}
	}
	switch err := g.joins(c.Face.Template, faces, c.Policy.Tiers[engine.RiskLow]); {
	case errors.Is(err, ErrFull):
		return notMore, nil
	case err != nil:
		return notTheSame, nil //nolint:nilerr // the reason says it, and it is no failure
	}
	return "", nil
}

// admit enrols the face of a case as a wish; why says what enrolled it by the
// way, for the journal.
func (g *Gallery) admit(tx *storage.Tx, c engine.Case, w wish, why map[string]any) (engine.EnrolmentID, string, error) {
	if refusal, err := g.Refusal(tx, c); refusal != "" || err != nil {
		return "", refusal, err
	}
	subject := g.subject(c.Caller.Org, c.Reference)
	w.Caller, w.Customer = c.Caller, c.Reference
	e, err := g.entry(w, probe{Face: c.Face, Capture: c.Capture})
	if err != nil {
		return "", "", err
	}
	if err := g.table.Put(tx, subject, place(subject, e.ID), e); err != nil {
		return "", "", err
	}
	_, err = g.log(tx, subject, e, entered{Policy: c.Policy.Version, Why: why})
	return e.ID, "", err
}

// Pictures are the digests of the pictures that a customer is enrolled by in a
// base; none when the customer is not.
func (g *Gallery) Pictures(r storage.Reader, base engine.Base, customer engine.CustomerID) ([]engine.Digest, error) {
	faces, err := g.faces(r, g.subject(base.Org, customer))
	var list []engine.Digest
	for _, e := range faces {
		if e.Segment == base.Segment {
			var d engine.Digest
			copy(d[:], e.Picture)
			list = append(list, d)
		}
	}
	return list, err
}

// CustomerOf is whose enrolment a candidate is; empty when it has been erased
// or removed since.
func (g *Gallery) CustomerOf(r storage.Reader, c engine.Candidate) (engine.CustomerID, error) {
	e, err := g.table.Get(r, place(storage.Subject(c.Person), c.Enrolment))
	switch {
	case isErased(err), errors.Is(err, storage.ErrNotFound):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("read a candidate: %w", err)
	}
	return e.Customer, nil
}

// Enrolled is the template of one enrolment of a person; empty when it has been
// erased or removed.
func (g *Gallery) Enrolled(r storage.Reader, p engine.Person, id engine.EnrolmentID) (engine.Template, error) {
	e, err := g.table.Get(r, place(storage.Subject(p), id))
	switch {
	case isErased(err), errors.Is(err, storage.ErrNotFound):
		return engine.Template{}, nil
	case err != nil:
		return engine.Template{}, fmt.Errorf("read an enrolment: %w", err)
	}
	return e.template(), nil
}

func isErased(err error) bool { return errors.Is(err, storage.ErrErased) }
