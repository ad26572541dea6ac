package gallery

import (
	"fmt"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// changesPrefix owns the rows that say whose enrolments a journal entry has
// changed: journal index -> pseudonym of org and customer. The index reads that
// person's records again; rows outlive an erasure and hold nothing personal.
const changesPrefix = 'e'

// change is whose enrolments were changed.
type change struct {
	Person engine.Person `json:"person"`
}

// changed notes whose enrolments a journal entry has changed.
func (g *Gallery) changed(tx *storage.Tx, subject storage.Subject, entry uint64) error {
	return g.changes.Put(tx, storage.Subject{}, storage.Path(storage.U64(entry)), change{engine.Person(subject)})
}

// since lists whose enrolments were changed by entries from a number on, each
// once.
func (g *Gallery) since(r storage.Reader, entry uint64) ([]storage.Subject, error) {
	var list []storage.Subject
	known := map[storage.Subject]bool{}
	for row, err := range g.changes.Scan(r, storage.Range{From: storage.Path(storage.U64(entry))}) {
		if err != nil {
			return nil, fmt.Errorf("read changes of enrolments: %w", err)
		}
		if s := storage.Subject(row.Value.Person); !known[s] {
			known[s] = true
			list = append(list, s)
		}
	}
	return list, nil
}

// subjectOf is whose enrolment lies under a key of the table.
func subjectOf(key storage.Key) (s storage.Subject) {
	copy(s[:], key)
	return s
}

// mostBehind is how many people a transaction reads again. Beyond it the index
// must catch up first: the one committer may not be held up.
const mostBehind = 2048
