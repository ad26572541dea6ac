package kiosk

import (
	"math"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// taught is a history that learnt lags, one every so often.
func taught(h history, every time.Duration, lags ...float64) history {
	now := h.Moved
	if now.IsZero() {
		now = noon
	}
	for _, lag := range lags {
		now = now.Add(every)
		h = h.learn(session{Lag: lag, Response: 0.3, Error: 0.01}, now)
	}
	return h
}

// times is a lag so many times.
func times(n int, lag float64) []float64 {
	list := make([]float64, n)
	for i := range list {
		list[i] = lag
	}
	return list
}

func TestRobust(t *testing.T) {
	for _, tt := range []struct {
		list        []float64
		middle, off float64
	}{
		{nil, 0, 0},
		{[]float64{5}, 5, 0},
		{[]float64{1, 3}, 2, 1.4826},
		{[]float64{3, 1, 2}, 2, 1.4826},
		{[]float64{100, 102, 98, 101, 9000}, 101, 1.4826},
	} {
		if middle, off := robust(tt.list); middle != tt.middle || math.Abs(off-tt.off) > 1e-9 {
			t.Errorf("%v: got %v and %v, want %v and %v", tt.list, middle, off, tt.middle, tt.off)
		}
	}
}

// A young history is its median; an old one follows it slowly.
func TestLearn(t *testing.T) {
	young := taught(history{}, time.Minute, 100, 140, 120)
	if got := young.site(); got.Sessions != 3 || got.Lag != 120 || math.Abs(got.LagSpread-1.4826*20) > 1e-9 || got.Response != 0.3 || got.Noise != 0.01 {
		t.Errorf("three sessions: got %+v, want their median and spread", got)
	}
	old := taught(history{}, time.Minute, times(200, 120)...)
	if got := old.site(); got.Sessions != 200 || got.Lag != 120 || old.drifting() {
		t.Errorf("200 sessions: got %+v, want 120 and no drift", got)
	}
	// An attacker who adds 200 ms has to come for days.
	poisoned := taught(old, time.Minute, times(200, 320)...)
	if got := poisoned.site().Lag; got > 120+20*200.0/(24*60)+0.01 || !poisoned.drifting() {
		t.Errorf("after 200 minutes of another lag: got %v, drifting %v; want at most 20 ms a day, noticed", got, poisoned.drifting())
	}
	if got := len(poisoned.Sessions); got != 200 {
		t.Errorf("got %d sessions remembered, want 200", got)
	}
	settled := taught(poisoned, 6*time.Hour, times(80, 320)...)
	if got := settled.site().Lag; math.Abs(got-320) > 0.01 || settled.drifting() {
		t.Errorf("twenty days later: got %v, drifting %v; want 320", got, settled.drifting())
	}
	// Standing still for a month saves up no more than a day.
	if got := taught(poisoned, 30*24*time.Hour, 320).site().Lag; got > poisoned.Lag+driftADay+0.01 {
		t.Errorf("after a month of rest: got %v, want at most 20 ms more than %v", got, poisoned.Lag)
	}
	// A clock that goes back moves nothing.
	if got := taught(old, -time.Hour, times(150, 400)...).site().Lag; got != 120 {
		t.Errorf("with the clock going back: got %v, want 120", got)
	}
}

// What was set holds until there are sessions enough, and is where these
// begin to move from.
func TestSetHolds(t *testing.T) {
	set := history{Set: &baseline{Lag: 150, LagSpread: 12, Response: 0.4, Sessions: 30}, Lag: 150, Moved: noon}
	if got := set.site(); got.Sessions != 30 || got.Lag != 150 || got.LagSpread != 12 || got.Response != 0.4 {
		t.Errorf("set: got %+v, want what was set", got)
	}
	if got := taught(set, time.Minute, times(19, 100)...).site(); got.Sessions != 30 || got.Lag != 150 {
		t.Errorf("19 sessions: got %+v, want what was set", got)
	}
	if got := taught(set, time.Minute, times(20, 100)...).site(); got.Sessions != 20 || got.Lag < 149 || got.Lag >= 150 {
		t.Errorf("20 sessions: got %+v, want them to move what was set", got)
	}
}

// Laws: the lag never moves faster than it may, and is never not a number.
func FuzzLearn(f *testing.F) {
	f.Add(120.0, 200.0, int64(3600))
	f.Add(-1e300, 1e300, int64(-5))
	f.Fuzz(func(t *testing.T, a, b float64, seconds int64) {
		if !finite(a) || !finite(b) || math.Abs(a) > 1e6 || math.Abs(b) > 1e6 || seconds < -1e6 || seconds > 1e8 {
			t.Skip("outside the domain")
		}
		h := taught(history{}, time.Minute, times(leastSessions, a)...)
		before := h.site().Lag
		h = taught(h, time.Duration(seconds)*time.Second, times(leastSessions+1, b)...)
		days := math.Min(1, math.Max(0, float64(seconds)/86400)) * (leastSessions + 1)
		if moved := math.Abs(h.site().Lag - before); math.IsNaN(moved) || moved > driftADay*days+1e-6 {
			t.Fatalf("moved by %v in %v days", moved, days)
		}
	})
}
