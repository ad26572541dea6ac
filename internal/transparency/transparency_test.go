package transparency_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/go-json-experiment/json"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/rostod/rostod/internal/transparency"
)

// tree is a log in memory.
type tree struct {
	leaves [][]byte
	hashes []tlog.Hash
}

func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		out[i] = t.hashes[at]
	}
	return out, nil
}

func (t *tree) add(tb testing.TB, leaf []byte) {
	tb.Helper()
	more, err := tlog.StoredHashes(int64(len(t.leaves)), leaf, t)
	if err != nil {
		tb.Fatal(err)
	}
	t.leaves, t.hashes = append(t.leaves, leaf), append(t.hashes, more...)
}

func grown(tb testing.TB, n int) *tree {
	tb.Helper()
	t := &tree{}
	for i := range n {
		t.add(tb, fmt.Appendf(nil, `{"index":%d}`, i))
	}
	return t
}

func (t *tree) at(tb testing.TB, log string, size int) transparency.Checkpoint {
	tb.Helper()
	root, err := tlog.TreeHash(int64(size), t)
	if err != nil {
		tb.Fatal(err)
	}
	return transparency.Checkpoint{Origin: log, Size: uint64(size), Root: root}
}

// proof is the file for an entry under the checkpoint of all.
func (t *tree) proof(tb testing.TB, log string, seed []byte, index int) []byte {
	tb.Helper()
	hashes, err := tlog.ProveRecord(int64(len(t.leaves)), int64(index), t)
	if err != nil {
		tb.Fatal(err)
	}
	signed, err := t.at(tb, log, len(t.leaves)).Sign(seed)
	if err != nil {
		tb.Fatal(err)
	}
	return transparency.Proof(uint64(index), t.leaves[index], hashes, signed)
}

