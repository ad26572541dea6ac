package peer

import (
	"math"
	"testing"

	"github.com/pion/rtcp"
)

func TestClock(t *testing.T) {
	var turns turns
	first := turns.of(4_294_967_000)
	report := &rtcp.SenderReport{NTPTime: uint64(noon.Unix()+secondsTo1970)<<32 | 1<<31, RTPTime: 704} // after the wrap
	c := turns.report(report, ms(3))
	want := float64(noon.UnixMilli()) + 500
	for _, tt := range []struct {
		rtp  int64
		want float64
	}{
		{first + 1000, want},
		{first + 1000 + 90, want + 1},
		{first, want - 1000./90},
		{turns.of(704 + 3000), want + 3000./90},
	} {
		if got := c.At(tt.rtp); math.Abs(got-tt.want) > 0.001 {
			t.Errorf("%d: got %.4f, want %.4f", tt.rtp, got, tt.want)
		}
	}
	if back := turns.of(4_294_967_290); back != first+290 {
		t.Errorf("a frame out of order: got %d, want %d", back, first+290)
	}
}

func TestReception(t *testing.T) {
	var r reception
	for i, n := range []uint16{65534, 65535, 1, 2, 3} {
		p := numbered(n, 20*i)
		p.header.Timestamp = uint32(1800 * i)
		r.packet(p, noon)
	}
	r.heardOf(&rtcp.SenderReport{NTPTime: 0x0001_2345_6789_abcd}, ms(100))
	got := r.take(7, ms(600))
	want := rtcp.ReceptionReport{
		SSRC: 7, FractionLost: 256 / 6, TotalLost: 1, LastSequenceNumber: 65536 + 3, LastSenderReport: 0x2345_6789, Delay: 1 << 15,
	}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	// Nothing new: nothing new was lost.
	if got := r.take(7, ms(700)); got.FractionLost != 0 || got.TotalLost != 1 {
		t.Errorf("got %+v, want no new loss", got)
	}
}

func TestReceptionJitter(t *testing.T) {
	var r reception
	for i := range 400 {
		p := numbered(uint16(i), 33*i+8*(i%2)) // each other one 8 ms late
		p.header.Timestamp = uint32(33 * 90 * i)
		r.packet(p, noon)
	}
	if got := r.take(7, ms(0)).Jitter; got < 8*90-1 || got > 8*90 {
		t.Errorf("got %d, want 8 ms: %d", got, 8*90)
	}
}

func TestFeedbackKeepsItsPace(t *testing.T) {
	var sent []rtcp.Packet
	f := newFeedback(noon, func(p []rtcp.Packet) error { sent = append(sent, p...); return nil })
	f.due(ms(0), true)
	if len(sent) > 0 {
		t.Errorf("got %v before any media", sent)
	}
	f.media = 7
	for at := range 1000 {
		f.due(ms(at), at >= 100)
	}
	keys, reports := 0, 0
	for _, p := range sent {
		switch p.(type) {
		case *rtcp.PictureLossIndication:
			keys++
		case *rtcp.ReceiverReport:
			reports++
		}
	}
	if keys != 3 || reports != 1 {
		t.Errorf("got %d requests for a key frame and %d reports in a second, want 3 and 1", keys, reports)
	}
	f.again(nil)
	if n := len(sent); n != keys+reports {
		t.Errorf("asking for nothing sent %d", n-keys-reports)
	}
}
