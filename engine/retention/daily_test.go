package retention_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/storage"
)

const (
	day  = 24 * time.Hour
	path = "/api/retention"
)

func set(t *testing.T, c enginetest.Caller, policy enginetest.Body) enginetest.Answer {
	t.Helper()
	return c.Do(t, http.MethodPut, path+"/policy", enginetest.Body{"policy": policy}).Want(t, http.StatusOK, "")
}

// A policy is versions that are all kept, each by whom and when; nothing is
// changed by whoever saw an older one, by another org, or without the scope.
func TestPolicy(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	if a := c.Get(t, path+"/policy").Want(t, http.StatusOK, ""); a.Number("version") != 0 || a.Number("days.captures") != enginetest.KeepDays || a.Number("days.attempts") != 0 {
		t.Errorf("got %s, want the defaults", a.Body)
	}
	set(t, c, enginetest.Body{"days": enginetest.Body{"attempts": 90}, "fourEyes": true})
	c.Do(t, http.MethodPut, path+"/policy", enginetest.Body{"version": 0, "policy": enginetest.Body{}}).Want(t, http.StatusConflict, "retention/changed")
	c.Do(t, http.MethodPut, path+"/policy", enginetest.Body{"policy": enginetest.Body{"days": enginetest.Body{"photos": 1}}}).Want(t, http.StatusUnprocessableEntity, "retention/unsound")
	a := c.Do(t, http.MethodPut, path+"/policy", enginetest.Body{"version": 1, "note": "rule 7", "policy": enginetest.Body{"days": enginetest.Body{"attempts": 30}}}).Want(t, http.StatusOK, "")
	if a.Number("version") != 2 || a.At("fourEyes") != false || a.Text("note") != "rule 7" || a.Text("changedBy") != string(c.ID) {
		t.Errorf("got %s, want version 2", a.Body)
	}
	if a := c.Get(t, path+"/policy?version=1"); a.Number("days.attempts") != 90 || a.At("fourEyes") != true {
		t.Errorf("got %s, want the version before", a.Body)
	}
	c.Get(t, path+"/policy?version=3").Want(t, http.StatusNotFound, "retention/no-such-version")
	if a := c.Get(t, path+"/policy/versions"); a.Len("data") != 2 || a.Number("data.0.version") != 2 {
		t.Errorf("got %s, want both, newest first", a.Body)
	}
	if a := r.Caller(t, "shop").Get(t, path+"/policy"); a.Number("version") != 0 {
		t.Errorf("got %s of another org, want its own", a.Body)
	}
	viewer := r.Caller(t, "bank", engine.ViewRetention)
	viewer.Do(t, http.MethodPut, path+"/policy", enginetest.Body{"policy": enginetest.Body{}}).Want(t, http.StatusForbidden, "auth/missing-scope")
	c.Post(t, path+"/resume", enginetest.Body{"today": "2026-11-22"}).Want(t, http.StatusForbidden, "retention/at-the-machine")
}

// everything leaves one record of each kind about a customer at a moment.
func everything(t *testing.T, r *enginetest.Rooms, c enginetest.Caller, customer string, p enginetest.Picture) (process string) {
	t.Helper()
	client := r.Client(t, "bank", enginetest.Wish{Segment: "s", Capabilities: []engine.CapabilityName{engine.CapMultiAccounts}})
	process = client.Create(t, customer, p).Want(t, http.StatusOK, "").Text("id")
	c.StepUp(t, customer, engine.RiskLow, p).Want(t, http.StatusOK, "")
	r.Bundle(t, "bank", engine.CustomerID(customer), p)
	return process
}

