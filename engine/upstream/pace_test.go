package upstream

import (
	"testing"
	"time"

	"github.com/rostod/rostod/engine/upstream/batch"
)

func TestWindows(t *testing.T) {
	at := func(hour, minute, second int) time.Time {
		return time.Date(2026, 11, 29, hour, minute, second, 0, time.Local)
	}
	for _, tt := range []struct {
		window string
		now    time.Time
		want   time.Duration
	}{
		{"", at(3, 0, 0), 0},
		{"", at(23, 59, 59), 0},
		{"08:00-18:00", at(8, 0, 0), 0},
		{"08:00-18:00", at(17, 59, 59), 0},
		{"08:00-18:00", at(18, 0, 0), 14 * time.Hour},
		{"08:00-18:00", at(7, 59, 30), 30 * time.Second},
		{"22:00-06:00", at(23, 0, 0), 0},
		{"22:00-06:00", at(5, 59, 0), 0},
		{"22:00-06:00", at(6, 0, 0), 16 * time.Hour},
		{"22:00-06:00", at(12, 30, 0), 9*time.Hour + 30*time.Minute},
	} {
		w, err := ParseWindow(tt.window)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.until(tt.now); got != tt.want {
			t.Errorf("%q at %s: got %s, want %s", tt.window, tt.now.Format("15:04:05"), got, tt.want)
		}
	}
	for _, wrong := range []string{"22-6", "22:00", "22:00-22:00", "25:00-26:00", "22:00-06:00 ", "x"} {
		if w, err := ParseWindow(wrong); err == nil {
			t.Errorf("%q: got %v, want an error", wrong, w)
		}
	}
}

// Retries come later and later, never later than half as much again as five minutes,
// and branches that fail together do not come back together.
func TestPauses(t *testing.T) {
	for failures := 1; failures < 2000; failures++ {
		least, most := pause(failures, 0), pause(failures, 0.999)
		if least <= 0 || most > lastRetry*3/2 || least >= most {
			t.Fatalf("after %d failures: got %s to %s", failures, least, most)
		}
		if failures > 1 && least < pause(failures-1, 0) {
			t.Errorf("after %d failures: got %s, less than before", failures, least)
		}
	}
	if got := pause(1, 0.5); got != firstRetry {
		t.Errorf("after the first: got %s, want %s", got, firstRetry)
	}
}

func TestErrands(t *testing.T) {
	const every = time.Minute
	told := state{greeted: true, standing: batch.Sound, held: 100, seen: 100}
	with := func(change func(*state)) state {
		s := told
		change(&s)
		return s
	}
	for _, tt := range []struct {
		name   string
		state  state
		size   uint64
		closed time.Duration
		want   errand
	}{
		{"nobody has answered yet", state{held: 100}, 150, 0, errand{index: 100}},
		{"nothing is new", told, 100, 0, errand{index: 100, after: every}},
		{"something is new", told, 150, 0, errand{index: 100, most: mostEntries}},
		{"something is new, outside the window", told, 150, time.Hour, errand{index: 100, after: every}},
		{"the window opens soon", told, 150, time.Second, errand{index: 100, after: time.Second}},
		{"an alarm, outside the window", with(func(s *state) { s.alarms = []uint64{140} }), 150, time.Hour, errand{alarm: true, index: 140}},
		{"an alarm that goes with the next batch", with(func(s *state) { s.alarms = []uint64{140} }), 150, 0, errand{index: 100, most: mostEntries}},
		{"an alarm behind much else", with(func(s *state) { s.alarms = []uint64{9000} }), 9500, 0, errand{alarm: true, index: 9000}},
		{"others stand there, and it is not told", with(func(s *state) { s.standing, s.seen = batch.Forked, 120 }), 150, 0, errand{index: 120}},
		{"others stand there", with(func(s *state) { s.standing, s.seen, s.told = batch.Forked, 120, true }), 150, 0, errand{index: 120, after: every}},
		{"more stands there", with(func(s *state) { s.standing, s.seen = batch.RolledBack, 900 }), 150, 0, errand{index: 150}},
	} {
		if got := tt.state.next(tt.size, tt.closed, every); got != tt.want {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
