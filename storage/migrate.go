package storage

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
)

// Migration brings the data of version Version-1 to Version, in steps that
// are each one transaction. After a crash it goes on with the first step that
// was not committed.
type Migration struct {
	Version uint32 // 1 for the first, then one more each
	Name    string // for the journal
	// Reads is the oldest version of the program's data format that can still
	// read the result; 0: only this one.
	Reads uint32
	// Step does a bounded piece of the work, beginning at the cursor that the
	// last step answered (nil at first), and answers the next cursor, or nil
	// when all is done. What it writes is journalled by the store.
	Step func(ctx context.Context, tx *Tx, cursor []byte) (next []byte, err error)
}

// schema is the version of the data. A program refuses data whose MinReader is
// above its own version.
type schema struct {
	Version   uint32 `json:"version"`
	MinReader uint32 `json:"minReader"`
	// Cursor is where the migration to Version+1 stands, when it has begun.
	Cursor []byte `json:"cursor,omitempty"`
}

func (m Migration) minReader() uint32 {
	if m.Reads == 0 {
		return m.Version
	}
	return m.Reads
}

// newSchema is the version of data that begins with the newest format.
func newSchema(all []Migration) schema {
	if len(all) == 0 {
		return schema{}
	}
	last := all[len(all)-1]
	return schema{Version: last.Version, MinReader: last.minReader()}
}

// MigrationTable is a table for use within a migration: it claims no prefix.
func MigrationTable[T any](prefix byte, name string) *Table[T] { return &Table[T]{prefix, name} }

func (s *snapshot) readSchema() (schema, error) {
	sealed, err := s.get(keySchema)
	if err != nil {
		return schema{}, err
	}
	plain, err := s.store.openMeta(keySchema, sealed)
	if err != nil {
		return schema{}, damaged("The record of the data's version was altered")
	}
	var v schema
	if err := json.Unmarshal(plain, &v); err != nil {
		return schema{}, damaged("The record of the data's version was altered")
	}
	return v, nil
}

func (tx *Tx) setSchema(v schema) error {
	plain, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write the data's version: %w", err)
	}
	sealed, err := tx.snap.store.sealMeta(keySchema, plain)
	if err != nil {
		return err
	}
	tx.own[string(keySchema)] = write{value: sealed}
	return nil
}

// migrate brings older data to the newest version.
func (s *Store) migrate(ctx context.Context) error {
	for _, m := range s.cfg.Migrations {
		for m.Version > s.schema.Version {
			now, err := s.migrationStep(ctx, m)
			if err != nil {
				return fmt.Errorf("migration %d (%s): %w", m.Version, m.Name, err)
			}
			s.schema = now
		}
	}
	return nil
}

// migrated is the public part of a migration step's journal entry.
type migrated struct {
	Done    bool   `json:"done"`
	Name    string `json:"name"`
	Version uint32 `json:"version"`
}

func (s *Store) migrationStep(ctx context.Context, m Migration) (schema, error) {
	now := s.schema
	_, err := s.commit(ctx, func(tx *Tx) error {
		cursor, err := m.Step(ctx, tx, now.Cursor)
		if err != nil {
			return tx.keep(err)
		}
		if cursor != nil && string(cursor) == string(now.Cursor) {
			return tx.keep(errors.New("the step answered the cursor that it began with"))
		}
		now.Cursor = cursor
		if cursor == nil {
			now.Version, now.MinReader = m.Version, m.minReader()
		}
		if _, err := tx.Log(Entry{Kind: "storage.migrated", Actor: "system", Public: migrated{
			Done: cursor == nil, Name: m.Name, Version: m.Version,
		}}); err != nil {
			return err
		}
		return tx.keep(tx.setSchema(now))
	}, false)
	return now, err
}
