package lab

import (
	"fmt"
	"image"
	"math/rand/v2"
	"time"

	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/engine"
)

// every is how many frames go by between two looks for the landmarks, as in
// package capture; those between are interpolated.
const every = 5

// pictureWidth is that of the camera's pictures, of which package sim films a
// part around the face; its focal lengths are for pictures of this width.
const pictureWidth = 640

// began is when simulated sessions begin, client's clock, ms.
const began = 10_000

// mint draws a plan from a seed and lays it on the client's clock.
func mint(seed uint64, c flash.Composition) (flash.Timeline, error) {
	source := rand.NewChaCha8([32]byte{0: byte(seed), 1: byte(seed >> 8), 2: byte(seed >> 16), 3: byte(seed >> 24), 4: byte(seed >> 32), 5: byte(seed >> 40), 6: byte(c)})
	plan, err := flash.Mint(source, c)
	if err != nil {
		return flash.Timeline{}, err
	}
	return laid(plan), nil
}

// laid is a plan on the client's clock.
func laid(plan flash.Plan) flash.Timeline {
	t := flash.Timeline{Plan: plan, Start: began}
	at := t.Start + milliseconds(plan.Lead)
	for _, s := range plan.Slots {
		t.Slots = append(t.Slots, at)
		at += milliseconds(s.Length)
	}
	t.End = at
	return t
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// shoot films a scene and reduces it as the daemon does: a look for the
// landmarks at every fifth frame, and those between on a straight line.
func shoot(s *sim.Scene, t flash.Timeline) (flash.Session, error) {
	t.Shown = s.Shown(t)
	r := reel{sampler: flash.NewSampler()}
	bits, width, height := 0, 0, 0
	err := s.Film(t, func(shot sim.Shot) error {
		bits += 8 * shot.Bytes
		width, height = shot.Picture.Rect.Dx(), shot.Picture.Rect.Dy()
		r.add(shot)
		return nil
	})
	if err != nil {
		return flash.Session{}, fmt.Errorf("film: %w", err)
	}
	r.end()
	session := flash.Session{Timeline: t, Samples: r.samples, Screen: reported(s), Width: width, Height: height, Full: pictureWidth}
	if n := len(r.samples) * width * height; n > 0 {
		session.BitsPerPixel = float64(bits) / float64(n)
	}
	session.Continuity.Looks = r.looks
	return session, nil
}

// reported is what a page says of the screen: pixels, and no inches.
func reported(s *sim.Scene) flash.Screen {
	long, short := 1920, 1080
	if s.Wish.Inch > 0 && s.Wish.Inch < 20 {
		long, short = 1536, 864
	}
	if s.Wish.Upright {
		long, short = short, long
	}
	return flash.Screen{Width: long, Height: short}
}

// reel holds the frames since the last look.
type reel struct {
	sampler *flash.Sampler
	held    []sim.Shot
	last    sim.Shot
	begun   bool
	looks   int
	samples []flash.Sample
}

func (r *reel) add(shot sim.Shot) {
	n := len(r.held)
	if n < cap(r.held) {
		r.held = r.held[:n+1]
	} else {
		r.held = append(r.held, sim.Shot{})
	}
	h := &r.held[n]
	kept := h.Picture
	*h = shot
	h.Picture = copied(kept, shot.Picture)
	if !r.begun || len(r.held) == every {
		r.reduce(shot)
	}
}

// reduce samples what is held; now is the last of it, in which the face was
// looked for.
func (r *reel) reduce(now sim.Shot) {
	if !r.begun {
		r.last, r.begun = now, true
	}
	r.looks++
	for _, h := range r.held {
		w := 1.0
		if now.At > r.last.At {
			w = (h.At - r.last.At) / (now.At - r.last.At)
		}
		f := flash.Frame{Picture: h.Picture, Found: true, Box: now.Box}
		for i, a := range r.last.Landmarks {
			b := now.Landmarks[i]
			f.Landmarks[i] = engine.Point{X: a.X + w*(b.X-a.X), Y: a.Y + w*(b.Y-a.Y)}
		}
		sample := r.sampler.Sample(f)
		sample.At = h.At
		r.samples = append(r.samples, sample)
	}
	now.Picture = nil
	r.last = now
	r.held = r.held[:0]
}

// end samples the frames after the last look, with the face where it was.
func (r *reel) end() {
	if len(r.held) > 0 {
		now := r.last
		now.At = r.held[len(r.held)-1].At
		r.reduce(now)
	}
}

// copied is a copy of a picture, in the memory of an old one when that fits.
func copied(to, from *image.YCbCr) *image.YCbCr {
	if to == nil || to.Rect != from.Rect {
		to = image.NewYCbCr(from.Rect, from.SubsampleRatio)
	}
	w, h := from.Rect.Dx(), from.Rect.Dy()
	for y := range h {
		copy(to.Y[y*to.YStride:][:w], from.Y[y*from.YStride:])
	}
	for y := range (h + 1) / 2 {
		copy(to.Cb[y*to.CStride:][:(w+1)/2], from.Cb[y*from.CStride:])
		copy(to.Cr[y*to.CStride:][:(w+1)/2], from.Cr[y*from.CStride:])
	}
	return to
}
