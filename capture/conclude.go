package capture

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/engine"
)

const (
	// mostGap is the longest time between two frames of a capture.
	mostGap = 500 * time.Millisecond
	// leastFrames is the share of the frames at the lowest rate that must be there.
	leastFrames = 0.85
)

// conclude turns what was filmed into a sealed capture, or asks for a new try.
func (s *session) conclude() {
	s.film.end()
	stills, err := s.looker.end()
	s.looker = nil
	if err != nil {
		s.broken(err)
		return
	}
	if hint := s.unusable(stills); hint != "" {
		s.retry(hint)
		return
	}
	c, err := s.capture(stills)
	switch {
	case errors.Is(err, flash.ErrFrames):
		s.retry(s.film.lacks())
		return
	case err != nil:
		s.broken(err)
		return
	}
	bundle, err := s.studio.Keeper.Keep(s.ctx, c)
	if err != nil {
		s.broken(fmt.Errorf("keep the capture: %w", err))
		return
	}
	s.stage, s.outcome = concluded, "captured"
	s.say(doneMessage{Type: "done", Outcome: "captured", Bundle: bundle})
}

// unusable is what a customer should change when there is nothing that could
// be measured; empty when there is.
func (s *session) unusable(stills []still) string {
	seconds := ms(s.show.timeline.Plan.Length()) / 1000
	_, seen := best(stills)
	switch {
	case float64(len(s.film.samples)) < leastFrames*leastFPS*seconds:
		return hintFrameRate
	case s.film.gap() > mostGap:
		return hintGap
	case !seen:
		return hintNoFace
	default:
		return ""
	}
}

// capture measures.
func (s *session) capture(stills []still) (engine.Capture, error) {
	s.date()
	scr, err := s.screen()
	if err != nil {
		return engine.Capture{}, err
	}
	session := flash.Session{
		Timeline: s.show.timeline, Samples: s.film.samples, Screen: scr, Width: s.size[0], Height: s.size[1],
		Continuity: continuity(s.film.seen, stills), BitsPerPixel: s.film.bitsPerPixel(s.size),
	}
	evidence, err := flash.Measure(session)
	if err != nil {
		return engine.Capture{}, fmt.Errorf("measure: %w", err)
	}
	s.studio.Record(s.id, session)
	b, _ := best(stills)
	return engine.Capture{
		ID: s.id, Challenge: s.challenge.ID, Org: s.challenge.Org, Customer: s.challenge.Customer,
		Device: s.challenge.Device, Profile: engine.ProfileFlash, Connection: connection(s.link), Created: s.studio.Now().UTC().Truncate(time.Millisecond),
		Flash: evidence, Best: b.face, Others: sights(stills, b), Picture: b.picture,
	}, nil
}

// screen is the customer's screen: its pixels by the page's word, its size and
// light by what is known of the kiosk.
func (s *session) screen() (flash.Screen, error) {
	scr := flash.Screen{Width: int(s.hello.Screen.W), Height: int(s.hello.Screen.H)}
	if s.challenge.Device == "" {
		return scr, nil
	}
	var err error
	scr.DiagonalInch, scr.Nits, err = s.studio.Kiosk(s.ctx, s.challenge.Org, s.challenge.Device)
	if err != nil {
		return flash.Screen{}, fmt.Errorf("read what is known of the kiosk: %w", err)
	}
	return scr, nil
}

// continuity adds the stills to what the film saw.
func continuity(seen flash.Continuity, stills []still) flash.Continuity {
	for _, s := range stills {
		seen.Looks++
		if slices.Contains(s.face.Issues, engine.SeveralFaces) {
			seen.Several++
		}
	}
	return seen
}

// mostEarly and mostLate are how far before its arrival a frame can have been
// taken, in milliseconds, for its sender's clock to be believed.
const (
	mostEarly = -50.0
	mostLate  = 400.0
)

// date puts every sample on the client's clock: by the sender's report where
// that agrees with arrival, else by the soonest arrivals. Arrival is put on the
// client's clock by the best ping of the whole session: one that was slow on one
// of its ways while the first frames came must not date all of them.
func (s *session) date() {
	soonest := s.film.soonest + s.clock.offset
	if report, ok := s.link.Clock(); ok {
		late := soonest - report.At(s.film.soonestRTP)
		if late >= mostEarly && late <= mostLate {
			for i, rtp := range s.film.rtp {
				s.film.samples[i].At = report.At(rtp)
			}
			return
		}
	}
	for i, rtp := range s.film.rtp {
		s.film.samples[i].At = soonest + float64(rtp-s.film.soonestRTP)/90
	}
}
