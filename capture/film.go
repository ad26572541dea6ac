package capture

import (
	"context"
	"errors"
	"image"
	"time"

	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/capture/peer"
	"github.com/rostod/rostod/engine"
)

const (
	// every is how many frames go by between two looks for the landmarks; those
	// between are interpolated.
	every = 5
	// patience is how long a look may wait for a network: the frames go on.
	patience = 60 * time.Millisecond
	// carried is for how many frames landmarks are used on when the face is lost.
	carried = 8
)

// film reduces frames to samples. It holds the few frames since the last look,
// until the next one says where the face was in them.
type film struct {
	eyes    Eyes
	sampler *flash.Sampler
	held    []heldFrame
	spare   []*image.YCbCr
	last    engine.Sighting // of the last look
	lastRTP int64
	lost    int // frames since the last look that saw the face
	samples []flash.Sample
	rtp     []int64 // of each sample
	bytes   int     // of the frames
	// The frame that arrived soonest after it was taken, for all that is known:
	// its arrival in milliseconds on the daemon's clock, which is the client's only
	// as far as the pings tell by then, and its RTP time.
	soonest    float64
	soonestRTP int64
	seen       flash.Continuity
}

type heldFrame struct {
	picture *image.YCbCr
	rtp     int64
	tainted bool
}

func newFilm(eyes Eyes, where engine.Sighting) *film {
	return &film{eyes: eyes, sampler: flash.NewSampler(), last: where, lastRTP: -1}
}

// add takes one frame.
func (f *film) add(ctx context.Context, frame peer.Frame) error {
	f.bytes += frame.Bytes
	arrived := milliseconds(frame.Arrived)
	if f.soonest == 0 || arrived-float64(frame.RTP)/90 < f.soonest-float64(f.soonestRTP)/90 {
		f.soonest, f.soonestRTP = arrived, frame.RTP
	}
	var room *image.YCbCr
	if n := len(f.spare); n > 0 {
		room, f.spare = f.spare[n-1], f.spare[:n-1]
	}
	f.held = append(f.held, heldFrame{copyOf(room, frame.Picture), frame.RTP, frame.Tainted})
	if f.lastRTP >= 0 && len(f.held) < every {
		return nil
	}
	now, err := f.follow(ctx, frame.Picture)
	if err != nil {
		return err
	}
	if now.Faces > 0 {
		f.seen.Looks++
	}
	if now.Faces > 1 {
		f.seen.Several++
	}
	f.reduce(now, frame.RTP)
	return nil
}

// follow is where the face is now; Faces is 0 when it is nowhere, or when the
// networks were busy.
func (f *film) follow(ctx context.Context, p *image.YCbCr) (engine.Sighting, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if f.last.Faces > 0 {
		s, err := f.eyes.Follow(ctx, p, f.last)
		if s.Faces > 0 || err != nil {
			return s, unlessBusy(err)
		}
	}
	s, err := f.eyes.Find(ctx, p)
	return s, unlessBusy(err)
}

// unlessBusy leaves out that the networks have no time now: the next frame
// will do.
func unlessBusy(err error) error {
	if errors.Is(err, context.DeadlineExceeded) || busy(err) {
		return nil
	}
	return err
}

// reduce turns the held frames into samples. now is the sighting in the last of
// them.
func (f *film) reduce(now engine.Sighting, rtp int64) {
	for _, h := range f.held {
		where, found := f.at(now, rtp, h.rtp)
		if found {
			f.lost = 0
		} else {
			f.lost++
		}
		f.samples = append(f.samples, f.sampler.Sample(flash.Frame{
			Picture: h.picture, Landmarks: where.Landmarks, Box: where.Box, Found: found, Tainted: h.tainted,
		}))
		f.rtp = append(f.rtp, h.rtp)
		f.spare = append(f.spare, h.picture)
	}
	f.held = f.held[:0]
	if now.Faces > 0 {
		f.last, f.lastRTP = now, rtp
	} else if f.lost > carried {
		f.last = engine.Sighting{}
	}
	if f.lastRTP < 0 {
		f.lastRTP = rtp
	}
}

// at is the face between two looks: on the line from one to the other.
func (f *film) at(now engine.Sighting, nowRTP, rtp int64) (engine.Sighting, bool) {
	switch {
	case now.Faces == 0:
		return f.last, f.last.Faces > 0 && f.lost < carried
	case f.last.Faces == 0 || f.lastRTP < 0 || nowRTP <= f.lastRTP:
		return now, true
	}
	w := float64(rtp-f.lastRTP) / float64(nowRTP-f.lastRTP)
	mix := func(a, b float64) float64 { return a + (b-a)*min(max(w, 0), 1) }
	s := now
	for i, p := range f.last.Landmarks {
		s.Landmarks[i] = engine.Point{X: mix(p.X, now.Landmarks[i].X), Y: mix(p.Y, now.Landmarks[i].Y)}
	}
	s.Box = engine.Box{
		X: mix(f.last.Box.X, now.Box.X), Y: mix(f.last.Box.Y, now.Box.Y),
		W: mix(f.last.Box.W, now.Box.W), H: mix(f.last.Box.H, now.Box.H),
	}
	return s, true
}

// end reduces what is still held.
func (f *film) end() {
	if len(f.held) > 0 {
		f.reduce(engine.Sighting{}, f.held[len(f.held)-1].rtp)
	}
}

// lacks is what there was too little of, in frames that are enough: whole ones,
// or a face in them.
func (f *film) lacks() string {
	torn := 0
	for i := range f.samples {
		if f.samples[i].Tainted {
			torn++
		}
	}
	if 2*torn > len(f.samples) {
		return hintGap
	}
	return hintNoFace
}

// bitsPerPixel is how fine the video was, from the first frame to the last.
func (f *film) bitsPerPixel(size [2]int) float64 {
	if pixels := len(f.samples) * size[0] * size[1]; pixels > 0 {
		return float64(8*f.bytes) / float64(pixels)
	}
	return 0
}

// gap is the longest time between two frames.
func (f *film) gap() time.Duration {
	var most int64
	for i := 1; i < len(f.rtp); i++ {
		most = max(most, f.rtp[i]-f.rtp[i-1])
	}
	return time.Duration(most) * time.Second / 90000
}
