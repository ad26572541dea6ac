package account

import (
	"sync"
	"time"

	"github.com/rostod/rostod/engine"
)

const (
	// failuresLock is how many failed assertions in a row lock an account, and
	// lockFor for how long.
	failuresLock = 20
	lockFor      = 5 * time.Minute
	// mostWatched is how many accounts are watched; only accounts that exist
	// are.
	mostWatched = 4096
)

// failures counts failed assertions. In memory: a stranger may cause them, and
// must not cause writes.
type failures struct {
	mu   sync.Mutex
	list map[who]tally
}

type who struct {
	org  engine.OrgID
	name string
}

type tally struct {
	count int
	until time.Time
}

func newFailures() *failures { return &failures{list: map[who]tally{}} }

// locked says whether no assertion of an account is taken now.
func (f *failures) locked(w who, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return now.Before(f.list[w].until)
}

// failed counts a failure.
func (f *failures) failed(w who, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, known := f.list[w]; !known && len(f.list) >= mostWatched {
		return
	}
	t := f.list[w]
	if t.count++; t.count >= failuresLock {
		t = tally{until: now.Add(lockFor)}
	}
	f.list[w] = t
}

// passed clears the slate.
func (f *failures) passed(w who) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.list, w)
}
