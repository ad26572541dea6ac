package storage

import (
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// TestFrontier holds our tree against x/mod's at every size up to 300.
func TestFrontier(t *testing.T) {
	var f frontier
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, at := range indexes {
			out[i] = stored[at]
		}
		return out, nil
	})
	for n := range int64(300) {
		root, err := tlog.TreeHash(n, read)
		if err != nil || f.root() != root {
			t.Fatalf("root of %d: got %v, want %v (%v)", n, f.root(), root, err)
		}
		leaf := fmt.Appendf(nil, "leaf %d", n)
		want, err := tlog.StoredHashes(n, leaf, read)
		if err != nil {
			t.Fatal(err)
		}
		got := f.append(leaf)
		if !sameHashes(got, want) {
			t.Fatalf("hashes of leaf %d: got %v, want %v", n, got, want)
		}
		stored = append(stored, got...)
	}
}

// TestProofs proves entries and growth from the stored hashes, with x/mod's
// own functions.
func TestProofs(t *testing.T) {
	ctx := t.Context()
	s := openTest(t, testConfig(t.TempDir()))
	table, err := OpenTable[int](s, 0x20, "numbers")
	if err != nil {
		t.Fatal(err)
	}
	if err := fillAndForget(ctx, s, table); err != nil {
		t.Fatal(err)
	}
	size := int64(s.Head().Size)
	leaves, err := s.Leaves(ctx, 0, int(size))
	if err != nil || int64(len(leaves)) != size {
		t.Fatalf("leaves: got %d and %v, want %d", len(leaves), err, size)
	}
	err = s.View(ctx, func(v *View) error {
		root, err := tlog.TreeHash(size, v.snap)
		if err != nil || root != tlog.Hash(s.Head().Root) {
			return fmt.Errorf("root: got %v and %w, want the sealed one", root, err)
		}
		for n, l := range leaves {
			proof, err := tlog.ProveRecord(size, int64(n), v.snap)
			if err != nil {
				return err
			}
			if err := tlog.CheckRecord(proof, size, root, int64(n), tlog.RecordHash(l.Raw)); err != nil {
				return fmt.Errorf("entry %d: %w", n, err)
			}
		}
		for n := int64(1); n <= size; n += 37 {
			older, err := v.snap.frontierAt(uint64(n))
			if err != nil {
				return err
			}
			proof, err := tlog.ProveTree(size, n, v.snap)
			if err != nil {
				return err
			}
			if err := tlog.CheckTree(proof, size, root, n, older.root()); err != nil {
				return fmt.Errorf("growth from %d: %w", n, err)
			}
		}
		_, r, err := v.snap.verifyEdge([]seal{{size: uint64(size), root: root}})
		if err == nil && r.Root != root {
			return fmt.Errorf("edge: got root %x, want %x", r.Root, root)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestVerifyWhileWriting verifies again and again while commits go on.
func TestVerifyWhileWriting(t *testing.T) {
	ctx := t.Context()
	s := openTest(t, testConfig(t.TempDir()))
	table, err := OpenTable[int](s, 0x20, "numbers")
	if err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	go func() { written <- fillAndForget(ctx, s, table) }()
	for {
		if _, err := s.VerifyRecords(ctx); err != nil {
			t.Fatalf("verify records: got %v, want none", err)
		}
		select {
		case err := <-written:
			if err != nil {
				t.Fatal(err)
			}
			return
		default:
		}
	}
}
