package crash

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func remove(t *testing.T, path string) {
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

// flip turns one bit in the middle of what is used of a file: a log is filled
// up with zeros.
func flip(t *testing.T, path string) {
	change(t, path, func(data []byte) []byte {
		data[used(data)/2] ^= 0x10
		return data
	})
}

func cut(t *testing.T, path string) {
	change(t, path, func(data []byte) []byte { return data[:used(data)/2] })
}

func used(data []byte) int { return len(bytes.TrimRight(data, "\x00")) }

func change(t *testing.T, path string, by func([]byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(string(by(data)))(t, path)
}

func write(text string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func putBack(older, file string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		remove(t, path)
		copyFolder(t, filepath.Join(older, file), path)
	}
}
