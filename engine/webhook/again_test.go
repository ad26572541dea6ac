package webhook

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rostod/rostod/storage"
)

// What was delivered is still there after a restart, until it is old.
func TestSwept(t *testing.T) {
	r := listen(t, nil)
	dir := t.TempDir()
	h := open(t, dir, nil, r)
	id, _ := h.tells(r, nil)
	h.does(names(3)...)
	h.stand(id, "delivered", 3)
	h.end()
	for _, row := range []struct {
		name  string
		after time.Duration
		want  int
	}{
		{"at once", 0, 3},
		{"before their time", 59 * time.Minute, 3},
		{"past it", 61 * time.Minute, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := open(t, dir, func(c *Config) { c.Now = func() time.Time { return time.Now().Add(row.after) } }, r)
			if err := h.room.sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			h.stand(id, "delivered", row.want)
			h.end()
		})
	}
}

// What has waited for as long as deliveries are kept is given up, to be seen;
// what an endpoint leaves behind goes with it.
func TestGivenUp(t *testing.T) {
	r := listen(t, nil)
	var moved atomic.Int64
	h := idle(t, t.TempDir(), func(c *Config) { c.Now = func() time.Time { return time.Now().Add(time.Duration(moved.Load())) } }, r)
	id, _ := h.tells(r, nil)
	h.does(names(3)...)
	leaves, err := h.store.Leaves(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.room.queue(t.Context(), leaves); err != nil {
		t.Fatal(err)
	}
	sweep := func(after time.Duration) {
		t.Helper()
		moved.Add(int64(after))
		if err := h.room.sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	sweep(59 * time.Minute)
	h.stand(id, "pending", 3)
	sweep(2 * time.Minute)
	if d := h.stand(id, "dead", 3)[0]; d["problem"] != "expired" {
		t.Errorf("got %v, want expired", d["problem"])
	}
	h.stand(id, "pending", 0)
	sweep(59 * time.Minute)
	h.stand(id, "dead", 3)
	h.ask(http.StatusNoContent, http.MethodDelete, "/"+id, nil)
	sweep(0)
	left := 0
	err = h.room.view(t.Context(), func(v *storage.View) error {
		for _, err := range h.room.deliveries.Scan(v, storage.Range{}) {
			if err != nil {
				return err
			}
			left++
		}
		return nil
	})
	if err != nil || left != 1 {
		t.Errorf("rows: got %d, %v; want the mark alone", left, err)
	}
}
