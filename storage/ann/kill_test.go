package ann

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
)

const victimEnv = "ROSTOD_ANN_VICTIM"

// TestMain is the victim's way in.
func TestMain(m *testing.M) {
	dir := os.Getenv(victimEnv)
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := work(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// work is the process that TestKill kills. Entry i of its journal inserts row
// i, and deletes row i/2 when i is odd.
func work(dir string) error {
	x, err := Open(Config{Dir: dir, Secret: func(Name) (Secret, error) { return testSecret, nil }})
	if err != nil {
		return err
	}
	s, err := x.Segment(testName, 32)
	if err != nil {
		return err
	}
	rows := people(1, 20_000, 32)
	for i := int(x.Position()); i < len(rows); i++ {
		if err := s.Insert(rows[i]); err != nil {
			return err
		}
		if i%2 == 1 {
			if _, err := s.Delete(rows[i/2].ID); err != nil {
				return err
			}
		}
		x.Advance(uint64(i + 1))
		if i%50 == 49 {
			if err := x.Flush(); err != nil {
				return err
			}
			fmt.Printf("flushed %d\n", i+1)
		}
	}
	return x.Close()
}

// Killed at whatever moment, the index opens, is not damaged, has everything
// up to its position, and goes on from there.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	rows := people(1, 20_000, 32)
	before := uint64(0)
	for turn := range 8 {
		printed := victim(t, dir, 3+5*turn%17)
		x := openTest(t, dir)
		position := x.Position()
		if position < printed || position < before {
			t.Fatalf("turn %d: got position %d, want at least %d that was flushed", turn, position, max(printed, before))
		}
		before = position
		s, ok := x.Find(testName)
		if !ok || s.Err() != nil {
			t.Fatalf("turn %d: got no sound segment", turn)
		}
		// Rows of entries behind the position may be there already.
		gone := map[ID]bool{}
		for i := 1; i < int(position); i += 2 {
			gone[rows[i/2].ID] = true
		}
		for i, r := range rows[:position] {
			got, err := s.Search(r.Vector, Query{Least: 0.99, Exact: true})
			must(t, err)
			later := i <= int(position+51)/2 // an entry behind the position may have deleted it
			if gone[r.ID] && len(got.Candidates) != 0 || !gone[r.ID] && len(got.Candidates) != 1 && !later {
				t.Fatalf("turn %d: got %d candidates for row %d, position %d", turn, len(got.Candidates), i, position)
			}
		}
		closed(t, x)
	}
	if before < 8*3*50 {
		t.Errorf("got position %d after all, want the victim to have worked", before)
	}
}

// victim runs until it has flushed so many times, is killed, and says what it
// had flushed.
func victim(t *testing.T, dir string, times int) uint64 {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), victimEnv+"="+dir)
	out, err := c.StdoutPipe()
	must(t, err)
	must(t, c.Start())
	var last uint64
	for lines := bufio.NewScanner(out); times > 0 && lines.Scan(); {
		var at string
		if _, err := fmt.Sscanf(lines.Text(), "flushed %s", &at); err == nil {
			last, err = strconv.ParseUint(at, 10, 64)
			must(t, err)
			times--
		}
	}
	must(t, c.Process.Kill())
	_ = c.Wait() // it was killed
	return last
}
