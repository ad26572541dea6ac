package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

func testConfig(dir string) Config {
	return Config{
		Dir: dir, Root: bytes.Repeat([]byte{7}, 32), Origin: "rostod/test", MinFree: LeastMinFree,
		EraseDelay: time.Hour, // rolls only when the test says so
	}
}

func openTest(t *testing.T, c Config) *Store {
	t.Helper()
	s, err := Open(t.Context(), c)
	if err != nil {
		t.Fatalf("open: got %v, want none", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: got %v, want none", err)
		}
	})
	return s
}

const (
	rollSubjects = 600 // more than two steps of a roll
	rollErased   = 10
)

func who(n int) Subject { return Subject{9, byte(n >> 8), byte(n)} }

// fillAndForget writes one record for each subject and forgets the first few.
func fillAndForget(ctx context.Context, s *Store, t *Table[int]) error {
	for first := 0; first < rollSubjects; first += 50 {
		if _, err := s.Commit(ctx, func(tx *Tx) error {
			for n := first; n < first+50; n++ {
				if err := t.Put(tx, who(n), Path(U32(n)), n); err != nil {
					return err
				}
				if _, err := tx.Log(Entry{
					Kind: "test.put", Actor: "test", Subject: who(n), Private: map[string]string{"n": fmt.Sprint(n)},
				}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	_, err := s.Commit(ctx, func(tx *Tx) error {
		for n := range rollErased {
			if err := tx.Forget(who(n)); err != nil {
				return err
			}
		}
		_, err := tx.Log(Entry{Kind: "test.forgot", Actor: "test"})
		return err
	})
	return err
}

// dieAt is the process that kills itself at a point of a roll.
func dieAt(point, dir string) int {
	ctx := context.Background()
	s, err := Open(ctx, testConfig(dir))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	t, err := OpenTable[int](s, 0x20, "numbers")
	if err != nil {
		return 1
	}
	if err := fillAndForget(ctx, s, t); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	s.step = func(at string) {
		if at == point {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	fmt.Fprintln(os.Stderr, s.Roll(ctx))
	return 1
}

// TestRollSurvives kills a process at every point of an epoch roll: the next
// one finishes it, and no key is lost or kept.
func TestRollSurvives(t *testing.T) {
	for _, point := range []string{
		"roll: key made", "roll: begun", "roll: wrapped some", "roll: wrapped all",
		"roll: key overwritten", "roll: key destroyed", "roll: done",
	} {
		t.Run(point, func(t *testing.T) {
			dir := t.TempDir()
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "ROSTOD_TEST_DIE_AT="+point, "ROSTOD_TEST_DIR="+dir)
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ProcessState.String() != "signal: killed" {
				t.Fatalf("the process: got %v, want it killed: %s", err, out)
			}
			ctx := t.Context()
			s := openTest(t, testConfig(dir))
			numbers, err := OpenTable[int](s, 0x20, "numbers")
			if err != nil {
				t.Fatal(err)
			}
			checkNumbers(t, s, numbers)
			if err := s.Roll(ctx); err != nil {
				t.Fatalf("roll: got %v, want none", err)
			}
			checkNumbers(t, s, numbers)
			if st := s.State(ctx); st.Epoch != 2 || st.ErasuresPending != 0 {
				t.Errorf("state: got epoch %d and %d pending, want 2 and 0", st.Epoch, st.ErasuresPending)
			}
			if got := len(epochNumbers(s.cfg.path("keys"))); got != 1 {
				t.Errorf("epoch keys: got %d, want 1", got)
			}
			if _, err := os.Stat(s.cfg.path("keys", epochFile(1))); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("old epoch key: got %v, want it gone", err)
			}
			if r, err := s.VerifyRecords(ctx); err != nil || r.Erased != 2*rollErased {
				t.Errorf("verify records: got %v and %d erased, want none and %d", err, r.Erased, 2*rollErased)
			}
		})
	}
}

func checkNumbers(t *testing.T, s *Store, numbers *Table[int]) {
	t.Helper()
	err := s.View(t.Context(), func(v *View) error {
		for n := range rollSubjects {
			got, err := numbers.Get(v, Path(U32(n)))
			if n < rollErased {
				if !errors.Is(err, ErrErased) {
					t.Errorf("erased record %d: got %v, want ErrErased", n, err)
				}
				continue
			}
			if err != nil || got != n {
				t.Errorf("record %d: got %d and %v, want it", n, got, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestRollInUse rolls while records are written, read and forgotten: a view
// older than the roll goes on reading.
func TestRollInUse(t *testing.T) {
	ctx := t.Context()
	s := openTest(t, testConfig(t.TempDir()))
	numbers, err := OpenTable[int](s, 0x20, "numbers")
	if err != nil {
		t.Fatal(err)
	}
	if err := fillAndForget(ctx, s, numbers); err != nil {
		t.Fatal(err)
	}
	err = s.View(ctx, func(v *View) error {
		if err := s.Roll(ctx); err != nil {
			return err
		}
		s.ring.mu.Lock()
		clear(s.ring.unlocked)
		s.ring.mu.Unlock()
		for n := rollErased; n < rollSubjects; n++ {
			if got, err := numbers.Get(v, Path(U32(n))); err != nil || got != n {
				return fmt.Errorf("record %d in a view older than the roll: got %d and %w", n, got, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	leaves, err := s.Leaves(ctx, rollSubjects+2, 10)
	if err != nil || len(leaves) != 1 || leaves[0].Kind != "storage.epoch-rolled" {
		t.Fatalf("journal after the roll: got %d entries and %v, want storage.epoch-rolled", len(leaves), err)
	}
	want := fmt.Sprintf(`{"erased":%d,"from":1,"to":2,"wrapped":%d}`, rollErased, rollSubjects-rollErased+1)
	if got := string(leaves[0].Public); got != want {
		t.Errorf("its public part: got %s, want %s", got, want)
	}
}
