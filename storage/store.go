package storage

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"sync"
	"sync/atomic"
	"time"

	badger "github.com/dgraph-io/badger/v4"
)

// Store is an open data directory.
type Store struct {
	cfg     Config
	secrets *secrets
	lock    *dirLock
	db      *badger.DB
	ring    *keyRing
	seals   *sealer
	disk    *disk
	checked Report // what was verified when the store was opened

	// Of the committer goroutine alone.
	edge       frontier          // of all batches sent
	flight     *batch            // the last batch sent; nil at first
	subjects   map[Subject]keyID // data keys of subjects written lately
	naming     hash.Hash         // HMAC that names records in leaves
	maxBatch   int64             // bytes in one transaction
	maxEntries int64
	clock      clock
	balked     time.Time // when readers last kept the database from being exchanged

	jobs          chan *job
	riderNudge    chan struct{}
	quit          chan struct{} // closed when Close begins
	stop          chan struct{} // closed when nobody commits any more
	committerDone chan struct{}

	mu        sync.Mutex
	head      head    // of the newest durable batch
	current   *shared // what readers see
	settled   seal    // a seal that every view from now on reaches
	size      uint64
	wake      chan struct{} // closed when the journal has grown
	tables    map[byte]string
	riders    map[string]uint64 // followers' positions not on the disk yet
	following map[string]bool
	failed    error
	figures   figures
	schema    schema
	closing   bool
	users     sync.WaitGroup // views and calls under way
	work      sync.WaitGroup // background work

	readers readers
	resting atomic.Bool // the database is open for reading only

	rolls rolls
	// step is called at named points by tests that kill the process there.
	step func(point string)
}

// begin counts a user in, so that Close waits for it.
func (s *Store) begin() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return Closed
	}
	s.users.Add(1)
	return nil
}

func (s *Store) end() { s.users.Done() }

// View runs fn on a consistent snapshot of what is committed. The snapshot
// costs old versions of records for as long as it lives: keep it short.
func (s *Store) View(ctx context.Context, fn func(*View) error) error {
	if err := s.begin(); err != nil {
		return err
	}
	defer s.end()
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.readers.enter(ctx); err != nil {
		return err
	}
	defer s.readers.leave()
	// The count of erasures is read first: a key that is forgotten in between
	// is then not taken into the ring.
	keys := &unlocked{asOf: s.ring.erased()}
	current := s.acquire()
	if current == nil {
		return Failed
	}
	defer current.release()
	snap := &snapshot{store: s, txn: current.txn, keys: keys}
	defer func() { snap.ended = true }()
	return fn(&View{snap})
}

// writable says why nothing may be written, or nil.
func (s *Store) writable() error {
	if s.hasFailed() {
		return Failed
	}
	return s.disk.gate()
}

func (s *Store) hasFailed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed != nil
}

// fail stops all writing until the store is opened again: after an error of
// the disk nobody knows what is on it.
func (s *Store) fail(err error) {
	s.mu.Lock()
	first := s.failed == nil
	if first {
		s.failed = err
	}
	s.mu.Unlock()
	if first {
		s.cfg.Log.Error("the store stopped writing", "err", err)
	}
}

// Close waits for views, commits and background work, and brings everything
// to the disk. Calls after it get storage/closed.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return nil
	}
	s.closing = true
	close(s.quit)
	s.mu.Unlock()
	s.work.Wait()
	s.users.Wait()
	close(s.stop)
	<-s.committerDone
	return s.closeParts()
}

// closeParts closes what open opened, in reverse, also when it got half-way.
func (s *Store) closeParts() error {
	var errs []error
	if s.seals != nil {
		errs = append(errs, s.seals.close())
	}
	if s.db != nil {
		errs = append(errs, s.closeBadger())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.release())
	}
	return errors.Join(errs...)
}

// closeBadger closes the database, which writes its buffers out unless it
// rests. Without room for them Badger would die of SIGBUS, so it is left as it
// is: everything is in its synced write-ahead log, and the next Open takes it
// from there.
func (s *Store) closeBadger() error {
	s.unpublish()
	if !s.resting.Load() {
		if err := s.disk.makeRoom(s.cfg.closingNeeds()); err != nil {
			return fmt.Errorf("the buffers stay in the write-ahead log, nothing is lost: %w", err)
		}
	}
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("close badger: %w", withoutKeys(err))
	}
	return nil
}

// Head is the newest signed head of the journal.
type Head struct {
	Size uint64
	Root [32]byte
	At   time.Time // when it was sealed; zero before the first commit since Open
}

// Head is the newest signed head of the journal.
func (s *Store) Head() Head {
	last, at, _ := s.seals.lastSeal()
	return Head{Size: last.size, Root: last.root, At: at}
}
