package storagetest_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/storage"
)

// ledger is what the victim was answered, over all its lives.
type ledger struct {
	put     map[string]uint64 // id -> journal index
	fate    map[string]string // forgetting, forgot, deleting, deleted
	saw     uint64            // the follower's next leaf
	acks    int
	opens   int
	trouble []string
}

func (l *ledger) read(r io.Reader) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) == 0 {
			continue
		}
		switch f[0] {
		case "opened":
			l.opens++
		case "put":
			index, _ := strconv.ParseUint(f[2], 10, 64)
			l.put[f[1]] = index
			l.acks++
		case "forgetting", "forgot", "deleting", "deleted":
			l.fate[f[1]] = f[0]
			l.acks++
		case "saw":
			first, _ := strconv.ParseUint(f[1], 10, 64)
			last, _ := strconv.ParseUint(f[2], 10, 64)
			if first > l.saw {
				l.trouble = append(l.trouble, fmt.Sprintf("the follower got leaf %d before %d", first, l.saw))
			}
			l.saw = last + 1
		default:
			l.trouble = append(l.trouble, lines.Text())
		}
	}
}

// rounds is how often the victim is killed; ROSTOD_KILL_ROUNDS overrides.
func rounds(t *testing.T) int {
	if v := os.Getenv("ROSTOD_KILL_ROUNDS"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil {
			t.Fatalf("ROSTOD_KILL_ROUNDS: got %q, want a number", v)
		}
		return n
	}
	return 8
}

// TestKill kills a writing process again and again, and after each time opens
// what it left: every answered commit is there (I1), each commit whole or not
// at all (I2), the tree verifies and reaches the seal (I3), and what was
// forgotten stays so (I4).
func TestKill(t *testing.T) {
	dir := t.TempDir()
	l := &ledger{put: map[string]uint64{}, fate: map[string]string{}}
	n := rounds(t)
	for round := range n {
		// Short lives die while opening, longer ones while writing.
		life := time.Duration(1+rand.IntN(60)) * time.Millisecond
		if round%3 != 0 {
			life = time.Duration(50+rand.IntN(500)) * time.Millisecond
		}
		kill(t, dir, life, l)
		if len(l.trouble) > 0 {
			t.Fatalf("round %d: got trouble %q, want none", round, l.trouble)
		}
		// The victim itself opens what the last one left, nearly always.
		if round%5 == 4 || round == n-1 {
			audit(t, dir, l, round)
		}
	}
	t.Logf("%d rounds, %d openings, %d answered: none lost, none torn", n, l.opens, l.acks)
}

// TestKillNewborn kills a process while it makes its data directory: whatever
// is there opens.
func TestKillNewborn(t *testing.T) {
	for round := range rounds(t) {
		dir := filepath.Join(t.TempDir(), "data")
		l := &ledger{put: map[string]uint64{}, fate: map[string]string{}}
		for range 3 {
			kill(t, dir, time.Duration(rand.IntN(40_000))*time.Microsecond, l)
		}
		if len(l.trouble) > 0 {
			t.Fatalf("round %d: got trouble %q, want none", round, l.trouble)
		}
		audit(t, dir, l, round)
	}
}

// kill lets a victim live for a while in dir.
func kill(t *testing.T, dir string, life time.Duration, l *ledger) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "ROSTOD_TEST_VICTIM="+dir)
	cmd.ExtraFiles = []*os.File{w}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		l.read(r)
	}()
	timer := time.AfterFunc(life, func() { _ = cmd.Process.Signal(syscall.SIGKILL) })
	err = cmd.Wait()
	timer.Stop()
	<-read
	var exit *exec.ExitError
	if errors.As(err, &exit) && !exit.Exited() && exit.ProcessState.String() != "signal: killed" {
		t.Fatalf("the victim: got %v, want to be killed", err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

// audit opens what the victim left and holds it against the ledger. When that
// fails a copy is kept.
func audit(t *testing.T, dir string, l *ledger, round int) {
	t.Helper()
	ctx := t.Context()
	before := snapshotDir(t, dir)
	s, err := storage.Open(ctx, killConfig(dir))
	if err != nil {
		t.Fatalf("round %d: open after a kill: got %v (%s), want none (left in %s)", round, err, hintOf(err), before)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Errorf("round %d: close: got %v, want none", round, err)
		}
	}()
	tb, err := openTables(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.VerifyRecords(ctx); err != nil {
		t.Fatalf("round %d: verify records: got %v, want none (left in %s)", round, err, before)
	}
	err = s.View(ctx, func(v *storage.View) error {
		for id, index := range l.put {
			if err := checkPut(v, tb, id, index, l.fate[id]); err != nil {
				return err
			}
		}
		return checkWhole(s, v, tb)
	})
	if err != nil {
		t.Fatalf("round %d: %v (left in %s)", round, err, before)
	}
	if err := os.RemoveAll(before); err != nil {
		t.Fatal(err)
	}
}

func hintOf(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Hint
	}
	return ""
}

// checkPut holds one answered commit against the store.
func checkPut(v *storage.View, tb tables, id string, index uint64, fate string) error {
	leaves, err := v.Leaves(index, 1)
	if err != nil || len(leaves) != 1 || !strings.Contains(string(leaves[0].Public), id) {
		return fmt.Errorf("journal entry %d of %s: got %d entries and %w, want it", index, id, len(leaves), err)
	}
	r, err := tb.rows.Get(v, storage.Path(storage.Text(id)))
	switch {
	case err == nil && fate != "forgot" && fate != "deleted":
		if r.Sum != sum(id, r.Fill) {
			return fmt.Errorf("row %s: got a wrong sum", id)
		}
		return nil
	case errors.Is(err, storage.ErrErased) && (fate == "forgot" || fate == "forgetting"):
		return nil
	case errors.Is(err, storage.ErrNotFound) && (fate == "deleted" || fate == "deleting"):
		return nil
	}
	return fmt.Errorf("row %s, %q: got %w", id, fate, err)
}

// checkWhole looks for halves: rows without index, index without row.
func checkWhole(s *storage.Store, v *storage.View, tb tables) error {
	rows := 0
	for row, err := range tb.rows.Scan(v, storage.Range{}) {
		if err != nil && !errors.Is(err, storage.ErrErased) {
			return err
		}
		rows++
		if err != nil {
			continue
		}
		id, err := tb.index.Get(v, storage.Path(s.Pseudonym("victim", row.Value.ID)))
		if err != nil || id != row.Value.ID {
			return fmt.Errorf("index of row %s: got %q and %w", row.Value.ID, id, err)
		}
	}
	for _, err := range tb.index.Scan(v, storage.Range{}) {
		if err != nil {
			return err
		}
		rows--
	}
	if rows != 0 {
		return fmt.Errorf("rows without index: got %d, want 0", rows)
	}
	return nil
}

// snapshotDir copies the data directory beside it, for a look at what a
// failure began with.
func snapshotDir(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(os.TempDir(), "rostod-kill-"+strconv.Itoa(os.Getpid()))
	if err := errors.Join(os.RemoveAll(to), os.MkdirAll(dir, 0o700)); err != nil {
		t.Fatal(err)
	}
	copyDir(t, dir, to)
	return to
}

func copyDir(t *testing.T, from, to string) {
	t.Helper()
	// cp keeps holes: logs are mostly holes.
	if out, err := exec.Command("cp", "-a", "--sparse=always", from, to).CombinedOutput(); err != nil {
		t.Fatalf("copy %s: %v: %s", from, err, out)
	}
}
