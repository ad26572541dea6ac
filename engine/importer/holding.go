package importer

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// holding is what is kept of people: the rows of imports.
func (m *Importer) holding() room.Holding {
	return room.Holding{Name: "imports", Kind: engine.DataImports, Due: m.due, Remove: m.removeOld, Sweep: m.without, Tell: m.tell}
}

// all passes the imports of an org, oldest first.
func (m *Importer) all(r storage.Reader, org engine.OrgID) iter.Seq2[job, error] {
	return func(yield func(job, error) bool) {
		for row, err := range m.jobs.Scan(r, storage.Range{Prefix: storage.Path(m.org(org))}) {
			if errors.Is(err, storage.ErrErased) {
				continue
			}
			if err != nil {
				err = fmt.Errorf("read imports: %w", err)
			}
			if !yield(row.Value, err) || err != nil {
				return
			}
		}
	}
}

// due passes the rows of imports that ended long ago, and an import itself when
// it has none any more: a row that is held keeps its import.
func (m *Importer) due(r storage.Reader, orgs []engine.OrgID, ages engine.Ages) iter.Seq2[engine.Kept, error] {
	return func(yield func(engine.Kept, error) bool) {
		for _, org := range orgs {
			age := ages(engine.DataImports, org)
			for j, err := range m.all(r, org) {
				if err != nil {
					yield(engine.Kept{}, err)
					return
				}
				if !j.State.ended() || !j.Ended.Before(age) {
					continue
				}
				k, rows := engine.Kept{Kind: engine.DataImports, Org: org, ID: string(j.ID), At: j.Ended}, 0
				for row, err := range m.rows.Scan(r, storage.Range{Prefix: m.jobAt(j)}) {
					if err != nil && !errors.Is(err, storage.ErrErased) {
						yield(engine.Kept{}, fmt.Errorf("read the rows of an import: %w", err))
						return
					}
					one := k
					one.Customer, one.Place = row.Value.Reference, row.Key
					if rows++; !yield(one, nil) {
						return
					}
				}
				if k.Place = m.jobAt(j); rows == 0 && !yield(k, nil) {
					return
				}
			}
		}
	}
}

// removeOld removes a row, or the import when it is due itself, with its key.
func (m *Importer) removeOld(tx *storage.Tx, k engine.Kept) error {
	at := m.jobAt(job{Org: k.Org, ID: engine.ImportID(k.ID)})
	if len(k.Place) > len(at) {
		return m.rows.Delete(tx, k.Place)
	}
	j, err := m.jobs.Get(tx, at)
	if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrErased) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read an old import: %w", err)
	}
	if err := m.jobs.Delete(tx, at); err != nil {
		return err
	}
	return m.forget(tx, j)
}

// without takes a customer's rows out of one import, and says how many rows it
// wrote anew: all of the import's, because what they were sealed with must be
// forgotten. While an import of the org is under way it is importer/under-way: the
// customer may still be in its source.
func (m *Importer) without(ctx context.Context, p room.Erased) (int, error) {
	if p.Customer == "" {
		return 0, nil
	}
	for _, l := range m.alive(p.Org, true) {
		if !l.view().State.ended() {
			return 0, ErrUnderWay
		}
	}
	m.forgetDryOf(p.Org)
	j, found, err := m.naming(ctx, p.Org, p.Customer)
	if err != nil || !found {
		return 0, err
	}
	return m.sealAnew(ctx, j, p)
}

// forgetDryOf forgets dry runs of an org: their reports, which are only in
// memory, may name anybody.
func (m *Importer) forgetDryOf(org engine.OrgID) {
	for _, l := range m.alive(org, true) {
		m.mu.Lock()
		delete(m.lives, l.view().ID)
		m.mu.Unlock()
	}
}

// naming is an import of an org that names a customer, or that was being sealed
// anew when the daemon ended; importer/under-way when one is not at its end.
func (m *Importer) naming(ctx context.Context, org engine.OrgID, customer engine.CustomerID) (found job, yes bool, err error) {
	err = m.Store.View(ctx, func(v *storage.View) error {
		for j, err := range m.all(v, org) {
			if err != nil {
				return err
			}
			if !j.State.ended() {
				return ErrUnderWay
			}
			if found, yes = j, j.Moving; yes {
				return nil
			}
			for r, err := range m.results(v, j) {
				if err != nil && !errors.Is(err, storage.ErrErased) {
					return err
				}
				if yes = r.Reference == customer; yes {
					return nil
				}
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
			}
		}
		return nil
	})
	return found, yes, err
}

// sealAnew writes an import again under another key, without what names a
// customer, and forgets the key before. Cut short, it is done again from the
// beginning: rows that have moved move once more.
func (m *Importer) sealAnew(ctx context.Context, j job, p room.Erased) (int, error) {
	log := func(tx *storage.Tx, step string) error {
		_, err := tx.Log(storage.Entry{Kind: "import.sealed-anew", Org: string(j.Org), Actor: "system", Public: map[string]any{
			"import": j.ID, "step": step, "erased": p.Entry,
		}})
		return err
	}
	if !j.Moving {
		j.Moving, j.Seals = true, j.Seals+1
		_, err := m.Store.Commit(ctx, func(tx *storage.Tx) error {
			return errors.Join(m.jobs.Put(tx, m.subject(j), m.jobAt(j), j), log(tx, "begun"))
		})
		if err != nil {
			return 0, fmt.Errorf("seal an import anew: %w", err)
		}
	}
	for from := uint64(1); from <= j.Rows; from += erasedAtOnce {
		_, err := m.Store.Commit(ctx, func(tx *storage.Tx) error {
			for row := from; row < from+erasedAtOnce && row <= j.Rows; row++ {
				if err := m.moveRow(tx, j, row, p.Customer); err != nil {
					return err
				}
			}
			return log(tx, "rows")
		})
		if err != nil {
			return 0, fmt.Errorf("seal an import anew: %w", err)
		}
	}
	_, err := m.Store.Commit(ctx, func(tx *storage.Tx) error {
		before := j
		before.Seals--
		j.Moving = false
		return errors.Join(m.jobs.Put(tx, m.subject(j), m.jobAt(j), j), tx.Forget(m.subject(before)), log(tx, "done"))
	})
	if err != nil {
		return 0, fmt.Errorf("seal an import anew: %w", err)
	}
	return int(j.Rows), nil
}

// moveRow seals one row anew, and leaves of a customer's nothing but how it ended.
func (m *Importer) moveRow(tx *storage.Tx, j job, n uint64, customer engine.CustomerID) error {
	r, err := m.rows.Get(tx, m.rowAt(j, n))
	if errors.Is(err, storage.ErrNotFound) {
		return nil // its days were over
	}
	if err != nil {
		return fmt.Errorf("read a row of an import: %w", err)
	}
	if r.Reference == customer {
		r = result{Row: r.Row, Outcome: r.Outcome, Reason: r.Reason, Erased: true}
	}
	return m.rows.Put(tx, m.subject(j), m.rowAt(j, n), r)
}

// tell passes a customer's rows of imports.
func (m *Importer) tell(r storage.Reader, org engine.OrgID, customer engine.CustomerID) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for j, err := range m.all(r, org) {
			if err != nil {
				yield(nil, err)
				return
			}
			for row, err := range m.results(r, j) {
				if err != nil || row.Reference == customer {
					told := map[string]any{"import": j.ID, "row": row.Row, "name": row.Name, "born": row.Born, "file": row.File, "outcome": row.Outcome}
					if !yield(told, err) {
						return
					}
				}
			}
		}
	}
}
