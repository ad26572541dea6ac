package storage

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Report is what a verification looked at.
type Report struct {
	Leaves  uint64        // journal entries whose hashes were computed again
	Size    uint64        // entries in the journal
	Root    [32]byte      // of the whole journal
	Records uint64        // records opened (VerifyRecords)
	Erased  uint64        // records and openings of forgotten subjects (VerifyRecords)
	Took    time.Duration // wall clock
}

// Verify computes the journal's tree again from its leaves and compares it
// with the stored hashes and the seal. The error is storage/damaged and names
// the first thing that is wrong.
func (s *Store) Verify(ctx context.Context) (Report, error) {
	began := time.Now()
	sealed := s.settledSeal()
	var r Report
	err := s.View(ctx, func(v *View) (err error) {
		_, r, err = v.snap.verifyTree(ctx, []seal{sealed})
		return err
	})
	r.Took = time.Since(began)
	return r, err
}

// settledSeal is the newest seal whose entries a view begun after it surely
// sees: the one on the disk may be ahead of the readers for a moment.
func (s *Store) settledSeal() seal {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settled
}

// verifyTree recomputes the whole tree, and checks seals on the way.
func (s *snapshot) verifyTree(ctx context.Context, seals []seal) (frontier, Report, error) {
	var f frontier
	h, err := s.head()
	if err != nil {
		return f, Report{}, damaged("The head record of the journal was altered")
	}
	if err := checkSeals(&f, seals); err != nil {
		return f, Report{}, err
	}
	err = s.eachLeaf(0, func(index uint64, value []byte) (bool, error) {
		if index%4096 == 0 && ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		hashes, raw, err := parseLeafRecord(value)
		if err != nil {
			return false, damagedEntry(index)
		}
		if !sameHashes(f.append(raw), hashes) {
			return false, damagedEntry(index)
		}
		return true, checkSeals(&f, seals)
	})
	if err != nil {
		return f, Report{}, err
	}
	if f.size != h.size {
		return f, Report{}, damaged(fmt.Sprintf("The journal holds %d entries, its head names %d", f.size, h.size))
	}
	for _, sl := range seals {
		if sl.size > f.size {
			return f, Report{}, damaged(shortfall(f.size, sl.size))
		}
	}
	return f, Report{Leaves: f.size, Size: f.size, Root: f.root()}, nil
}

// shortfall is the beginning of a hint: the journal lost its end.
func shortfall(have, sealed uint64) string {
	return fmt.Sprintf("The journal ends at entry %d but %d were sealed", have, sealed)
}

// checkSeals compares the root with every seal of this size.
func checkSeals(f *frontier, seals []seal) error {
	for _, sl := range seals {
		if sl.size == f.size && sl.root != f.root() {
			return damaged(fmt.Sprintf("The first %d entries of the journal are not those that were sealed", f.size))
		}
	}
	return nil
}

func sameHashes(a, b []tlog.Hash) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// verifyEdge checks only that the stored hashes lead to the sealed roots: what
// Open does when the journal is too long to be computed again each time.
func (s *snapshot) verifyEdge(seals []seal) (frontier, Report, error) {
	h, err := s.head()
	if err != nil {
		return frontier{}, Report{}, damaged("The head record of the journal was altered")
	}
	for _, sl := range seals {
		if sl.size > h.size {
			return frontier{}, Report{}, damaged(shortfall(h.size, sl.size))
		}
		f, err := s.frontierAt(sl.size)
		if err == nil {
			err = checkSeals(&f, []seal{sl})
		}
		if err != nil {
			return f, Report{}, fmt.Errorf("%w: %w", damaged(fmt.Sprintf("The hashes of the first %d journal entries do not lead to the sealed root", sl.size)), err)
		}
	}
	f, err := s.frontierAt(h.size)
	if err != nil {
		return f, Report{}, fmt.Errorf("%w: %w", damaged("The hashes of the newest journal entries are missing or altered"), err)
	}
	return f, Report{Size: f.size, Root: f.root()}, nil
}
