package ann

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// allOf hands rows over as records.
func allOf(rows []Row) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// written is an index on the disk with these rows, of which some were deleted.
func written(t *testing.T, dir string, rows []Row, deleted int) {
	t.Helper()
	x := openTest(t, dir)
	s := segmentOf(t, x, len(rows[0].Vector))
	must(t, s.Insert(rows...))
	must(t, x.Flush())
	for _, r := range rows[:deleted] {
		_, err := s.Delete(r.ID)
		must(t, err)
	}
	x.Advance(uint64(len(rows)))
	must(t, x.Flush())
	closed(t, x)
}

// Whatever byte of whatever file is altered: the index answers as before, or
// says that it is damaged and which file is. Then it is rebuilt.
func TestDamageIsNamedAndRebuilt(t *testing.T) {
	const dims, deleted = 64, 40
	rows := people(3, 600, dims)
	base := t.TempDir()
	written(t, base, rows, deleted)
	files := map[string][]byte{}
	must(t, filepath.WalkDir(base, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(base, path)
			files[rel], err = os.ReadFile(path)
		}
		return err
	}))
	random := rand.New(rand.NewPCG(1, 1))
	named := 0
	for name, bytes := range files {
		for range 25 {
			dir := t.TempDir()
			must(t, os.CopyFS(dir, os.DirFS(base)))
			bad := slices.Clone(bytes)
			switch random.IntN(8) {
			case 0:
				bad = bad[:random.IntN(len(bad))]
			default:
				bad[random.IntN(len(bad))] ^= 1 << random.IntN(8)
			}
			must(t, os.WriteFile(filepath.Join(dir, name), bad, 0o600))
			if noticed(t, dir, filepath.Base(name), rows, deleted) {
				named++
			}
		}
	}
	if named == 0 {
		t.Error("no damage was noticed, want most of it")
	}
	for name := range files {
		dir := t.TempDir()
		must(t, os.CopyFS(dir, os.DirFS(base)))
		must(t, os.Remove(filepath.Join(dir, name)))
		if !noticed(t, dir, filepath.Base(name), rows, deleted) {
			t.Errorf("%s is missing and nobody noticed", filepath.Base(name))
		}
	}
}

// noticed opens an altered index and uses it, and says whether it was damaged.
func noticed(t *testing.T, dir, file string, rows []Row, deleted int) bool {
	t.Helper()
	x, err := Open(Config{Dir: dir, Secret: func(Name) (Secret, error) { return testSecret, nil }})
	if err != nil {
		if !errors.Is(err, Damaged) || !strings.Contains(err.Error(), file) {
			t.Errorf("got %v, want index/damaged with %s", err, file)
		}
		must(t, Clear(dir))
		x = openTest(t, dir)
		must(t, x.Rebuild(testName, len(rows[0].Vector), allOf(rows[deleted:])))
	}
	defer closed(t, x)
	s, ok := x.Find(testName)
	if !ok {
		t.Fatal("the segment is gone")
	}
	found := err != nil
	if err := usable(s, rows, deleted); err != nil {
		found = true
		if !errors.Is(err, Damaged) || !strings.Contains(err.Error(), file) {
			t.Errorf("got %v, want index/damaged with %s", err, file)
		}
		if len(x.Damaged()) != 1 {
			t.Error("got no damaged segment, want the one")
		}
		must(t, x.Rebuild(testName, len(rows[0].Vector), allOf(rows[deleted:])))
		if err := usable(s, rows, deleted); err != nil {
			t.Errorf("got %v after rebuilding", err)
		}
	}
	return found
}

// usable looks for every row, changes one, and compares all with the records.
func usable(s *Segment, rows []Row, deleted int) error {
	for i, r := range rows {
		for _, exact := range []bool{false, true} {
			got, err := s.Search(r.Vector, Query{Least: 0.9, Exact: exact})
			if err != nil {
				return err
			}
			if (len(got.Candidates) == 1) != (i >= deleted) {
				return fmt.Errorf("row %d: got %d candidates", i, len(got.Candidates))
			}
		}
	}
	if err := s.Insert(rows[len(rows)-1]); err != nil {
		return err
	}
	audit, err := s.Verify(allOf(rows[deleted:]))
	if err == nil && (!audit.Sound() || audit.Rows != len(rows)-deleted) {
		err = fmt.Errorf("got audit %+v", audit)
	}
	return err
}

func TestVerifyFindsWhatDiffers(t *testing.T) {
	x := openTest(t, t.TempDir())
	defer closed(t, x)
	s := segmentOf(t, x, 32)
	rows := people(1, 100, 32)
	must(t, s.Insert(rows...))
	records := slices.Clone(rows[10:]) // 10 are surplus
	records[0].Vector = rows[0].Vector
	records[1].Owner = owner(12345)
	records = append(records, Row{ID: id(1 << 30), Vector: rows[0].Vector})
	got, err := s.Verify(allOf(records))
	if want := (Audit{Rows: 91, Missing: 1, Differs: 2, Surplus: 10}); err != nil || got != want || got.Sound() {
		t.Errorf("got %+v (%v), want %+v", got, err, want)
	}
}

