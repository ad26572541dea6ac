package storage

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// While the gate is closed the store rests: its database is open for reading
// only, because a Badger that may write flushes and compacts when it likes,
// through memory maps, and dies of SIGBUS where a page finds no block. Reading
// needs no room at all. A store that finds the gate closed when it is opened
// rests from the beginning; one that is at work goes to rest before the first
// write is refused. With the room it is opened to write again. Rooms notice
// only that readers wait for a moment.
const (
	// lookAfter is how often the committer looks at the disk when nobody writes.
	lookAfter = time.Second
	// restPatience is how long new readers are kept waiting for those who are
	// still at the old database. One of them may be waiting for a slow caller.
	restPatience = 200 * time.Millisecond
	// restAgain is when it is tried again.
	restAgain = 5 * time.Second
)

// atWork opens the database for what the disk has room for, and says why
// nothing may be written, or nil. Of the committer goroutine alone.
func (s *Store) atWork() error {
	err := s.writable()
	switch {
	case errors.Is(err, Full) && !s.resting.Load() && s.disk.has(s.cfg.restingNeeds()):
		s.exchange(true)
	case err == nil && s.resting.Load():
		if !s.exchange(false) {
			return Full
		}
		return s.writable()
	}
	return err
}

// exchange closes the database and opens it to rest, or to write. When readers
// do not end it changes nothing and answers false.
func (s *Store) exchange(rest bool) bool {
	if time.Since(s.balked) < restAgain {
		return false
	}
	s.flight.land()
	if !s.readers.keepOut(restPatience) {
		s.balked = time.Now()
		return false
	}
	defer s.readers.letIn()
	s.unpublish()
	closing := s.db.Close()
	s.db = nil
	if closing != nil {
		closing, rest = fmt.Errorf("close badger: %w", withoutKeys(closing)), true
	}
	if err := errors.Join(closing, s.openAgain(rest)); err != nil {
		s.fail(err)
	}
	s.seals.renamed()
	if rest {
		s.disk.rests()
	}
	return true
}

// openAgain opens the database that was just closed. It must hold what it
// held, or nobody gets to read it.
func (s *Store) openAgain(rest bool) error {
	files, err := listDB(s.cfg.path("db"))
	if err != nil {
		return err
	}
	if err := files.complete(s.settledSeal()); err != nil {
		return err
	}
	if rest {
		if err := s.trim(files); err != nil {
			return err
		}
	}
	if s.db, err = openBadger(s.cfg, s.secrets, rest); err != nil {
		return err
	}
	s.resting.Store(rest)
	txn := s.db.NewTransaction(false)
	defer txn.Discard()
	h, err := (&snapshot{store: s, txn: txn}).head()
	if err != nil {
		return err
	}
	if h != s.head {
		return damaged("The database opened with other entries than it was closed with")
	}
	s.publish()
	return nil
}

// trim cuts the logs of a closed database.
func (s *Store) trim(files dbFiles) error {
	keys, err := openRegistry(s.cfg.path("db"), s.secrets)
	if err != nil {
		return err
	}
	for _, name := range files.mems {
		log, err := scanMem(s.cfg.path("db", name), keys)
		if err != nil {
			return err
		}
		if err := log.trim(s.cfg.path("db", name)); err != nil {
			return err
		}
	}
	return nil
}

// trim cuts a log behind its last whole transaction, or removes it when it
// holds none. Badger does the same when it opens a log to write, and wants it
// done when it may only read. No room is needed for it.
func (m memLog) trim(path string) (err error) {
	switch {
	case m.foreign || m.size == m.end && m.end > memHeader:
	case m.end <= memHeader:
		err = os.Remove(path)
	default:
		err = os.Truncate(path, m.end)
	}
	if err != nil {
		return fmt.Errorf("cut a write-ahead log to its end: %w", err)
	}
	return nil
}
