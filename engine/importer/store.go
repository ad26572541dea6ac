package importer

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// The room's records, sealed with the key of the import that they belong to.
//
//	jobs: pseudonym of the org, import id      -> job
//	rows: pseudonym of the org, import id, row -> result
const (
	jobsPrefix = 'b'
	rowsPrefix = 'B'
)

func (m *Importer) org(org engine.OrgID) storage.Subject {
	return m.Store.Pseudonym("imports", string(org))
}

// subject is whose key seals an import's records.
func (m *Importer) subject(j job) storage.Subject {
	if j.Seals > 0 {
		return m.Store.Pseudonym("import", string(j.Org), string(j.ID), strconv.Itoa(j.Seals))
	}
	return m.Store.Pseudonym("import", string(j.Org), string(j.ID))
}

func (m *Importer) jobAt(j job) storage.Key { return storage.Path(m.org(j.Org), storage.Text(j.ID)) }

func (m *Importer) rowAt(j job, row uint64) storage.Key {
	return storage.Path(m.org(j.Org), storage.Text(j.ID), storage.U64(row))
}

// write puts how far an import is, and a journal entry, into a transaction.
func (m *Importer) write(tx *storage.Tx, j job, kind string, public map[string]any) error {
	if err := m.jobs.Put(tx, m.subject(j), m.jobAt(j), j); err != nil {
		return err
	}
	public["import"] = j.ID
	_, err := tx.Log(storage.Entry{Kind: kind, Org: string(j.Org), Actor: string(j.Key), Public: public})
	return err
}

// kept is an import of an org.
func (m *Importer) kept(ctx context.Context, org engine.OrgID, id engine.ImportID) (j job, err error) {
	err = m.Store.View(ctx, func(v *storage.View) (err error) {
		j, err = m.jobs.Get(v, m.jobAt(job{Org: org, ID: id}))
		return err
	})
	switch {
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrErased):
		return job{}, ErrNoImport
	case err != nil:
		return job{}, fmt.Errorf("read an import: %w", err)
	}
	return j, nil
}

// results are the rows of an import so far.
func (m *Importer) results(r storage.Reader, j job) iter.Seq2[result, error] {
	return func(yield func(result, error) bool) {
		prefix := storage.Path(m.org(j.Org), storage.Text(j.ID))
		for row, err := range m.rows.Scan(r, storage.Range{Prefix: prefix}) {
			if err != nil {
				err = fmt.Errorf("read the rows of an import: %w", err)
			}
			if !yield(row.Value, err) {
				return
			}
		}
	}
}

// erasedAtOnce is how many rows of an import a transaction removes.
const erasedAtOnce = 512

// erase forgets the key of an import's records, and removes them.
func (m *Importer) erase(ctx context.Context, by engine.Caller, j job) error {
	_, err := m.Store.Commit(ctx, func(tx *storage.Tx) error {
		if err := m.jobs.Delete(tx, m.jobAt(j)); err != nil {
			return err
		}
		if err := m.forget(tx, j); err != nil {
			return err
		}
		_, err := tx.Log(storage.Entry{Kind: "import.erased", Org: string(j.Org), Actor: string(by.Key), Public: map[string]any{"import": j.ID, "rows": j.Rows}})
		return err
	})
	for from := uint64(1); err == nil && from <= j.Rows; from += erasedAtOnce {
		_, err = m.Store.Commit(ctx, func(tx *storage.Tx) error {
			for row := from; row < from+erasedAtOnce && row <= j.Rows; row++ {
				if err := m.rows.Delete(tx, m.rowAt(j, row)); err != nil {
					return err
				}
			}
			_, err := tx.Log(storage.Entry{Kind: "import.rows-removed", Org: string(j.Org), Actor: string(by.Key), Public: map[string]any{"import": j.ID, "from": from}})
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("erase an import: %w", err)
	}
	return nil
}

// forget forgets the key of an import's records, and the one before when it
// still seals some.
func (m *Importer) forget(tx *storage.Tx, j job) error {
	if j.Moving {
		before := j
		before.Seals--
		if err := tx.Forget(m.subject(before)); err != nil {
			return err
		}
	}
	return tx.Forget(m.subject(j))
}

// unfinished are the imports of every org that are not at their end, oldest
// first.
func (m *Importer) unfinished(ctx context.Context) ([]job, error) {
	var list []job
	err := m.Store.View(ctx, func(v *storage.View) error {
		for row, err := range m.jobs.Scan(v, storage.Range{}) {
			switch {
			case errors.Is(err, storage.ErrErased):
				continue
			case err != nil:
				return fmt.Errorf("read imports: %w", err)
			}
			if !row.Value.State.ended() {
				list = append(list, row.Value)
			}
		}
		return nil
	})
	return list, err
}

// of are the imports of an org that are kept, newest first.
func (m *Importer) of(ctx context.Context, org engine.OrgID) ([]job, error) {
	var list []job
	err := m.Store.View(ctx, func(v *storage.View) error {
		for row, err := range m.jobs.Scan(v, storage.Range{Prefix: storage.Path(m.org(org)), Reverse: true}) {
			if errors.Is(err, storage.ErrErased) {
				continue
			}
			if err != nil {
				return fmt.Errorf("read imports: %w", err)
			}
			if list = append(list, row.Value); len(list) == mostListed {
				return nil
			}
		}
		return nil
	})
	return list, err
}

// mostListed is how many imports a list has.
const mostListed = 200

func (m *Importer) now() time.Time { return m.Now().UTC().Truncate(time.Millisecond) }
