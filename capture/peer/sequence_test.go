package peer

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func numbered(n uint16, at int) *packet {
	p := &packet{arrived: ms(at)}
	p.header.SequenceNumber = n
	return p
}

// handed takes all that is in order.
func handed(s *sequence) []uint16 {
	var out []uint16
	for p := s.head(); p != nil; p = s.head() {
		out = append(out, p.header.SequenceNumber)
	}
	return out
}

func TestSequenceOrders(t *testing.T) {
	s := &sequence{}
	for _, tt := range []struct {
		put  uint16
		kept bool
		want []uint16
	}{
		{65533, true, []uint16{65533}},
		{65532, false, nil}, // before the first
		{65535, true, nil},
		{1, true, nil},
		{1, false, nil}, // twice
		{65534, true, []uint16{65534, 65535}},
		{65534, false, nil}, // late
		{0, true, []uint16{0, 1}},
		{2, true, []uint16{2}},
	} {
		if kept := s.put(numbered(tt.put, 0), false); kept != tt.kept {
			t.Errorf("%d: got kept %v, want %v", tt.put, kept, tt.kept)
		}
		if got := handed(s); !slices.Equal(got, tt.want) {
			t.Errorf("%d: got %v, want %v", tt.put, got, tt.want)
		}
	}
	if s.holes != 0 {
		t.Errorf("got %d holes, want none", s.holes)
	}
}

// step is a time and the packets that are asked for then.
type step struct {
	at   int
	want []uint16
}

func TestSequenceAsksAgain(t *testing.T) {
	for _, tt := range []struct {
		name  string
		rtt   time.Duration
		steps []step
	}{
		{"near", 4 * time.Millisecond, []step{
			{0, nil}, {4, nil}, {5, []uint16{11, 12}}, {24, nil}, {25, []uint16{11, 12}}, {45, []uint16{11, 12}},
		}},
		{"far", 80 * time.Millisecond, []step{
			{0, nil}, {5, []uint16{11, 12}}, {25, nil}, {104, nil}, {105, []uint16{11, 12}}, {205, []uint16{11, 12}},
		}},
	} {
		s := &sequence{rtt: tt.rtt}
		s.put(numbered(10, 0), false)
		s.put(numbered(13, 0), false)
		handed(s)
		for i, step := range tt.steps {
			got, come := s.ask(ms(step.at), nil)
			if !slices.Equal(got, step.want) {
				t.Errorf("%s at %d: got %v, want %v", tt.name, step.at, got, step.want)
			}
			if next := i + 1; next < len(tt.steps) && tt.steps[next].want != nil && !come.Equal(ms(tt.steps[next].at)) {
				t.Errorf("%s at %d: got to come again at %v, want %d", tt.name, step.at, come.Sub(noon), tt.steps[next].at)
			}
		}
	}
}

func TestSequenceGivesUp(t *testing.T) {
	s := &sequence{}
	s.put(numbered(10, 0), false)
	s.put(numbered(12, 0), false)
	asked := 0
	for at := range 400 {
		got, _ := s.ask(ms(at), nil)
		asked += len(got)
		if s.head(); s.skip(ms(at)) {
			t.Fatalf("gave up after %d ms", at)
		}
	}
	if asked != maxAsked {
		t.Errorf("got asked %d times, want %d", asked, maxAsked)
	}
	if !s.skip(ms(400)) || s.holes != 0 {
		t.Errorf("got %d holes after 400 ms, want none", s.holes)
	}
	if got := handed(s); !slices.Equal(got, []uint16{12}) {
		t.Errorf("got %v, want what is after the hole", got)
	}
	if s.skip(ms(10_000)) {
		t.Error("gave up where there is no hole")
	}
}

func TestSequenceLearnsTheRoundTrip(t *testing.T) {
	s := &sequence{}
	s.put(numbered(10, 0), false)
	s.put(numbered(12, 0), false)
	s.ask(ms(5), nil)
	s.put(numbered(11, 65), true)
	if s.rtt != 60*time.Millisecond {
		t.Errorf("got %v, want 60ms", s.rtt)
	}
	// What was only out of order says nothing, and was not lost.
	s.put(numbered(14, 70), false)
	s.put(numbered(13, 72), false)
	if s.rtt != 60*time.Millisecond || s.lacked != 1 || s.firsts != 4 {
		t.Errorf("got %v, %d lacked of %d, want 60ms, 1 of 4", s.rtt, s.lacked, s.firsts)
	}
}

func TestSequenceLeaps(t *testing.T) {
	s := &sequence{}
	s.put(numbered(10, 0), false)
	s.put(numbered(12, 0), false)
	handed(s)
	far := numbered(11+window, 1)
	if !s.leaps(far) || s.put(far, false) {
		t.Fatal("a packet beyond the window was kept")
	}
	if got := s.drop(nil); len(got) != 1 || s.holes != 0 {
		t.Errorf("got %d packets dropped and %d holes, want 1 and none", len(got), s.holes)
	}
	if s.leaps(far) || !s.put(far, false) || !slices.Equal(handed(s), []uint16{11 + window}) {
		t.Error("there was no new beginning")
	}
}

// Whatever comes in whatever order: each packet is handed on once, in order,
// and the holes are counted right.
func TestSequenceKeepsItsLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for range 200 {
		s := &sequence{}
		last, begun := int64(0), false
		for at := range 2000 {
			p := numbered(uint16(65_000+at/2+r.IntN(60)), at)
			if r.IntN(300) == 0 {
				p.header.SequenceNumber += uint16(r.IntN(1 << 16))
			}
			if s.leaps(p) {
				s.drop(nil)
				begun = false
			}
			s.put(p, r.IntN(2) == 0)
			for q := s.head(); q != nil; q = s.head() {
				if n := s.next - 1; begun && n <= last || uint16(n) != q.header.SequenceNumber {
					t.Fatalf("got %d after %d", n, last)
				}
				last, begun = s.next-1, true
			}
			s.ask(ms(at), nil)
			s.skip(ms(at))
			holes := 0
			for n := s.next; n < s.top; n++ {
				if s.at(n).packet == nil {
					holes++
				}
			}
			if holes != s.holes || s.top-s.next > window {
				t.Fatalf("got %d holes counted of %d, in a window of %d", s.holes, holes, s.top-s.next)
			}
		}
	}
}
