package storage

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// room sets what the store believes to be free.
func (s *Store) room(bytes int64) {
	s.disk.mu.Lock()
	defer s.disk.mu.Unlock()
	s.disk.free = func(string) (int64, bool) { return bytes, true }
	s.disk.seen = time.Time{}
}

var tally = MigrationTable[int](0x20, "tally")

// add writes the next number, and answers how many there are.
func add(ctx context.Context, s *Store) (n int, err error) {
	_, err = s.Commit(ctx, func(tx *Tx) error {
		old, err := tally.Get(tx, Path(Text("n")))
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		n = old + 1
		if err := tally.Put(tx, Subject{1}, Path(Text("n")), n); err != nil {
			return err
		}
		_, err = tx.Log(Entry{Kind: "test.put", Actor: "test"})
		return err
	})
	return n, err
}

func added(ctx context.Context, s *Store) (n int, err error) {
	err = s.View(ctx, func(v *View) error {
		n, err = tally.Get(v, Path(Text("n")))
		return err
	})
	return n, err
}

// TestRest opens and closes the gate and looks how the database is open then.
func TestRest(t *testing.T) {
	ctx := t.Context()
	c := testConfig(t.TempDir())
	s := openTest(t, c)
	want := 0
	for _, step := range []struct {
		what  string
		free  int64
		err   error
		rests bool
	}{
		{"plenty", 1 << 40, nil, false},
		{"less than the minimum", c.MinFree - 1, Full, true},
		{"the minimum", c.MinFree, Full, true},
		{"nearly an eighth more", c.MinFree + c.MinFree/8 - 1, Full, true},
		{"an eighth more", c.MinFree + c.MinFree/8, nil, false},
		{"the minimum, from above", c.MinFree, nil, false},
		{"too little to close the database", c.restingNeeds() - 1, Full, false},
		{"enough to close it", c.restingNeeds(), Full, true},
		{"nothing", 0, Full, true},
		{"plenty again", 1 << 40, nil, false},
	} {
		s.room(step.free)
		if _, err := add(ctx, s); !errors.Is(err, step.err) {
			t.Errorf("%s: write: got %v, want %v", step.what, err, step.err)
		} else if err == nil {
			want++
		}
		if got := s.resting.Load(); got != step.rests {
			t.Errorf("%s: resting: got %v, want %v", step.what, got, step.rests)
		}
		if got := s.State(ctx).ReadOnly; got != (step.err != nil) {
			t.Errorf("%s: state: got read-only %v, want %v", step.what, got, step.err != nil)
		}
		if got, err := added(ctx, s); got != want || err != nil {
			t.Errorf("%s: read: got %d and %v, want %d", step.what, got, err, want)
		}
	}
	if _, err := s.VerifyRecords(ctx); err != nil {
		t.Errorf("verify records: got %v, want none", err)
	}
}

// TestClosingGivesBack goes to rest, which itself gives back some of the disk.
// That is no reason to work again; what others give back on top of it is.
func TestClosingGivesBack(t *testing.T) {
	ctx := t.Context()
	c := testConfig(t.TempDir())
	eighth := c.MinFree / 8
	for _, tt := range []struct {
		what       string
		back, more int64 // bytes beyond the minimum once it rests, and then those that others give
		needs      int64
		err        error
	}{
		{"nothing", -1, 0, c.MinFree + eighth, Full},
		{"more than the gate needs", 3 * eighth, 0, c.MinFree + 4*eighth, Full},
		{"more than the gate needs, and others a little", 3 * eighth, eighth - 1, c.MinFree + 4*eighth, Full},
		{"more than the gate needs, and others an eighth", 3 * eighth, eighth, c.MinFree + eighth, nil},
		{"nearly as much as the minimum", c.MinFree - 1, 1, c.MinFree + eighth, nil},
		{"as much as nobody but others can", 1 << 40, 0, c.MinFree + eighth, nil},
	} {
		t.Run(tt.what, func(t *testing.T) {
			c.Dir = t.TempDir()
			s := openTest(t, c)
			var rested atomic.Bool
			var given atomic.Int64
			s.disk.mu.Lock()
			s.disk.free = func(string) (int64, bool) {
				if rested.CompareAndSwap(false, s.resting.Load()); rested.Load() {
					return c.MinFree + tt.back + given.Load(), true
				}
				return c.MinFree - 1, true
			}
			s.disk.seen = time.Time{}
			s.disk.mu.Unlock()
			if _, err := add(ctx, s); !errors.Is(err, Full) || !s.resting.Load() {
				t.Fatalf("write: got %v, resting %v; want storage/full, at rest", err, s.resting.Load())
			}
			given.Store(tt.more)
			st := s.State(ctx) // looks at the disk
			if err := s.disk.gate(); !errors.Is(err, tt.err) {
				t.Errorf("the gate with %d MiB: got %v, want %v", st.Free>>20, err, tt.err)
			}
			if got := s.State(ctx).Needs; got != tt.needs {
				t.Errorf("needs: got %d MiB, want %d", got>>20, tt.needs>>20)
			}
		})
	}
}

