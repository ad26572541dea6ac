package transparency

import (
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// Edge is the right edge of a log's tree (RFC 6962): the roots of the complete
// subtrees of its first Size entries, largest first. It is all that is needed to go
// on from there and to know the root, of then and of later. Who is given an edge, the
// entries that follow and a signed root has a proof of both: that the entries are in
// the log at that place, and that it goes on from what it was.
type Edge struct {
	Size  uint64
	Roots []tlog.Hash // one for each bit that is set in Size
}

// mostEntries bounds what a log may claim to hold.
const mostEntries = 1 << 62

// EdgeAt reads the edge of a log's first size entries.
func EdgeAt(size uint64, tree tlog.HashReader) (Edge, error) {
	var at []int64
	for level := bits.Len64(size) - 1; level >= 0; level-- {
		if size>>level&1 == 1 {
			at = append(at, tlog.StoredHashIndex(level, int64(size>>level)-1))
		}
	}
	roots, err := tree.ReadHashes(at)
	if err != nil {
		return Edge{}, fmt.Errorf("read a log's edge: %w", err)
	}
	return Edge{size, roots}, nil
}

// Sound says whether the edge has as many roots as its size asks for.
func (e Edge) Sound() bool {
	return e.Size <= mostEntries && len(e.Roots) == bits.OnesCount64(e.Size)
}

// Append is the edge with one more entry, which has this hash; done gets the hashes
// of every subtree that it completes, its own first (tlog.StoredHashes). The edge that
// it is called on stays as it is.
func (e Edge) Append(entry tlog.Hash, done func(tlog.Hash)) Edge {
	roots := append(make([]tlog.Hash, 0, len(e.Roots)+1), e.Roots...)
	done(entry)
	for n := e.Size; n&1 == 1; n >>= 1 {
		entry = tlog.NodeHash(roots[len(roots)-1], entry)
		roots = roots[:len(roots)-1]
		done(entry)
	}
	return Edge{e.Size + 1, append(roots, entry)}
}

// Root is the root of the log that ends there.
func (e Edge) Root() tlog.Hash {
	if len(e.Roots) == 0 {
		empty, _ := tlog.TreeHash(0, nil) // of no hashes: it reads none
		return empty
	}
	root := e.Roots[len(e.Roots)-1]
	for i := len(e.Roots) - 2; i >= 0; i-- {
		root = tlog.NodeHash(e.Roots[i], root)
	}
	return root
}
