package storage

import (
	"bytes"
	"errors"
	"fmt"

	badger "github.com/dgraph-io/badger/v4"
	"golang.org/x/mod/sumdb/tlog"
)

// Reader is what tables read from: a View, or the Tx of a Commit.
type Reader interface {
	base() *snapshot
}

// View is a consistent snapshot of the store. It ends with the function that
// it was handed to.
type View struct{ snap *snapshot }

func (v *View) base() *snapshot { return v.snap }

// Position is the number of journal entries in the snapshot.
func (v *View) Position() (Position, error) {
	h, err := v.snap.head()
	return Position(h.size), err
}

// Hashes reads the journal's Merkle tree, for roots and proofs of any size up to
// Position.
func (v *View) Hashes() tlog.HashReader { return v.snap }

// snapshot reads a Badger transaction, and on top of it the layers that the
// committer has not written yet (none in a View).
type snapshot struct {
	store  *Store
	txn    *badger.Txn
	layers []layer // oldest first
	keys   *unlocked
	ended  bool
}

var errEnded = errors.New("storage: a view or transaction was used after its end")

// get is the newest value of a database key, or ErrNotFound. The bytes are the
// caller's.
func (s *snapshot) get(key []byte) ([]byte, error) {
	if s.ended {
		return nil, errEnded
	}
	for i := len(s.layers) - 1; i >= 0; i-- {
		if w, ok := s.layers[i][string(key)]; ok {
			if w.deleted {
				return nil, ErrNotFound
			}
			return bytes.Clone(w.value), nil
		}
	}
	item, err := s.txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read a record: %w", withoutKeys(err))
	}
	value, err := item.ValueCopy(nil)
	if err != nil {
		return nil, fmt.Errorf("read a value: %w", withoutKeys(err))
	}
	return value, nil
}

// scan calls each with every key that has the prefix, in order, from the key
// from (when not nil) on, until each answers false. Key and value are only
// valid during the call.
func (s *snapshot) scan(prefix, from []byte, reverse bool, each func(key, value []byte) (bool, error)) error {
	if s.ended {
		return errEnded
	}
	over := overlay(s.layers, prefix, reverse)
	if from != nil {
		for len(over) > 0 && inOrder(over[0].key, from, reverse) < 0 {
			over = over[1:]
		}
	}
	opts := badger.DefaultIteratorOptions
	// All values lie beside their keys, so fetching ahead would only cost
	// goroutines.
	opts.PrefetchValues, opts.Prefix, opts.Reverse = false, prefix, reverse
	it := s.txn.NewIterator(opts)
	defer it.Close()
	it.Seek(seekKey(prefix, from, reverse))
	for {
		onDisk := it.ValidForPrefix(prefix)
		switch {
		case !onDisk && len(over) == 0:
			return nil
		case onDisk && (len(over) == 0 || inOrder(it.Item().Key(), over[0].key, reverse) < 0):
			item := it.Item()
			more := false
			err := item.Value(func(value []byte) (err error) {
				more, err = each(item.Key(), value)
				return err
			})
			if err != nil || !more {
				return err
			}
			it.Next()
		default:
			if onDisk && bytes.Equal(it.Item().Key(), over[0].key) {
				it.Next()
			}
			w := over[0]
			over = over[1:]
			if w.deleted {
				continue
			}
			if more, err := each(w.key, w.value); err != nil || !more {
				return err
			}
		}
	}
}

// seekKey is where a scan begins. Backwards without a start it is beyond every
// key with the prefix: no key is longer than maxKey.
func seekKey(prefix, from []byte, reverse bool) []byte {
	switch {
	case from != nil:
		return from
	case !reverse:
		return prefix
	}
	return append(bytes.Clone(prefix), bytes.Repeat([]byte{0xFF}, maxKey+1)...)
}

// head is the head record of the snapshot; zero before the first commit.
func (s *snapshot) head() (head, error) {
	value, err := s.get(keyHead)
	if errors.Is(err, ErrNotFound) {
		return head{}, nil
	}
	if err != nil {
		return head{}, err
	}
	return parseHead(value)
}
