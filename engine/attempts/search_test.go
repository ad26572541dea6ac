package attempts_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/attempts"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/storage"
)

func TestSearch(t *testing.T) {
	_, c, names := filled(t)
	type body = enginetest.Body
	only := func(name string, values ...string) body { return body{"filters": body{name: values}} }
	for _, tt := range []struct {
		ask  body
		want string
	}{
		{body{}, "spoof unclear grey refused none allowed"},
		{body{"sort": "oldest"}, "allowed none refused grey unclear spoof"},
		{body{"q": "transfer"}, "spoof refused allowed"},
		{body{"q": "TRANSFER cus_1"}, "spoof allowed"},
		{body{"q": `"cus 1" transfer`}, "spoof allowed"},
		{body{"q": "kiosk-2"}, "spoof unclear grey"},
		{body{"q": "kiosk-2 -transfer"}, "unclear grey"},
		{body{"q": "grey_zone"}, "grey"},
		{body{"q": "transf"}, ""},
		{body{"q": "cus_9"}, ""},
		{only("match", "no_match", "grey_zone"), "grey refused"},
		{only("liveness", "spoof"), "spoof"},
		{only("riskLevel", "high"), "grey allowed"},
		{only("status", "not_required"), "none"},
		{only("allow", "true"), "none allowed"},
		{only("method", "face_match"), "spoof unclear grey refused none allowed"},
		{only("method", "face_liveness"), ""},
		{only("reason", "grey_zone"), "grey"},
		{only("trigger", "login", "view"), "unclear none"},
		{only("deviceId", "kiosk-1"), "refused allowed"},
		{only("customerId", "cus_2"), "unclear refused"},
		{only("customerId", "cus"), ""},
		{only("day", "2026-11-22", "2026-11-25"), "spoof refused none allowed"},
		{body{"filters": body{"match": []string{"match"}, "liveness": []string{"live"}}, "q": "transfer"}, "allowed"},
		{body{"from": "2026-11-23", "to": "2026-11-24"}, "unclear grey"},
		{body{"from": "2026-11-22T13:00:00Z", "to": "2026-11-23T00:00:00Z"}, "refused none"},
		{body{"from": "2026-11-22T13:00:00.001Z", "to": "2026-11-23T00:00:00.001Z"}, "grey refused"},
		{body{"to": "2026-10-31"}, ""},
	} {
		a := c.Post(t, path+"/search", tt.ask).Want(t, http.StatusOK, "")
		want := strings.Fields(tt.want)
		if got := listed(a, names); !slices.Equal(got, want) || a.Number("total") != float64(len(want)) {
			t.Errorf("%v: got %v of %v, want %v", tt.ask, got, a.Number("total"), want)
		}
	}
}

// The list takes words, too, and goes on with the filters and forms that it has.
func TestListWithWords(t *testing.T) {
	_, c, names := filled(t)
	for _, tt := range []struct{ query, want string }{
		{"q=transfer", "spoof refused allowed"},
		{"q=transfer&customerId=cus_1&from=2026-11-23", "spoof"},
		{"q=transfer&allow=false&sort=oldest", "refused spoof"},
		{"q=transfer&limit=2&page=2", "allowed"},
		{"facets=match&match=match", "spoof allowed"},
		{"sort=oldest&riskLevel=low", "unclear spoof"},
	} {
		a := c.Get(t, path+"?"+tt.query).Want(t, http.StatusOK, "")
		if got := listed(a, names); !slices.Equal(got, strings.Fields(tt.want)) {
			t.Errorf("%s: got %v, want %s", tt.query, got, tt.want)
		}
	}
	for _, format := range []string{"csv", "ndjson"} {
		body := string(c.Get(t, path+"?q=transfer+-spoof&deviceId=kiosk-1&format="+format).Want(t, http.StatusOK, "").Body)
		if strings.Count(body, "att_") != 2 {
			t.Errorf("%s: got %s, want two rows", format, body)
		}
	}
}

