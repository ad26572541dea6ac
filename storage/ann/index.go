package ann

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
)

// Config says where an index lies and who knows its secrets.
type Config struct {
	// Dir is the index's own folder. It is made when it is missing. One process
	// may use it at a time: the store beside it has the lock.
	Dir string
	// Secret is the secret of a segment, the same whenever it is asked for
	// until the segment is rebuilt.
	Secret func(Name) (Secret, error)
	// Plain leaves the processor's vector instructions alone.
	Plain bool

	unmapped bool // for tests: records are read one by one, as those of large segments
}

// Index is the segments of one folder.
type Index struct {
	config  Config
	kernels kernels
	workers sync.Pool

	position atomic.Uint64
	flushed  atomic.Uint64 // the position that the files have
	mu       sync.RWMutex
	segments map[Name]*Segment
	moved    chan struct{} // closed when the position moves
	flushing sync.Mutex
}

// Open opens the index. Files that are damaged, missing or of another secret
// do not keep it from opening: their segments answer index/damaged, Damaged
// names them, and Rebuild makes them anew. Close it when done.
func Open(c Config) (*Index, error) {
	if c.Secret == nil {
		return nil, errors.New("ann: an index needs its secrets")
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the index: %w", err)
	}
	x := &Index{config: c, kernels: allKernels()[0], segments: map[Name]*Segment{}, moved: make(chan struct{})}
	if c.Plain {
		x.kernels = plainKernels()
	}
	if err := x.load(); err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return x, nil
}

// Kernels names the loops that searches run.
func (x *Index) Kernels() string { return x.kernels.name }

// Segment is the segment of that name. It is made when it is missing, for
// vectors of so many dimensions.
func (x *Index) Segment(name Name, dims int) (*Segment, error) {
	if dims < 1 || dims > MaxDims {
		return nil, fmt.Errorf("ann: vectors of %d dimensions are not indexed", dims)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if s, ok := x.segments[name]; ok {
		if s.dims != dims && s.Err() == nil {
			return nil, fmt.Errorf("ann: the segment has vectors of %d dimensions, not of %d", s.dims, dims)
		}
		return s, nil
	}
	secret, err := x.config.Secret(name)
	if err != nil {
		return nil, fmt.Errorf("read the secret of a segment: %w", err)
	}
	s := newSegment(x, name, dims, secret)
	x.segments[name] = s
	return s, nil
}

// Find is the segment of that name, when there is one.
func (x *Index) Find(name Name) (*Segment, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	s, ok := x.segments[name]
	return s, ok
}

// Segments are all segments, in the order of their names.
func (x *Index) Segments() []*Segment {
	x.mu.RLock()
	defer x.mu.RUnlock()
	list := make([]*Segment, 0, len(x.segments))
	for _, s := range x.segments {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *Segment) int { return compareNames(a.name, b.name) })
	return list
}

// Damaged are the segments that must be rebuilt before they can be searched.
func (x *Index) Damaged() []*Segment {
	return slices.DeleteFunc(x.Segments(), func(s *Segment) bool { return s.Err() == nil })
}

// Position is how many entries of the journal the follower has passed.
func (x *Index) Position() uint64 { return x.position.Load() }

// Advance says that everything in the journal before position was applied.
// Rows that follow from it must have been inserted and deleted before.
func (x *Index) Advance(position uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if position <= x.position.Load() {
		return
	}
	x.position.Store(position)
	close(x.moved)
	x.moved = make(chan struct{})
}

// Wait returns once the follower has passed position: what was committed
// before it is in the index, or out of it.
func (x *Index) Wait(ctx context.Context, position uint64) error {
	for {
		x.mu.RLock()
		moved := x.moved
		x.mu.RUnlock()
		if x.position.Load() >= position {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Drop removes a segment and its files.
func (x *Index) Drop(name Name) error {
	x.flushing.Lock()
	defer x.flushing.Unlock()
	x.mu.Lock()
	s, ok := x.segments[name]
	delete(x.segments, name)
	x.mu.Unlock()
	if !ok {
		return nil
	}
	if err := x.writeHead(); err != nil {
		return err
	}
	return errors.Join(s.close(), removeAll(s.dir()))
}

// Close lets go of the files. It does not write: what was not flushed comes
// from the journal again. Nothing may be searched any more.
func (x *Index) Close() error {
	x.flushing.Lock()
	defer x.flushing.Unlock()
	var err error
	for _, s := range x.Segments() {
		err = errors.Join(err, s.close())
	}
	return err
}

func (s *Segment) dir() string { return filepath.Join(s.index.config.Dir, s.name.String()) }
