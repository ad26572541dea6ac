package ann

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

// finds says whether the best answer to a row's own vector is the row.
func finds(t *testing.T, s *Segment, r Row, exact bool) bool {
	t.Helper()
	got, err := s.Search(r.Vector, Query{Least: 0.9, Exact: exact})
	must(t, err)
	return slices.ContainsFunc(got.Candidates, func(c Candidate) bool { return c.ID == r.ID })
}

// The rows of a part that is not full, of one that is, of files, and of files
// that were merged: each is visible, replaced and deleted when the call returns.
func TestChangesAreVisibleWhenTheCallReturns(t *testing.T) {
	x := openTest(t, t.TempDir())
	defer closed(t, x)
	s := segmentOf(t, x, 64)
	rows := people(5, 300, 64)
	others := people(6, 300, 64)
	for i, r := range rows {
		must(t, s.Insert(r))
		if !finds(t, s, r, false) || !finds(t, s, r, true) {
			t.Fatalf("row %d is not found when it was inserted", i)
		}
		if i%37 == 0 {
			must(t, x.Flush())
		}
	}
	for i, r := range rows {
		other := Row{ID: r.ID, Owner: r.Owner, Vector: others[i].Vector}
		must(t, s.Insert(other))
		if finds(t, s, r, false) || !finds(t, s, other, true) {
			t.Fatalf("row %d was not replaced", i)
		}
		if i%23 == 0 {
			must(t, x.Flush())
		}
	}
	if got := s.Rows(); got != len(rows) {
		t.Errorf("got %d rows, want %d", got, len(rows))
	}
	for i, r := range rows {
		n, err := s.Delete(r.ID, id(1<<20))
		if n != 1 || err != nil {
			t.Fatalf("got %d rows deleted (%v), want 1", n, err)
		}
		if finds(t, s, Row{ID: r.ID, Vector: others[i].Vector}, false) {
			t.Fatalf("row %d is found after it was deleted", i)
		}
	}
	if n, err := s.Delete(rows[0].ID); n != 0 || err != nil {
		t.Errorf("got %d rows deleted twice (%v), want none", n, err)
	}
	must(t, x.Flush())
	if got := s.Rows(); got != 0 {
		t.Errorf("got %d rows, want none", got)
	}
}

