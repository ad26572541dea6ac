package peer

import (
	"time"
)

// How packets that did not come are asked for again: after 5 ms, for what is
// only out of order comes by itself; then every 20 ms or five quarters of a
// round trip, ten times at most. After 400 ms a key frame is quicker.
const (
	window     = 1024 // packets; a power of two
	outOfOrder = 5 * time.Millisecond
	askAgain   = 20 * time.Millisecond
	maxAsked   = 10
	giveUp     = 400 * time.Millisecond
)

// sequence puts packets back into their order and knows the holes.
type sequence struct {
	slots  [window]slot
	begun  bool
	next   int64 // the packet to hand on next
	top    int64 // after the highest seen
	holes  int   // between next and top
	rtt    time.Duration
	firsts int // packets that came, and not by retransmission
	lacked int // holes seen
}

type slot struct {
	packet  *packet
	noticed time.Time // when it was seen to be missing
	asked   time.Time
	tries   int
}

func (s *sequence) at(n int64) *slot { return &s.slots[n&(window-1)] }

// put takes a packet and says whether it keeps it.
func (s *sequence) put(p *packet, again bool) bool {
	if !s.begun {
		s.begun, s.next, s.top = true, int64(p.header.SequenceNumber), int64(p.header.SequenceNumber)
	}
	n := s.number(p)
	if n < s.next || n >= s.next+window || n < s.top && s.at(n).packet != nil {
		return false
	}
	if !again {
		s.firsts++
	}
	if n < s.top {
		s.filled(s.at(n), p.arrived)
	}
	for ; s.top < n; s.top++ {
		*s.at(s.top) = slot{noticed: p.arrived}
		s.holes++
		s.lacked++
	}
	s.top = max(s.top, n+1)
	*s.at(n) = slot{packet: p}
	return true
}

// number is a packet's sequence number without its wrapping.
func (s *sequence) number(p *packet) int64 {
	return s.next + int64(int16(p.header.SequenceNumber-uint16(s.next)))
}

// leaps says whether the sender went on so far away that nothing of before
// will come any more. Then drop makes a new beginning.
func (s *sequence) leaps(p *packet) bool { return s.begun && s.number(p) >= s.next+window }

// filled closes a hole, and learns the round trip from how long it took. When
// it was asked for more than once the answer may be to any of them, but too
// long an estimate only delays, and asking too often feeds the congestion.
func (s *sequence) filled(h *slot, now time.Time) {
	s.holes--
	if h.tries == 0 {
		s.lacked--
		return
	}
	took := now.Sub(h.noticed) - outOfOrder
	if s.rtt == 0 {
		s.rtt = took
		return
	}
	s.rtt += (took - s.rtt) / 8
}

// head is the next packet in order, taken out; nil at a hole or at the end.
func (s *sequence) head() *packet {
	if s.next == s.top {
		return nil
	}
	h := s.at(s.next)
	p := h.packet
	if p != nil {
		h.packet = nil
		s.next++
	}
	return p
}

// skip passes over the hole at the head when it is too old to wait for.
func (s *sequence) skip(now time.Time) bool {
	if s.next == s.top {
		return false
	}
	h := s.at(s.next)
	if h.packet != nil || now.Sub(h.noticed) < giveUp {
		return false
	}
	s.next++
	s.holes--
	return true
}

// drop takes all packets out, and begins with the next that is put.
func (s *sequence) drop(used []*packet) []*packet {
	for ; s.next < s.top; s.next++ {
		if h := s.at(s.next); h.packet != nil {
			used = append(used, h.packet)
			h.packet = nil
		}
	}
	s.begun, s.holes = false, 0
	return used
}

// again is the pause between two askings.
func (s *sequence) again() time.Duration { return max(askAgain, s.rtt+s.rtt/4) }

// ask appends the packets that are to be asked for now, and says when to come
// again: zero when there is nothing to wait for.
func (s *sequence) ask(now time.Time, into []uint16) ([]uint16, time.Time) {
	var come time.Time
	for n, left := s.next, s.holes; left > 0 && n < s.top; n++ {
		h := s.at(n)
		if h.packet != nil {
			continue
		}
		left--
		due := h.noticed.Add(outOfOrder)
		if h.tries > 0 {
			due = h.asked.Add(s.again())
		}
		if h.tries < maxAsked && !now.Before(due) {
			into = append(into, uint16(n))
			h.tries++
			h.asked = now
			due = now.Add(s.again())
		}
		if end := h.noticed.Add(giveUp); h.tries >= maxAsked || end.Before(due) {
			due = end
		}
		if come.IsZero() || due.Before(come) {
			come = due
		}
	}
	return into, come
}
