package capture

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/rostod/rostod/capture/flash"
)

// three is a plan of three slots.
func three() flash.Plan {
	return flash.Plan{Lead: time.Second, Tail: 400 * time.Millisecond, Slots: []flash.Slot{
		{Kind: flash.Flat, Colour: flash.Magenta, Length: 400 * time.Millisecond},
		{Kind: flash.LeftRight, Colour: flash.Green, Length: 500 * time.Millisecond},
		{Kind: flash.Flat, Colour: flash.Cyan, Length: 600 * time.Millisecond},
	}}
}

// A slot is sent a quarter of a second before its time, and never before the
// one before it has begun.
func TestSlotsAreSentInTime(t *testing.T) {
	s := newShow(three(), 10_000, 0)
	var sent []slotMessage
	for now := 10_000.0; now < 13_000; now += 25 {
		m, due := s.due(now)
		if !due {
			continue
		}
		if early := m.At - now; early > ms(ahead) || early < ms(ahead)-25 {
			t.Errorf("slot %d is sent %.0f ms ahead, want %.0f", m.I, early, ms(ahead))
		}
		if m.I > 0 && now < sent[m.I-1].At {
			t.Errorf("slot %d is sent before slot %d has begun", m.I, m.I-1)
		}
		sent = append(sent, m)
	}
	if len(sent) != 3 || sent[0].At != 11_000 || sent[1].At != 11_400 || sent[2].At != 11_900 || sent[2].MS != 600 {
		t.Fatalf("got %+v", sent)
	}
	g, m := flash.Green.Hex(), flash.Magenta.Hex()
	want := [4]string{g, m, g, m}
	if sent[1].Tiles != want {
		t.Errorf("left and right: got %v, want %v", sent[1].Tiles, want)
	}
	if s.timeline.End != 12_500 || s.over() != 12_900 {
		t.Errorf("got an end at %.0f and %.0f, want 12500 and 12900", s.timeline.End, s.over())
	}
}

func TestForgedAcks(t *testing.T) {
	for _, tt := range []struct {
		what string
		acks []message
		last error
	}{
		{"in order", []message{{I: 0, At: 1, Next: 2}, {I: 1, At: 3, Next: 4}}, nil},
		{"one that was not sent", []message{{I: 0}, {I: 1}, {I: 2}}, errForged},
		{"one left out", []message{{I: 1}}, errForged},
		{"one twice", []message{{I: 0}, {I: 0}}, errForged},
		{"a frame before itself", []message{{I: 0, At: 5, Next: 4}}, errForged},
		{"fewer than none missed", []message{{I: 0, Missed: -1}}, errForged},
		{"more missed than can be counted", []message{{I: 0, Missed: math.MaxInt}}, errForged},
	} {
		s := newShow(three(), 0, 0)
		for _, now := range []float64{750, 1150} {
			if _, due := s.due(now); !due {
				t.Fatal("a slot is not due")
			}
		}
		var err error
		for _, m := range tt.acks {
			err = s.shown(m)
		}
		if !errors.Is(err, tt.last) {
			t.Errorf("%s: got %v, want %v", tt.what, err, tt.last)
		}
	}
}

// The matcher sees the customer in neutral light before and after, and in
// different colours between.
func TestWishes(t *testing.T) {
	s := newShow(three(), 10_000, 0)
	var got string
	last := 0.0
	for _, w := range s.wishes() {
		got += w.colour.String()
		if w.at <= last {
			t.Errorf("a still at %.0f after one at %.0f", w.at, last)
		}
		last = w.at
	}
	if got != "KMCK" {
		t.Errorf("got stills in %s, want KMCK", got)
	}
}