// What is due goes, as the preview said: each kind after its own days, with what
// the journal's entries held in private. What is held stays, also when the hold is
// on one record; it goes when the hold has ended.
func TestDaily(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	set(t, c, enginetest.Body{"days": enginetest.Body{"captures": 2, "attempts": 4, "processes": 6, "templates": 8}})
	process := everything(t, r, c, "cus_1", enginetest.Ana())
	everything(t, r, c, "cus_2", enginetest.Budi())
	held := c.Get(t, "/api/identity/attempts?customerId=cus_2").Text("data.0.id")
	h := c.Post(t, "/api/holds", enginetest.Body{"record": enginetest.Body{"kind": "attempts", "id": held}, "reason": "suit 1"}).Want(t, http.StatusCreated, "").Text("id")
	c.Post(t, "/api/holds", enginetest.Body{"record": enginetest.Body{"kind": "attempts", "id": "att_0"}, "reason": "x"}).Want(t, http.StatusNotFound, "hold/no-such-record")
	r.Daily(t) // it begins
	private := func() (open int) {
		for _, leaf := range r.Leaves(t, 0) {
			if p, err := r.Store.Opening(t.Context(), leaf.Index); err == nil && p["name"] != "" {
				open++
			}
		}
		return open
	}
	if got := private(); got != 2 {
		t.Fatalf("got %d names in the journal's private parts, want 2", got)
	}
	for d := 1; d <= 10; d++ {
		r.Clock.Move(day)
		said := c.Get(t, path+"/preview").Want(t, http.StatusOK, "")
		removed := r.Daily(t)
		want := map[int]map[string]int{
			3: {"captures": 2, "journal": 6},                     // of each challenge: created, begun, kept
			5: {"attempts": 1, "verifications": 2, "journal": 1}, // of the other, which is held, nothing
			7: {"processes": 2, "journal": 2},
			9: {"faces": 2},
		}[d]
		for name, n := range want {
			if removed[name] != n {
				t.Errorf("day %d: removed %d of %s, want %d", d, removed[name], name, n)
			}
		}
		if want == nil && len(removed) > 0 {
			t.Errorf("day %d: removed %v, want nothing", d, removed)
		}
		total := 0
		if d == 9 {
			total = 2 // private parts that go with the key of the last face
		}
		for _, n := range removed {
			total += n
		}
		if int(said.Number("due")) != total || d >= 5 && said.Number("held") < 1 {
			t.Errorf("day %d: the preview said %s, and it was %v", d, said.Body, removed)
		}
	}
	if got := private(); got != 0 {
		t.Errorf("got %d names in the journal's private parts, want none", got)
	}
	r.Client(t, "bank", enginetest.Wish{Capabilities: []engine.CapabilityName{engine.CapMultiAccounts}}).Process(t, "v1", process).Want(t, http.StatusNotFound, "")
	if rows := c.Get(t, "/api/identity/attempts"); rows.Number("total") != 1 || rows.Text("data.0.id") != held {
		t.Errorf("got %s, want the one that is held", rows.Body)
	}
	c.Post(t, "/api/holds/"+h+"/release", nil).Want(t, http.StatusOK, "")
	r.Clock.Move(day)
	if got := r.Daily(t); got["attempts"] != 1 || got["journal"] != 1 {
		t.Errorf("released: removed %v, want the attempt, and what its entry held in private", got)
	}
	if _, err := r.Store.VerifyRecords(t.Context()); err != nil {
		t.Errorf("verify the records: got %v, want none", err)
	}
	if rows, err := r.Gallery.VerifyIndex(t.Context()); err != nil || rows != 0 {
		t.Errorf("verify the index: got %d rows and %v, want none", rows, err)
	}
	c.StepUp(t, "cus_1", engine.RiskLow, enginetest.Ana()).Want(t, http.StatusUnprocessableEntity, "stepup/no-enrolment")
}

// A clock that jumps ten years destroys nothing, however often it is looked, until
// somebody who works on the machine says that day; one that went back neither.
func TestClockJumps(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	set(t, c, enginetest.Body{"days": enginetest.Body{"attempts": 1, "processes": 1, "templates": 1}})
	everything(t, r, c, "cus_1", enginetest.Ana())
	r.Daily(t)
	r.Clock.Move(-3650 * day)
	r.Daily(t)
	r.Clock.Move(2 * 3650 * day)
	before := r.Journal(t)
	for range 3 {
		if got := r.Daily(t); len(got) > 0 {
			t.Errorf("removed %v, want nothing", got)
		}
		r.Clock.Move(day)
	}
	if got := r.Journal(t); got != before {
		t.Errorf("got %d journal entries, want %d", got, before)
	}
	if s := c.Get(t, path+"/state"); s.Text("state") != "paused" || !strings.Contains(s.Text("why"), "2036-11-2") || strings.Contains(s.Text("why"), "resume 2") {
		t.Errorf("got %s, want it paused and what to do", s.Body)
	}
	if p := c.Get(t, path+"/preview"); p.At("paused") != true || p.Number("due") < 3 {
		t.Errorf("got %s, want a warning of what would go", p.Body)
	}
	if rows := c.Get(t, "/api/identity/attempts"); rows.Number("total") != 1 {
		t.Errorf("got %s, want the attempt", rows.Body)
	}
}