func keyOf(tb testing.TB, log string, seed []byte) string {
	tb.Helper()
	key, err := transparency.VerifierKey(log, seed)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func seed(n byte) []byte { return bytes.Repeat([]byte{n}, 32) }

const branch = "bank/branch17"

func TestProofs(t *testing.T) {
	key := keyOf(t, branch, seed(1))
	for _, n := range []int{1, 2, 3, 7, 8, 100} {
		log := grown(t, n)
		for i := range n {
			e, err := transparency.OpenProof(log.proof(t, branch, seed(1), i), key)
			if err != nil || e.Index != uint64(i) || !bytes.Equal(e.Leaf, log.leaves[i]) || e.Checkpoint.Size != uint64(n) {
				t.Fatalf("entry %d of %d: got %+v and %v, want it", i, n, e, err)
			}
		}
	}
}

// No byte of a proof can be another one, and none can be missing: but for what a
// base64 decoder passes over, nothing that differs is believed.
func TestAlteredProofs(t *testing.T) {
	key := keyOf(t, branch, seed(1))
	file := grown(t, 5).proof(t, branch, seed(1), 3)
	whole, err := transparency.OpenProof(file, key)
	if err != nil {
		t.Fatal(err)
	}
	for i := range file {
		for _, b := range []byte{file[i] ^ 1, file[i] ^ 0x20, '\n', '0'} {
			other := bytes.Clone(file)
			other[i] = b
			if got, err := transparency.OpenProof(other, key); err == nil && !bytes.Equal(got.Leaf, whole.Leaf) {
				t.Errorf("byte %d as %q: got the entry %s", i, b, got.Leaf)
			}
		}
		if got, err := transparency.OpenProof(file[:i], key); err == nil && i < len(file)-1 { // the last is a line's end
			t.Errorf("cut off at %d: got the entry %s", i, got.Leaf)
		}
	}
}

func TestForeignCheckpoints(t *testing.T) {
	log := grown(t, 9)
	signed, err := log.at(t, branch, 9).Sign(seed(1))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		note []byte
		key  string
		want error
	}{
		{"its own", signed, keyOf(t, branch, seed(1)), nil},
		{"another key", signed, keyOf(t, branch, seed(2)), transparency.ErrNotSigned},
		{"the key under another name", signed, keyOf(t, "bank/branch18", seed(1)), transparency.ErrNotSigned},
		{"another size", bytes.Replace(signed, []byte("\n9\n"), []byte("\n8\n"), 1), keyOf(t, branch, seed(1)), transparency.ErrNotSigned},
		{"no note", []byte("hello"), keyOf(t, branch, seed(1)), transparency.ErrMalformed},
		{"nothing", nil, keyOf(t, branch, seed(1)), transparency.ErrMalformed},
		{"no key", signed, "x", transparency.ErrMalformed},
	}
	for _, tt := range tests {
		if _, err := transparency.OpenCheckpoint(tt.note, tt.key); !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestSequels(t *testing.T) {
	log, other := grown(t, 40), grown(t, 20)
	for range 20 {
		other.add(t, []byte("something else"))
	}
	for from := range 41 {
		proof, err := tlog.ProveTree(40, int64(max(1, from)), log)
		if err != nil {
			t.Fatal(err)
		}
		if err := transparency.CheckSequel(log.at(t, branch, from), log.at(t, branch, 40), proof); err != nil {
			t.Errorf("from %d: got %v, want none", from, err)
		}
		if from <= 20 {
			continue
		}
		if err := transparency.CheckSequel(other.at(t, branch, from), log.at(t, branch, 40), proof); !errors.Is(err, transparency.ErrNoSequel) {
			t.Errorf("of a fork, from %d: got %v, want that it is none", from, err)
		}
	}
	if err := transparency.CheckSequel(log.at(t, branch, 40), log.at(t, branch, 30), nil); !errors.Is(err, transparency.ErrNoSequel) {
		t.Errorf("backwards: got %v, want that it is none", err)
	}
	if err := transparency.CheckSequel(log.at(t, "x", 3), log.at(t, branch, 40), nil); !errors.Is(err, transparency.ErrOtherLog) {
		t.Errorf("another log: got %v, want that", err)
	}
}

func TestFollow(t *testing.T) {
	log := grown(t, 3)
	var proofs [][]byte
	for n := byte(1); n < 4; n++ {
		leaf, err := json.Marshal(map[string]any{"kind": "audit.key", "public": map[string]any{
			"key": keyOf(t, branch, seed(n+1)), "before": keyOf(t, branch, seed(n)),
		}})
		if err != nil {
			t.Fatal(err)
		}
		log.add(t, leaf)
		proofs = append(proofs, log.proof(t, branch, seed(n), len(log.leaves)-1))
	}
	for from := byte(1); from < 5; from++ {
		keys, err := transparency.Follow(keyOf(t, branch, seed(from)), proofs...)
		if err != nil || len(keys) != 5-int(from) || keys[len(keys)-1] != keyOf(t, branch, seed(4)) {
			t.Errorf("from key %d: got %d keys and %v, want %d up to the last", from, len(keys), err, 5-from)
		}
	}
	// An entry that is no change of keys makes none.
	if _, err := transparency.Follow(keyOf(t, branch, seed(1)), log.proof(t, branch, seed(1), 0)); !errors.Is(err, transparency.ErrMalformed) {
		t.Errorf("another entry: got %v, want that it is refused", err)
	}
	// A log's key cannot hand on the right to speak for another log.
	leaf, err := json.Marshal(map[string]any{"kind": "audit.key", "public": map[string]any{
		"key": keyOf(t, "rostod/another", seed(5)), "before": keyOf(t, branch, seed(4)),
	}})
	if err != nil {
		t.Fatal(err)
	}
	log.add(t, leaf)
	if _, err := transparency.Follow(keyOf(t, branch, seed(4)), log.proof(t, branch, seed(4), len(log.leaves)-1)); !errors.Is(err, transparency.ErrOtherLog) {
		t.Errorf("to another log's key: got %v, want that it is refused", err)
	}
	if keys, err := transparency.Follow(keyOf(t, branch, seed(9)), proofs...); err != nil || len(keys) != 1 {
		t.Errorf("from a stranger: got %v and %v, want nobody else", keys, err)
	}
}
