//go:build unix

package source

import (
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// A named pipe into which nobody writes holds up no row, and nobody's import.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	must(t, syscall.Mkfifo(filepath.Join(dir, "1-Ana-02011990.jpg"), 0o600))
	got, err := told(t.Context(), opened(t, dir), 0)
	if want := []string{"1|Ana|||row/unreadable"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q %v, want %q", got, err, want)
	}
}
