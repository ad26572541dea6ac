package storagetest_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/storage"
	"github.com/rostod/rostod/storage/storagetest"
)

// killedStore writes a store with tables and a log, and leaves in dir what a
// process that was killed at this moment leaves. older is a copy from before.
func killedStore(t *testing.T, inTables, inLog int) (dir, older string) {
	t.Helper()
	root := t.TempDir()
	live := filepath.Join(root, "live")
	dir, older = filepath.Join(root, "killed"), filepath.Join(root, "older")
	out := &acks{f: devNull(t)}
	write := func(s *storage.Store, tb tables, n int) {
		for range n {
			out.n++
			if err := put(t.Context(), s, tb, out, fmt.Sprintf("row-%d-%s", out.n, strings.Repeat("x", 40))); err != nil {
				t.Fatal(err)
			}
		}
	}
	s := storagetest.OpenWith(t, storagetest.Config(live))
	tb, err := openTables(s)
	if err != nil {
		t.Fatal(err)
	}
	write(s, tb, inTables)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = storagetest.OpenWith(t, storagetest.Config(live))
	if tb, err = openTables(s); err != nil {
		t.Fatal(err)
	}
	write(s, tb, inLog/2)
	settled(t) // files are copied one after another
	copyDir(t, live, older)
	write(s, tb, inLog/2)
	copyDir(t, live, dir)
	return dir, older
}

func devNull(t *testing.T) *os.File {
	t.Helper()
	f, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// only is the one (or the n-th) file that matches, n from the end when negative.
func only(t *testing.T, dir, pattern string, n int) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(names) == 0 {
		t.Fatalf("files %s: got none, %v", pattern, err)
	}
	slices.Sort(names)
	if n < 0 {
		n += len(names)
	}
	return names[n]
}

// The damages.
func remove1(pattern string, n int) func(*testing.T, string) string {
	return func(t *testing.T, dir string) string {
		name := only(t, dir, pattern, n)
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
		return filepath.Base(name)
	}
}

func flip(pattern string, n int, at func(size int64) int64) func(*testing.T, string) string {
	return change(pattern, n, func(b []byte) []byte {
		b[at(used(b))] ^= 0x20
		return b
	})
}

func change(pattern string, n int, with func([]byte) []byte) func(*testing.T, string) string {
	return func(t *testing.T, dir string) string {
		name := only(t, dir, pattern, n)
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, with(b), 0o600); err != nil {
			t.Fatal(err)
		}
		return filepath.Base(name)
	}
}

// used is the size without the zeros at the end.
func used(b []byte) int64 {
	n := len(b)
	for n > 0 && b[n-1] == 0 {
		n--
	}
	return int64(n)
}

