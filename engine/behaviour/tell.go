package behaviour

import (
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// holding is what is kept of people: the faces of late. The watchlist is not a
// customer's, and names nobody.
func (b *Behaviour) holding() room.Holding {
	return room.Holding{Name: "visits", WithFaces: true, Erase: b.erase, Tell: b.tell}
}

// told is a visit as subject access has it, without the template.
type told struct {
	At      time.Time `json:"at"`
	Until   time.Time `json:"keptUntil"`
	Device  bool      `json:"deviceKnown"` // by a pseudonym
	Picture string    `json:"pictureSha256"`
}

// tell passes a customer's visits, oldest first.
func (b *Behaviour) tell(r storage.Reader, org engine.OrgID, customer engine.CustomerID) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for row, err := range b.visits.Scan(r, storage.Range{Prefix: storage.Path(b.Faces(org, customer))}) {
			if errors.Is(err, storage.ErrErased) {
				continue
			}
			if err != nil {
				yield(nil, fmt.Errorf("list a customer's visits: %w", err))
				return
			}
			v := row.Value
			if !yield(told{v.At, v.until(), len(v.Device) > 0, hex.EncodeToString(v.Picture)}, nil) {
				return
			}
		}
	}
}
