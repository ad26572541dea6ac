package attempts_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine/enginetest"
)

// A row that went by age has left the index's files when the daily work is done: no
// file of its month is as it was, and what is left is found as before. Months of
// which nothing went stay as they are.
func TestAgedRowsLeaveTheFiles(t *testing.T) {
	r, c, names := filled(t)
	later := enginetest.Body{"customerId": "cus_2", "riskLevel": "low", "trigger": "later", "image": enginetest.Ana().Bytes()}
	r.Daily(t)
	r.Clock.Move(10 * 24 * time.Hour) // in December
	names[c.Post(t, "/api/identity/auth/step-up", later).Want(t, http.StatusOK, "").Text("audit.attemptId")] = "later"
	ask := func(q string) string {
		return strings.Join(listed(c.Post(t, path+"/search", enginetest.Body{"q": q}).Want(t, http.StatusOK, ""), names), " ")
	}
	if got := ask(""); got != "later spoof unclear grey refused none allowed" {
		t.Fatalf("got %s, want all rows", got)
	}
	before := files(t, r)
	now := r.Clock.Now()
	days := int(now.Sub(enginetest.Noon().Add(23*time.Hour)) / (24 * time.Hour)) // what was made on the first day goes
	c.Do(t, http.MethodPut, "/api/retention/policy", enginetest.Body{"policy": enginetest.Body{"days": enginetest.Body{"attempts": days}}}).Want(t, http.StatusOK, "")
	removed := r.Daily(t)["attempts"]
	if removed < 1 || removed > 5 {
		t.Fatalf("got %d rows removed, want some of November", removed)
	}
	left := 7 - removed
	same, months := 0, 0
	for name, was := range before {
		if filepath.Ext(name) != ".zap" {
			continue
		}
		b, err := os.ReadFile(name)
		november := strings.Contains(name, "2026-11")
		switch as := err == nil && string(b) == was; {
		case november && as:
			t.Errorf("got the file %s as it was, want none of them", filepath.Base(name))
		case !november && as:
			same++
		}
		if !november {
			months++
		}
	}
	if same == 0 || same != months {
		t.Errorf("got %d of %d files of December as they were, want all", same, months)
	}
	if rows, err := r.Attempts.VerifyIndex(t.Context()); rows != left || err != nil {
		t.Errorf("got %d and %v, want %d sound documents", rows, err, left)
	}
	all := strings.Fields(ask(""))
	if len(all) != left || slices.Contains(all, "allowed") || all[0] != "later" {
		t.Errorf("got %v, want the youngest %d", all, left)
	}
	if got := ask("later"); got != "later" {
		t.Errorf("got %q, want later", got)
	}
}

// An index that is behind passes over rows whose days were over before it came by.
func TestIndexBehindAgedRows(t *testing.T) {
	r, c, _ := filled(t)
	c.Do(t, http.MethodPut, "/api/retention/policy", enginetest.Body{"policy": enginetest.Body{"days": enginetest.Body{"attempts": 5}}}).Want(t, http.StatusOK, "")
	c.Post(t, path+"/search", enginetest.Body{}).Want(t, http.StatusOK, "")
	r.Daily(t)
	c.StepUp(t, "cus_1", "low", enginetest.Ana()).Want(t, http.StatusOK, "") // not indexed yet
	r.Clock.Move(10 * 24 * time.Hour)
	if got := r.Daily(t)["attempts"]; got != 7 {
		t.Errorf("got %d removed, want all", got)
	}
	if a := c.Post(t, path+"/search", enginetest.Body{}).Want(t, http.StatusOK, ""); a.Len("data") != 0 || a.Number("total") != 0 {
		t.Errorf("got %s, want nothing", a.Body)
	}
	if rows, err := r.Attempts.VerifyIndex(t.Context()); rows != 0 || err != nil {
		t.Errorf("got %d and %v, want none, and sound", rows, err)
	}
}
