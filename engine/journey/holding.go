package journey

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// holdings are what is kept of people: the journeys. Open ones end with their
// person also when the law asks for the evidence to be kept.
func (j *Journeys) holdings() []room.Holding {
	return []room.Holding{
		{Name: "open-journeys", Erase: j.endAll},
		{
			Name: "journeys", Kind: engine.DataProcesses, Evidence: true, Due: j.ended, Find: j.find, Remove: j.remove,
			Erase: j.count, Sweep: j.sweepErased, Tell: j.tell,
		},
	}
}

// Where the journeys of a person are listed, by the key that seals them. The
// byte in front keeps it apart from every id.
func personOf(evidence storage.Subject) storage.Key { return storage.Path(storage.U8(0), evidence) }

func personAt(evidence storage.Subject, id engine.ProcessID) storage.Key {
	return append(personOf(evidence), storage.Path(storage.Text(id))...)
}

// textEnd is how many bytes end a text in a key.
const textEnd = 2

// idsOf are the journeys of a person.
func (j *Journeys) idsOf(r storage.Reader, evidence storage.Subject) iter.Seq2[engine.ProcessID, error] {
	prefix := personOf(evidence)
	return func(yield func(engine.ProcessID, error) bool) {
		for row, err := range j.table.Scan(r, storage.Range{Prefix: prefix}) {
			if err != nil || len(row.Key) < len(prefix)+textEnd {
				yield("", fmt.Errorf("list a person's journeys: %w", err))
				return
			}
			if !yield(engine.ProcessID(row.Key[len(prefix):len(row.Key)-textEnd]), nil) {
				return
			}
		}
	}
}

// endAll ends the journeys of a person that are open, and says how many.
func (j *Journeys) endAll(tx *storage.Tx, e room.Erased) (n int, err error) {
	for id, err := range j.idsOf(tx, e.Evidence) {
		if err != nil {
			return 0, err
		}
		r, err := j.table.Get(tx, at(id))
		switch {
		case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrErased), err == nil && r.State != created:
			continue
		case err != nil:
			return 0, fmt.Errorf("read journey: %w", err)
		case r.standing(tx.Now()).State == created:
			err = j.end(tx, &r, failed, broken)
		default:
			err = j.end(tx, &r, finished, expired)
		}
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// count is how many journeys of a person can be read.
func (j *Journeys) count(tx *storage.Tx, e room.Erased) (n int, err error) {
	for id, err := range j.idsOf(tx, e.Evidence) {
		if err == nil {
			_, err = j.table.Get(tx, at(id))
		}
		switch {
		case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrErased):
		case err != nil:
			return 0, fmt.Errorf("count a person's journeys: %w", err)
		default:
			n++
		}
	}
	return n, nil
}

// sweptAtOnce is how many journeys one transaction removes.
const sweptAtOnce = 50

// sweepErased removes some of what is left of the journeys of somebody who was
// erased. Those that were made since stay: another key seals them.
func (j *Journeys) sweepErased(ctx context.Context, e room.Erased) (n int, err error) {
	_, err = j.Store.Commit(ctx, func(tx *storage.Tx) error {
		n = 0
		for id, err := range j.idsOf(tx, e.Evidence) {
			if err != nil {
				return err
			}
			_, err = j.table.Get(tx, at(id))
			if err == nil {
				continue
			}
			if !errors.Is(err, storage.ErrErased) && !errors.Is(err, storage.ErrNotFound) {
				return fmt.Errorf("read journey: %w", err)
			}
			if err := j.drop(tx, id, e.Evidence); err != nil {
				return err
			}
			if n++; n == sweptAtOnce {
				break
			}
		}
		if n == 0 {
			return nil
		}
		_, err := tx.Log(storage.Entry{Kind: "journeys.removed", Org: string(e.Org), Actor: "system", Public: map[string]any{"journeys": n, "erased": e.Entry}})
		return err
	})
	return n, err
}

func (j *Journeys) drop(tx *storage.Tx, id engine.ProcessID, evidence storage.Subject) error {
	return errors.Join(j.forgetPicture(tx, id), j.table.Delete(tx, at(id)), j.table.Delete(tx, personAt(evidence, id)))
}

func (j *Journeys) remove(tx *storage.Tx, k engine.Kept) error {
	return j.drop(tx, engine.ProcessID(k.ID), j.Subject(k.Org, k.Customer))
}

// ended passes the journeys that ended before their org's age. Ids are in the
// order in which they were made, and nothing ends before it was made. What is left
// of erased people is removed with them.
func (j *Journeys) ended(r storage.Reader, orgs []engine.OrgID, ages engine.Ages) iter.Seq2[engine.Kept, error] {
	return func(yield func(engine.Kept, error) bool) {
		var latest time.Time
		for _, org := range orgs {
			if age := ages(engine.DataProcesses, org); age.After(latest) {
				latest = age
			}
		}
		for row, err := range j.table.Scan(r, storage.Range{From: storage.Path(storage.U8(1))}) {
			if errors.Is(err, storage.ErrErased) {
				continue
			}
			if err != nil {
				yield(engine.Kept{}, fmt.Errorf("read journeys: %w", err))
				return
			}
			k := keptOf(row.Value)
			if made, ok := row.Value.ID.Made(); ok && !made.Before(latest) {
				return
			}
			if row.Value.State != created && k.At.Before(ages(engine.DataProcesses, k.Org)) && !yield(k, nil) {
				return
			}
		}
	}
}

func keptOf(r record) engine.Kept {
	return engine.Kept{Kind: engine.DataProcesses, Org: r.Org, Customer: r.Customer, ID: string(r.ID), At: r.Finished, Place: at(r.ID)}
}

// find is a journey of an org.
func (j *Journeys) find(r storage.Reader, org engine.OrgID, id string) (engine.Kept, error) {
	k, err := j.table.Get(r, at(engine.ProcessID(id)))
	if err == nil && (k.Org != org || k.ID != engine.ProcessID(id)) {
		err = storage.ErrNotFound
	}
	return keptOf(k), err
}
