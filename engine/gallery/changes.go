package gallery

import (
	"fmt"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
	"github.com/rostod/rostod/storage/ann"
)

// changesPrefix owns the rows that say whose enrolments a journal entry has
// changed: journal index -> pseudonym of org and customer. The index reads that
// person's records again, and takes out what has gone from them; rows outlive an
// erasure and hold nothing personal.
const changesPrefix = 'e'

// change is whose enrolments were changed, and which of them went.
type change struct {
	Person engine.Person        `json:"person"`
	Gone   []engine.EnrolmentID `json:"gone,omitempty"`
}

// changed notes whose enrolments a journal entry has changed.
func (g *Gallery) changed(tx *storage.Tx, subject storage.Subject, entry uint64, gone []engine.EnrolmentID) error {
	return g.changes.Put(tx, storage.Subject{}, storage.Path(storage.U64(entry)), change{engine.Person(subject), gone})
}

// since lists whose enrolments were changed by entries from a number on, each
// once, and which enrolments went.
func (g *Gallery) since(r storage.Reader, entry uint64) (people []storage.Subject, gone []ann.ID, err error) {
	known := map[storage.Subject]bool{}
	for row, err := range g.changes.Scan(r, storage.Range{From: storage.Path(storage.U64(entry))}) {
		if err != nil {
			return nil, nil, fmt.Errorf("read changes of enrolments: %w", err)
		}
		if s := storage.Subject(row.Value.Person); !known[s] {
			known[s] = true
			people = append(people, s)
		}
		for _, id := range row.Value.Gone {
			gone = append(gone, rowID(id))
		}
	}
	return people, gone, nil
}

// subjectOf is whose enrolment lies under a key of the table.
func subjectOf(key storage.Key) (s storage.Subject) {
	copy(s[:], key)
	return s
}

// mostBehind is how many people a transaction reads again. Beyond it the index
// must catch up first: the one committer may not be held up.
const mostBehind = 2048
