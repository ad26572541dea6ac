package storage

import (
	"errors"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// frontier is the right edge of the journal's Merkle tree (RFC 6962): the
// roots of the complete subtrees, one for each bit set in size. It is all that
// is needed to append a leaf and to know the root.
type frontier struct {
	size uint64
	edge [64]tlog.Hash
}

// append adds a leaf and answers the hashes that it completes, its own first:
// those that tlog.StoredHashes would store.
func (f *frontier) append(leaf []byte) []tlog.Hash {
	h := tlog.RecordHash(leaf)
	hashes := make([]tlog.Hash, 1, 1+bits.TrailingZeros64(^f.size))
	hashes[0] = h
	level := 0
	for ; f.size>>level&1 == 1; level++ {
		h = tlog.NodeHash(f.edge[level], h)
		hashes = append(hashes, h)
	}
	f.edge[level] = h
	f.size++
	return hashes
}

// root is the root of the whole tree.
func (f *frontier) root() tlog.Hash {
	var h tlog.Hash
	for rest := f.size; rest != 0; rest &= rest - 1 {
		level := bits.TrailingZeros64(rest)
		if rest == f.size {
			h = f.edge[level]
			continue
		}
		h = tlog.NodeHash(f.edge[level], h)
	}
	if f.size == 0 {
		h, _ = tlog.TreeHash(0, nil)
	}
	return h
}

// A leaf record holds the leaf and the hashes that it completed:
//
//	count (1) | hashes (32 each), its own first | leaf
func leafRecord(hashes []tlog.Hash, leaf []byte) []byte {
	b := make([]byte, 1, 1+len(hashes)*tlog.HashSize+len(leaf))
	b[0] = byte(len(hashes))
	for _, h := range hashes {
		b = append(b, h[:]...)
	}
	return append(b, leaf...)
}

var errLeafRecord = errors.New("a journal record is altered")

func parseLeafRecord(b []byte) (hashes []tlog.Hash, leaf []byte, err error) {
	if len(b) < 1 || b[0] == 0 || b[0] > 64 || len(b) < 1+int(b[0])*tlog.HashSize {
		return nil, nil, errLeafRecord
	}
	hashes = make([]tlog.Hash, b[0])
	b = b[1:]
	for i := range hashes {
		b = b[copy(hashes[i][:], b):]
	}
	return hashes, b, nil
}

// hashAt is the stored hash with a tlog index: the one of a subtree, which was
// stored with the subtree's last leaf.
func (s *snapshot) hashAt(index int64) (tlog.Hash, error) {
	level, n := tlog.SplitStoredHashIndex(index)
	value, err := s.get(indexKey(spaceLeaf, uint64(n+1)<<level-1))
	if err != nil {
		return tlog.Hash{}, err
	}
	hashes, _, err := parseLeafRecord(value)
	if err != nil {
		return tlog.Hash{}, err
	}
	if level >= len(hashes) {
		return tlog.Hash{}, errLeafRecord
	}
	return hashes[level], nil
}

// ReadHashes makes a snapshot a tlog.HashReader, for roots and proofs.
func (s *snapshot) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		h, err := s.hashAt(index)
		if err != nil {
			return nil, err
		}
		out[i] = h
	}
	return out, nil
}

// frontierAt reads the right edge of the first size leaves.
func (s *snapshot) frontierAt(size uint64) (frontier, error) {
	f := frontier{size: size}
	for level := range 64 {
		if size>>level&1 == 0 {
			continue
		}
		// The subtree of this bit is the last complete one of its level.
		h, err := s.hashAt(tlog.StoredHashIndex(level, int64(size>>level)-1))
		if err != nil {
			return frontier{}, err
		}
		f.edge[level] = h
	}
	return f, nil
}
