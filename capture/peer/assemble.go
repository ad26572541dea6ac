package peer

import (
	"errors"
	"time"

	"github.com/rostod/rostod/capture/decode"
)

var errDescriptor = errors.New("the VP8 payload descriptor is cut off")

// descriptor is what RFC 7741, section 4.2, puts before each packet's bytes.
type descriptor struct {
	first   bool // the frame begins here
	picture int  // the frame's number; -1 when the sender does not count
	bits    int  // of the number: 7 or 15
}

// depacketise takes the descriptor off a payload.
func depacketise(payload []byte) (descriptor, []byte, error) {
	d := descriptor{picture: -1}
	at := 0
	next := func() (byte, bool) {
		if at >= len(payload) {
			return 0, false
		}
		at++
		return payload[at-1], true
	}
	b, ok := next()
	d.first = b&0x10 != 0 && b&0x07 == 0
	if ok && b&0x80 != 0 {
		var flags byte
		flags, ok = next()
		if ok && flags&0x80 != 0 {
			ok = d.number(next)
		}
		if ok && flags&0x40 != 0 { // TL0PICIDX
			_, ok = next()
		}
		if ok && flags&0x30 != 0 { // TID, Y and KEYIDX
			_, ok = next()
		}
	}
	if !ok || at == len(payload) {
		return descriptor{}, nil, errDescriptor
	}
	return d, payload[at:], nil
}

func (d *descriptor) number(next func() (byte, bool)) bool {
	b, ok := next()
	d.picture, d.bits = int(b&0x7f), 7
	if ok && b&0x80 != 0 {
		var low byte
		low, ok = next()
		d.picture, d.bits = d.picture<<8|int(low), 15
	}
	return ok
}

// coded is one frame's bytes. They are the assembler's until the next packet.
type coded struct {
	data    []byte
	time    uint32    // RTP
	arrived time.Time // its last packet
	ready   time.Time // its last packet, and those of all before it
	missed  int       // frames before it that were sent and did not come whole
}

// assembler makes frames of packets in order. A frame ends at the marker, or
// where the time changes.
type assembler struct {
	out     func(coded)
	data    []byte
	time    uint32
	open    bool // a frame was begun
	torn    bool // a frame was lost, and the packets of its time are passed over
	arrived time.Time
	ready   time.Time
	missed  int
	this    descriptor
	last    descriptor // of the last frame that came whole
}

func newAssembler(out func(coded)) *assembler {
	return &assembler{out: out, last: descriptor{picture: -1}}
}

// add takes the next packet in order. Its error is decode.ErrTooLarge.
func (a *assembler) add(p *packet) error {
	if p.arrived.After(a.ready) {
		a.ready = p.arrived
	}
	if len(p.payload) == 0 {
		return nil // only padding, to probe the network
	}
	d, data, err := depacketise(p.payload)
	if a.open && p.header.Timestamp != a.time {
		a.finish()
	}
	switch {
	case errors.Is(err, errDescriptor) || !a.open && !d.first:
		a.tear(p.header.Timestamp)
		return nil
	case !a.open:
		a.begin(p, d)
	}
	if len(a.data)+len(data) > decode.MaxBytes {
		return decode.ErrTooLarge
	}
	a.data = append(a.data, data...)
	if p.arrived.After(a.arrived) {
		a.arrived = p.arrived
	}
	if p.header.Marker {
		a.finish()
	}
	return nil
}

func (a *assembler) begin(p *packet, d descriptor) {
	a.open, a.torn = true, false
	a.time, a.arrived, a.data, a.this = p.header.Timestamp, p.arrived, a.data[:0], d
	if d.picture < 0 || a.last.picture < 0 || d.bits != a.last.bits {
		return
	}
	// The sender's own count is better than what was seen in pieces. Half a
	// turn or more is a new count.
	if gap := (d.picture - a.last.picture - 1) & (1<<d.bits - 1); gap < 1<<(d.bits-1) {
		a.missed = gap
	}
}

func (a *assembler) finish() {
	a.open, a.last = false, a.this
	a.out(coded{data: a.data, time: a.time, arrived: a.arrived, ready: a.ready, missed: a.missed})
	a.missed = 0
}

// tear gives up the frame of that time, once.
func (a *assembler) tear(rtp uint32) {
	if a.open || !a.torn || a.time != rtp {
		a.missed++
	}
	a.open, a.torn, a.time = false, true, rtp
}

// hole gives up the frame that the missing packet would have belonged to.
func (a *assembler) hole(now time.Time) {
	a.ready = now
	if a.open {
		a.tear(a.time)
	}
}
