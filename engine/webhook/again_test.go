package webhook

import (
	"testing"
	"time"
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
