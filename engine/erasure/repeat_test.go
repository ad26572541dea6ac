package erasure_test

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/engine/erasure"
	"github.com/rostod/rostod/internal/transparency"
)

// Whoever was erased after a copy was made is in it again when it is put back. A
// certificate, the proof without a name and headquarters' list each erase them once
// more, and nobody else: not the other customer, and not whoever came back since.
func TestRepeated(t *testing.T) {
	dir, clock := t.TempDir(), enginetest.NewClock()
	operator := engine.Caller{Org: "bank", Key: engine.Operator}
	var verifier string
	t.Run("before the copy", func(t *testing.T) {
		r := enginetest.OpenIn(t, dir, clock)
		verifier = key(t, full(t, r))
	})
	backup := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(backup, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	var certificate, proof, other []byte
	var (
		ended transparency.Checkpoint
		err   error
	)
	t.Run("after it", func(t *testing.T) {
		r := enginetest.OpenIn(t, dir, clock)
		c := r.Caller(t, "bank")
		a := c.Post(t, at, wish(gone)).Want(t, http.StatusCreated, "")
		certificate = []byte(a.Text("certificate"))
		proof = c.Get(t, at+"/"+a.Text("id")+"/certificate").Want(t, http.StatusOK, "").Body
		other = c.Get(t, "/api/audit/entries/0/proof").Want(t, http.StatusOK, "").Body
		signed := c.Get(t, "/api/audit/checkpoint").Want(t, http.StatusOK, "").Body
		if ended, err = transparency.OpenCheckpoint(signed, verifier); err != nil {
			t.Fatal(err)
		}
	})
	hq, err := transparency.NewCosigner("hq.example", bytes.Repeat([]byte{9}, 32))
	if err != nil {
		t.Fatal(err)
	}
	listed := func(by transparency.Cosigner) []byte {
		receipt, err1 := transparency.NewReceipt(proof, nil)
		list, err2 := transparency.ErasureList(by, ended, [][]byte{receipt})
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		return list
	}
	// owing is the copy, put back, of which headquarters has seen more.
	owing := func(t *testing.T) *enginetest.Rooms {
		t.Helper()
		to := filepath.Join(t.TempDir(), "data")
		if err := os.CopyFS(to, os.DirFS(backup)); err != nil {
			t.Fatal(err)
		}
		r := enginetest.OpenIn(t, to, clock)
		r.Erasures.Vouches, r.Erasures.Owed = func() string { return hq.Key }, func() transparency.Checkpoint { return ended }
		return r
	}
	for _, tt := range []struct {
		name    string
		file    []byte
		settled bool
	}{
		{"a certificate", certificate, false},
		{"a proof without a name", proof, false},
		{"headquarters' list", listed(hq), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := owing(t)
			c := r.Caller(t, "bank")
			c.StepUp(t, gone, engine.RiskLow, enginetest.Ana()).Want(t, http.StatusOK, "") // they are back
			if err := r.Erasures.Settled(t.Context()); !errors.Is(err, erasure.ErrOwed) {
				t.Errorf("before: got %v, want %v", err, erasure.ErrOwed)
			}
			got, err := r.Erasures.Repeat(t.Context(), operator, tt.file)
			if err != nil || got.Proofs != 1 || got.Again != 1 || got.Settled != tt.settled {
				t.Fatalf("got %+v and %v, want one erased again, settled %v", got, err, tt.settled)
			}
			if err := r.Erasures.Settled(t.Context()); (err == nil) != tt.settled {
				t.Errorf("after: got %v, want settled %v", err, tt.settled)
			}
			c.StepUp(t, gone, engine.RiskLow, enginetest.Ana()).Want(t, http.StatusUnprocessableEntity, "stepup/no-enrolment")
			c.StepUp(t, "cus_stays", engine.RiskLow, enginetest.Budi()).Want(t, http.StatusOK, "")
			list := c.Get(t, at).Want(t, http.StatusOK, "")
			if list.Text("data.0.state") != "done" || list.Text("data.0.covered.repeats") == "" || list.Number("data.0.covered.removed.faces") != 1 {
				t.Errorf("got %s, want an erasure that is done and says which it repeats", list.Body)
			}
			if rows, err := r.Gallery.VerifyIndex(t.Context()); err != nil || rows != 1 {
				t.Errorf("verify the index: got %d rows and %v, want the other customer's", rows, err)
			}
			if s := r.Store.State(t.Context()); s.ErasuresPending != 0 {
				t.Errorf("got %d keys that wait for the next epoch, want none", s.ErasuresPending)
			}
			c.Enrol(t, gone, enginetest.Ana()).Want(t, http.StatusCreated, "")
			if got, err := r.Erasures.Repeat(t.Context(), operator, tt.file); err != nil || got.Again != 0 {
				t.Errorf("twice: got %+v and %v, want that whoever came back stays", got, err)
			}
			c.StepUp(t, gone, engine.RiskLow, enginetest.Ana()).Want(t, http.StatusOK, "")
			r.Erasures.Owed = func() transparency.Checkpoint { return transparency.Checkpoint{Origin: ended.Origin, Size: 1} }
			if err := r.Erasures.Settled(t.Context()); !errors.Is(err, erasure.ErrOwed) {
				t.Errorf("yet another end, and a shorter one: got %v, want %v", err, erasure.ErrOwed)
			}
		})
	}
	t.Run("refused", func(t *testing.T) {
		stranger, err := transparency.NewCosigner("hq.example", bytes.Repeat([]byte{8}, 32))
		if err != nil {
			t.Fatal(err)
		}
		r := owing(t)
		c := r.Caller(t, "bank")
		before := r.Journal(t)
		whole := listed(hq)
		for name, tt := range map[string]struct {
			file []byte
			want error
		}{
			"nothing":                       {nil, erasure.ErrCertificate},
			"half a certificate":            {certificate[:len(certificate)/2], erasure.ErrCertificate},
			"another entry":                 {other, erasure.ErrNoErasure},
			"a list of another's":           {listed(stranger), erasure.ErrForeign},
			"a list that lacks its receipt": {whole[:bytes.LastIndexByte(whole[:len(whole)-1], '\n')+1], erasure.ErrCertificate},
		} {
			if _, err := r.Erasures.Repeat(t.Context(), operator, tt.file); !errors.Is(err, tt.want) {
				t.Errorf("%s: got %v, want %v", name, err, tt.want)
			}
		}
		if got, err := enginetest.OpenElsewhere(t).Erasures.Repeat(t.Context(), operator, certificate); !errors.Is(err, erasure.ErrForeign) {
			t.Errorf("another machine's certificate: got %+v and %v, want %v", got, err, erasure.ErrForeign)
		}
		if after := r.Journal(t); after != before {
			t.Errorf("got %d entries, want none written", after-before)
		}
		r.Upload(t, c, at+"/repeat", certificate).Want(t, http.StatusForbidden, "erasure/at-the-machine")
	})
}

// Of somebody without a face whose evidence the law keeps no key is forgotten: there
// is nothing to repeat, and the proof of it holds nobody up.
func TestNothingToRepeat(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Do(t, http.MethodPut, "/api/retention/policy", enginetest.Body{"policy": enginetest.Body{
		"evidence": enginetest.Body{"keepDays": 20, "basis": "Circular 3.978"},
	}}).Want(t, http.StatusOK, "")
	c.Post(t, "/api/consents", enginetest.Body{
		"customerId": gone, "purpose": "face", "textSha256": strings.Repeat("ab", 32), "language": "pt-BR", "channel": "kiosk",
	}).Want(t, http.StatusCreated, "")
	id := c.Post(t, at, wish(gone)).Want(t, http.StatusCreated, "").Text("id")
	proof := c.Get(t, at+"/"+id+"/certificate").Want(t, http.StatusOK, "").Body
	got, err := r.Erasures.Repeat(t.Context(), engine.Caller{Org: "bank", Key: engine.Operator}, proof)
	if err != nil || got.Proofs != 1 || got.Again != 0 || !got.Settled {
		t.Errorf("got %+v and %v, want a proof, and nobody erased again", got, err)
	}
}
