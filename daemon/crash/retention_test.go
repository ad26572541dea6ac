package crash

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/daemon"
	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/attempts"
	"github.com/rostod/rostod/storage"
)

// How many attempts are old, and how many are not, in TestKillRetention.
const (
	oldRows   = 4500
	youngRows = 40
)

// TestKillRetention lets the built program find records that are more than a year
// old, and itself after a year without a run: it must not remove one until somebody
// says that the clock is right. Then it is killed with kill -9 while it removes them,
// again and again, and goes on each time: in the end all that was due is gone, nothing
// else is, and the journal is whole.
func TestKillRetention(t *testing.T) {
	p := at(t.TempDir(), "ROSTOD_MODELS="+t.TempDir(), "ROSTOD_ORG=bank")
	d := start(t, p)
	var policy any
	askOf(t, p, "bank", func(line *daemon.Line) error {
		return line.Do(t.Context(), http.MethodPut, "/api/retention/policy", map[string]any{
			"policy": map[string]any{"days": map[string]int{"attempts": 365}},
		}, &policy)
	})
	d.stop(t)
	age(t, p.data)

	d = start(t, p)
	var state struct {
		State string `json:"state"`
		Why   string `json:"why"`
	}
	until(t, "it has looked", func() bool {
		askOf(t, p, "bank", func(line *daemon.Line) error {
			return line.Do(t.Context(), http.MethodGet, "/api/retention/state", nil, &state)
		})
		return state.State != "waiting"
	})
	if state.State != "paused" || !strings.Contains(state.Why, "rostod retention resume") {
		t.Fatalf("after a year without a run: got %+v, want it paused and what to do", state)
	}
	if got := rowsOf(t, p); got != oldRows+youngRows {
		t.Fatalf("got %d rows while paused, want all %d", got, oldRows+youngRows)
	}
	askOf(t, p, "bank", func(line *daemon.Line) error {
		err := line.Do(t.Context(), http.MethodPost, "/api/retention/resume", map[string]string{"today": "2020-01-01"}, &state)
		if err == nil || !strings.Contains(err.Error(), "retention/not-today") {
			t.Errorf("another day: got %v, want retention/not-today", err)
		}
		return line.Do(t.Context(), http.MethodPost, "/api/retention/resume", map[string]string{"today": time.Now().UTC().Format(time.DateOnly)}, &state)
	})
	kills, last := 0, oldRows+youngRows
	for {
		moved := 0
		until(t, "some rows are gone", func() bool {
			moved = rowsOf(t, p)
			return moved < last || moved == youngRows
		})
		d.kill()
		if moved == youngRows {
			break
		}
		kills, last = kills+1, moved
		d = start(t, p)
	}
	if kills == 0 {
		t.Error("it was never killed in the middle: the test shows nothing")
	}
	t.Logf("killed %d times in the middle", kills)
	s, err := openStore(t.Context(), p.data)
	if err != nil {
		t.Fatalf("open after the kills: %v", err)
	}
	_, journal := s.Verify(t.Context())
	_, records := s.VerifyRecords(t.Context())
	if err := errors.Join(journal, records, s.Close()); err != nil {
		t.Errorf("verify: got %v, want none", err)
	}
	d = start(t, p)
	if got := rowsOf(t, p); got != youngRows {
		t.Errorf("got %d rows in the end, want the %d that are young", got, youngRows)
	}
	d.stop(t)
}

// age takes the state of retention and makes it a year older, by writing into the
// closed store what a daemon of then would have: the records that are in it now are
// removed, and old attempts come in with the clock of their time.
func age(t *testing.T, data string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(data, "root.key"))
	if err != nil {
		t.Fatal(err)
	}
	root, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().AddDate(0, 0, -400)
	s, err := storage.Open(t.Context(), storage.Config{
		Dir: data, Root: root, Origin: "rostod/journal", MinFree: storage.LeastMinFree, EraseDelay: time.Hour, Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := attempts.Open(attempts.Config{Store: s, SearchDir: t.TempDir(), Now: func() time.Time { return now }, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	// The state is that of nobody: the next start begins to count from the newest
	// entry of the journal, which is as old as the rows.
	state, err := storage.OpenTable[any](s, 'W', "test.retention")
	if err != nil {
		t.Fatal(err)
	}
	add := func(n int) {
		_, err := s.Commit(t.Context(), func(tx *storage.Tx) error {
			for range n {
				id, err := engine.NewID[engine.AttemptID]("att", now, rand.Reader)
				if err != nil {
					return err
				}
				row := engine.Attempt{ID: id, Org: "bank", Customer: engine.CustomerID(fmt.Sprint("cus_", n)), Created: now.UTC().Truncate(time.Millisecond)}
				if err := rows.Add(tx, row); err != nil {
					return err
				}
			}
			if err := state.Delete(tx, storage.Path(storage.U8(1))); err != nil {
				return err
			}
			_, err := tx.Log(storage.Entry{Kind: "test.aged", Actor: "test"})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	young := now.AddDate(0, 0, 100)
	for range oldRows / 100 {
		add(100)
	}
	now = young
	add(youngRows)
	if err := errors.Join(rows.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
}

// rowsOf is how many attempts there are.
func rowsOf(t *testing.T, p place) int {
	t.Helper()
	var page struct {
		Total int `json:"total"`
	}
	askOf(t, p, "bank", func(line *daemon.Line) error {
		return line.Do(t.Context(), http.MethodGet, "/api/identity/attempts?limit=1", nil, &page)
	})
	return page.Total
}

// askOf reaches the daemon of a place for an org.
func askOf(t *testing.T, p place, org string, do func(*daemon.Line) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := configOf(p, org)
	line, err := daemon.Dial(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = line.Close() }() // it was only asked
	if err := do(line); err != nil {
		t.Fatal(err)
	}
}

func configOf(p place, org string) config.Config {
	c := config.Defaults()
	c.Data, c.Org = p.data, org
	return c
}
