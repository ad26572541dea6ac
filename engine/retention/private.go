package retention

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// privateParts are the private parts of journal entries: names, numbers and
// scores that entries commit to. They go with what the entry is about.
func (r *Retention) privateParts() room.Holding {
	return room.Holding{Name: "journal", Due: r.duePrivate, Remove: func(tx *storage.Tx, k engine.Kept) error {
		return tx.Shut(binary.BigEndian.Uint64(k.Place))
	}}
}

// kindOf is the kind whose days the private part of an entry has; false for
// those that stay as long as their person is known.
func kindOf(entry string) (engine.DataKind, bool) {
	switch entry { // these two are decisions, of the family of what they look at
	case "face.matched", "face.liveness-checked":
		return engine.DataAttempts, true
	}
	family, _, _ := strings.Cut(entry, ".")
	kind, ok := map[string]engine.DataKind{
		"stepup": engine.DataAttempts, "fraud": engine.DataAttempts, "process": engine.DataProcesses, "journey": engine.DataProcesses,
		"capture": engine.DataCaptures, "challenge": engine.DataCaptures, "face": engine.DataTemplates, "document": engine.DataDocuments,
	}[family]
	return kind, ok
}

// recordOf is the record that an entry is about, by whose id a hold may keep its
// private part; the entry's own place when it names none.
func recordOf(leaf storage.Leaf, kind engine.DataKind) string {
	var public struct {
		Attempt    string `json:"attempt"`
		Evaluation string `json:"evaluation"`
		Process    string `json:"process"`
		Journey    string `json:"journey"`
		Capture    string `json:"capture"`
		Enrolment  string `json:"enrolment"`
	}
	named := ""
	if len(leaf.Public) > 0 && json.Unmarshal(leaf.Public, &public) == nil {
		named = map[engine.DataKind]string{
			engine.DataAttempts: public.Attempt + public.Evaluation, engine.DataProcesses: cmp.Or(public.Journey, public.Process),
			engine.DataCaptures: public.Capture, engine.DataTemplates: public.Enrolment,
		}[kind]
	}
	return cmp.Or(named, fmt.Sprint(leaf.Index))
}

// privateAtOnce is how many entries are read together.
const privateAtOnce = 256

func (r *Retention) duePrivate(from storage.Reader, _ []engine.OrgID, ages engine.Ages) iter.Seq2[engine.Kept, error] {
	return func(yield func(engine.Kept, error) bool) {
		for at, more := uint64(0), true; more; {
			open, next, err := storage.Private(from, at, privateAtOnce)
			if err != nil {
				yield(engine.Kept{}, err)
				return
			}
			for _, index := range open {
				k, due, err := privateAt(from, index, ages)
				if (due || err != nil) && !yield(k, err) {
					return
				}
			}
			at, more = next, next > 0
		}
	}
}

// privateAt is the private part of an entry, and whether it is due.
func privateAt(from storage.Reader, index uint64, ages engine.Ages) (k engine.Kept, due bool, err error) {
	leaves, err := storage.LeavesOf(from, index, 1)
	if err != nil || len(leaves) == 0 {
		return k, false, err
	}
	kind, ok := kindOf(leaves[0].Kind)
	if !ok {
		return k, false, nil
	}
	k = engine.Kept{
		Kind: kind, Org: engine.OrgID(leaves[0].Org), ID: recordOf(leaves[0], kind), At: leaves[0].Time,
		Place: binary.BigEndian.AppendUint64(nil, index),
	}
	if !k.At.Before(ages(kind, k.Org)) {
		return k, false, nil
	}
	opened, err := storage.DiscloseOf(from, leaves[0])
	if errors.Is(err, storage.ErrErased) {
		return k, false, nil
	}
	if err != nil {
		return k, false, err
	}
	for _, name := range []string{"customer", "reference"} {
		if k.Customer == "" {
			k.Customer = engine.CustomerID(opened[name].Value)
		}
	}
	return k, true, nil
}

// tonight is when the next run takes place, if nothing keeps it.
func tonight(now, reached time.Time) time.Time {
	if at := reached.Add(runEvery); at.After(now) {
		return at
	}
	return now
}