// Whatever is made when, however the clock goes and the policy is changed: no
// attempt is gone before its days were over by a clock that was reached, and what
// is held never.
func TestNeverBeforeItsDeadline(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 7))
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	made := map[string]time.Time{}
	days, latest := 0, r.Clock.Now()
	r.Daily(t)
	for range 60 {
		switch dice.IntN(4) {
		case 0:
			days = dice.IntN(6)
			set(t, c, enginetest.Body{"days": enginetest.Body{"attempts": days}})
		case 1:
			customer := engine.CustomerID(fmt.Sprint("cus_", dice.IntN(3)))
			_, err := r.Store.Commit(t.Context(), func(tx *storage.Tx) error {
				id, err := engine.NewID[engine.AttemptID]("att", tx.Now(), zeros{dice})
				if err != nil {
					return err
				}
				made[string(id)] = tx.Now().Truncate(time.Millisecond)
				row := engine.Attempt{ID: id, Org: "bank", Customer: customer, Created: made[string(id)]}
				if _, err := tx.Log(storage.Entry{Kind: "test.attempt", Actor: "test"}); err != nil {
					return err
				}
				return r.Attempts.Add(tx, row)
			})
			if err != nil {
				t.Fatal(err)
			}
		default:
			r.Clock.Move(time.Duration(dice.Int64N(int64(3*day))) - day/2)
		}
		before := maps.Clone(made)
		r.Daily(t)
		if now := r.Clock.Now(); now.After(latest) {
			latest = now
		}
		there := map[string]bool{}
		rows := c.Get(t, "/api/identity/attempts?limit=1000")
		for i := range rows.Len("data") {
			there[rows.Text(fmt.Sprintf("data.%d.id", i))] = true
		}
		for id, at := range before {
			if there[id] {
				continue
			}
			if days == 0 || latest.Before(at.AddDate(0, 0, days)) {
				t.Fatalf("gone: made %v, %d days, the clock was never beyond %v", at, days, latest)
			}
			delete(made, id)
		}
	}
}

// zeros reads what dice throw.
type zeros struct{ *rand.Rand }

func (z zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(z.Uint32())
	}
	return len(b), nil
}

// Cut short at any transaction, the work goes on where it was, with the same run,
// and in the end nothing is there that was due, and all that was not.
func TestCutShort(t *testing.T) {
	dir, clock := t.TempDir(), enginetest.NewClock()
	var young int
	t.Run("fill", func(t *testing.T) {
		r := enginetest.OpenIn(t, dir, clock)
		c := r.Caller(t, "bank")
		set(t, c, enginetest.Body{"days": enginetest.Body{"attempts": 5}})
		r.Daily(t)
		add := func(n int) {
			for i := range n {
				_, err := r.Store.Commit(t.Context(), func(tx *storage.Tx) error {
					id, err := engine.NewID[engine.AttemptID]("att", tx.Now(), zeros{rand.New(rand.NewPCG(uint64(i), uint64(tx.Position())))})
					if err != nil {
						return err
					}
					if _, err := tx.Log(storage.Entry{Kind: "test.attempt", Actor: "test"}); err != nil {
						return err
					}
					return r.Attempts.Add(tx, engine.Attempt{ID: id, Org: "bank", Customer: "cus_1", Created: tx.Now().Truncate(time.Millisecond)})
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		add(230)
		clock.Move(3 * day)
		add(7)
		young = 7
		clock.Move(3 * day)
	})
	lives, begun := 0, 0
	for left := 230; left > 0; lives++ {
		if lives > 20 {
			t.Fatal("it does not end")
		}
		t.Run("life", func(t *testing.T) {
			r := enginetest.OpenIn(t, dir, clock)
			ctx, cancel := context.WithCancel(t.Context())
			r.Retention.Removed = func(string, int) { cancel() } // after each transaction
			err := r.Retention.Run(ctx)
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Fatalf("run: got %v, want none or cancelled", err)
			}
			cancel()
			rows := r.Caller(t, "bank").Get(t, "/api/identity/attempts")
			left = int(rows.Number("total")) - young
			begun = 0
			for _, leaf := range r.Leaves(t, 0) {
				if leaf.Kind == "retention.run-begun" {
					begun++
				}
			}
			if _, err := r.Store.VerifyRecords(t.Context()); err != nil {
				t.Errorf("verify the records: got %v, want none", err)
			}
		})
	}
	if lives != 5 || begun != 1 {
		t.Errorf("got %d lives and %d runs, want five of 50 at most, and one run", lives, begun)
	}
}
