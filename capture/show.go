package capture

import (
	"errors"
	"time"

	"github.com/rostod/rostod/capture/flash"
)

// ahead is how long before its time a slot is sent: enough for the way to the
// page and its next frame, and less than the shortest slot, so that a client
// never knows two colours in advance.
const ahead = 250 * time.Millisecond

// errForged says that a client tells of a slot that it was not sent, or out of
// turn.
var errForged = errors.New("the client tells of a slot out of turn")

// show is the colours on their way to the screen. Times are milliseconds on
// the client's clock.
type show struct {
	timeline flash.Timeline
	armed    time.Time // its start on the daemon's clock
	sent     int
}

// newShow lays a plan out from the moment at which neutral begins.
// Each change takes fade milliseconds.
func newShow(plan flash.Plan, start, fade float64) show {
	t := flash.Timeline{Plan: plan, Start: start, Fade: fade}
	at := start + ms(plan.Lead)
	for _, s := range plan.Slots {
		t.Slots = append(t.Slots, at)
		at += ms(s.Length)
	}
	t.End = at
	return show{timeline: t}
}

// at is a moment of the daemon's clock on the timeline. What the client says of
// its clock once the colours are on does not count here: it could be sent them
// early, or never to their end.
func (s *show) at(now time.Time) float64 { return s.timeline.Start + ms(now.Sub(s.armed)) }

// due is the next slot when its time has come to be sent.
func (s *show) due(now float64) (slotMessage, bool) {
	if s.sent == len(s.timeline.Slots) || now < s.timeline.Slots[s.sent]-ms(ahead) {
		return slotMessage{}, false
	}
	slot := s.timeline.Plan.Slots[s.sent]
	m := slotMessage{Type: "slot", I: s.sent, At: s.timeline.Slots[s.sent], MS: slot.Length.Milliseconds()}
	for i, c := range slot.Tiles() {
		m.Tiles[i] = c.Hex()
	}
	s.sent++
	return m, true
}

// mostMissed is how many display frames a client can have missed.
const mostMissed = 10_000

// shown takes what the client says of a slot: in order, and only of those that
// it was sent.
func (s *show) shown(m message) error {
	if m.I != len(s.timeline.Shown) || m.I >= s.sent || m.Missed < 0 || m.Missed > mostMissed || m.Next < m.At {
		return errForged
	}
	s.timeline.Shown = append(s.timeline.Shown, flash.Shown{Slot: m.I, At: m.At, Next: m.Next, Missed: m.Missed})
	return nil
}

// over is when the last neutral ends.
func (s *show) over() float64 { return s.timeline.End + ms(s.timeline.Plan.Tail) }

// wish is a moment of which a still is kept.
type wish struct {
	slot   int
	colour flash.Colour
	at     float64
}

// afterChange is how long after a colour has changed its light is in the
// frames, for certain.
const afterChange = 250.0

// wishes are the moments for the matcher: in neutral light before and after,
// and in three colours between. Who is matched must be who was lit.
func (s *show) wishes() []wish {
	t := s.timeline
	list := []wish{{-1, flash.Neutral, t.Start + 0.7*ms(t.Plan.Lead)}}
	seen := map[flash.Colour]bool{}
	for i, slot := range t.Plan.Slots {
		if slot.Kind == flash.Flat && !seen[slot.Colour] && len(seen) < 3 {
			seen[slot.Colour] = true
			list = append(list, wish{i, slot.Colour, t.Slots[i] + afterChange})
		}
	}
	return append(list, wish{len(t.Slots), flash.Neutral, t.End + afterChange})
}

// ms is a duration in milliseconds with fractions.
func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
