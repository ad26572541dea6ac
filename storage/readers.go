package storage

import (
	"context"
	"sync"
	"time"
)

// readers counts those who are at the database, and keeps new ones waiting
// while it is exchanged: Badger takes its files from under whoever still reads.
type readers struct {
	mu     sync.Mutex
	inside int
	opens  chan struct{} // closed when they may enter again; nil while they may
	gone   chan struct{} // closed when the last of them leaves, while none may enter
}

func (r *readers) enter(ctx context.Context) error {
	for {
		r.mu.Lock()
		opens := r.opens
		if opens == nil {
			r.inside++
		}
		r.mu.Unlock()
		if opens == nil {
			return nil
		}
		select {
		case <-opens:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (r *readers) leave() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.inside--; r.inside == 0 && r.opens != nil {
		close(r.gone)
	}
}

// keepOut lets nobody enter until letIn, and says whether all have left. Those
// who did not leave in time go on, and so does everybody else.
func (r *readers) keepOut(patience time.Duration) bool {
	r.mu.Lock()
	r.opens, r.gone = make(chan struct{}), make(chan struct{})
	if r.inside == 0 {
		close(r.gone)
	}
	gone := r.gone
	r.mu.Unlock()
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-gone:
		return true
	case <-late.C:
		r.letIn()
		return false
	}
}

func (r *readers) letIn() {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.opens)
	r.opens = nil
}