// A stolen file matches nothing elsewhere: rows that another secret turned are
// strangers to each other, and files of another secret are not opened.
func TestSecrets(t *testing.T) {
	rows := people(1, 300, 128)
	plain := plainKernels()
	a, b := newRotation(Secret{1}, 128, &plain), newRotation(Secret{2}, 128, &plain)
	x, y, scratch := make([]float32, 128), make([]float32, 128), make([]float32, 128)
	for i, r := range rows {
		a.apply(r.Vector, x, scratch)
		b.apply(r.Vector, y, scratch)
		if c := cosine(x, y); c > 0.5 {
			t.Errorf("row %d: got cosine %.2f under two secrets, want a stranger's", i, c)
		}
		b.apply(rows[0].Vector, x, scratch)
		if got, want := cosine(x, y), cosine(rows[0].Vector, r.Vector); got < want-1e-6 || got > want+1e-6 {
			t.Errorf("row %d: got cosine %v under one secret, want %v", i, got, want)
		}
	}
	dir := t.TempDir()
	written(t, dir, rows, 0)
	secret := Secret{99}
	index, err := Open(Config{Dir: dir, Secret: func(Name) (Secret, error) { return secret, nil }})
	must(t, err)
	defer closed(t, index)
	s, _ := index.Find(testName)
	if _, err := s.Search(rows[0].Vector, Query{Least: 0.5}); !errors.Is(err, Damaged) {
		t.Errorf("got %v with another secret, want index/damaged", err)
	}
	for range 2 { // the second time the secret is changed where all is well
		must(t, index.Rebuild(testName, 128, allOf(rows)))
		if !finds(t, s, rows[7], true) || !finds(t, s, rows[7], false) {
			t.Error("a row is not found under a new secret")
		}
		secret = Secret{100}
	}
	for _, said := range []string{fmt.Sprintf("%v %+v %#v %s", secret, secret, secret, secret), fmt.Sprintf("%v %#v", rows[0], rows[0])} {
		if strings.ContainsAny(said, "0123456789") {
			t.Errorf("got %q, want nothing of a secret or a row", said)
		}
	}
}

func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := openTest(t, t.TempDir())
		defer closed(t, x)
		reached := make(chan error)
		go func() { reached <- x.Wait(t.Context(), 5) }()
		for position := range uint64(5) {
			x.Advance(position)
			synctest.Wait()
			select {
			case err := <-reached:
				t.Fatalf("got %v at position %d, want to wait for 5", err, position)
			default:
			}
		}
		x.Advance(7)
		if err := <-reached; err != nil {
			t.Errorf("got %v, want the position to be reached", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := x.Wait(ctx, 8); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the context's error", err)
		}
		x.Advance(3)
		if got := x.Position(); got != 7 {
			t.Errorf("got position %d, want 7: it never goes back", got)
		}
	})
}

func TestWhatIsRefused(t *testing.T) {
	x := openTest(t, t.TempDir())
	defer closed(t, x)
	s := segmentOf(t, x, 4)
	for _, v := range [][]float32{nil, {1, 2, 3}, {0, 0, 0, 0}, {1, 2, 3, float32(nan())}, {float32(math.Inf(1)), 0, 0, 1}} {
		if err := s.Insert(Row{ID: id(1), Vector: v}); err == nil {
			t.Errorf("got %v inserted, want it refused", v)
		}
		if _, err := s.Search(v, Query{Most: 1, Least: -1}); err == nil {
			t.Errorf("got %v searched, want it refused", v)
		}
	}
	for _, q := range []Query{{Least: -1}, {Most: -1}, {Least: 2}, {Least: nan(), Most: 1}} {
		if _, err := s.Search([]float32{1, 2, 3, 4}, q); err == nil {
			t.Errorf("got an answer to %+v, want it refused", q)
		}
	}
	if got, err := s.Search([]float32{1, 2, 3, 4}, Query{Least: -1, Most: 5}); err != nil || len(got.Candidates) != 0 {
		t.Errorf("got %v (%v) of no rows, want nobody", got, err)
	}
	if _, err := x.Segment(testName, 5); err == nil {
		t.Error("got a segment of other dimensions, want it refused")
	}
	must(t, x.Drop(testName))
	if _, ok := x.Find(testName); ok {
		t.Error("got a segment that was dropped")
	}
}

func nan() float64 {
	zero := 0.0
	return zero / zero
}
