package peer

import (
	"errors"
	"image"
	"time"

	"github.com/rostod/rostod/capture/decode"
)

// Frame is one decoded picture.
type Frame struct {
	Picture *image.YCbCr // valid during the call; never written
	RTP     int64        // when it was taken, on the sender's 90 kHz clock, without wrapping
	Arrived time.Time    // when its last packet came
	Key     bool
	Tainted bool // a frame since the last key frame is missing, and parts of this one may be old
	Bytes   int  // of VP8
	Missed  int  // frames since the last one that were sent and are not shown
}

// screening decodes frames, and says which are missing.
type screening struct {
	decoder *decode.Decoder
	show    func(Frame)
	behind  time.Duration // how late a frame may be decoded
	turns   turns

	needKey  bool // until the next key frame is decoded
	tainted  bool
	skipping bool // up to the next key frame
	missed   int
	size     image.Point
	last     time.Time // the last picture
	shown    int
}

// lose says that the frames to come refer to something that did not come.
func (s *screening) lose() { s.tainted, s.needKey = true, true }

// frame decodes one frame and shows it. Its error is decode.ErrTooLarge.
func (s *screening) frame(c coded, now time.Time) error {
	s.missed += c.missed
	if c.missed > 0 {
		s.lose()
	}
	rtp := s.turns.of(c.time)
	h, err := decode.Inspect(c.data)
	if s.left(h, now.Sub(c.ready)) {
		s.missed++
		return nil
	}
	var p *image.YCbCr
	if err == nil {
		p, err = s.decoder.Decode(c.data)
	}
	switch {
	case errors.Is(err, decode.ErrTooLarge):
		return err
	case errors.Is(err, decode.ErrHidden):
		return nil
	case err != nil: // damaged, or no key frame yet: the next is asked for
		s.lose()
		s.missed++
		return nil //nolint:nilerr // it is counted, and the peer goes on
	}
	if h.Key {
		s.tainted, s.needKey = false, false
	}
	s.size, s.last = p.Rect.Size(), now
	s.shown++
	missed := s.missed
	s.missed = 0
	s.show(Frame{
		Picture: p, RTP: rtp, Arrived: c.arrived, Key: h.Key, Tainted: s.tainted,
		Bytes: len(c.data), Missed: missed,
	})
	return nil
}

// left says whether a frame is left out because others already wait too long.
// What refers to it is left out too: up to the next key frame, which is asked
// for.
func (s *screening) left(h decode.Header, late time.Duration) bool {
	if h.Key {
		s.skipping = false
		return false
	}
	if late > s.behind {
		s.skipping = true
		s.lose()
	}
	return s.skipping
}
