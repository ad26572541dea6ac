package storage

import (
	"sync/atomic"

	badger "github.com/dgraph-io/badger/v4"
)

// shared is one Badger snapshot for all readers between two batches. Making
// one while a batch is on its way would wait for the disk (Badger lets a new
// transaction see everything that has begun to commit), so readers take the
// one that was made when the last batch had landed.
type shared struct {
	txn  *badger.Txn
	uses atomic.Int64
}

// publish replaces the snapshot. No batch may be on its way.
func (s *Store) publish() {
	fresh := &shared{txn: s.db.NewTransaction(false)}
	fresh.uses.Store(1)
	s.mu.Lock()
	old := s.current
	s.current = fresh
	s.mu.Unlock()
	old.release()
}

// unpublish leaves nothing to read, before the database is closed.
func (s *Store) unpublish() {
	s.mu.Lock()
	old := s.current
	s.current = nil
	s.mu.Unlock()
	old.release()
}

// acquire takes the newest snapshot, to be released by the one who took it. It
// is nil when the database did not open again.
func (s *Store) acquire() *shared {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != nil {
		s.current.uses.Add(1)
	}
	return s.current
}

func (s *shared) release() {
	if s != nil && s.uses.Add(-1) == 0 {
		s.txn.Discard()
	}
}
