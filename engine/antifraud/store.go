package antifraud

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// The room's records, each of several kinds; the first byte of a key says which.
//
//	evaluations:  0, pseudonym of the org, pseudonym of lane and externalId  -> evaluation
//	              1, pseudonym of the org, time, the same pseudonym          -> its place in the list: nothing
//	known:        0, pseudonym of the org, version                           -> rules
//	              1, pseudonym of a session's token                          -> session
//	              2, pseudonym of whom it counts for, time, evaluation id    -> trace
//	              3, key of a customer's evidence, place in the list         -> keys of the traces that the evaluation left
//
// Evaluations are sealed with the key of the evidence about their customer. What
// is known is sealed with the store's, and holds pseudonyms, amounts and times.
const (
	evaluationsPrefix = 'Q'
	knownPrefix       = 'V'

	anEvaluation storage.U8 = 0
	inTheList    storage.U8 = 1

	aBook    storage.U8 = 0
	aSession storage.U8 = 1
	aTrace   storage.U8 = 2
	aHeap    storage.U8 = 3
)

const (
	remembered = 90 * 24 * time.Hour // how long traces count
	mostTraces = 500                 // of one kind that one evaluation reads: newest first
)

// evaluation is one evaluation as it was decided.
type evaluation struct {
	ID       engine.EvaluationID `json:"id"`
	Org      engine.OrgID        `json:"org"`
	Asked    request             `json:"asked"`
	Signals  seen                `json:"signals"`
	Finding  finding             `json:"finding"`
	Device   deviceState         `json:"device"`
	Version  uint64              `json:"version"` // of the rules
	Key      engine.KeyID        `json:"key"`
	Journal  uint64              `json:"journal"`
	Created  time.Time           `json:"created"`
	ModelVer string              `json:"model"`
}

// Format hides an evaluation from every verb: it names people and accounts.
func (evaluation) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(evaluation)") }

// kept is one record of what is known: one of its members.
type kept struct {
	Book    *version `json:"book,omitzero"`
	Session *session `json:"session,omitzero"`
	Trace   *trace   `json:"trace,omitzero"`
	// Traces are the keys of those that an evaluation left.
	Traces []storage.Key `json:"traces,omitempty"`
}

// version is the rules of an org in one version.
type version struct {
	Number uint64       `json:"number"`
	Book   book         `json:"book"`
	By     engine.KeyID `json:"by"`
	At     time.Time    `json:"at"`
	Note   string       `json:"note,omitzero"`
}

// trace is what one evaluation leaves for later ones to count.
type trace struct {
	Customer engine.Person `json:"customer"`
	Amount   int64         `json:"amount"`
	Currency string        `json:"currency"`
	Blocked  bool          `json:"blocked,omitzero"`
	At       time.Time     `json:"at"`
}

func (a *AntiFraud) org(org engine.OrgID) storage.Subject {
	return a.Store.Pseudonym("evaluations", string(org))
}

func (a *AntiFraud) external(org engine.OrgID, lane, id string) storage.Subject {
	return a.Store.Pseudonym("evaluation", string(org), lane, id)
}

func (a *AntiFraud) evaluationAt(org engine.OrgID, external storage.Subject) storage.Key {
	return storage.Path(anEvaluation, a.org(org), external)
}

func (a *AntiFraud) listAt(org engine.OrgID) storage.Key { return storage.Path(inTheList, a.org(org)) }

func (a *AntiFraud) booksAt(org engine.OrgID) storage.Key { return storage.Path(aBook, a.org(org)) }

func (a *AntiFraud) tracesAt(of storage.Subject) storage.Key { return storage.Path(aTrace, of) }

// earlier is what was answered to a request before; false when nothing was.
func (a *AntiFraud) earlier(r storage.Reader, org engine.OrgID, q request) (evaluation, bool, error) {
	e, err := a.evaluations.Get(r, a.evaluationAt(org, a.external(org, q.Lane, q.ExternalID)))
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return e, false, nil
	case errors.Is(err, storage.ErrErased):
		return e, false, ErrErased
	case err != nil:
		return e, false, fmt.Errorf("read evaluation: %w", err)
	case e.Asked != q:
		return e, false, ErrOtherRequest
	}
	return e, true, nil
}

// newest is the version of the rules that holds: the zero one, with the
// defaults, when nothing was ever set.
func (a *AntiFraud) newest(r storage.Reader, org engine.OrgID) (version, error) {
	for row, err := range a.known.Scan(r, storage.Range{Prefix: a.booksAt(org), Reverse: true}) {
		if err != nil {
			return version{}, fmt.Errorf("read rules: %w", err)
		}
		return *row.Value.Book, nil
	}
	return version{Book: defaults()}, nil
}

// traces are those of one whom something counts for, newest first, of 90 days.
func (a *AntiFraud) traces(r storage.Reader, of storage.Subject, now time.Time) ([]trace, error) {
	var list []trace
	for row, err := range a.known.Scan(r, storage.Range{Prefix: a.tracesAt(of), Reverse: true}) {
		if err != nil {
			return nil, fmt.Errorf("read traces: %w", err)
		}
		if now.Sub(row.Value.Trace.At) > remembered || len(list) == mostTraces {
			return list, nil
		}
		list = append(list, *row.Value.Trace)
	}
	return list, nil
}
