package gallery_test

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

// retail is the base that the tests search.
var retail = engine.Base{Org: "bank", Segment: "retail"}

// someone is a made-up face.
func someone(seed uint64) enginetest.Picture {
	random := rand.New(rand.NewPCG(seed, 1))
	v := make([]float32, 16)
	for i := range v {
		v[i] = float32(random.NormFloat64())
	}
	return enginetest.Picture{Vector: v, Passive: 0.98}
}

// face is the template of a picture.
func face(p enginetest.Picture) engine.Template {
	return engine.Template{Model: engine.Digest{p.Model}, Vector: p.Vector}
}

// base is a gallery with so many people, and a client that enrols by processes
// without comparing: each face is enrolled with a key of the segment.
func base(t *testing.T, r *enginetest.Rooms, from, to uint64) enginetest.Client {
	t.Helper()
	c := r.Client(t, "bank", enginetest.Wish{Segment: "retail"})
	for i := from; i < to; i++ {
		c.Enrol(t, fmt.Sprint("cus_", i), someone(i))
	}
	return c
}

// search is who of the base resembles a picture, at least a little.
func search(t *testing.T, r *enginetest.Rooms, p enginetest.Picture, atLeast float64) engine.Search {
	t.Helper()
	found, err := r.Gallery.Index().Search(t.Context(), retail, face(p), atLeast, 20)
	if err != nil {
		t.Fatalf("search: got %v, want none", err)
	}
	return found
}

// holds says that the index finds each of these people by their own face and
// nobody where there is none.
func holds(t *testing.T, r *enginetest.Rooms, people []uint64, missing ...uint64) {
	t.Helper()
	for _, i := range people {
		got := search(t, r, someone(i), 0.9999)
		if len(got.Candidates) != 1 || got.Candidates[0].Person != r.Gallery.Person("bank", engine.CustomerID(fmt.Sprint("cus_", i))) {
			t.Errorf("person %d: got %d candidates, want the one", i, len(got.Candidates))
		}
	}
	for _, i := range missing {
		if got := search(t, r, someone(i), 0.9999); len(got.Candidates) != 0 {
			t.Errorf("person %d: got %v, want nobody", i, got.Candidates)
		}
	}
}

func numbers(from, to uint64) (list []uint64) {
	for i := from; i < to; i++ {
		list = append(list, i)
	}
	return list
}

// What the index answers is what comparing with every record answers.
func TestIndexEqualsRecords(t *testing.T) {
	r := enginetest.Open(t)
	base(t, r, 0, 60)
	for i := range uint64(10) {
		probe := someone(1000 + i)
		type near struct {
			person engine.Person
			cosine float64
		}
		var want []near
		for k := range uint64(60) {
			if c := engine.Cosine(face(probe), face(someone(k))); c >= 0.1 {
				want = append(want, near{r.Gallery.Person("bank", engine.CustomerID(fmt.Sprint("cus_", k))), c})
			}
		}
		slices.SortFunc(want, func(a, b near) int { return cmp.Compare(b.cosine, a.cosine) })
		want = want[:min(len(want), 20)]
		got := search(t, r, probe, 0.1)
		if len(got.Candidates) != len(want) || got.Compared != 60 {
			t.Fatalf("got %d candidates of %d compared, want %d of 60", len(got.Candidates), got.Compared, len(want))
		}
		for k, w := range want {
			if g := got.Candidates[k]; g.Person != w.person || g.Cosine != w.cosine {
				t.Errorf("candidate %d: got %v at %v, want %v at %v", k, g.Person, g.Cosine, w.person, w.cosine)
			}
		}
	}
}

// Faces that were removed, replaced or erased are found no more, and neither
// their rows' names nor those of their owners are in any file.
func TestIndexForgets(t *testing.T) {
	r := enginetest.Open(t)
	c := base(t, r, 0, 8)
	holds(t, r, numbers(0, 8))
	c.Do(t, http.MethodPost, "/api/index/reissue", nil).Want(t, http.StatusOK, "") // writes
	owners := map[uint64]engine.Person{}
	for i := range uint64(8) {
		p := r.Gallery.Person("bank", engine.CustomerID(fmt.Sprint("cus_", i)))
		owners[i] = p
		if !inFiles(t, r.Index, p[:]) {
			t.Fatalf("person %d is not in the files, and the test shows nothing", i)
		}
	}
	listed := c.Get(t, "/api/identity/customers/cus_3/faces").Text("data.0.id")
	c.Do(t, http.MethodDelete, "/api/identity/customers/cus_2/faces", nil).Want(t, http.StatusOK, "")
	c.Do(t, http.MethodDelete, "/api/identity/customers/cus_3/faces/"+listed, nil).Want(t, http.StatusOK, "")
	old := c.Get(t, "/api/identity/customers/cus_4/faces").Text("data.0.id")
	c.Post(t, enrolPath, enginetest.Body{"customerId": "cus_4", "image": someone(40).Bytes(), "replace": true}).Want(t, http.StatusCreated, "")
	holds(t, r, []uint64{0, 1, 5, 6, 7}, 2, 3, 4)
	if got := search(t, r, someone(40), 0.9999); len(got.Candidates) != 1 {
		t.Errorf("the new face: got %v, want the one", got.Candidates)
	}
	for _, i := range []uint64{2, 3} {
		if p := owners[i]; inFiles(t, r.Index, p[:]) {
			t.Errorf("person %d was erased and is in a file of the index", i)
		}
	}
	c.Do(t, http.MethodDelete, "/api/identity/customers/cus_5/faces", nil).Want(t, http.StatusOK, "") // writes
	row := sha256.Sum256([]byte(old))
	if inFiles(t, r.Index, row[:16]) {
		t.Error("the face that was replaced is in a file of the index")
	}
}