func TestDamage(t *testing.T) {
	killed, older := killedStore(t, 1400, 100)
	half := func(n int64) int64 { return n / 2 }
	last := func(n int64) int64 { return n - 1 }
	fromOlder := func(names ...string) func(*testing.T, string) string {
		return func(t *testing.T, dir string) string {
			for _, name := range names {
				if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
				copyDir(t, filepath.Join(older, name), filepath.Join(dir, name))
			}
			return "older"
		}
	}
	tests := []struct {
		name   string
		damage func(t *testing.T, dir string) string // answers the name that the hint must hold
		hint   string                                // when not that name
	}{
		{"MANIFEST removed", remove1("db/MANIFEST", 0), "MANIFEST is missing"},
		{"MANIFEST flipped", flip("db/MANIFEST", 0, half), ""},
		{"MANIFEST cut to its header", change("db/MANIFEST", 0, func(b []byte) []byte { return b[:16] }), "MANIFEST was cut"},
		{"MANIFEST empty", change("db/MANIFEST", 0, func([]byte) []byte { return nil }), ""},
		{"KEYREGISTRY removed", remove1("db/KEYREGISTRY", 0), "KEYREGISTRY is missing"},
		{"KEYREGISTRY flipped", flip("db/KEYREGISTRY", 0, last), ""},
		{"KEYREGISTRY length flipped", flip("db/KEYREGISTRY", 0, func(int64) int64 { return 28 }), ""},
		{"KEYREGISTRY cut", change("db/KEYREGISTRY", 0, func(b []byte) []byte { return b[:len(b)-3] }), ""},
		{"newest .mem removed", remove1("db/*.mem", -1), ""},
		{"newest .mem first byte", flip("db/*.mem", -1, func(int64) int64 { return 0 }), ""},
		{"newest .mem in the middle", flip("db/*.mem", -1, half), ""},
		{"newest .mem last byte", flip("db/*.mem", -1, last), ""},
		{"newest .mem cut in half", change("db/*.mem", -1, func(b []byte) []byte { return b[:used(b)/2] }), ""},
		{"newest .mem cut by a byte", change("db/*.mem", -1, func(b []byte) []byte { return b[:len(b)-1] }), ""},
		{"newest .mem loses one byte", change("db/*.mem", -1, func(b []byte) []byte { return slices.Delete(b, 2000, 2001) }), ""},
		{"newest .mem empty", change("db/*.mem", -1, func([]byte) []byte { return nil }), ""},
		{".sst removed", remove1("db/*.sst", 0), ""},
		{".sst flipped early", flip("db/*.sst", 0, func(int64) int64 { return 100 }), ""},
		{".sst flipped in the middle", flip("db/*.sst", -1, half), ""},
		{".sst last byte flipped", change("db/*.sst", 0, func(b []byte) []byte { b[len(b)-1] ^= 1; return b }), ""},
		{".sst cut in half", change("db/*.sst", 0, func(b []byte) []byte { return b[:len(b)/2] }), ""},
		{".sst empty", change("db/*.sst", -1, func([]byte) []byte { return nil }), ""},
		{"db removed", func(t *testing.T, dir string) string {
			if err := os.RemoveAll(filepath.Join(dir, "db")); err != nil {
				t.Fatal(err)
			}
			return "MANIFEST is missing"
		}, ""},
		{"db put back from an older copy", fromOlder("db"), "were sealed"},
		{"seal put back from an older copy", fromOlder("seal"), "older seal"},
		{"seal removed", func(t *testing.T, dir string) string {
			if err := os.RemoveAll(filepath.Join(dir, "seal")); err != nil {
				t.Fatal(err)
			}
			return "seal is missing"
		}, ""},
		{"one seal removed", remove1("seal/b", 0), "seal/b is missing"},
		{"seal a flipped", flip("seal/a", 0, half), "seal was altered"},
		{"seal b flipped", flip("seal/b", 0, last), "seal was altered"},
		{"seal padding flipped", change("seal/a", 0, func(b []byte) []byte { b[len(b)-1] = 1; return b }), "seal was altered"},
		{"seal key hash flipped", change("seal/a", 0, func(b []byte) []byte {
			at := strings.LastIndex(strings.TrimRight(string(b), "\x00\n"), " ") + 2
			b[at] ^= 1
			return b
		}), "seal was altered"},
		{"seal empty", change("seal/b", 0, func([]byte) []byte { return nil }), "seal was altered"},
		{"epoch key removed", remove1("keys/epoch-0001.key", 0), ""},
		{"epoch key flipped", flip("keys/epoch-0001.key", 0, half), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			copyDir(t, killed, dir)
			want := tt.damage(t, dir)
			if tt.hint != "" {
				want = tt.hint
			}
			before := digest(t, dir)
			_, err := storage.Open(t.Context(), storagetest.Config(dir))
			if !errors.Is(err, storage.Damaged) {
				t.Fatalf("open: got %v, want storage/damaged", err)
			}
			if got := fault.Of(err).Hint; !strings.Contains(got, want) {
				t.Errorf("hint: got %q, want %q in it", got, want)
			} else {
				t.Log(got)
			}
			if strings.HasPrefix(tt.name, "epoch key") {
				return // found after Badger opened, which may tidy up
			}
			after := digest(t, dir)
			for name, sum := range before {
				if after[name] != sum {
					t.Errorf("%s: got changed by the refused opening, want as it was", name)
				}
			}
		})
	}
	t.Run("nothing", func(t *testing.T) {
		s := storagetest.OpenWith(t, storagetest.Config(killed))
		if _, err := s.VerifyRecords(t.Context()); err != nil {
			t.Fatalf("verify records: got %v, want none", err)
		}
	})
}

// digest is the hash of every file below dir.
func digest(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	out := map[string][32]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		out[path] = sha256.Sum256(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
