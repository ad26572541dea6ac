package storage

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// fullCheckLeaves is up to how many journal entries Open computes the whole
// tree again; about 0.4 million a second. A longer journal is checked along its edge,
// and whole by Verify.
const fullCheckLeaves = 4_000_000

// Open opens the data directory, making it when it is new. Before anything is
// changed it looks for damage: storage/damaged names what is wrong. Other
// faults are storage/locked, storage/wrong-key, storage/newer, storage/full.
func Open(ctx context.Context, c Config) (*Store, error) {
	c, err := c.filled()
	if err != nil {
		return nil, fmt.Errorf("storage configuration: %w", err)
	}
	s := &Store{
		cfg: c, ring: newKeyRing(), disk: newDisk(c),
		jobs: make(chan *job, 4*batchCalls), riderNudge: make(chan struct{}, 1),
		quit: make(chan struct{}), stop: make(chan struct{}), committerDone: make(chan struct{}),
		wake: make(chan struct{}), subjects: map[Subject]keyID{}, tables: map[byte]string{}, riders: map[string]uint64{},
		following: map[string]bool{}, rolls: rolls{soon: make(chan struct{}, 1)},
	}
	if s.secrets, err = deriveSecrets(c.Root); err != nil {
		return nil, err
	}
	s.naming = hmac.New(sha256.New, s.secrets.writes)
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("create the data directory: %w", err)
	}
	if s.lock, err = lockDir(c.path("lock")); err != nil {
		return nil, err
	}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.closeParts())
	}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// open brings the parts up in order: seal, look around, database, keys, tree.
func (s *Store) open(ctx context.Context) error {
	began := time.Now()
	n, err := newNotary(s.cfg.Origin, s.secrets.sealSeed)
	if err != nil {
		return err
	}
	look, err := s.inspect(n)
	if err != nil {
		return err
	}
	if look.head.size > 0 {
		if err := anyEpoch(s.cfg.path("keys"), s.secrets); err != nil {
			return err
		}
	}
	if err := s.openDB(look); err != nil {
		return err
	}
	s.maxBatch = s.db.MaxBatchSize() * 8 / 10
	s.maxEntries = s.db.MaxBatchCount() * 8 / 10
	s.publish()
	snap := &snapshot{store: s, txn: s.current.txn, keys: &unlocked{}}
	if s.head, err = snap.head(); err != nil {
		return damaged("The head record of the journal was altered")
	}
	if s.head != look.head {
		return damaged("The database opened with other entries than its files held")
	}
	s.size, s.settled = s.head.size, newest(look.seals)
	if err := s.openKeys(snap); err != nil {
		return err
	}
	if s.head.size <= fullCheckLeaves {
		s.edge, s.checked, err = snap.verifyTree(ctx, look.seals)
	} else {
		s.edge, s.checked, err = snap.verifyEdge(look.seals)
	}
	if err != nil {
		return err
	}
	if s.head.size > 0 {
		last, err := (&View{snap}).Leaves(s.head.size-1, 1)
		if err != nil {
			return err
		}
		s.clock.last = last[0].Time
	}
	s.seals, err = openSealer(s.cfg.path("seal"), s.cfg.path("db"), n, look.seals, s.cfg.Log.Error)
	s.checked.Took = time.Since(began)
	return err
}

// openDB opens the database to write, or at rest where there is no room for
// that. A new one has nothing to read, and is made or not.
func (s *Store) openDB(look found) (err error) {
	need, rest := look.needs+s.cfg.openingNeeds(), false
	if look.head.batch > 0 {
		rest = !s.disk.opens(need)
	} else if err := s.disk.makeRoom(need); err != nil {
		return err
	}
	if err := look.clean(s.cfg.path); err != nil {
		return err
	}
	if rest {
		if err := s.trim(look.dbFiles); err != nil {
			return err
		}
	}
	s.resting.Store(rest)
	s.db, err = openBadger(s.cfg, s.secrets, rest)
	return err
}

// openKeys reads the data's version, the epoch keys and the store's own key.
func (s *Store) openKeys(snap *snapshot) error {
	if s.head.batch == 0 {
		return nil
	}
	var err error
	if s.schema, err = snap.readSchema(); err != nil {
		return err
	}
	if mine := uint32(len(s.cfg.Migrations)); s.schema.MinReader > mine {
		return fmt.Errorf("%w: its data is of version %d, readable from %d on; this program knows %d",
			Newer, s.schema.Version, s.schema.MinReader, mine)
	}
	epoch, err := snap.epochState()
	if err != nil {
		return err
	}
	if err := s.openEpochs(snap, epoch); err != nil {
		return err
	}
	// Without its own key the store is of no use: better to know now.
	_, err = snap.subjectKeyID(Subject{})
	return err
}

// start begins the committer, makes or migrates the data, and begins the
// background work.
func (s *Store) start(ctx context.Context) error {
	go s.committer()
	if s.head.batch == 0 {
		if err := s.create(ctx); err != nil {
			return err
		}
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.work.Go(func() {
		<-s.quit
		cancel()
	})
	s.work.Go(func() { s.roller(work) })
	s.work.Go(func() { s.tendBallast(work) })
	if state, err := s.epochState(ctx); err == nil && state.From+uint32(state.Pending) > 0 {
		s.rollSoon()
	}
	return nil
}

// create makes the first epoch key and the first commit of a new store.
func (s *Store) create(ctx context.Context) error {
	if err := s.writable(); err != nil {
		return err
	}
	kek, err := createEpoch(s.cfg.path("keys"), s.secrets, s.cfg.Random, 1)
	if err != nil {
		return err
	}
	s.ring.addEpoch(1, kek)
	s.schema = newSchema(s.cfg.Migrations)
	_, err = s.commit(ctx, func(tx *Tx) error {
		if err := tx.keep(tx.setSchema(s.schema)); err != nil {
			return err
		}
		if err := tx.keep(tx.setEpochState(epochState{Current: 1})); err != nil {
			return err
		}
		if _, _, err := tx.newDataKey(Subject{}); err != nil {
			return tx.keep(err)
		}
		_, err := tx.Log(Entry{Kind: "storage.created", Actor: "system", Public: created{Origin: s.cfg.Origin, Schema: s.schema.Version}})
		return err
	}, true)
	return err
}

// created is the public part of the journal's first entry.
type created struct {
	Origin string `json:"origin"`
	Schema uint32 `json:"schema"`
}

// tendBallast makes the ballast, and makes it again when it was given up and
// there is room.
func (s *Store) tendBallast(ctx context.Context) {
	every := time.NewTicker(10 * time.Second)
	defer every.Stop()
	var warned sync.Once
	for {
		if err := s.disk.tend(); err != nil {
			warned.Do(func() { s.cfg.Log.Warn("the ballast could not be made", "err", err) })
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}