func TestFacets(t *testing.T) {
	_, c, _ := filled(t)
	a := c.Post(t, path+"/search", enginetest.Body{
		"facets": []string{"match", "liveness", "riskLevel", "deviceId", "trigger", "day", "status", "allow", "reason", "method"}, "limit": 1,
	}).Want(t, http.StatusOK, "")
	for name, want := range map[string]string{
		"match": "match 2, grey_zone 1, no_match 1", "liveness": "live 3, spoof 1, unclear 1", "riskLevel": "high 2, low 2, medium 1, none 1",
		"deviceId": "kiosk-2 3, kiosk-1 2", "trigger": "transfer 3, login 1, view 1", "day": "2026-11-22 3, 2026-11-23 1, 2026-11-24 1, 2026-11-25 1",
		"status": "failed 3, not_required 1, pending 1, verified 1", "allow": "false 4, true 2", "method": "face_match 6",
	} {
		var got []string
		for i := range a.Len("facets." + name) {
			at := fmt.Sprintf("facets.%s.%d.", name, i)
			got = append(got, fmt.Sprint(a.Text(at+"value"), " ", a.Number(at+"count")))
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: got %v, want %s", name, got, want)
		}
	}
	if a.Len("facets.reason") == 0 {
		t.Errorf("got no reasons, want some")
	}
}

func TestBadSearches(t *testing.T) {
	r, c, _ := filled(t)
	type body = enginetest.Body
	for _, tt := range []struct {
		ask         body
		code, field string
	}{
		{body{"q": `"open`}, "search/bad-words", "q"},
		{body{"q": "..."}, "search/bad-words", "q"},
		{body{"filters": body{"match": []string{"maybe"}}}, "attempts/bad-query", "filters.match"},
		{body{"filters": body{"day": []string{"22.11.2026"}}}, "attempts/bad-query", "filters.day"},
		{body{"facets": []string{"customerId"}}, "attempts/bad-query", "facets"},
		{body{"from": "2026-11-23", "to": "2026-11-22"}, "attempts/bad-query", "to"},
		{body{"cursor": "!"}, "attempts/bad-query", "cursor"},
		{body{"limit": 1001}, "request/invalid", "limit"},
		{body{"sort": "best"}, "request/invalid", "sort"},
		{body{"words": "a"}, "request/unknown-member", ""},
	} {
		a := c.Post(t, path+"/search", tt.ask)
		blamed, _ := a.At("details.fieldErrors").(map[string]any)
		if a.Status != http.StatusBadRequest || a.Text("code") != tt.code || tt.field != "" && blamed[tt.field] == nil {
			t.Errorf("%v: got %d %s blaming %v, want 400 %s blaming %s", tt.ask, a.Status, a.Text("code"), blamed, tt.code, tt.field)
		}
	}
	c.Get(t, path+"?q=%22").Want(t, http.StatusBadRequest, "search/bad-words")
	c.Get(t, path+"?sort=oldest&page=300&limit=1000").Want(t, http.StatusBadRequest, "attempts/bad-query")
	r.Caller(t, "bank", engine.ViewVerifications).Post(t, path+"/search", body{}).Want(t, http.StatusForbidden, "auth/missing-scope")
	if got := r.Caller(t, "shop").Post(t, path+"/search", body{"q": "transfer"}).Want(t, http.StatusOK, ""); got.Number("total") != 0 {
		t.Errorf("another org got %s, want nothing", got.Body)
	}
}

// A walk by cursors gives every row once, across months and in both directions, though new
// ones come in meanwhile.
func TestSearchWalk(t *testing.T) {
	for _, sort := range []string{"newest", "oldest"} {
		r := enginetest.Open(t)
		c := r.Caller(t, "bank")
		c.Enrol(t, "cus_1", enginetest.Ana())
		var there []string
		for range 12 {
			there = append(there, c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Nobody()).Text("audit.attemptId"))
			r.Clock.Move(12 * 24 * time.Hour)
		}
		if sort == "newest" {
			slices.Reverse(there)
		}
		next, walked := "", []string(nil)
		for range 12 {
			a := c.Post(t, path+"/search", enginetest.Body{"q": "cus_1", "limit": 5, "cursor": next, "sort": sort}).Want(t, http.StatusOK, "")
			if (a.At("total") == nil) != (next != "") {
				t.Errorf("%s: got total %v behind cursor %q", sort, a.At("total"), next)
			}
			for i := range a.Len("data") {
				if id := a.Text(fmt.Sprintf("data.%d.id", i)); slices.Contains(there, id) {
					walked = append(walked, id)
				}
			}
			if next = a.Text("meta.next"); next == "" {
				break
			}
			c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Nobody())
		}
		if !slices.Equal(walked, there) {
			t.Errorf("%s: walked by %v, want %v", sort, walked, there)
		}
	}
}

