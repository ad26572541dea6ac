package storagetest_test

import (
	"bytes"
	"runtime"
	"testing"
	"time"
)

// eventually calls until it answers true: the gate looks every few milliseconds.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); <-tick.C {
		if is() {
			return
		}
	}
	t.Fatalf("%s: did not happen within three minutes", what)
}

// settled waits until Badger has finished what it began: what others take while
// a compaction runs is the one thing the gate cannot make up for.
func settled(t *testing.T) {
	t.Helper()
	since := time.Now()
	eventually(t, "an end of compaction", func() bool {
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		if bytes.Contains(stacks, []byte("runCompactDef")) || bytes.Contains(stacks, []byte("handleMemTableFlush")) {
			since = time.Now()
		}
		// Compactors look for work every 50 ms.
		return time.Since(since) > time.Second
	})
}
