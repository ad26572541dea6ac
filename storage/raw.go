package storage

import (
	"fmt"

	badger "github.com/dgraph-io/badger/v4"
)

// Raw is the database as a Store opens it, with nothing around: no journal, no
// sealing, no witness, no room kept free. It is what a bench compares a Store
// with, and nobody's records.
type Raw struct{ db *badger.DB }

// OpenRaw opens one in a folder of its own.
func OpenRaw(c Config) (*Raw, error) {
	c, err := c.filled()
	if err != nil {
		return nil, err
	}
	sec, err := deriveSecrets(c.Root)
	if err != nil {
		return nil, err
	}
	db, err := openBadger(c, sec, false)
	if err != nil {
		return nil, err
	}
	return &Raw{db}, nil
}

// RawWrite is a key and its value.
type RawWrite struct{ Key, Value []byte }

// Commit makes writes durable in one synced transaction.
func (r *Raw) Commit(writes []RawWrite) error {
	txn := r.db.NewTransaction(true)
	defer txn.Discard()
	for _, w := range writes {
		if err := txn.Set(w.Key, w.Value); err != nil {
			return fmt.Errorf("write to badger: %w", withoutKeys(err))
		}
	}
	if err := txn.Commit(); err != nil {
		return fmt.Errorf("commit to badger: %w", withoutKeys(err))
	}
	return nil
}

// Close closes it.
func (r *Raw) Close() error {
	if err := r.db.Close(); err != nil {
		return fmt.Errorf("close badger: %w", withoutKeys(err))
	}
	return nil
}
