package crash

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The program that executed itself again is the same process, and all of its
// threads may be woken half a millisecond late.
func TestThreadsArePatient(t *testing.T) {
	d := start(t, at(t.TempDir(), "ROSTOD_MODELS="+t.TempDir()))
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", d.command.Process.Pid))
	if err != nil || len(threads) < 3 {
		t.Fatalf("got %d threads and %v, want some", len(threads), err)
	}
	for _, thread := range threads {
		text, err := os.ReadFile(filepath.Join("/proc", filepath.Base(thread), "timerslack_ns"))
		if os.IsNotExist(err) || os.IsPermission(err) {
			continue // a thread that has ended, or a kernel that does not tell
		}
		if err != nil {
			t.Fatal(err)
		}
		if slack, err := strconv.Atoi(strings.TrimSpace(string(text))); err != nil || slack < 500_000 {
			t.Errorf("got a slack of %q ns, want 500000 or more", text)
		}
	}
}