func forget(t *testing.T, r *enginetest.Rooms, customer engine.CustomerID) {
	t.Helper()
	_, err := r.Store.Commit(t.Context(), func(tx *storage.Tx) error {
		if err := tx.Forget(r.Attempts.Subject("bank", customer)); err != nil {
			return err
		}
		_, err := tx.Log(storage.Entry{Kind: "evidence.erased", Actor: "system"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What was erased is found by nothing but its moment, counted nowhere, and its index is
// made anew, under another secret, before Erased answers.
func TestErasedRowsAreNotFound(t *testing.T) {
	r, c, names := filled(t)
	ask := func(q string) []string {
		return listed(c.Post(t, path+"/search", enginetest.Body{"q": q}).Want(t, http.StatusOK, ""), names)
	}
	if got := ask("cus_1"); len(got) != 4 {
		t.Fatalf("got %v, want four rows of cus_1", got)
	}
	before := files(t, r)
	forget(t, r, "cus_1")
	if err := r.Attempts.Erased(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name := range before {
		if b, err := os.ReadFile(name); err == nil && string(b) == before[name] && filepath.Ext(name) == ".zap" {
			t.Errorf("got the file %s as it was, want none of them", filepath.Base(name))
		}
	}
	for q, want := range map[string]string{"": "spoof unclear grey refused none allowed", "cus_1": "", "transfer": "refused", "kiosk-2": "unclear"} {
		if got := ask(q); !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%q: got %v, want %s", q, got, want)
		}
	}
	a := c.Get(t, path+"?facets=trigger,deviceId,day")
	if a.Len("facets.trigger") != 2 || a.Number("facets.deviceId.0.count") != 1 || a.Len("facets.day") != 2 {
		t.Errorf("got %s, want only what is left counted", a.Body)
	}
	if rows, err := r.Attempts.VerifyIndex(t.Context()); rows != 6 || err != nil {
		t.Errorf("got %d and %v, want six sound documents", rows, err)
	}
}

// files are the files of the search index and what is in them.
func files(t *testing.T, r *enginetest.Rooms) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(filepath.Dir(r.Index), "search", "*", "store", "*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("got %v and %v, want files", names, err)
	}
	all := map[string]string{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(b)
	}
	return all
}

// An index goes on from where it was; what happened to its files does not
// change what is found.
func TestIndexAfterARestart(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, dir string){
		"nothing": func(*testing.T, string) {},
		"all files gone": func(t *testing.T, dir string) {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		},
		"a month gone": func(t *testing.T, dir string) {
			if err := errors.Join(os.RemoveAll(filepath.Join(dir, "2026-11")), os.Remove(filepath.Join(dir, "mark"))); err != nil {
				t.Fatal(err)
			}
		},
		"a mark of another journal": func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, "mark"), []byte("3 00\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"a mark ahead": func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, "mark"), []byte("9999 00\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"a damaged month": func(t *testing.T, dir string) {
			if err := os.Truncate(filepath.Join(dir, "2026-11", "store", "root.bolt"), 10); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, clock := t.TempDir(), enginetest.NewClock()
			var first string
			t.Run("before", func(t *testing.T) {
				r := enginetest.OpenIn(t, dir, clock)
				c := r.Caller(t, "bank")
				c.Enrol(t, "cus_1", enginetest.Ana())
				first = c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Nobody()).Text("audit.attemptId")
				if got := c.Get(t, path+"?q=cus_1").Number("total"); got != 1 {
					t.Fatalf("got %v rows, want 1", got)
				}
				// The index has not seen this one when the daemon ends.
				clock.Move(time.Second)
				c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Nobody())
			})
			harm(t, filepath.Join(dir, "search"))
			r := enginetest.OpenIn(t, dir, clock)
			a := r.Caller(t, "bank").Get(t, path+"?q=cus_1").Want(t, http.StatusOK, "")
			if a.Number("total") != 2 || a.Text("data.1.id") != first {
				t.Errorf("got %s, want both rows", a.Body)
			}
			if rows, err := r.Attempts.VerifyIndex(t.Context()); rows != 2 || err != nil {
				t.Errorf("got %d and %v, want two sound documents", rows, err)
			}
		})
	}
}

