package peer

import (
	"encoding/binary"
	"errors"
	"time"

	"github.com/pion/rtcp"

	"github.com/rostod/rostod/capture/decode"
)

const (
	tick     = 25 * time.Millisecond
	farewell = time.Second // for what was sent last to be acknowledged
)

// runner is what only the peer's goroutine sees.
type runner struct {
	*Peer
	sequence  sequence
	assembler *assembler
	screening screening
	feedback  *feedback
	gauge     gauge

	opened   bool
	nextTick time.Time
	heard    time.Time // the last packet of media
	packets  []*packet
	texts    [][]byte
	used     []*packet
	numbers  []uint16
}

func newRunner(p *Peer, write func([]rtcp.Packet) error) *runner {
	r := &runner{Peer: p, nextTick: p.began.Add(tick), feedback: newFeedback(p.began, write)}
	r.assembler = newAssembler(r.frame)
	r.screening = screening{decoder: p.decoder, show: r.show, behind: p.peers.limits.Behind}
	r.gauge.from, r.gauge.lastFrom = p.began, p.began
	return r
}

// run is the peer's goroutine, until the peer ends.
func (p *Peer) run() {
	r := newRunner(p, p.pc.WriteRTCP)
	timer := time.NewTimer(tick)
	defer timer.Stop()
	for !r.over() {
		select {
		case <-p.box.wake:
		case <-timer.C:
		case <-p.stop:
		}
		r.open()
		r.drain()
		timer.Reset(time.Until(r.regular(time.Now())))
	}
	p.handler.Closed(p.cause)
	r.linger()
	p.release()
	p.peers.leave(p)
}

func (r *runner) over() bool {
	select {
	case <-r.stop:
		return true
	default:
		return false
	}
}

// open tells the handler once that the data channel is open.
func (r *runner) open() {
	if !r.opened && r.raw.Load() != nil && !r.over() {
		r.opened = true
		r.handler.Opened()
	}
}

// drain takes what came: messages, then packets.
func (r *runner) drain() {
	var dropped int
	r.packets, r.texts, dropped = r.box.take(r.packets, r.texts)
	r.gauge.dropped += dropped
	for _, text := range r.texts {
		if r.over() {
			break
		}
		r.gauge.texts++
		r.handler.Message(text)
	}
	for _, p := range r.packets {
		if r.over() || !r.packet(p) {
			r.used = append(r.used, p)
		}
	}
	r.box.give(r.used)
	r.used = r.used[:0]
}

// packet takes one packet and says whether it keeps it.
func (r *runner) packet(p *packet) bool {
	if p.rtcp {
		r.control(p)
		return false
	}
	n, err := p.header.Unmarshal(p.data[:p.n])
	if err != nil {
		return false
	}
	end := p.n
	if p.header.Padding {
		end -= int(p.data[p.n-1])
	}
	if end < n {
		return false
	}
	p.payload = p.data[n:end]
	again := false
	switch p.header.PayloadType {
	case r.offer.video:
		if r.feedback.media == 0 {
			r.feedback.media = p.header.SSRC
		}
		if p.header.SSRC != r.feedback.media {
			r.Close(ErrStreams)
			return false
		}
	case r.offer.repair:
		again = true
	default:
		r.Close(ErrCodec)
		return false
	}
	r.heard = p.arrived
	r.gauge.bits += 8 * p.n
	r.gauge.packets++
	r.feedback.arrived(p, r.offer.transport)
	if again {
		// The original number stands before the payload (RFC 4588).
		if len(p.payload) < 2 {
			return false
		}
		p.header.SequenceNumber = binary.BigEndian.Uint16(p.payload)
		p.payload = p.payload[2:]
	} else {
		r.feedback.report.packet(p, r.began)
	}
	return r.place(p, again)
}

// place puts a packet into its order and takes the frames that are complete.
func (r *runner) place(p *packet, again bool) bool {
	if again && !r.sequence.begun {
		return false
	}
	if r.sequence.leaps(p) {
		r.used = r.sequence.drop(r.used)
		r.lost(p.arrived)
	}
	if !r.sequence.put(p, again) {
		return false
	}
	r.advance()
	return true
}

// advance hands on the packets that are in order.
func (r *runner) advance() {
	for p := r.sequence.head(); p != nil; p = r.sequence.head() {
		r.used = append(r.used, p)
		if err := r.assembler.add(p); err != nil {
			r.Close(ErrTooLarge)
			return
		}
	}
}

// lost says that packets will not come any more.
func (r *runner) lost(now time.Time) {
	r.assembler.hole(now)
	r.screening.lose()
}

// frame takes a frame from the assembler.
func (r *runner) frame(c coded) {
	if r.over() {
		return
	}
	if err := r.screening.frame(c, time.Now()); errors.Is(err, decode.ErrTooLarge) {
		r.Close(ErrTooLarge)
	}
}

// show hands a picture to the handler.
func (r *runner) show(f Frame) {
	r.gauge.pictures++
	r.handler.Frame(f)
}

// control reads RTCP: the sender's reports.
func (r *runner) control(p *packet) {
	packets, err := rtcp.Unmarshal(p.data[:p.n])
	if err != nil {
		return
	}
	for _, one := range packets {
		if s, ok := one.(*rtcp.SenderReport); ok && s.SSRC == r.feedback.media && r.screening.turns.begun {
			r.feedback.report.heardOf(s, p.arrived)
			clock := r.screening.turns.report(s, p.arrived)
			r.mu.Lock()
			r.Peer.clock, r.dated = clock, true
			r.mu.Unlock()
		}
	}
}

// regular does what the time asks for, and says when to come again.
func (r *runner) regular(now time.Time) time.Time {
	for r.sequence.skip(now) {
		r.lost(now)
		r.advance()
	}
	if r.key.Swap(false) {
		r.screening.needKey = true
	}
	var come time.Time
	r.numbers, come = r.sequence.ask(now, r.numbers[:0])
	r.feedback.again(r.numbers)
	r.feedback.due(now, r.screening.needKey)
	if !now.Before(r.nextTick) {
		r.nextTick = r.nextTick.Add(tick)
		if r.nextTick.Before(now) {
			r.nextTick = now.Add(tick)
		}
		r.judge(now)
		if r.opened && !r.over() {
			r.handler.Tick(now)
		}
	}
	if come.IsZero() || come.After(r.nextTick) {
		return r.nextTick
	}
	return come
}

// linger waits for what was sent last to arrive. The other side may be gone:
// it does not wait long.
func (r *runner) linger() {
	raw := r.raw.Load()
	if raw == nil || errors.Is(r.cause, ErrGone) || errors.Is(r.cause, ErrSlow) {
		return
	}
	end := time.NewTimer(farewell)
	defer end.Stop()
	look := time.NewTicker(tick / 5)
	defer look.Stop()
	for (*raw).BufferedAmount() > 0 {
		select {
		case <-look.C:
		case <-end.C:
			return
		}
	}
}
