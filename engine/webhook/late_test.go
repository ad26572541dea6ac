package webhook

import (
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
	h := open(t, t.TempDir(), func(c *Config) {
		c.Now = func() time.Time { return noon.Add(time.Duration(moved.Load())) }
	}, r)
	id, _ := h.tells(r, nil)
	h.ask(http.StatusOK, http.MethodPatch, "/"+id, map[string]any{"paused": true}) // the test is the line
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
