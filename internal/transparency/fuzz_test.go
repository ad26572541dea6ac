package transparency_test

import (
	"bytes"
	"testing"

	"github.com/rostod/rostod/internal/transparency"
)

func FuzzOpenProof(f *testing.F) {
	key := keyOf(f, branch, seed(1))
	log := grown(f, 5)
	for i := range 5 {
		f.Add(log.proof(f, branch, seed(1), i))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		e, err := transparency.OpenProof(file, key)
		if err == nil && (e.Index >= 5 || !bytes.Equal(e.Leaf, log.leaves[e.Index])) {
			t.Errorf("got entry %d as %q", e.Index, e.Leaf)
		}
	})
}

// The entries of this log commit to nothing: no value can be opened.
func FuzzOpenReceipt(f *testing.F) {
	key := keyOf(f, branch, seed(1))
	log := grown(f, 5)
	for i := range 5 {
		file, err := transparency.NewReceipt(log.proof(f, branch, seed(1), i), map[string]transparency.Opened{"a": {Salt: []byte("salt"), Value: "b"}})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		e, values, err := transparency.OpenReceipt(file, key)
		if err == nil && (len(values) > 0 || e.Index >= 5 || !bytes.Equal(e.Leaf, log.leaves[e.Index])) {
			t.Errorf("got entry %d as %q with %v", e.Index, e.Leaf, values)
		}
	})
}

func FuzzOpenCheckpoint(f *testing.F) {
	key := keyOf(f, branch, seed(1))
	log := grown(f, 9)
	for n := range 10 {
		signed, err := log.at(f, branch, n).Sign(seed(1))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(signed)
	}
	f.Fuzz(func(t *testing.T, note []byte) {
		c, err := transparency.OpenCheckpoint(note, key)
		if err == nil && (c.Size > 9 || c != log.at(t, branch, int(c.Size))) {
			t.Errorf("got %+v, which nobody signed", c)
		}
	})
}

// A co-signed checkpoint is believed only as both have signed it.
func FuzzCosigned(f *testing.F) {
	hq, err := transparency.NewCosigner("hq.example", seed(7))
	if err != nil {
		f.Fatal(err)
	}
	c := grown(f, 9).at(f, branch, 9)
	signed, err := c.Sign(seed(1))
	if err != nil {
		f.Fatal(err)
	}
	own := keyOf(f, branch, seed(1))
	both, err := hq.Cosign(signed, own)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(both)
	f.Add(signed)
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, _, err := transparency.OpenCosigned(b, hq.Key, own); err == nil && got != c {
			t.Errorf("believed %v", got)
		}
	})
}

// A statement is believed only with the lines that were signed.
func FuzzStatement(f *testing.F) {
	signed, err := transparency.State(branch, seed(1), "x/v1", "one", "two")
	if err != nil {
		f.Fatal(err)
	}
	own := keyOf(f, branch, seed(1))
	f.Add(signed)
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, lines, err := transparency.OpenState(b, "x/v1", own); err == nil && (len(lines) != 2 || lines[0] != "one") {
			t.Errorf("believed %v", lines)
		}
	})
}
