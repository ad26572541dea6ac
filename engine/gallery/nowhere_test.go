package gallery_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/storage"
)

// rowOf is what the index's files hold of one person: the turned template, which
// lies behind its owner in the record.
func rowOf(t *testing.T, dir string, p engine.Person) (row []byte) {
	t.Helper()
	parts, err := filepath.Glob(filepath.Join(dir, "flat", "*", "*.part"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range parts {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if at := bytes.Index(b, p[:]); at >= 0 {
			row = bytes.Clone(b[at+len(p):][:64])
		}
	}
	if len(row) == 0 || bytes.Equal(row, make([]byte, 64)) {
		t.Fatal("the index's files hold no row of that person, and the test shows nothing")
	}
	return row
}

// keysIn are the files of the keys that data keys are wrapped under.
func keysIn(t *testing.T, dir string) (keys [][]byte) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) == 0 {
		t.Fatalf("got %v and %d keys, want some", err, len(entries))
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, b)
	}
	return keys
}

// TestErasedFaceIsNowhere erases one of four people and looks for the face
// everywhere: in searches and exports, in every byte of every file, in what a
// thief could open who has the root key, and in a backup that is put back.
func TestErasedFaceIsNowhere(t *testing.T) {
	const gone = "cus_2"
	dir, clock := t.TempDir(), enginetest.NewClock()
	traces := map[string][]byte{"the picture": someone(2).Bytes(), "the customer": []byte(gone)}
	for i, x := range someone(2).Vector {
		traces["the template"] = binary.LittleEndian.AppendUint32(traces["the template"], math.Float32bits(x))
		if i == 3 {
			break // four numbers are enough to know it by
		}
	}
	t.Run("erase", func(t *testing.T) {
		r := enginetest.OpenIn(t, dir, clock)
		c := base(t, r, 0, 4)
		c.StepUp(t, "cus_1", engine.RiskMedium, someone(1)).Want(t, http.StatusOK, "")
		c.Do(t, http.MethodPost, "/api/index/reissue", nil).Want(t, http.StatusOK, "") // writes the files
		traces["the index's row"] = rowOf(t, r.Index, r.Gallery.Person("bank", gone))
		keys := keysIn(t, filepath.Join(dir, "keys"))
		for i, key := range keys {
			if !inFiles(t, dir, key) {
				t.Fatal("a key is in no file, and the test shows nothing")
			}
			traces[fmt.Sprint("key ", i, " that the face's key was wrapped under")] = key
		}
		c.Do(t, http.MethodDelete, "/api/identity/customers/"+gone+"/faces", nil).Want(t, http.StatusOK, "")
		if err := r.Store.Roll(t.Context()); err != nil { // which follows within seconds
			t.Fatal(err)
		}
		for _, format := range []string{"csv", "ndjson"} {
			if b := c.Get(t, "/api/identity/attempts?format="+format).Body; strings.Contains(string(b), gone) || !strings.Contains(string(b), "cus_1") {
				t.Errorf("the export names who was erased, or not who was not: %s", b)
			}
		}
	})
	for what, trace := range traces {
		if inFiles(t, dir, trace) {
			t.Errorf("%s is in a file", what)
		}
	}
	backup := t.TempDir()
	if err := os.CopyFS(backup, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	t.Run("put a backup back", func(t *testing.T) {
		r := enginetest.OpenIn(t, backup, clock)
		holds(t, r, []uint64{0, 1, 3}, 2)
		if _, err := r.Store.VerifyRecords(t.Context()); err != nil {
			t.Errorf("verify the records: got %v, want none", err)
		}
		erased, fact := 0, false
		for _, leaf := range r.Leaves(t, 0) {
			fact = fact || leaf.Kind == "faces.erased"
			private, err := r.Store.Opening(t.Context(), leaf.Index)
			if errors.Is(err, storage.ErrErased) {
				erased++
				continue
			}
			if err != nil {
				t.Errorf("entry %d: got %v, want none", leaf.Index, err)
			}
			if all := fmt.Sprint(private, string(leaf.Raw)); strings.Contains(all, gone) {
				t.Errorf("entry %d names who was erased: %s", leaf.Index, all)
			}
		}
		if erased == 0 || !fact {
			t.Errorf("got %d entries that cannot be opened, and the fact %v: want the enrolment's, and that it was erased", erased, fact)
		}
	})
}

// TestRemovedFaceIsNowhere removes one of two faces of a person: no search, no
// byte of a file, and no backup made afterwards finds it, and the other stays.
func TestRemovedFaceIsNowhere(t *testing.T) {
	const whose = "/api/identity/customers/cus_2/faces"
	dir, clock := t.TempDir(), enginetest.NewClock()
	other := someone(2)
	for i, x := range someone(9).Vector {
		other.Vector[i] += x / 4
	}
	traces := map[string][]byte{"the picture": someone(2).Bytes()}
	t.Run("remove", func(t *testing.T) {
		r := enginetest.OpenIn(t, dir, clock)
		c := base(t, r, 0, 4)
		gone := c.Get(t, whose).Text("data.0.id")
		c.Do(t, http.MethodPost, "/api/index/reissue", nil).Want(t, http.StatusOK, "") // writes the files
		traces["the index's row"] = rowOf(t, r.Index, r.Gallery.Person("bank", "cus_2"))
		stays := c.Enrol(t, "cus_2", other).Text("enrolment.id")
		c.Do(t, http.MethodDelete, whose+"/"+gone, nil).Want(t, http.StatusOK, "")
		if left := c.Get(t, whose); left.Len("data") != 1 || left.Text("data.0.id") != stays {
			t.Errorf("got the faces %s, want the other one", left.Body)
		}
		told := c.Get(t, "/api/subject-access?customerId=cus_2").Want(t, http.StatusOK, "")
		if told.Len("held.faces") != 1 || strings.Contains(fmt.Sprint(told.At("held.faces")), gone) {
			t.Errorf("subject access: got %v, want the other face only", told.At("held.faces"))
		}
		holds(t, r, []uint64{0, 1, 3}, 2)
	})
	for what, trace := range traces {
		if inFiles(t, dir, trace) {
			t.Errorf("%s is in a file", what)
		}
	}
	backup := t.TempDir()
	if err := os.CopyFS(backup, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	t.Run("put a backup back", func(t *testing.T) {
		r := enginetest.OpenIn(t, backup, clock)
		holds(t, r, []uint64{0, 1, 3}, 2)
		if got := search(t, r, other, 0.9999); len(got.Candidates) != 1 {
			t.Errorf("got %d people with the other face, want one", len(got.Candidates))
		}
		if _, err := r.Store.VerifyRecords(t.Context()); err != nil {
			t.Errorf("verify the records: got %v, want none", err)
		}
	})
}

// A disk that cannot be written for a while costs nothing but time: the face is
// erased at once, the index's files follow when they can, and nothing ends.
func TestIndexThatCannotBeWritten(t *testing.T) {
	r := enginetest.Open(t)
	c := base(t, r, 0, 4)
	c.Do(t, http.MethodPost, "/api/index/reissue", nil).Want(t, http.StatusOK, "") // writes the files
	row := rowOf(t, r.Index, r.Gallery.Person("bank", "cus_2"))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Gallery.Room().Work(ctx) }()

	folders, err := filepath.Glob(filepath.Join(r.Index, "flat", "*-*"))
	if err != nil || len(folders) != 1 {
		t.Fatalf("got %v and the folders %v, want one", err, folders)
	}
	aside := folders[0] + ".aside"
	if err := errors.Join(os.Rename(folders[0], aside), os.WriteFile(folders[0], nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	c.Do(t, http.MethodDelete, "/api/identity/customers/cus_2/faces", nil).Want(t, http.StatusOK, "")
	holds(t, r, []uint64{0, 1, 3}, 2)
	if !inFiles(t, r.Index, row) {
		t.Error("the row left a file that cannot be written: the test shows nothing")
	}
	if err := errors.Join(os.Remove(folders[0]), os.Rename(aside, folders[0])); err != nil {
		t.Fatal(err)
	}
	for inFiles(t, r.Index, row) {
		select {
		case err := <-done:
			t.Fatalf("the work ended: %v", err)
		default:
			runtime.Gosched()
		}
	}
	cancel()
	if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("the work: got %v, want none", err)
	}
	if inFiles(t, r.Index, row) {
		t.Error("the row is in a file of the index")
	}
	holds(t, r, []uint64{0, 1, 3}, 2)
}
