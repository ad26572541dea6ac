package retention

import (
	"iter"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// dueRecord is a record that is due, and whether a hold keeps it.
type dueRecord struct {
	engine.Kept
	held bool
}

// due passes what is due of a holding as of a moment. The preview and the work
// walk the same way.
func (r *Retention) due(from storage.Reader, h room.Holding, asOf time.Time) iter.Seq2[dueRecord, error] {
	return func(yield func(dueRecord, error) bool) {
		orgs, err := r.orgs(from)
		if err != nil {
			yield(dueRecord{}, err)
			return
		}
		ages := r.ages(from, asOf, &err)
		for k, wrong := range h.Due(from, orgs, ages) {
			if wrong == nil {
				wrong = err // a policy that could not be read
			}
			one := dueRecord{Kept: k}
			if wrong == nil {
				one.held, wrong = r.held(from, k)
			}
			if !yield(one, wrong) || wrong != nil {
				return
			}
		}
		if err != nil {
			yield(dueRecord{}, err)
		}
	}
}

// ages reads each org's policy once. What goes wrong is left in failed, and
// nothing is due then.
func (r *Retention) ages(from storage.Reader, asOf time.Time, failed *error) engine.Ages {
	known := map[engine.OrgID]engine.Retention{}
	return func(kind engine.DataKind, org engine.OrgID) time.Time {
		p, ok := known[org]
		if !ok && *failed == nil {
			p, *failed = r.Of(from, org)
			known[org] = p
		}
		if *failed != nil {
			return time.Time{}
		}
		return due(p, kind, asOf)
	}
}

// refused says whether an error is a refusal of a hold: any other is an error.
func refused(err error) (bool, error) {
	if f := fault.Of(err); f != nil && f.Kind == fault.Conflict {
		return true, nil
	}
	return false, err
}
