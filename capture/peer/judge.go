package peer

import (
	"time"

	"github.com/pion/webrtc/v4"
)

const everyGauge = 500 * time.Millisecond

// More than this in a second is no camera.
const (
	maxPackets  = 6000
	maxPictures = 120
	maxTextRate = 200
)

// gauge counts over half seconds, and keeps the last one.
type gauge struct {
	counts
	from     time.Time
	last     counts
	lastFrom time.Time
}

type counts struct {
	bits, packets, pictures, texts, dropped int
	firsts, lacked                          int
}

func (c counts) plus(d counts) counts {
	return counts{
		c.bits + d.bits, c.packets + d.packets, c.pictures + d.pictures, c.texts + d.texts, c.dropped + d.dropped,
		c.firsts + d.firsts, c.lacked + d.lacked,
	}
}

// judge ends a peer that does not do its part, and renews the Link.
func (r *runner) judge(now time.Time) {
	connected := r.connected.Load()
	switch late := !r.opened && now.Sub(r.began) > r.peers.limits.Connect; {
	case late && connected == 0:
		r.Close(ErrNoConnection)
	case late:
		r.Close(ErrNoChannel)
	case connected != 0:
		r.hear(now, r.began.Add(time.Duration(connected)))
	}
	if now.Sub(r.gauge.from) >= everyGauge {
		r.measure(now)
	}
}

// hear ends a peer that sends no media since it connected or since the last,
// or none that can be decoded.
func (r *runner) hear(now, connected time.Time) {
	limits := r.peers.limits
	seen := later(connected, r.screening.last)
	silent, blind := now.Sub(later(connected, r.heard)), time.Duration(0)
	if r.heard.After(seen) {
		blind = now.Sub(seen)
	}
	switch {
	case silent > limits.Silent && r.alive(now, limits.Silent):
		r.Close(ErrSilent)
	case silent > limits.Silent:
		r.Close(ErrGone)
	case blind > limits.Blind && (r.screening.skipping || r.gauge.dropped+r.gauge.last.dropped > 0):
		r.Close(ErrOverloaded)
	case blind > limits.Blind:
		r.Close(ErrUnreadable)
	}
}

// alive says whether anything came lately, be it only a check by ICE; browsers
// send one each 2.5 s.
func (p *Peer) alive(now time.Time, lately time.Duration) bool {
	for _, one := range p.pc.GetStats() {
		pair, ok := one.(webrtc.ICECandidatePairStats)
		if ok && now.Sub(later(pair.LastPacketReceivedTimestamp.Time(), pair.LastRequestReceivedTimestamp.Time())) <= lately {
			return true
		}
	}
	return false
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (r *runner) measure(now time.Time) {
	g := &r.gauge
	g.firsts, g.lacked = r.sequence.firsts, r.sequence.lacked
	r.sequence.firsts, r.sequence.lacked = 0, 0
	sum, seconds := g.plus(g.last), now.Sub(g.lastFrom).Seconds()
	*g = gauge{from: now, last: g.counts, lastFrom: g.from}
	if float64(sum.packets) > maxPackets*seconds || float64(sum.pictures) > maxPictures*seconds || float64(sum.texts) > maxTextRate*seconds {
		r.Close(ErrFlood)
	}
	link := Link{
		BitsPerSecond: float64(sum.bits) / seconds, FPS: float64(sum.pictures) / seconds, RTT: r.sequence.rtt,
		Width: r.screening.size.X, Height: r.screening.size.Y,
	}
	if all := sum.firsts + sum.lacked; all > 0 {
		link.Lost = float64(sum.lacked) / float64(all)
	}
	r.mu.Lock()
	r.link = link
	r.mu.Unlock()
}
