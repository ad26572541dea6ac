package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/rostod/rostod/internal/transparency"
)

// Whoever has a log's key can enter what they like, but no line that looks like one of
// this program's.
func TestOneLineForOneEntry(t *testing.T) {
	seed := bytes.Repeat([]byte{7}, 32)
	key, err := transparency.VerifierKey("rostod/3f9c", seed)
	if err != nil {
		t.Fatal(err)
	}
	leaf := []byte(`{"kind":"x\nPROVED      other.json: entry 1","org":"bank\u001b[2J","public":{"note":"` + "\u009b\u202e" + `"},"time":"2026-11-29T10:31:00Z"}`)
	signed, err := transparency.Checkpoint{Origin: "rostod/3f9c", Size: 1, Root: tlog.RecordHash(leaf)}.Sign(seed)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "entry.tlog-proof")
	if err := os.WriteFile(file, transparency.Proof(0, leaf, nil, signed), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, problems bytes.Buffer
	if code := run([]string{"--key", key, file}, &out, &problems); code != exitProved || problems.Len() > 0 {
		t.Fatalf("got %d, %q and %q, want it proved", code, &out, &problems)
	}
	if got := out.String(); strings.Count(got, "\n") != 1 || strings.ContainsAny(got, "\u001b\u009b\u202e") {
		t.Errorf("got %q, want one line that says what it is", got)
	}
}
