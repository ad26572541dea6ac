package storage

import (
	"bytes"
	"crypto/aes"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// FuzzRecord: what was sealed opens under its own key only, and nothing else
// opens at all.
func FuzzRecord(f *testing.F) {
	c, err := testConfig("x").filled()
	if err != nil {
		f.Fatal(err)
	}
	aead, err := newAEAD(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("key"), []byte(`{"n":1}`), 0, byte(1))
	f.Fuzz(func(t *testing.T, at, plain []byte, spoil int, with byte) {
		id := keyID{1, 2, 3}
		sealed, err := sealRecord(c.Random, aead, id, at, plain)
		if err != nil {
			t.Fatal(err)
		}
		got, err := openRecord(aead, id, at, sealed)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("open: got %q and %v, want %q", got, err, plain)
		}
		if _, err := openRecord(aead, id, append([]byte{0}, at...), sealed); err == nil {
			t.Fatal("open under another key: got none, want an error")
		}
		if with == 0 {
			return
		}
		sealed[uint(spoil)%uint(len(sealed))] ^= with
		id2, err := recordKey(sealed)
		if err != nil {
			return
		}
		if _, err := openRecord(aead, id2, at, sealed); err == nil {
			t.Fatal("open a spoilt record: got none, want an error")
		}
	})
}

// FuzzLeaf: no bytes make the parsers panic, and a leaf that parses keeps its
// bytes.
func FuzzLeaf(f *testing.F) {
	raw, err := leafJSON{Actor: "a", Index: 3, Kind: "k", V: leafVersion, Writes: [][]byte{make([]byte, 32)}}.bytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(leafRecord([]tlog.Hash{{1}, {2}}, raw))
	f.Add([]byte{1})
	f.Add([]byte{255, 0})
	f.Fuzz(func(t *testing.T, record []byte) {
		hashes, raw, err := parseLeafRecord(record)
		if err != nil {
			return
		}
		if again := leafRecord(hashes, raw); !bytes.Equal(again, record) {
			t.Fatalf("write again: got %x, want %x", again, record)
		}
		if l, err := parseLeaf(raw); err == nil && !bytes.Equal(l.Raw, raw) {
			t.Fatal("raw: got other bytes")
		}
	})
}

// FuzzSeal: no sector but one that was signed opens.
func FuzzSeal(f *testing.F) {
	n, _ := testNotary(f)
	good, err := n.sign(seal{size: 812, batch: 77, files: []string{manifestName, "00003.mem"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good, "rostod/test\n5\n"+tlog.Hash{}.String()+"\nbatch 4\n")
	f.Add(good[:100], "")
	f.Fuzz(func(t *testing.T, sector []byte, text string) {
		s, err := n.open(sector)
		if err == nil && !bytes.Equal(sector, good) {
			t.Fatalf("open: got %v from a sector that was not signed", s)
		}
		if s, err := parseSeal(text, n.origin); err == nil && s.size > 1<<63-1 {
			t.Fatalf("size: got %d", s.size)
		}
	})
}

// FuzzLog: no bytes make the scan of a write-ahead log panic or run past its
// end.
func FuzzLog(f *testing.F) {
	f.Add(make([]byte, 100), false)
	f.Add(append(make([]byte, memHeader), 0x40, 0, 9, 3, 0, 1, 2, 3), true)
	if log := sampleLog(f); log != nil {
		f.Add(log, true)
	}
	f.Fuzz(func(t *testing.T, data []byte, sealed bool) {
		if len(data) < memHeader {
			return
		}
		m := memLog{end: memHeader}
		if sealed {
			block, err := aes.NewCipher(make([]byte, 32))
			if err != nil {
				t.Fatal(err)
			}
			scanEntries(&m, data, block)
		} else {
			scanEntries(&m, data, nil)
		}
		if m.end < memHeader || m.end > int64(len(data)) {
			t.Fatalf("end: got %d of %d", m.end, len(data))
		}
	})
}

// sampleLog is the beginning of a log of a real store.
func sampleLog(f *testing.F) []byte {
	dir := f.TempDir()
	s, err := Open(f.Context(), testConfig(dir))
	if err != nil {
		f.Fatal(err)
	}
	logs, err := filepath.Glob(filepath.Join(dir, "db", "*.mem"))
	if err != nil || len(logs) == 0 {
		f.Fatalf("logs: got none, %v", err)
	}
	data, err := os.ReadFile(logs[0])
	if err != nil {
		f.Fatal(err)
	}
	if err := s.Close(); err != nil {
		f.Fatal(err)
	}
	return data[:2000]
}

// FuzzTable: no bytes make the check of a table panic.
func FuzzTable(f *testing.F) {
	f.Add(make([]byte, 64))
	f.Add([]byte{0, 0, 0, 1, 8, 0, 0, 0, 0, 2})
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "000001.sst")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, key := range [][]byte{nil, make([]byte, 32)} {
			if h, err := checkTable(path, key); err == nil && h.batch != 0 && h.sealed >= h.batch {
				t.Fatalf("head: got %v", h)
			}
		}
		plain, offsets, err := openBlock(data, nil)
		if err == nil {
			_, _ = headInBlock(plain, offsets)
		}
		// Offsets of any value, as an index that was forged could have them.
		cut := len(data) / 8 * 4
		_, _ = headInBlock(data[cut:], data[:cut])
	})
}
