package storage

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
)

// Leaves are the journal's entries from an index on, at most limit of them
// (and at most 1,000).
func (s *Store) Leaves(ctx context.Context, from uint64, limit int) ([]Leaf, error) {
	var out []Leaf
	err := s.View(ctx, func(v *View) (err error) {
		out, err = v.Leaves(from, limit)
		return err
	})
	return out, err
}

// Leaves are the snapshot's journal entries from an index on.
func (v *View) Leaves(from uint64, limit int) ([]Leaf, error) {
	limit = min(limit, 1000)
	if limit <= 0 {
		return nil, nil
	}
	var out []Leaf
	err := v.snap.eachLeaf(from, func(index uint64, value []byte) (bool, error) {
		_, raw, err := parseLeafRecord(value)
		if err != nil {
			return false, damagedEntry(index)
		}
		leaf, err := parseLeaf(append([]byte(nil), raw...))
		if err != nil || leaf.Index != index {
			return false, damagedEntry(index)
		}
		out = append(out, leaf)
		return len(out) < limit, nil
	})
	return out, err
}

func damagedEntry(index uint64) error {
	return damaged(fmt.Sprintf("Entry %d of the journal was altered", index))
}

// eachLeaf passes the leaf records from an index on; one that is missing in
// between is damage.
func (s *snapshot) eachLeaf(from uint64, each func(index uint64, value []byte) (bool, error)) error {
	next := from
	return s.scan([]byte{spaceLeaf}, indexKey(spaceLeaf, from), false, func(key, value []byte) (bool, error) {
		if string(key) != string(indexKey(spaceLeaf, next)) {
			return false, damaged(fmt.Sprintf("Entry %d of the journal is missing", next))
		}
		more, err := each(next, value)
		next++
		return more, err
	})
}

// Opening is the private part of a journal entry: nil when it had none,
// ErrErased when its subject was forgotten, storage/damaged when it is not
// what the leaf commits to.
func (s *Store) Opening(ctx context.Context, index uint64) (map[string]string, error) {
	var out map[string]string
	err := s.View(ctx, func(v *View) error {
		opening, err := v.Disclose(index)
		if err != nil || opening == nil {
			return err
		}
		out = make(map[string]string, len(opening))
		for name, d := range opening {
			out[name] = d.Value
		}
		return nil
	})
	return out, err
}

// Disclose is the private part of a journal entry with the salts that its
// commitments were made with, as Opening.
func (v *View) Disclose(index uint64) (map[string]Disclosed, error) {
	leaves, err := v.Leaves(index, 1)
	if err != nil {
		return nil, err
	}
	if len(leaves) == 0 {
		return nil, ErrNotFound
	}
	return v.snap.opening(leaves[0])
}

// opening reads and checks the private part of a leaf.
func (s *snapshot) opening(l Leaf) (map[string]Disclosed, error) {
	if len(l.Commitments) == 0 {
		return nil, nil
	}
	altered := damaged(fmt.Sprintf("The private part of journal entry %d is missing or was altered", l.Index))
	at := indexKey(spaceOpening, l.Index)
	sealed, err := s.get(at)
	if errors.Is(err, ErrNotFound) {
		return nil, altered
	}
	if err != nil {
		return nil, err
	}
	plain, err := s.open(at, sealed)
	if errors.Is(err, errNotSealed) {
		return nil, altered
	}
	if err != nil {
		return nil, err
	}
	var opening map[string]Disclosed
	if err := json.Unmarshal(plain, &opening); err != nil || len(opening) != len(l.Commitments) {
		return nil, altered
	}
	for name, d := range opening {
		if string(d.commitment(name)) != string(l.Commitments[name]) {
			return nil, altered
		}
	}
	return opening, nil
}

// LeavesOf are a reader's journal entries from an index on, as View.Leaves. A
// transaction's own are not among them yet.
func LeavesOf(r Reader, from uint64, limit int) ([]Leaf, error) {
	return (&View{r.base()}).Leaves(from, limit)
}

// DiscloseOf is the private part of a leaf that a reader has, as View.Disclose.
func DiscloseOf(r Reader, l Leaf) (map[string]Disclosed, error) { return r.base().opening(l) }
