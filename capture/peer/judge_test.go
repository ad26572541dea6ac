package peer

import (
	"errors"
	"testing"
	"time"

	"github.com/rostod/rostod/internal/fault"
)

// judged is a peer that connected at noon, and what was heard and seen since.
func judged(heard, seen int) *runner {
	peers := &Peers{limits: Limits{}.filled()}
	p := newPeer(peers, offer{}, nil, nil)
	p.began = ms(-1000)
	p.connected.Store(int64(time.Second))
	r := newRunner(p, nil)
	r.opened, r.heard, r.screening.last = true, ms(heard), ms(seen)
	return r
}

func TestHear(t *testing.T) {
	for _, tt := range []struct {
		name        string
		heard, seen int // milliseconds after connecting; before it: never
		now         int
		set         func(r *runner)
		want        *fault.Fault
	}{
		{"just connected", -1, -1, 100, nil, nil},
		{"media and pictures", 9990, 9960, 10_000, nil, nil},
		{"media for long and no picture ever", 5000, -1, 5001, nil, ErrUnreadable},
		{"media for long and no picture any more", 9000, 3000, 9001, nil, ErrUnreadable},
		{"media that begins late", 2900, -1, 2950, nil, nil},
		{"left out", 9000, 3000, 9001, func(r *runner) { r.screening.skipping = true }, ErrOverloaded},
		{"dropped", 9000, 3000, 9001, func(r *runner) { r.gauge.last.dropped = 1 }, ErrOverloaded},
	} {
		r := judged(tt.heard, tt.seen)
		if tt.set != nil {
			tt.set(r)
		}
		r.hear(ms(tt.now), noon)
		if got := r.cause; tt.want == nil && r.over() || tt.want != nil && !errors.Is(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestMeasure(t *testing.T) {
	r := judged(0, 0)
	second := func(at int, c counts) {
		for i := range 2 {
			r.gauge.counts = counts{bits: c.bits / 2, packets: c.packets / 2, pictures: c.pictures / 2, texts: c.texts / 2}
			r.sequence.firsts, r.sequence.lacked = c.firsts/2, c.lacked/2
			r.measure(ms(at + 500*(i+1)))
		}
	}
	second(-1000, counts{bits: 1_000_000, packets: 200, pictures: 30, texts: 4, firsts: 190, lacked: 10})
	second(0, counts{bits: 2_000_000, packets: 400, pictures: 24, texts: 4, firsts: 380, lacked: 20})
	want := Link{BitsPerSecond: 2_000_000, FPS: 24, Lost: 0.05}
	if got := r.Link(); got != want || r.over() {
		t.Errorf("got %+v, over %v, want %+v", got, r.over(), want)
	}
	for name, c := range map[string]counts{
		"packets": {packets: maxPackets + 10}, "pictures": {pictures: maxPictures + 10}, "messages": {texts: maxTextRate + 10},
	} {
		r = judged(0, 0)
		second(-1000, c)
		if !errors.Is(r.cause, ErrFlood) {
			t.Errorf("%s: got %v, want %v", name, r.cause, ErrFlood)
		}
	}
}

func TestInboxIsBounded(t *testing.T) {
	var cause error
	b := newInbox(func(err error) { cause = err })
	b.put(make([]byte, maxPacket+1), false)
	for range maxWaiting + 5 {
		b.put([]byte{1}, false)
	}
	for range maxTexts {
		b.text(nil)
	}
	if cause != nil {
		t.Errorf("got %v before there were too many", cause)
	}
	b.text(nil)
	if !errors.Is(cause, ErrFlood) {
		t.Errorf("got %v, want %v", cause, ErrFlood)
	}
	packets, texts, dropped := b.take(nil, nil)
	if len(packets) != maxWaiting || dropped != 5 || len(texts) != maxTexts {
		t.Errorf("got %d packets, %d dropped, %d messages", len(packets), dropped, len(texts))
	}
	b.give(packets)
	if len(b.spare) != maxSpare {
		t.Errorf("got %d packets kept, want %d", len(b.spare), maxSpare)
	}
}
