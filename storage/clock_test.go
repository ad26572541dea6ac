package storage

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"
)

const year = 365 * 24 * time.Hour

func TestClockMoved(t *testing.T) {
	noon := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name    string
		wall    time.Duration // since the newest entry
		elapsed time.Duration
		running bool
		want    time.Duration
	}{
		{"nothing happened", 5 * time.Second, 5 * time.Second, true, 0},
		{"a night without an entry", 12 * time.Hour, 12 * time.Hour, true, 0},
		{"a night of a clock that is slewed", 12*time.Hour + 20*time.Second, 12 * time.Hour, true, 0},
		{"a leap second", 4 * time.Second, 5 * time.Second, true, 0},
		{"set back a minute", -55 * time.Second, 5 * time.Second, true, -time.Minute},
		{"set back a year", 5*time.Second - year, 5 * time.Second, true, -year},
		{"set forward ten years", 5*time.Second + 10*year, 5 * time.Second, true, 10 * year},
		{"started again a day later", 24 * time.Hour, 0, false, 0},
		{"started again, and set back a day", -24 * time.Hour, 0, false, -24 * time.Hour},
	} {
		c := clock{last: noon, elapsed: time.Hour, running: tt.running}
		if got := c.moved(noon.Add(tt.wall), time.Hour+tt.elapsed, true); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
	if got := (clock{}).moved(noon, 0, true); got != 0 {
		t.Errorf("before the first entry: got %s, want nothing", got)
	}
}

// A clock that is set back a year, forward ten and back again changes neither the
// order nor the proofs, and the journal says each time what happened.
func TestJournalOfAClockThatMoves(t *testing.T) {
	var mu sync.Mutex
	wall, elapsed := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC), time.Duration(0)
	pass := func(d, set time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		wall, elapsed = wall.Add(d+set), elapsed+d
	}
	c := Config{
		Dir: t.TempDir(), Root: bytes.Repeat([]byte{7}, 32), Origin: "rostod/test", MinFree: LeastMinFree,
		Now:     func() time.Time { mu.Lock(); defer mu.Unlock(); return wall },
		Elapsed: func() time.Duration { mu.Lock(); defer mu.Unlock(); return elapsed },
	}
	open := func() *Store {
		s, err := Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	write := func() {
		pass(time.Second, 0)
		_, err := s.Commit(context.WithoutCancel(t.Context()), func(tx *Tx) error {
			_, err := tx.Log(Entry{Kind: "test", Actor: "system"})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	write()
	for _, set := range []time.Duration{-year, 10 * year, -9 * year} {
		pass(0, set)
		write()
		write()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	pass(time.Hour, -2*time.Hour) // while nothing ran
	s = open()
	write()
	if _, err := s.Verify(t.Context()); err != nil {
		t.Errorf("verify: got %v, want none", err)
	}
	leaves, err := s.Leaves(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, l := range leaves {
		if l.Index != uint64(i) {
			t.Errorf("entry %d stands at %d", l.Index, i)
		}
		got = append(got, l.Kind+string(l.Public[strings.LastIndex(string(l.Public), ":")+1:]))
	}
	want := "test clock.moved-31536000} test test clock.moved315360000} test test clock.moved-283824000} test test clock.moved-3599} test"
	if line := strings.Join(got[1:], " "); line != want {
		t.Errorf("got  %s\nwant %s", line, want)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
