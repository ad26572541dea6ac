package peer

import (
	"encoding/binary"
	"math/rand/v2"
	"time"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
)

// How often the sender is told what came. Without the first, browsers send ten
// frames a second at 480 x 360.
const (
	everyArrivals = 100 * time.Millisecond
	everyReport   = time.Second
	everyKey      = 300 * time.Millisecond // between two requests for a key frame
)

// feedback is what the sender is told.
type feedback struct {
	own, media uint32
	write      func([]rtcp.Packet) error
	began      time.Time
	arrivals   *twcc.Recorder
	report     reception

	nextArrivals, nextReport, nextKey time.Time
}

func newFeedback(began time.Time, write func([]rtcp.Packet) error) *feedback {
	own := rand.Uint32() //nolint:gosec // it must differ from the sender's, and is no secret
	return &feedback{own: own, write: write, began: began, arrivals: twcc.NewRecorder(own)}
}

// arrived notes a packet for the sender's estimate of the network.
func (f *feedback) arrived(p *packet, extension uint8) {
	if extension == 0 {
		return
	}
	if number := p.header.GetExtension(extension); len(number) == 2 {
		f.arrivals.Record(f.media, binary.BigEndian.Uint16(number), p.arrived.Sub(f.began).Microseconds())
	}
}

// due sends what it is time for.
func (f *feedback) due(now time.Time, needKey bool) {
	if f.media == 0 {
		return
	}
	var out []rtcp.Packet
	if !now.Before(f.nextReport) {
		f.nextReport = now.Add(everyReport)
		out = append(out, &rtcp.ReceiverReport{SSRC: f.own, Reports: []rtcp.ReceptionReport{f.report.take(f.media, now)}})
	}
	if !now.Before(f.nextArrivals) {
		f.nextArrivals = now.Add(everyArrivals)
		out = append(out, f.arrivals.BuildFeedbackPacket()...)
	}
	if needKey && !now.Before(f.nextKey) {
		f.nextKey = now.Add(everyKey)
		out = append(out, &rtcp.PictureLossIndication{SenderSSRC: f.own, MediaSSRC: f.media})
	}
	f.send(out)
}

// again asks for packets that did not come.
func (f *feedback) again(numbers []uint16) {
	if len(numbers) > 0 {
		f.send([]rtcp.Packet{&rtcp.TransportLayerNack{
			SenderSSRC: f.own, MediaSSRC: f.media, Nacks: rtcp.NackPairsFromSequenceNumbers(numbers),
		}})
	}
}

// send fails only when the connection ends, which is noticed elsewhere.
func (f *feedback) send(out []rtcp.Packet) {
	if len(out) > 0 {
		_ = f.write(out)
	}
}

// reception is what a receiver report says of a source (RFC 3550, 6.4.1 and
// A.3, A.8).
type reception struct {
	begun              bool
	base, top          int64
	received           int64
	priorAll, priorGot int64
	transit            int64
	jitter             float64
	sender             uint32 // middle of the last sender report's time
	heard              time.Time
}

// packet counts a packet that came at its first sending.
func (r *reception) packet(p *packet, began time.Time) {
	if !r.begun {
		r.begun = true
		r.base = int64(p.header.SequenceNumber)
		r.top = r.base
	}
	r.received++
	r.top = max(r.top, r.top+int64(int16(p.header.SequenceNumber-uint16(r.top))))
	transit := p.arrived.Sub(began).Milliseconds()*ticks - int64(p.header.Timestamp)
	d := int64(int32(transit - r.transit))
	r.transit = transit
	if r.received > 1 {
		r.jitter += (float64(max(d, -d)) - r.jitter) / 16
	}
}

func (r *reception) take(media uint32, now time.Time) rtcp.ReceptionReport {
	all := r.top - r.base + 1
	expected, got := all-r.priorAll, r.received-r.priorGot
	r.priorAll, r.priorGot = all, r.received
	out := rtcp.ReceptionReport{
		SSRC: media, LastSequenceNumber: uint32(r.top), Jitter: uint32(r.jitter),
		TotalLost: uint32(min(max(all-r.received, 0), 0x7fffff)), LastSenderReport: r.sender,
	}
	if lost := expected - got; expected > 0 && lost > 0 {
		out.FractionLost = uint8(min(lost*256/expected, 255))
	}
	if !r.heard.IsZero() {
		out.Delay = uint32(now.Sub(r.heard).Seconds() * 65536)
	}
	return out
}

// heardOf notes a sender report.
func (r *reception) heardOf(s *rtcp.SenderReport, now time.Time) {
	r.sender, r.heard = uint32(s.NTPTime>>16), now
}
