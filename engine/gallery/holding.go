package gallery

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"iter"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// holding is what is kept of people: their enrolments, and with them the index.
func (g *Gallery) holding() room.Holding {
	return room.Holding{
		Name: "faces", Kind: engine.DataTemplates, Due: g.dueFaces, Find: g.find, Remove: g.removeOld,
		Erase: g.eraseAll, After: func(ctx context.Context) error { return g.index.erased(ctx) }, Tell: g.tell,
	}
}

// dueFaces passes the enrolments of orgs that keep them for so many days only.
// Nothing orders them by time: where no org has a limit, none is read.
func (g *Gallery) dueFaces(r storage.Reader, orgs []engine.OrgID, ages engine.Ages) iter.Seq2[engine.Kept, error] {
	return func(yield func(engine.Kept, error) bool) {
		limited := false
		for _, org := range orgs {
			limited = limited || !ages(engine.DataTemplates, org).IsZero()
		}
		if !limited {
			return
		}
		for row, err := range g.table.Scan(r, storage.Range{}) {
			if isErased(err) {
				continue // it goes with the erasure
			}
			if err != nil {
				yield(engine.Kept{}, fmt.Errorf("look for old enrolments: %w", err))
				return
			}
			if e := row.Value; e.Created.Before(ages(engine.DataTemplates, e.Org)) && !yield(e.kept(row.Key), nil) {
				return
			}
		}
	}
}

func (e enrolment) kept(at storage.Key) engine.Kept {
	return engine.Kept{Kind: engine.DataTemplates, Org: e.Org, Customer: e.Customer, ID: string(e.ID), At: e.Created, Place: at}
}

// find is an enrolment of an org. Nothing says whose it is but the enrolments
// themselves: all are read.
func (g *Gallery) find(r storage.Reader, org engine.OrgID, id string) (engine.Kept, error) {
	for row, err := range g.table.Scan(r, storage.Range{}) {
		if isErased(err) {
			continue
		}
		if err != nil {
			return engine.Kept{}, fmt.Errorf("look for an enrolment: %w", err)
		}
		if row.Value.Org == org && string(row.Value.ID) == id {
			return row.Value.kept(row.Key), nil
		}
	}
	return engine.Kept{}, storage.ErrNotFound
}

// removeOld removes an enrolment whose days are over. When it was the last, and
// no capture is left either, the key that sealed it goes, too.
func (g *Gallery) removeOld(tx *storage.Tx, k engine.Kept) error {
	e, err := g.table.Get(tx, k.Place)
	if errors.Is(err, storage.ErrNotFound) || isErased(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read an old enrolment: %w", err)
	}
	subject := subjectOf(k.Place)
	if err := g.table.Delete(tx, k.Place); err != nil {
		return err
	}
	left, err := g.faces(tx, subject)
	if err != nil {
		return err
	}
	last := len(left) == 0
	if last {
		captures, err := g.Captures.Of(tx, e.Org, e.Customer)
		if err != nil {
			return err
		}
		if last = captures == 0; last {
			if err := tx.Forget(subject); err != nil {
				return err
			}
		}
	}
	index, err := tx.Log(storage.Entry{
		Kind: "face.removed", Org: string(e.Org), Actor: "system", Public: map[string]any{"enrolment": e.ID, "last": last},
	})
	if err != nil {
		return err
	}
	return g.changed(tx, subject, index, []engine.EnrolmentID{e.ID})
}

// eraseAll takes a customer out of the gallery in the transaction of an erasure,
// which forgets the key.
func (g *Gallery) eraseAll(tx *storage.Tx, p room.Erased) (int, error) {
	faces, err := g.faces(tx, p.Faces)
	if err != nil {
		return 0, err
	}
	if err := g.removeAll(tx, p.Faces, faces); err != nil {
		return 0, err
	}
	return len(faces), g.changed(tx, p.Faces, p.Entry, ids(faces))
}

// told is an enrolment as subject access has it.
type told struct {
	enrolmentView
	Picture  string          `json:"pictureSha256"`
	Measures engine.Measures `json:"measures"`
	Template string          `json:"template"`
	Encoding string          `json:"templateEncoding"`
}

func (g *Gallery) tell(r storage.Reader, org engine.OrgID, customer engine.CustomerID) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		faces, err := g.faces(r, g.subject(org, customer))
		if err != nil {
			yield(nil, err)
			return
		}
		for _, e := range faces {
			one := told{e.view(), fmt.Sprintf("%x", e.Picture), e.Measures, base64.StdEncoding.EncodeToString(e.Vector), "base64 of float32, little endian"}
			if !yield(one, nil) {
				return
			}
		}
	}
}
