package storage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// sealNames are the two files that take turns. One may be on its way to the
// disk while the other is written, so that no write ever meets its own fsync.
var sealNames = [2]string{"a", "b"}

// sealer keeps the signed head outside Badger. It is written after every batch
// and brought to the disk in the background: after a crash of the process it
// is at most one batch behind, after a power cut at most a few.
type sealer struct {
	notary *notary
	dbDir  string
	log    func(msg string, args ...any)

	mu      sync.Mutex
	files   [2]*os.File
	active  int       // the file that is written now
	written [2]uint64 // the batch in each file
	dirty   [2]bool   // written since its last fsync
	durable uint64    // the newest batch whose seal is on the disk
	last    seal
	at      time.Time
	names   []string // Badger's files, as last seen
	nextLog string   // the path of the log after the newest of them
	err     error    // the first write or fsync that failed

	nudge chan struct{}
	quit  chan struct{}
	ended chan struct{}
}

// createSeals makes both files with the seal of an empty journal. It is the
// first thing that a new data directory gets: whatever comes later has a seal.
func createSeals(dir string, n *notary) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("create the seal's directory: %w", err)
	}
	empty, err := tlog.TreeHash(0, nil)
	if err != nil {
		return fmt.Errorf("root of an empty journal: %w", err)
	}
	sector, err := n.sign(seal{root: empty})
	if err != nil {
		return err
	}
	for _, name := range sealNames {
		if err := writeFileDurably(filepath.Join(dir, name), sector); err != nil {
			return fmt.Errorf("create a seal: %w", err)
		}
	}
	return nil
}

// readSeals reads both files, each with its own error.
func readSeals(dir string, n *notary) ([]seal, []error) {
	both, errs := make([]seal, len(sealNames)), make([]error, len(sealNames))
	for i, name := range sealNames {
		sector, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			both[i], err = n.open(sector)
		}
		if err != nil {
			errs[i] = fmt.Errorf("seal/%s: %w", name, err)
		}
	}
	return both, errs
}

// newest is the younger of both seals.
func newest(both []seal) seal {
	var s seal
	for _, b := range both {
		if b.batch >= s.batch {
			s = b
		}
	}
	return s
}

// openSealer opens both files for writing and starts the background fsync.
func openSealer(dir, dbDir string, n *notary, both []seal, log func(string, ...any)) (*sealer, error) {
	s := &sealer{
		notary: n, dbDir: dbDir, log: log, last: newest(both),
		nudge: make(chan struct{}, 1), quit: make(chan struct{}), ended: make(chan struct{}),
	}
	for i, name := range sealNames {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR, 0)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("open a seal: %w", err), s.closeFiles())
		}
		s.files[i], s.written[i] = f, both[i].batch
		// After a crash it may still be on its way to the disk.
		if err := f.Sync(); err != nil {
			return nil, errors.Join(fmt.Errorf("bring a seal to the disk: %w", err), s.closeFiles())
		}
	}
	s.durable = s.last.batch
	s.setNames(badgerFiles(dbDir))
	if s.written[0] > s.written[1] {
		s.active = 1
	}
	go s.run()
	return s, nil
}

// write puts the seal into the active file. The batch must be durable already:
// a seal never runs ahead of what it seals.
func (s *sealer) write(size, batch uint64, root tlog.Hash, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	s.refreshNames()
	next := seal{size: size, batch: batch, root: root, files: s.names}
	sector, err := s.notary.sign(next)
	if err == nil {
		_, err = s.files[s.active].WriteAt(sector, 0)
	}
	if err != nil {
		s.err = fmt.Errorf("write the seal: %w", err)
		return s.err
	}
	s.written[s.active], s.dirty[s.active] = batch, true
	s.last, s.at = next, now
	select {
	case s.nudge <- struct{}{}:
	default:
	}
	return nil
}

// refreshNames notices when Badger began another log. One look at one name is
// all that a batch can afford.
func (s *sealer) refreshNames() {
	if s.nextLog != "" {
		if _, err := os.Stat(s.nextLog); err != nil {
			return
		}
	}
	s.setNames(badgerFiles(s.dbDir))
}

// renamed notices that Badger began anew with the names of its logs.
func (s *sealer) renamed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setNames(badgerFiles(s.dbDir))
}

func (s *sealer) setNames(names []string) {
	s.names, s.nextLog = names, ""
	for _, name := range names {
		if strings.HasSuffix(name, memSuffix) {
			s.nextLog = filepath.Join(s.dbDir, fmt.Sprintf("%05d%s", memID(name)+1, memSuffix))
		}
	}
}

// sealEvery is the shortest time between two fsyncs of the seal: a lone commit
// is sealed at once, many share an fsync. It competes with the log's own.
const sealEvery = 100 * time.Millisecond

// run brings seals to the disk, one fsync at a time, until the nudge closes.
func (s *sealer) run() {
	defer close(s.ended)
	for range s.nudge {
		s.sync()
		select {
		case <-time.After(sealEvery):
		case <-s.quit:
		}
	}
	for s.sync() {
	}
}

// sync makes one file durable and says whether the other waits. Writers use
// the other one meanwhile.
func (s *sealer) sync() bool {
	s.mu.Lock()
	i := s.active
	if !s.dirty[i] {
		i = 1 - i
	}
	if !s.dirty[i] || s.err != nil {
		s.mu.Unlock()
		return false
	}
	s.active, s.dirty[i] = 1-i, false
	batch := s.written[i]
	s.mu.Unlock()

	names := badgerFiles(s.dbDir)
	err := syncData(s.files[i])

	s.mu.Lock()
	defer s.mu.Unlock()
	s.setNames(names)
	if err != nil {
		// After a failed fsync the kernel forgets what was not written, so a
		// second try would prove nothing.
		s.err = fmt.Errorf("bring the seal to the disk: %w", err)
		s.log("the seal could not be brought to the disk", "err", err)
		return false
	}
	s.durable = max(s.durable, batch)
	return s.dirty[0] || s.dirty[1]
}

// durableBatch is the newest batch whose seal is certainly on the disk.
func (s *sealer) durableBatch() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.durable
}

func (s *sealer) lastSeal() (seal, time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last, s.at, s.err
}

// close waits until both files are on the disk.
func (s *sealer) close() error {
	close(s.quit)
	close(s.nudge)
	<-s.ended
	return errors.Join(s.err, s.closeFiles())
}

func (s *sealer) closeFiles() error {
	var errs []error
	for _, f := range s.files {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}

// badgerFiles names the files that Badger cannot do without.
func badgerFiles(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if n := e.Name(); n == manifestName || n == registryName || strings.HasSuffix(n, memSuffix) {
			names = append(names, n)
		}
	}
	return names
}
