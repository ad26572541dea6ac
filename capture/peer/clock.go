package peer

import (
	"time"

	"github.com/pion/rtcp"
)

// Clock maps RTP time to the sender's clock, by one RTCP sender report. It is
// the sender's word: check it against arrival times before anything is built
// on it.
type Clock struct {
	RTP     int64     // extended, 90 kHz
	Unix    float64   // milliseconds on the sender's clock at RTP
	Arrived time.Time // of the report
}

// At is the time of a frame on the sender's clock, Unix milliseconds.
func (c Clock) At(rtp int64) float64 { return c.Unix + float64(rtp-c.RTP)/ticks }

// ticks of RTP time in a millisecond, for video (RFC 7741, section 6.1).
const ticks = 90

// secondsTo1970 are from NTP's epoch, 1900, to that of Unix.
const secondsTo1970 = 2_208_988_800

// unixMillis reads a time in NTP's format.
func unixMillis(ntp uint64) float64 {
	seconds, fraction := int64(ntp>>32)-secondsTo1970, float64(ntp&0xffffffff)/(1<<32)
	return float64(seconds)*1000 + fraction*1000
}

// turns counts the wraps of RTP time, which comes round every 13 hours.
type turns struct {
	begun bool
	last  int64
}

// of is the extended time: the nearest to the last one.
func (t *turns) of(rtp uint32) int64 {
	if !t.begun {
		t.begun, t.last = true, int64(rtp)
	}
	t.last += int64(int32(rtp - uint32(t.last)))
	return t.last
}

// near is the same and leaves the last one as it is.
func (t *turns) near(rtp uint32) int64 { return t.last + int64(int32(rtp-uint32(t.last))) }

// report makes a Clock of a sender report.
func (t *turns) report(r *rtcp.SenderReport, arrived time.Time) Clock {
	return Clock{RTP: t.near(r.RTPTime), Unix: unixMillis(r.NTPTime), Arrived: arrived}
}