// A deep check sees a row that the journal, and so the index, does not know.
func TestVerifyIndexSees(t *testing.T) {
	r, c, _ := filled(t)
	c.Get(t, path+"?q=cus_1").Want(t, http.StatusOK, "")
	id, err := engine.NewID[engine.AttemptID]("att", enginetest.Noon(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.Store.Commit(t.Context(), func(tx *storage.Tx) error {
		if _, err := tx.Log(storage.Entry{Kind: "test", Actor: "system"}); err != nil {
			return err
		}
		return r.Attempts.Add(tx, engine.Attempt{ID: id, Org: "bank", Customer: "cus_1", Created: enginetest.Noon()})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Attempts.VerifyIndex(t.Context()); !errors.Is(err, attempts.ErrIndexDiffers) {
		t.Errorf("got %v, want that the index differs", err)
	}
	// What the journal could not name is not taken at all.
	_, err = r.Store.Commit(t.Context(), func(tx *storage.Tx) error {
		return r.Attempts.Add(tx, engine.Attempt{ID: id, Org: "bank", Customer: "cus_1", Created: enginetest.Noon().Add(time.Second)})
	})
	if err == nil {
		t.Error("got no error, want a row refused whose id is of another moment")
	}
}

// The room's work may be at the index while it is searched.
func TestSearchBesideWork(t *testing.T) {
	r, c, _ := filled(t)
	c.Get(t, path+"?q=transfer").Want(t, http.StatusOK, "")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Attempts.Room().Work(ctx) }()
	for i := range 5 {
		c.StepUp(t, "cus_2", engine.RiskHigh, enginetest.Nobody())
		r.Clock.Move(time.Hour)
		if got := c.Get(t, path+"?q=cus_2").Want(t, http.StatusOK, "").Number("total"); got != float64(3+i) {
			t.Errorf("got %v rows, want %d: a search sees what was answered before it", got, 3+i)
		}
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it ends with its context", err)
	}
}

// A clock that is set back a year and forward ten changes neither the order of the
// journal nor what is found: rows stand where they say they were made.
func TestClockMoves(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_1", enginetest.Ana())
	const year = 365 * 24 * time.Hour
	var made []string
	var last float64
	for _, move := range []time.Duration{0, -year, 10 * year, -9 * year} {
		r.Clock.Move(move + time.Second)
		a := c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Nobody()).Want(t, http.StatusOK, "")
		if entry := a.Number("audit.journal"); entry <= last {
			t.Errorf("moved by %v: got entry %v behind %v, want the order of the commits", move, entry, last)
		} else {
			last = entry
		}
		made = append(made, a.Text("audit.attemptId"))
		if got := c.Get(t, path+"?q=cus_1").Want(t, http.StatusOK, "").Number("total"); got != float64(len(made)) {
			t.Errorf("moved by %v: got %v rows, want %d", move, got, len(made))
		}
	}
	want := []string{made[1], made[0], made[3], made[2]} // by the clock
	a := c.Get(t, path+"?q=cus_1&sort=oldest")
	for i, id := range want {
		if got := a.Text(fmt.Sprintf("data.%d.id", i)); got != id {
			t.Errorf("got %s at %d, want %s", got, i, id)
		}
	}
	if _, err := r.Store.Verify(t.Context()); err != nil {
		t.Errorf("got %v, want a sound journal", err)
	}
	if rows, err := r.Attempts.VerifyIndex(t.Context()); rows != 4 || err != nil {
		t.Errorf("got %d and %v, want four sound documents", rows, err)
	}
}
