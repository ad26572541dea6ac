package erasure_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/internal/transparency"
)

// TestKilledAnywhere takes the data folder as a kill would leave it at each point
// of an erasure, and opens it: from the moment the keys are forgotten nobody is
// found, and the next start finishes the rest, with a proof.
func TestKilledAnywhere(t *testing.T) {
	dir, clock := t.TempDir(), enginetest.NewClock()
	wreckage, wrecks, order := t.TempDir(), map[string]string{}, []string{}
	var verifier, id string
	t.Run("erase", func(t *testing.T) {
		r := enginetest.OpenIn(t, dir, clock)
		c := full(t, r)
		verifier = key(t, c)
		r.Step = func(point string) {
			wreck := filepath.Join(wreckage, strings.ReplaceAll(point, " ", "-"))
			if wrecks[point] == "" {
				wrecks[point] = wreck
				order = append(order, point)
				if err := os.CopyFS(wreck, os.DirFS(dir)); err != nil {
					t.Errorf("copy at %s: %v", point, err)
				}
			}
		}
		id = c.Post(t, at, wish(gone)).Want(t, http.StatusCreated, "").Text("id")
	})
	if len(order) < 6 {
		t.Fatalf("got the points %v, want more", order)
	}
	for _, point := range order {
		t.Run(point, func(t *testing.T) {
			r := enginetest.OpenIn(t, wrecks[point], clock)
			c := r.Caller(t, "bank")
			c.StepUp(t, gone, engine.RiskLow, enginetest.Ana()).Want(t, http.StatusUnprocessableEntity, "stepup/no-enrolment")
			if err := r.Erasures.Finish(t.Context()); err != nil {
				t.Fatalf("finish: got %v, want none", err)
			}
			a := c.Get(t, at+"/"+id)
			if a.Text("state") != "done" || a.Number("covered.removed.captures") != 2 {
				t.Errorf("got %s, want it done", a.Body)
			}
			e, err := transparency.OpenProof(c.Get(t, at+"/"+id+"/certificate").Want(t, http.StatusOK, "").Body, verifier)
			if err != nil || !strings.Contains(string(e.Leaf), "erasure.completed") {
				t.Errorf("the proof: got %s and %v", e.Leaf, err)
			}
			if err := r.Store.Roll(t.Context()); err != nil {
				t.Fatal(err)
			}
			if s := r.Store.State(t.Context()); s.ErasuresPending != 0 {
				t.Errorf("got %d erasures pending, want none", s.ErasuresPending)
			}
			if _, err := r.Store.VerifyRecords(t.Context()); err != nil {
				t.Errorf("verify the records: got %v, want none", err)
			}
			if rows, err := r.Gallery.VerifyIndex(t.Context()); err != nil || rows != 1 {
				t.Errorf("verify the index: got %d rows and %v, want the other customer's", rows, err)
			}
			for _, leaf := range r.Leaves(t, 0) {
				private, err := r.Store.Opening(t.Context(), leaf.Index)
				if strings.Contains(fmt.Sprint(private), gone) {
					t.Errorf("entry %d (%v) names who was erased", leaf.Index, err)
				}
			}
		})
	}
}

// Rows of an import that name the customer go, and the others stay; while one is
// under way the erasure waits for it, and everything else is done.
func TestErasedFromImports(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	lines := func(customers ...string) []byte {
		var b bytes.Buffer
		for i, customer := range customers {
			p := enginetest.Ana()
			if i > 0 {
				p = enginetest.Budi()
			}
			fmt.Fprintf(&b, "{\"id\":%q,\"name\":%q,\"image\":%q}\n", customer, name+customer, base64.StdEncoding.EncodeToString(p.Bytes()))
		}
		return b.Bytes()
	}
	end := r.Import(t)
	first := r.Upload(t, c, "/api/imports/upload?format=ndjson&segment=s", lines(gone, "cus_stays")).Want(t, http.StatusCreated, "").Text("id")
	await(t, c, "/api/imports/"+first)
	end()
	report := "/api/imports/" + first + "/report?format=csv"
	if b := string(c.Get(t, report).Want(t, http.StatusOK, "").Body); !strings.Contains(b, gone) || !strings.Contains(b, "cus_stays") {
		t.Fatalf("got %s, want both", b)
	}
	waiting := r.Upload(t, c, "/api/imports/upload?format=ndjson&segment=t", lines("cus_3")).Want(t, http.StatusCreated, "").Text("id")
	a := c.Post(t, at, wish(gone)).Want(t, http.StatusCreated, "")
	if a.Text("state") != "running" || a.Text("waitsFor") != "importer/under-way" {
		t.Errorf("got %s, want it to wait for the import", a.Body)
	}
	c.StepUp(t, gone, engine.RiskLow, enginetest.Ana()).Want(t, http.StatusUnprocessableEntity, "stepup/no-enrolment")
	c.Post(t, at, wish(gone)).Want(t, http.StatusConflict, "erasure/pending")
	c.Post(t, "/api/imports/"+waiting+"/cancel", nil).Want(t, http.StatusOK, "")
	if err := r.Erasures.Finish(t.Context()); err != nil {
		t.Fatalf("finish: got %v, want none", err)
	}
	if got := c.Get(t, at+"/"+a.Text("id")); got.Text("state") != "done" || got.Text("waitsFor") != "" {
		t.Errorf("got %s, want it done", got.Body)
	}
	b := string(c.Get(t, report).Want(t, http.StatusOK, "").Body)
	if strings.Contains(b, gone) || !strings.Contains(b, "cus_stays") || !strings.Contains(b, name+"cus_stays") {
		t.Errorf("got %s, want the other row as it was", b)
	}
	if _, err := r.Store.VerifyRecords(t.Context()); err != nil {
		t.Errorf("verify the records: got %v, want none", err)
	}
}

// await reads an import's events to their end.
func await(t *testing.T, c enginetest.Caller, path string) {
	t.Helper()
	if a := c.Get(t, path+"/events").Want(t, http.StatusOK, ""); !strings.Contains(string(a.Body), "event: end\n") {
		t.Fatalf("got events %s, want an end", a.Body)
	}
}
