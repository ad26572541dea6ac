package storagetest

import (
	"bytes"
	"errors"
	"testing"

	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/storage"
)

// Config is a configuration for tests: a fixed root key, small buffers.
func Config(dir string) storage.Config {
	return storage.Config{
		Dir:     dir,
		Root:    bytes.Repeat([]byte{7}, 32),
		Origin:  "rostod/test",
		MinFree: storage.LeastMinFree,
	}
}

// Open opens a new store in a directory of the test's own, and closes it at
// the end of the test.
func Open(t testing.TB) *storage.Store {
	t.Helper()
	return OpenWith(t, Config(t.TempDir()))
}

// OpenWith opens a store, and closes it at the end of the test unless the test
// did.
func OpenWith(t testing.TB, c storage.Config) *storage.Store {
	t.Helper()
	s, err := storage.Open(t.Context(), c)
	if err != nil {
		t.Fatalf("open a store: got %v, want none (%s)", err, hint(err))
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the store: got %v, want none", err)
		}
	})
	return s
}

func hint(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Hint
	}
	return ""
}

// IsDamage says whether err is storage/damaged.
func IsDamage(err error) bool { return errors.Is(err, storage.Damaged) }
