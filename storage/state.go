package storage

import (
	"context"
	"time"
)

// State is what health checks, metrics and the status command show.
type State struct {
	Journal  uint64    // entries that are durable
	Sealed   uint64    // entries under the newest seal
	SealedAt time.Time // zero before the first commit since Open

	Free      int64  // bytes; -1 where the system does not tell
	MinFree   int64  // bytes below which writing stops
	Needs     int64  // bytes from which it goes on, when it stopped for want of them
	Ballast   int64  // bytes held; 0 when it was given up or not asked for
	ReadOnly  bool   // nothing is written at the moment
	Why       string // the code of the fault that writes get, when ReadOnly
	WhyDetail string // for the operator: the error behind storage/failed

	Epoch           uint32 // of the key that wraps data keys
	ErasuresPending uint64 // forgotten keys whose old copies an epoch roll has yet to make useless
	Schema          uint32 // version of the data

	Batches       uint64        // written since Open
	Commits       uint64        // in them
	LastBatch     int           // commits in the newest batch
	LastBatchTook time.Duration // writing and syncing it
	Waiting       int           // commits in the queue
	Opened        Report        // what Open verified
}

type figures struct {
	batches, commits uint64
	last             int
	took             time.Duration
}

func (s *Store) count(b *batch, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.figures.batches++
	s.figures.commits += uint64(len(b.jobs))
	s.figures.last, s.figures.took = len(b.jobs), took
}

// State is the present state of the store. It asks the disk, and never waits
// for a write; only, as all readers do, while the store goes to rest or to work.
func (s *Store) State(ctx context.Context) State {
	var st State
	st.Free, st.Needs, st.Ballast, st.ReadOnly = s.disk.figures()
	if st.ReadOnly = st.ReadOnly || s.resting.Load(); st.ReadOnly {
		st.Why = Full.Code
	}
	st.MinFree, st.Waiting, st.Opened = s.cfg.MinFree, len(s.jobs), s.checked
	last, at, sealErr := s.seals.lastSeal()
	st.Sealed, st.SealedAt = last.size, at
	s.mu.Lock()
	st.Journal = s.size
	st.Batches, st.Commits = s.figures.batches, s.figures.commits
	st.LastBatch, st.LastBatchTook = s.figures.last, s.figures.took
	failed, closing := s.failed, s.closing
	s.mu.Unlock()
	if failed == nil {
		failed = sealErr
	}
	if failed != nil {
		st.ReadOnly, st.Why, st.WhyDetail = true, Failed.Code, failed.Error()
	}
	if closing {
		st.ReadOnly, st.Why = true, Closed.Code
		return st
	}
	if epoch, err := s.epochState(ctx); err == nil {
		st.Epoch, st.ErasuresPending = epoch.Current, epoch.Pending+epoch.Covering
	}
	st.Schema = s.schema.Version
	return st
}
