package journal_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/daemon/bench/journal"
	"github.com/rostod/rostod/internal/natsserver"
)

// A small run measures everything and holds what does not depend on the machine.
func TestRun(t *testing.T) {
	o := journal.Options{Rounds: 1, Turn: 100 * time.Millisecond, Entries: 3000, Rows: 120, Sent: 300, Temp: t.TempDir(),
		NATS: natsserver.Start(t, 1, "").URLs("nats", "127.0.0.1"),
	}
	r, err := journal.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Commits) != 3 || r.Commits[2].Writers != 64 {
		t.Errorf("got commits %+v, want those of 1, 16 and 64 writers", r.Commits)
	}
	for _, c := range r.Commits {
		if !(c.Store > 0 && c.Raw > 0 && c.Batched > 0 && c.Share > 0 && c.Hard > 0) {
			t.Errorf("got %+v, want rates", c)
		}
	}
	// The log has entries of its own, such as its key.
	if r.Proofs.Entries < 3001 || r.Proofs.Prove.N != 1000 || r.Proofs.Bytes < 600 || r.Proofs.Ready <= 0 {
		t.Errorf("got %+v, want a thousand proofs of 3001 entries or more", r.Proofs)
	}
	for _, e := range r.Exports {
		if e.Rows != 120 || !e.Proved || e.Rate <= 0 || e.Bytes < 50 {
			t.Errorf("got %+v, want 120 rows that are proved", e)
		}
	}
	for i, by := range []string{"HTTPS", "NATS"} {
		if u := r.Upstream[i]; u.By != by || u.Entries != 300 || u.Rate <= 0 {
			t.Errorf("got %+v, want 300 entries by %s", u, by)
		}
	}
	var b bytes.Buffer
	if err := r.Print(&b); err != nil || len(r.Exports) != 3 || len(r.Bars) != 10 || strings.Count(b.String(), "export as") != 3 {
		t.Errorf("got %d bars and %v: %s", len(r.Bars), err, b.String())
	}
}

func TestMistakes(t *testing.T) {
	sound := journal.Options{Rounds: 1, Turn: time.Second, Entries: 1, Rows: 1, Sent: 1}
	if got := sound.Mistake(); got != "" {
		t.Errorf("got %q, want no mistake", got)
	}
	for name, spoil := range map[string]func(*journal.Options){
		"rounds": func(o *journal.Options) { o.Rounds = 0 }, "turn": func(o *journal.Options) { o.Turn = time.Millisecond },
		"entries": func(o *journal.Options) { o.Entries = 0 }, "rows": func(o *journal.Options) { o.Rows = 0 },
		"sent": func(o *journal.Options) { o.Sent = 0 },
	} {
		o := sound
		spoil(&o)
		if got := o.Mistake(); !strings.Contains(got, name) {
			t.Errorf("%s: got %q, want it named", name, got)
		}
	}
}