// What a search finds does not depend on the order of inserts, on how often
// was flushed, or on which kernels run.
func TestOrderDoesNotMatter(t *testing.T) {
	rows := people(8, 2000, 128)
	copy(rows[100].Vector, rows[99].Vector) // a tie
	probes := people(9, 30, 128)
	var want [][]Candidate
	for turn := range 3 {
		x, err := Open(Config{Dir: t.TempDir(), Secret: func(Name) (Secret, error) { return testSecret, nil }, Plain: turn == 2})
		must(t, err)
		s := segmentOf(t, x, 128)
		mixed := slices.Clone(rows)
		rand.New(rand.NewPCG(uint64(turn), 0)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		for part := range slices.Chunk(mixed, 300*(turn+1)) {
			must(t, s.Insert(part...))
			if turn > 0 {
				must(t, x.Flush())
			}
		}
		for i, p := range append(probes, rows[99]) {
			for n, q := range []Query{{Least: -1, Most: 10}, {Least: -1, Most: 10, Exact: true}, {Least: 0.2}} {
				got, err := s.Search(p.Vector, q)
				must(t, err)
				if turn == 0 {
					want = append(want, got.Candidates)
				} else if !slices.Equal(got.Candidates, want[3*i+n]) {
					t.Errorf("turn %d, probe %d, query %d: got %v, want %v", turn, i, n, got.Candidates, want[3*i+n])
				}
			}
		}
		closed(t, x)
	}
}

// While rows are replaced, flushed and deleted, a search finds each owner that
// is there all the time, and never one that is gone for good.
func TestSearchesBesideChanges(t *testing.T) {
	x := openTest(t, t.TempDir())
	defer closed(t, x)
	s := segmentOf(t, x, 64)
	stays, goes := people(1, 200, 64), people(2, 200, 64)
	for i := range goes {
		goes[i].ID, goes[i].Owner = id(1000+i), owner(1000+i)
	}
	must(t, s.Insert(append(slices.Clone(stays), goes...)...))
	var gone atomic.Int64
	done := make(chan struct{})
	var searching sync.WaitGroup
	for n := range 3 {
		searching.Go(func() {
			random := rand.New(rand.NewPCG(uint64(n), 9))
			for {
				select {
				case <-done:
					return
				default:
				}
				r, before := random.IntN(len(stays)), int(gone.Load())
				got, err := s.Search(stays[r].Vector, Query{Least: 0.9, Exact: n == 0})
				if err != nil || len(got.Candidates) != 1 || got.Candidates[0].Owner != stays[r].Owner {
					t.Errorf("got %v (%v), want the owner who stays", got.Candidates, err)
					return
				}
				if before > 0 {
					r = random.IntN(before)
					got, err = s.Search(goes[r].Vector, Query{Least: 0.9, Exact: n == 0})
					if err != nil || len(got.Candidates) != 0 {
						t.Errorf("got %v (%v), want nobody", got.Candidates, err)
						return
					}
				}
			}
		})
	}
	random := rand.New(rand.NewPCG(7, 7))
	for i := range goes {
		for range 3 {
			must(t, s.Insert(stays[random.IntN(len(stays))])) // the same again
		}
		if _, err := s.Delete(goes[i].ID); err != nil {
			t.Error(err)
		}
		gone.Store(int64(i + 1))
		if i%9 == 0 {
			must(t, x.Flush())
		}
	}
	close(done)
	searching.Wait()
}

// Deleted rows are nowhere in the files once they are flushed, whether their
// file was written anew or overwritten.
func TestErasureReachesTheFiles(t *testing.T) {
	for _, unmapped := range []bool{false, true} {
		t.Run(fmt.Sprintf("unmapped %t", unmapped), func(t *testing.T) { erase(t, unmapped) })
	}
}

func erase(t *testing.T, unmapped bool) {
	dir := t.TempDir()
	open := func() *Index {
		x, err := Open(Config{Dir: dir, unmapped: unmapped, Secret: func(Name) (Secret, error) { return testSecret, nil }})
		must(t, err)
		return x
	}
	x := open()
	s := segmentOf(t, x, 128)
	rows := people(4, 400, 128)
	must(t, s.Insert(rows...))
	must(t, x.Flush())
	turned, scratch := make([]float32, 128), make([]float32, 128)
	holds := func(r Row) bool {
		s.view.Load().rotation.apply(r.Vector, turned, scratch)
		var want []byte
		for _, v := range turned[:8] {
			want = binary.LittleEndian.AppendUint32(want, math.Float32bits(v))
		}
		// The plain bytes of an ID and of the cells go, too.
		l := newLayout(128, 32, 0)
		data := make([]byte, l.size)
		l.write(&x.kernels, data, 0, r.ID, r.Owner, turned)
		return inFiles(t, dir, want) || inFiles(t, dir, data[l.cells:l.cells+128]) || inFiles(t, dir, append(r.ID[:], r.Owner[:]...))
	}
	if !holds(rows[17]) {
		t.Fatal("a row is not in the files, want it there before it is deleted")
	}
	for _, gone := range [][]Row{rows[17:18], rows[30:60], rows[100:300]} {
		for _, r := range gone {
			_, err := s.Delete(r.ID)
			must(t, err)
		}
		must(t, x.Flush())
		for _, r := range gone {
			if holds(r) {
				t.Fatalf("%d deleted: row is still in the files", len(gone))
			}
		}
	}
	if !holds(rows[399]) {
		t.Error("a row that was not deleted is not in the files")
	}
	closed(t, x)
	x = open()
	defer closed(t, x)
	s, _ = x.Find(testName)
	if got := s.Rows(); got != 400-231 || !finds(t, s, rows[399], true) || finds(t, s, rows[17], true) {
		t.Errorf("got %d rows after opening again, want %d and the right ones", got, 400-231)
	}
}

// When the manifest cannot be written, Flush says so; the next one removes what
// the first could not, the deleted rows above all.
func TestErasureAfterAFailedFlush(t *testing.T) {
	dir := t.TempDir()
	x := openTest(t, dir)
	defer closed(t, x)
	s := segmentOf(t, x, 64)
	rows := people(4, 100, 64)
	must(t, s.Insert(rows...))
	must(t, x.Flush())
	for _, r := range rows[:60] {
		_, err := s.Delete(r.ID)
		must(t, err)
	}
	blocked := filepath.Join(dir, testName.String(), "manifest.new")
	must(t, os.MkdirAll(filepath.Join(blocked, "x"), 0o700))
	if err := x.Flush(); err == nil {
		t.Fatal("got no error, want one: the manifest could not be written")
	}
	must(t, os.RemoveAll(blocked))
	must(t, x.Flush())
	if inFiles(t, dir, append(rows[7].ID[:], rows[7].Owner[:]...)) {
		t.Error("a deleted row is still in a file")
	}
	if !finds(t, s, rows[99], true) || finds(t, s, rows[7], true) || s.Rows() != 40 {
		t.Errorf("got %d rows, want the 40 that were not deleted", s.Rows())
	}
}

func inFiles(t *testing.T, dir string, want []byte) bool {
	t.Helper()
	found := false
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		found = found || bytes.Contains(b, want)
		return err
	}))
	return found
}
