package transparency_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/rostod/rostod/internal/transparency"
)

// An edge goes on to the same root as the tree, and completes the same hashes.
func TestEdges(t *testing.T) {
	log := grown(t, 70)
	var edge transparency.Edge
	var hashes []tlog.Hash
	for i, leaf := range log.leaves {
		if root := log.at(t, branch, i).Root; edge.Root() != root {
			t.Fatalf("at %d: got another root than the tree's", i)
		}
		read, err := transparency.EdgeAt(uint64(i), log)
		if err != nil || !slices.Equal(read.Roots, edge.Roots) || !read.Sound() {
			t.Fatalf("at %d: got %v and %v, want the edge that grew there", i, read, err)
		}
		before := slices.Clone(edge.Roots)
		next := edge.Append(tlog.RecordHash(leaf), func(h tlog.Hash) { hashes = append(hashes, h) })
		if !slices.Equal(edge.Roots, before) {
			t.Fatalf("at %d: appending changed the edge of before", i)
		}
		edge = next
	}
	if !slices.Equal(hashes, log.hashes) {
		t.Error("got other hashes than the tree stores")
	}
	if (transparency.Edge{Size: 3, Roots: edge.Roots[:1]}).Sound() {
		t.Error("an edge with a root too few: got that it is sound")
	}
}

func TestStatements(t *testing.T) {
	signed, err := transparency.State(branch, seed(1), "x/v1", "one", "two")
	if err != nil {
		t.Fatal(err)
	}
	own := keyOf(t, branch, seed(1))
	origin, lines, err := transparency.OpenState(signed, "x/v1", own)
	if err != nil || origin != branch || !slices.Equal(lines, []string{"one", "two"}) {
		t.Errorf("got %s, %v and %v", origin, lines, err)
	}
	if _, _, err := transparency.OpenState(signed, "y/v1", own); !errors.Is(err, transparency.ErrMalformed) {
		t.Errorf("as another kind: got %v, want that it is none", err)
	}
	if _, _, err := transparency.OpenState(signed, "x/v1", keyOf(t, branch, seed(2))); !errors.Is(err, transparency.ErrNotSigned) {
		t.Errorf("by another key: got %v, want that it is not signed", err)
	}
	// A log that signs in the name of another, and a statement that would be a
	// checkpoint.
	if signed, err = transparency.State("bank/other", seed(1), "x/v1"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := transparency.OpenState(signed, "x/v1", own); !errors.Is(err, transparency.ErrNotSigned) {
		t.Errorf("of another log: got %v, want that it is not signed", err)
	}
	if _, err := transparency.OpenCheckpoint(signed, keyOf(t, "bank/other", seed(1))); err == nil {
		t.Error("a statement was taken for a checkpoint")
	}
}

func TestCosignatures(t *testing.T) {
	hq, err := transparency.NewCosigner("hq.example", seed(7))
	if err != nil {
		t.Fatal(err)
	}
	c := grown(t, 9).at(t, branch, 9)
	signed, err := c.Sign(seed(1))
	if err != nil {
		t.Fatal(err)
	}
	own := keyOf(t, branch, seed(1))
	if _, _, err := transparency.OpenCosigned(signed, hq.Key, own); !errors.Is(err, transparency.ErrNotSigned) {
		t.Errorf("before: got %v, want that it is not co-signed", err)
	}
	both, err := hq.Cosign(signed, own)
	if err != nil {
		t.Fatal(err)
	}
	got, at, err := transparency.OpenCosigned(both, hq.Key, own)
	if err != nil || got != c || time.Since(at).Abs() > time.Hour {
		t.Errorf("got %v at %s and %v, want it, of now", got, at, err)
	}
	if alone, err := transparency.OpenCheckpoint(both, own); err != nil || alone != c {
		t.Errorf("as a checkpoint: got %v and %v, want it", alone, err)
	}
	if _, err := hq.Cosign(signed, keyOf(t, branch, seed(2))); !errors.Is(err, transparency.ErrNotSigned) {
		t.Errorf("what the log did not sign: got %v, want that it is refused", err)
	}
	other, err := transparency.NewCosigner("hq.example", seed(8))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := transparency.OpenCosigned(both, other.Key, own); !errors.Is(err, transparency.ErrNotSigned) {
		t.Errorf("by another key of that name: got %v, want that it is not co-signed", err)
	}
	if transparency.CheckCosigner(hq.Key) != nil || transparency.CheckCosigner(own) == nil {
		t.Error("a log's key was taken for a cosigner's")
	}
}