// inFiles says whether bytes are in any file of a folder.
func inFiles(t *testing.T, dir string, what []byte) (found bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // it was there when the folder was read
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		found = found || bytes.Contains(b, what)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// The index is there again after a start, whatever became of its files, and
// says what the records say.
func TestIndexComesBack(t *testing.T) {
	spoil := func(name string, do func(t *testing.T, path string)) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			files, err := filepath.Glob(filepath.Join(dir, "index", name))
			if err != nil || len(files) == 0 {
				t.Fatalf("got no %s, %v", name, err)
			}
			for _, f := range files {
				do(t, f)
			}
		}
	}
	remove := func(t *testing.T, path string) {
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
	}
	flip := func(t *testing.T, path string) {
		b, err := os.ReadFile(path)
		if err == nil {
			b[len(b)/2] ^= 0x40
			err = os.WriteFile(path, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, damage := range map[string]func(*testing.T, string){
		"as they were":           func(*testing.T, string) {},
		"all gone":               func(t *testing.T, dir string) { remove(t, filepath.Join(dir, "index")) },
		"no head":                spoil("flat/head", remove),
		"an altered head":        spoil("flat/head", flip),
		"no manifest":            spoil("flat/*/manifest", remove),
		"an altered manifest":    spoil("flat/*/manifest", flip),
		"no rows":                spoil("flat/*/*.part", remove),
		"altered rows":           spoil("flat/*/*.part", flip),
		"no word of the journal": spoil("journal", remove),
		"a wrong word of it":     spoil("journal", flip),
	} {
		t.Run(name, func(t *testing.T) {
			dir, clock := t.TempDir(), enginetest.NewClock()
			t.Run("before", func(t *testing.T) {
				r := enginetest.OpenIn(t, dir, clock)
				base(t, r, 0, 12)
				holds(t, r, numbers(0, 12))
			})
			damage(t, dir)
			t.Run("after", func(t *testing.T) {
				r := enginetest.OpenIn(t, dir, clock)
				holds(t, r, numbers(0, 12), 12)
				base(t, r, 12, 14)
				holds(t, r, numbers(0, 14), 14)
				if rows, err := r.Gallery.VerifyIndex(t.Context()); err != nil || rows != 14 {
					t.Errorf("verify the index: got %d rows, %v, want 14 and none", rows, err)
				}
			})
		})
	}
}

// A store that was put back to an older state has another journal from there
// on: an index that is ahead of it is not believed.
func TestIndexOfAnotherJournal(t *testing.T) {
	dir, older, clock := t.TempDir(), t.TempDir(), enginetest.NewClock()
	t.Run("before", func(t *testing.T) {
		r := enginetest.OpenIn(t, dir, clock)
		base(t, r, 0, 5)
		holds(t, r, numbers(0, 5)) // which makes the segment's secret
	})
	if err := os.CopyFS(older, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	t.Run("and on", func(t *testing.T) {
		r := enginetest.OpenIn(t, dir, clock)
		base(t, r, 5, 9)
		holds(t, r, numbers(0, 9))
	})
	t.Run("put back, and on another way", func(t *testing.T) {
		// The newer index beside the older records.
		if err := os.RemoveAll(filepath.Join(older, "index")); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(filepath.Join(older, "index"), os.DirFS(filepath.Join(dir, "index"))); err != nil {
			t.Fatal(err)
		}
		r := enginetest.OpenIn(t, older, clock)
		base(t, r, 20, 30)
		holds(t, r, append(numbers(0, 5), numbers(20, 30)...), 5, 6, 7, 8)
	})
}

// A new secret changes every file of the index, the journal says so, and
// nobody is lost.
func TestReissue(t *testing.T) {
	r := enginetest.Open(t)
	c := base(t, r, 0, 9)
	c.Do(t, http.MethodPost, "/api/index/reissue", nil).Want(t, http.StatusOK, "")
	parts := func() []byte {
		files, err := filepath.Glob(filepath.Join(r.Index, "flat", "*", "*.part"))
		if err != nil || len(files) != 1 {
			t.Fatalf("got %d files, %v, want one", len(files), err)
		}
		b, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	before := parts()
	a := c.Do(t, http.MethodPost, "/api/index/reissue", nil).Want(t, http.StatusOK, "")
	if a.Number("behind") != 0 || a.Number("segments.0.rows") != 9 || a.Number("segments.0.dimensions") != 16 {
		t.Errorf("got %s, want 9 rows of 16 dimensions, none behind", a.Body)
	}
	if bytes.Equal(before, parts()) {
		t.Error("the rows are as they were under the former secret")
	}
	holds(t, r, numbers(0, 9), 9)
	issues := 0
	for _, leaf := range r.Leaves(t, 0) {
		if leaf.Kind == "index.secret" {
			issues++
		}
	}
	if issues != 3 {
		t.Errorf("got %d journal entries of secrets, want 3", issues)
	}
	r.Caller(t, "bank", engine.ViewStatus).Do(t, http.MethodPost, "/api/index/reissue", nil).Want(t, http.StatusForbidden, "auth/missing-scope")
	if _, err := r.Store.VerifyRecords(t.Context()); err != nil {
		t.Errorf("verify the records: got %v, want none", err)
	}
}
