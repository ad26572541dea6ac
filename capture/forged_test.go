package capture

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/capture/peer"
)

// line is a connection that keeps what is said, and whether it was closed.
type line struct {
	reported
	said   []string
	closed bool
}

func (l *line) Send(text []byte) error { l.said = append(l.said, string(text)); return nil }
func (l *line) Close(error)            { l.closed = true }

// slots are how many were sent.
func (l *line) slots() (n int) {
	for _, text := range l.said {
		n += strings.Count(text, `"type":"slot"`)
	}
	return n
}

// coloured is a session whose colours began at a moment, with a ping that came
// back in 50 ms; now is its studio's clock.
func coloured(base time.Time, now *time.Time) (*session, *line) {
	studio := Open(Config{
		Keeper: &keeper{ended: make(chan string, 8)}, Log: slog.New(slog.DiscardHandler), Random: rand.Reader,
		Now: func() time.Time { return *now },
	})
	l := &line{}
	s := newSession(studio, Challenge{ID: "fc_1", Attempt: 1, Expires: base.Add(time.Minute)}, "cap_1")
	s.connect(l)
	s.stage, s.newest = showing, base.Add(time.Hour) // frames come
	s.clock = clock{offset: 5000, trip: 50 * time.Millisecond, at: base}
	s.show = newShow(three(), s.clock.client(base), 0)
	s.show.armed = base
	s.pingNo, s.pinged = pings, base
	return s, l
}

// A client that answers a ping with another clock than it had is not sent the
// colours earlier, nor kept on longer: the capture ends.
func TestForgedClock(t *testing.T) {
	base := time.UnixMilli(1_800_000_000_000)
	for _, tt := range []struct {
		what    string
		trip    time.Duration
		ahead   float64 // of the daemon's clock, as the answer says, milliseconds
		outcome string
	}{
		{"the same clock", 4 * time.Millisecond, 5000, ""},
		{"as far off as the first ping allows", 4 * time.Millisecond, 5025, ""},
		{"told coarsely", 4 * time.Millisecond, 4900, ""},
		{"four seconds on", 4 * time.Millisecond, 9000, "retry"},
		{"four seconds back", 4 * time.Millisecond, 1000, "retry"},
		{"four seconds on, answered late", 300 * time.Millisecond, 9000, "retry"},
		{"a clock of the year 1e15", 4 * time.Millisecond, 1e15 - 2e12, "retry"},
	} {
		now := base.Add(100 * time.Millisecond)
		s, l := coloured(base, &now)
		s.pings[7] = now
		now = now.Add(tt.trip)
		s.Message(fmt.Appendf(nil, `{"type":"pong","n":7,"at":0,"now":%f}`, milliseconds(now.Add(-tt.trip/2))+tt.ahead))
		if s.outcome != tt.outcome {
			t.Errorf("%s: got the outcome %q, want %q", tt.what, s.outcome, tt.outcome)
		}
		if tt.outcome != "" {
			continue
		}
		for ; now.Sub(base) < 740*time.Millisecond; now = now.Add(25 * time.Millisecond) {
			s.Tick(now)
		}
		if n := l.slots(); n != 0 {
			t.Errorf("%s: %d slots are sent more than a quarter of a second ahead, want none", tt.what, n)
		}
		for ; now.Sub(base) < 800*time.Millisecond; now = now.Add(25 * time.Millisecond) {
			s.Tick(now)
		}
		if n := l.slots(); n != 1 {
			t.Errorf("%s: %d slots are sent in time, want one", tt.what, n)
		}
	}
}

// A client that is too far away to get the colours in time is not sent any.
func TestFarAway(t *testing.T) {
	base := time.UnixMilli(1_800_000_000_000)
	for _, tt := range []struct {
		trip    time.Duration
		outcome string
	}{{2 * ahead, ""}, {2*ahead + time.Millisecond, "retry"}} {
		now := base
		s, l := coloured(base, &now)
		s.stage, s.guide.good, s.clock.trip = guiding, settled, tt.trip
		s.Message([]byte(`{"type":"start"}`))
		if armed := strings.Contains(strings.Join(l.said, "\n"), `"type":"arm"`); s.outcome != tt.outcome || armed != (tt.outcome == "") {
			t.Errorf("a ping of %v: got the outcome %q, armed %v", tt.trip, s.outcome, armed)
		}
		if s.looker != nil {
			if _, err := s.looker.end(); err != nil {
				t.Error(err)
			}
		}
	}
}

// Whoever stays when all is said gives the place back nevertheless.
func TestPart(t *testing.T) {
	base := time.UnixMilli(1_800_000_000_000)
	now := base
	s, l := coloured(base, &now)
	s.Message([]byte(`{"type":"abort","reason":"user"}`))
	if s.outcome != "retry" || l.closed {
		t.Fatalf("got the outcome %q, closed %v; want a retry that can still be read", s.outcome, l.closed)
	}
	s.Tick(now)
	s.Tick(now.Add(parting - time.Millisecond))
	if l.closed {
		t.Error("the connection is closed too soon")
	}
	s.Tick(now.Add(parting))
	if !l.closed {
		t.Error("the connection stays open")
	}
}

// A session that is opened while the studio closes does not run.
func TestOpenedWhileClosing(t *testing.T) {
	now := time.UnixMilli(1_800_000_000_000)
	s, _ := coloured(now, &now)
	s.studio.Close()
	late, l := newSession(s.studio, Challenge{}, "cap_2"), &line{}
	if err := s.studio.run(late, l); err == nil || !l.closed {
		t.Errorf("got %v, closed %v; want the studio to refuse", err, l.closed)
	}
}

var _ link = (*peer.Peer)(nil)
