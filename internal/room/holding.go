package room

import (
	"context"
	"iter"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// Holding is something that a room keeps about people. Retention, erasure and
// subject access work with holdings, and know no room by name. Any function
// may be nil: there is nothing to do.
type Holding struct {
	Name string          // "captures": in certificates, previews and metrics
	Kind engine.DataKind // whose days it has
	// Due passes records that were made before what ages say, of the orgs (and
	// of others, where the room can tell), oldest first of each org. A record
	// that cannot be read any more comes without its customer.
	Due func(r storage.Reader, orgs []engine.OrgID, ages engine.Ages) iter.Seq2[engine.Kept, error]
	// Find is one record of an org by its id; storage.ErrNotFound.
	Find func(r storage.Reader, org engine.OrgID, id string) (engine.Kept, error)
	// Remove removes a record that Due has passed. One that is gone is no error.
	Remove func(tx *storage.Tx, k engine.Kept) error
	// Erase removes what is held about a customer, in the transaction that
	// forgets the keys, and says how much it was. It writes little: what may be
	// much is for Sweep.
	Erase func(tx *storage.Tx, e Erased) (int, error)
	// Sweep removes, after that transaction, some of the remains, which nobody
	// can read any more, and says how much; 0: nothing is left.
	Sweep func(ctx context.Context, e Erased) (int, error)
	// After brings what is derived from the records, such as an index, to where
	// the records are.
	After func(ctx context.Context) error
	// Tell passes everything that is held about a customer, ready for JSON.
	Tell func(r storage.Reader, org engine.OrgID, customer engine.CustomerID) iter.Seq2[any, error]
	// WithFaces says that it is sealed with the key of the faces: it is erased with
	// them also when only they are.
	WithFaces bool
	// Evidence says that it is what the law may ask to be kept when its
	// person is erased.
	Evidence bool
}

// Erased is a person who is being erased.
type Erased struct {
	Org engine.OrgID
	// Customer is empty when only remains are swept whose person's name has
	// been forgotten already.
	Customer engine.CustomerID
	Faces    storage.Subject // whose key seals the faces and captures
	Evidence storage.Subject // whose key seals the evidence
	Entry    uint64          // the journal entry that says so
}

// Holdings are those of the rooms, in their order.
func Holdings(rooms []Room) []Holding {
	var list []Holding
	for _, r := range rooms {
		list = append(list, r.Holdings...)
	}
	return list
}