// TestRestUnasked follows the disk while nobody writes.
func TestRestUnasked(t *testing.T) {
	s := openTest(t, testConfig(t.TempDir()))
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for _, rests := range []bool{true, false} {
		s.room(map[bool]int64{true: s.cfg.restingNeeds(), false: 1 << 40}[rests])
		for end := time.Now().Add(time.Minute); s.resting.Load() != rests; <-look.C {
			if time.Now().After(end) {
				t.Fatalf("resting: got %v, want %v", !rests, rests)
			}
		}
	}
}

// TestReadersAtRest reads without a pause while the store goes to rest and back
// to work: no reader ever sees an error, or less than was there before.
func TestReadersAtRest(t *testing.T) {
	ctx := t.Context()
	s := openTest(t, testConfig(t.TempDir()))
	s.room(1 << 40)
	if _, err := add(ctx, s); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for last := 1; ; {
				n, err := added(ctx, s)
				if err != nil || n < last {
					t.Errorf("read: got %d and %v, want at least %d", n, err, last)
					return
				}
				last = n
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for range 20 {
		s.room(s.cfg.restingNeeds())
		if _, err := add(ctx, s); !errors.Is(err, Full) {
			t.Errorf("write: got %v, want storage/full", err)
		}
		s.room(1 << 40)
		if _, err := add(ctx, s); err != nil {
			t.Errorf("write: got %v, want none", err)
		}
	}
	close(done)
	readers.Wait()
	if n, err := added(ctx, s); n != 21 || err != nil {
		t.Errorf("at the end: got %d and %v, want 21", n, err)
	}
}

// TestLongViewAtRest holds on to a view: the database stays as it is under it,
// writes are refused, and others read on.
func TestLongViewAtRest(t *testing.T) {
	ctx := t.Context()
	s := openTest(t, testConfig(t.TempDir()))
	s.room(1 << 40)
	if _, err := add(ctx, s); err != nil {
		t.Fatal(err)
	}
	err := s.View(ctx, func(v *View) error {
		s.room(s.cfg.restingNeeds())
		if _, err := add(ctx, s); !errors.Is(err, Full) {
			t.Errorf("write: got %v, want storage/full", err)
		}
		if s.resting.Load() {
			t.Error("the store rests, want it to wait for the view")
		}
		if n, err := added(ctx, s); n != 1 || err != nil {
			t.Errorf("another view: got %d and %v, want 1", n, err)
		}
		n, err := tally.Get(v, Path(Text("n")))
		if n != 1 {
			t.Errorf("the view: got %d, want 1", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestDatabaseDoesNotOpenAgain loses a file while the store is at rest: it says
// so to everybody, and closes.
func TestDatabaseDoesNotOpenAgain(t *testing.T) {
	ctx := t.Context()
	s := openTest(t, testConfig(t.TempDir()))
	s.room(1 << 40)
	if _, err := add(ctx, s); err != nil {
		t.Fatal(err)
	}
	s.room(s.cfg.restingNeeds())
	if _, err := add(ctx, s); !errors.Is(err, Full) {
		t.Fatalf("write: got %v, want storage/full", err)
	}
	if err := removeIfThere(s.cfg.path("db", registryName)); err != nil {
		t.Fatal(err)
	}
	s.room(1 << 40)
	if _, err := add(ctx, s); !errors.Is(err, Failed) {
		t.Errorf("write: got %v, want storage/failed", err)
	}
	if _, err := added(ctx, s); !errors.Is(err, Failed) {
		t.Errorf("read: got %v, want storage/failed", err)
	}
	if st := s.State(ctx); !st.ReadOnly || st.Why != Failed.Code || st.WhyDetail == "" {
		t.Errorf("state: got %v %q %q, want read-only, storage/failed, the cause", st.ReadOnly, st.Why, st.WhyDetail)
	}
}
