package peer

import (
	"bytes"
	"image"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"github.com/rostod/rostod/capture/decode"
)

// watcher is a Handler that counts.
type watcher struct{ frames, missed, tainted, keys int }

func (w *watcher) Opened()        {}
func (w *watcher) Message([]byte) {}
func (w *watcher) Frame(f Frame) {
	w.frames++
	w.missed += f.Missed
	if f.Tainted {
		w.tainted++
	}
	if f.Key {
		w.keys++
	}
}
func (w *watcher) Tick(time.Time) {}
func (w *watcher) Closed(error)   {}

// alone is a runner without a network, and what it tells the sender.
func alone(t testing.TB) (*runner, *watcher, *[]rtcp.Packet) {
	t.Helper()
	d, err := decode.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	w, told := &watcher{}, &[]rtcp.Packet{}
	p := newPeer(&Peers{limits: Limits{}.filled()}, offer{video: 96, repair: 97, transport: 3}, w, d)
	return newRunner(p, func(packets []rtcp.Packet) error {
		*told = append(*told, packets...)
		return nil
	}), w, told
}

// stream is a stream of small frames, the first a key frame.
func stream(t testing.TB, n int) [][]byte {
	t.Helper()
	e, err := decode.NewEncoder(decode.EncoderConfig{Width: 64, Height: 48, BitsPerSecond: 200_000, FPS: 30})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var frames [][]byte
	for i := range n {
		p := image.NewYCbCr(image.Rect(0, 0, 64, 48), image.YCbCrSubsampleRatio420)
		for at := range p.Y {
			p.Y[at] = byte(at + 3*i)
		}
		b, err := e.Encode(p, false)
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, bytes.Clone(b))
	}
	return frames
}

// cut makes packets of a frame, in two parts when it is long enough.
func cut(t testing.TB, frame []byte, number *uint16, picture int) [][]byte {
	t.Helper()
	parts := [][]byte{frame}
	if half := len(frame) / 2; half > 0 {
		parts = [][]byte{frame[:half], frame[half:]}
	}
	var out [][]byte
	for i, part := range parts {
		h := rtp.Header{Version: 2, PayloadType: 96, SSRC: 5, SequenceNumber: *number, Timestamp: uint32(3000 * picture), Marker: i == len(parts)-1}
		if err := h.SetExtension(3, []byte{byte(*number >> 8), byte(*number)}); err != nil {
			t.Fatal(err)
		}
		first := byte(0x90)
		if i > 0 {
			first = 0x80
		}
		b, err := (&rtp.Packet{Header: h, Payload: append([]byte{first, 0x80, 0x80 | byte(picture>>8), byte(picture)}, part...)}).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
		*number++
	}
	return out
}

// In the long run a frame allocates nothing; what is told to the sender ten
// times a second does.
func TestFrameAllocatesNothing(t *testing.T) {
	r, w, _ := alone(t)
	frames := stream(t, 300)
	number, i := uint16(0), 0
	var packets [][][]byte
	for i, f := range frames {
		packets = append(packets, cut(t, f, &number, i))
	}
	next := func() {
		for _, b := range packets[i] {
			r.box.put(b, false)
		}
		i++
		r.drain()
	}
	for range 50 {
		next()
	}
	if n := testing.AllocsPerRun(200, next); n > 0 {
		t.Errorf("got %v allocations a frame, want none", n)
	}
	if w.frames != i || w.missed > 0 || w.tainted > 0 {
		t.Errorf("got %+v of %d frames", *w, i)
	}
}

// What came by retransmission takes its place.
func TestRetransmission(t *testing.T) {
	r, w, told := alone(t)
	number := uint16(65_530)
	var late [][]byte
	for i, f := range stream(t, 12) {
		for _, b := range cut(t, f, &number, i) {
			if i%3 == 1 {
				late = append(late, b)
				continue
			}
			r.box.put(b, false)
		}
	}
	r.drain()
	r.regular(time.Now().Add(outOfOrder))
	asked := map[uint16]bool{}
	for _, p := range *told {
		if n, ok := p.(*rtcp.TransportLayerNack); ok {
			for _, pair := range n.Nacks {
				for _, one := range pair.PacketList() {
					asked[one] = true
				}
			}
		}
	}
	for i, b := range late {
		var p rtp.Packet
		if err := p.Unmarshal(b); err != nil {
			t.Fatal(err)
		}
		if !asked[p.SequenceNumber] {
			t.Errorf("packet %d was not asked for", p.SequenceNumber)
		}
		p.Payload = append([]byte{byte(p.SequenceNumber >> 8), byte(p.SequenceNumber)}, p.Payload...)
		p.PayloadType, p.SSRC, p.SequenceNumber = 97, 6, uint16(i)
		again, err := p.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		r.box.put(again, false)
	}
	r.drain()
	if want := (watcher{frames: 12, keys: 1}); *w != want {
		t.Errorf("got %+v, want %+v", *w, want)
	}
}

// A sender that goes on far away, as after a pause of its machine, loses what
// was between.
func TestLeap(t *testing.T) {
	r, w, told := alone(t)
	frames := stream(t, 8)
	number := uint16(0)
	for i, f := range frames {
		if i == 4 {
			number += 20_000
		}
		for _, b := range cut(t, f, &number, i) {
			r.box.put(b, false)
		}
	}
	r.drain()
	if want := (watcher{frames: 8, keys: 1, tainted: 4}); *w != want {
		t.Errorf("got %+v, want %+v", *w, want)
	}
	r.regular(time.Now())
	asked := false
	for _, p := range *told {
		_, key := p.(*rtcp.PictureLossIndication)
		asked = asked || key
	}
	if !asked || r.sequence.holes != 0 {
		t.Errorf("got %d holes, a key frame asked for: %v", r.sequence.holes, asked)
	}
}

// Whatever the packets: no crash, and what is kept has its bounds.
func FuzzPackets(f *testing.F) {
	number := uint16(7)
	for i, frame := range stream(f, 3) {
		for _, b := range cut(f, frame, &number, i) {
			f.Add(b, b, false)
		}
	}
	report, err := (&rtcp.SenderReport{SSRC: 5, NTPTime: 1 << 60, RTPTime: 77}).Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(report, []byte{0x80, 97, 0, 1, 0, 0, 0, 0, 0, 0, 0, 6, 0, 8, 0x10, 1}, true)
	f.Add([]byte{0xa0, 96, 0, 9, 0, 0, 0, 0, 0, 0, 0, 5, 4}, []byte{0x90, 96}, false)
	first := stream(f, 1)[0]
	f.Fuzz(func(t *testing.T, one, other []byte, control bool) {
		r, w, _ := alone(t)
		number := uint16(5)
		for _, b := range cut(t, first, &number, 0) {
			r.box.put(b, false)
		}
		for range 3 {
			r.box.put(one, control)
			r.box.put(other, false)
		}
		r.drain()
		now := time.Now()
		for i := range 5 {
			r.regular(now.Add(time.Duration(i) * giveUp / 3))
		}
		if w.frames == 0 || r.sequence.top-r.sequence.next > window || len(r.assembler.data) > decode.MaxBytes {
			t.Errorf("got %+v, a window of %d, a frame of %d bytes", *w, r.sequence.top-r.sequence.next, len(r.assembler.data))
		}
	})
}
