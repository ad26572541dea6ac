package storage

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"
)

// recordsPerPass bounds the memory of VerifyRecords: the states of so many
// writes are held at once, about 100 bytes each.
const recordsPerPass = 1 << 20

// VerifyRecords checks every record against the journal: the newest state of
// each key that a leaf names is the one in the table (no write is missing, none
// was put back or slipped in), and every record and every private part opens,
// or belongs to a subject that a leaf says was forgotten. The error is
// storage/damaged and names the first thing that is wrong. It reads the whole
// store, in several passes when the journal is long.
func (s *Store) VerifyRecords(ctx context.Context) (Report, error) {
	began := time.Now()
	sealed := s.settledSeal()
	var r Report
	err := s.View(ctx, func(v *View) error {
		// The leaves are what all else is held against.
		var err error
		if _, r, err = v.snap.verifyTree(ctx, []seal{sealed}); err != nil {
			return err
		}
		forgot, writes, err := v.snap.verifyOpenings(ctx, &r)
		if err != nil {
			return err
		}
		passes := int(writes/recordsPerPass) + 1
		for pass := range passes {
			if err := v.snap.verifyPass(ctx, &r, forgot, pass, passes); err != nil {
				return err
			}
		}
		return nil
	})
	r.Took = time.Since(began)
	return r, err
}

// verifyOpenings opens every private part, and gathers the forgotten keys and
// the number of writes on the way.
func (s *snapshot) verifyOpenings(ctx context.Context, r *Report) (forgot map[keyID]bool, writes uint64, err error) {
	forgot = map[keyID]bool{}
	var erased []uint64
	err = s.eachParsed(ctx, func(l Leaf) error {
		writes += uint64(len(l.Writes))
		for _, id := range l.Forgot {
			if len(id) != keyIDSize {
				return damagedEntry(l.Index)
			}
			forgot[keyID(id)] = true
		}
		switch _, err := s.opening(l); {
		case errors.Is(err, ErrErased):
			r.Erased++
			erased = append(erased, l.Index)
		case err != nil:
			return err
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	// A key may be forgotten by a later leaf than the one it sealed, so this
	// comes second.
	for _, index := range erased {
		sealed, err := s.get(indexKey(spaceOpening, index))
		if err != nil {
			return nil, 0, err
		}
		if id, err := recordKey(sealed); err != nil || !forgot[id] {
			return nil, 0, damaged(fmt.Sprintf("The private part of journal entry %d is erased, but no entry says so", index))
		}
	}
	return forgot, writes, nil
}

func (s *snapshot) eachParsed(ctx context.Context, each func(Leaf) error) error {
	return s.eachLeaf(0, func(index uint64, value []byte) (bool, error) {
		if index%4096 == 0 && ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		_, raw, err := parseLeafRecord(value)
		if err != nil {
			return false, damagedEntry(index)
		}
		l, err := parseLeaf(raw)
		if err != nil || l.Index != index {
			return false, damagedEntry(index)
		}
		return true, each(l)
	})
}

// verifyPass compares the keys whose name falls into this pass.
func (s *snapshot) verifyPass(ctx context.Context, r *Report, forgot map[keyID]bool, pass, passes int) error {
	newest := map[[16]byte][16]byte{}
	mine := func(name [16]byte) bool { return (int(name[0])<<8|int(name[1]))%passes == pass }
	err := s.eachParsed(ctx, func(l Leaf) error {
		for _, w := range l.Writes {
			if !mine(w.Key) {
				continue
			}
			if newest[w.Key] = w.Value; w.Value == [16]byte{} {
				delete(newest, w.Key)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, s.store.secrets.writes)
	for space := int(firstTable); space <= int(lastTable); space++ {
		seen := 0
		err := s.scan([]byte{byte(space)}, nil, false, func(key, sealed []byte) (bool, error) {
			if seen++; seen%4096 == 0 && ctx.Err() != nil {
				return false, context.Cause(ctx)
			}
			w := nameWrite(mac, key, write{value: sealed})
			if !mine(w.Key) {
				return true, nil
			}
			if state, known := newest[w.Key]; !known || state != w.Value {
				return false, damaged(fmt.Sprintf("A record of the table with prefix %#x is not the one that the journal names", space))
			}
			delete(newest, w.Key)
			return true, s.verifyRecord(r, forgot, key, sealed)
		})
		if err != nil {
			return err
		}
	}
	if len(newest) > 0 {
		return damaged(fmt.Sprintf("%d records that the journal names are missing", len(newest)))
	}
	return nil
}

func (s *snapshot) verifyRecord(r *Report, forgot map[keyID]bool, key, sealed []byte) error {
	_, err := s.open(key, sealed)
	switch {
	case err == nil:
		r.Records++
		return nil
	case errors.Is(err, ErrErased):
		r.Erased++
		if id, err := recordKey(sealed); err != nil || !forgot[id] {
			return damaged(fmt.Sprintf("A record of the table with prefix %#x is erased, but no entry says so", key[0]))
		}
		return nil
	case errors.Is(err, errNotSealed):
		return damaged(fmt.Sprintf("A record of the table with prefix %#x was altered", key[0]))
	}
	return err
}
