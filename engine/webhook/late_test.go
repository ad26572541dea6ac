package webhook

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rostod/rostod/storage"
)

// What is pending is found wherever it lies: what is new beside what waits for
// an hour, and what a clock that was put back has put in front.
func TestDue(t *testing.T) {
	r := listen(t, nil)
	var moved atomic.Int64 // the clock, from noon
	noon := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	h := idle(t, t.TempDir(), func(c *Config) {
		c.Now = func() time.Time { return noon.Add(time.Duration(moved.Load())) }
	}, r)
	id, _ := h.tells(r, nil)
	l := h.room.newLine(org, EndpointID(id))
	put := func(name string, due time.Time) {
		t.Helper()
		_, err := h.store.Commit(t.Context(), func(tx *storage.Tx) error {
			d := delivery{ID: DeliveryID(name), Due: due}
			if err := h.room.deliveries.Put(tx, storage.Subject{}, d.at(pending, l.id), d); err != nil {
				return err
			}
			return h.room.log(tx, org, "key_1", "thing.put", nil)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	look := func() (names string, next time.Time) {
		t.Helper()
		err := h.room.view(t.Context(), func(v *storage.View) error {
			list, at, err := l.due(v, 10)
			for _, d := range list {
				names += string(d.ID) + " "
				l.busy[d.ID] = true
			}
			next = at
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return names, next
	}
	put("waits", noon.Add(time.Hour))
	for _, row := range []struct {
		name  string
		put   string
		due   time.Duration // from noon
		after time.Duration // what the clock moves by before it is looked
		want  string
	}{
		{name: "nothing is due"},
		{name: "something new, beside what waits", put: "new", want: "new "},
		{name: "what was on its way meanwhile", put: "late", due: -5 * time.Second, want: "late "},
		{name: "what a clock that was put back has put in front", put: "earlier", due: -time.Hour, want: ""},
		{name: "is found a minute later", after: time.Minute, want: "earlier "},
		{name: "what waited is due", after: time.Hour, want: "waits "},
	} {
		if row.put != "" {
			put(row.put, noon.Add(row.due))
		}
		moved.Add(int64(row.after))
		if got, _ := look(); got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
}

// A line has no more under way than there are places, and one place when the
// endpoint fails.
func TestPlaces(t *testing.T) {
	r := listen(t, func(_ http.ResponseWriter, q *http.Request) { <-q.Context().Done() })
	h := idle(t, t.TempDir(), nil, r)
	id, _ := h.tells(r, map[string]any{"concurrency": 3})
	before := h.store.State(t.Context()).Journal
	h.does(names(10)...)
	leaves, err := h.store.Leaves(t.Context(), before, 100)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.room.queue(t.Context(), leaves); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name                 string
		failures, busy, want int
	}{
		{"three places", 0, 0, 3},
		{"one is taken", 0, 1, 3},
		{"more are taken than there are", 0, 5, 5},
		{"it has failed twice", 2, 0, 3},
		{"three times", 3, 0, 1},
		{"one is taken then", 3, 1, 1},
	} {
		l := h.room.newLine(org, EndpointID(id))
		l.failures = row.failures
		for i := range row.busy {
			l.busy[DeliveryID(names(10)[i])] = true
		}
		sending, cancel := context.WithCancel(t.Context())
		if _, err := l.fill(t.Context(), sending); err != nil {
			t.Errorf("%s: got %v, want none", row.name, err)
		}
		if got := len(l.busy); got != row.want {
			t.Errorf("%s: got %d under way, want %d", row.name, got, row.want)
		}
		cancel()
		for range max(row.want-row.busy, 0) {
			<-l.results
		}
	}
}

// Entries that were queued are not queued again, whatever the follower
// remembers, and what is not told is not queued.
func TestQueuedOnce(t *testing.T) {
	r := listen(t, nil)
	h := idle(t, t.TempDir(), nil, r)
	h.does("before")
	id, _ := h.tells(r, map[string]any{"events": []string{"verification.created"}})
	h.does(names(70)...)
	h.ends(map[string]string{"processId": "p", "state": "PROCESS_STATE_FINISHED", "flow": "idlive"})
	for range 3 { // three lives of a daemon that forgets how far it was
		leaves, err := h.store.Leaves(t.Context(), 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.room.queue(t.Context(), leaves); err != nil {
			t.Fatal(err)
		}
		if n := len(h.stand(id, "pending", 70)); n != 70 {
			t.Errorf("pending: got %d, want 70", n)
		}
	}
}
