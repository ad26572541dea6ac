package capture

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/capture/peer"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
)

// stage is how far a session is.
type stage int

const (
	greeting  stage = iota // no hello yet
	guiding                // the customer finds the place
	showing                // the colours are on
	concluded              // done or error was said
)

const (
	helloWithin = 10 * time.Second
	lookEvery   = 200 * time.Millisecond
	mute        = 700 * time.Millisecond // without a frame while the colours are on
	pings       = 20                     // quick ones at the beginning
	pingEvery   = 3 * time.Second        // then
	lagMargin   = 150 * time.Millisecond // light that is still on its way when the neutral ends
)

// link is the connection of a session: *peer.Peer fits.
type link interface {
	Send(text []byte) error
	Close(cause error)
	Link() peer.Link
	Clock() (peer.Clock, bool)
	Fingerprints() (local, remote string)
}

// session is one customer in front of one camera. Every method of peer.Handler
// is called by one goroutine, and nothing else touches its fields once the
// offer is answered.
type session struct {
	studio    *Studio
	challenge Challenge
	id        engine.CaptureID
	link      link
	linked    chan struct{}   // closed when link is set
	refused   atomic.Bool     // the challenge was used meanwhile
	ctx       context.Context //nolint:containedctx // the session's life: its calls come without one
	cancel    context.CancelFunc

	stage   stage
	opened  time.Time
	hello   message
	clock   clock
	pings   map[int]time.Time
	pinged  time.Time
	pingNo  int
	guide   guide
	size    [2]int
	newest  time.Time // arrival of the newest frame
	show    show
	film    *film
	looker  *looker
	wishes  []wish
	outcome string
	parted  time.Time // when the first tick behind the end was
}

func newSession(s *Studio, c Challenge, id engine.CaptureID) *session {
	ctx, cancel := context.WithCancel(context.Background())
	return &session{studio: s, challenge: c, id: id, ctx: ctx, cancel: cancel, pings: map[int]time.Time{}, linked: make(chan struct{}), opened: s.Now()}
}

// connect gives the session its connection. Until then its calls wait.
func (s *session) connect(l link) {
	s.link = l
	close(s.linked)
}

// Opened begins the talk.
func (s *session) Opened() {
	<-s.linked
	s.opened = s.studio.Now()
}

// Message takes one message.
func (s *session) Message(text []byte) {
	<-s.linked
	if s.stage == concluded {
		return
	}
	m, err := read(text)
	if err != nil {
		s.fail(fault.Because(errProtocol, err))
		return
	}
	now := s.studio.Now()
	switch m.Type {
	case "ping":
		s.say(pongMessage{"pong", m.N, m.At, milliseconds(now)})
	case "pong":
		s.answered(m, now)
	case "hello":
		if s.stage != greeting || m.V != version {
			s.fail(errHello)
			return
		}
		s.hello, s.stage = m, guiding
	case "start":
		if m.Screen.W > 0 && m.Screen.H > 0 {
			s.hello.Screen = m.Screen // full screen has more of it
		}
		s.start(now)
	case "shown":
		s.acked(m)
	case "abort":
		s.abort(m.Reason)
	}
}

// answered takes the answer to a ping. A clock that is set while the colours are
// on, or of which the client says so, would date all that was filmed.
func (s *session) answered(m message, now time.Time) {
	sent, ok := s.pings[m.N]
	if !ok {
		return
	}
	delete(s.pings, m.N)
	if s.stage == showing && !s.clock.agrees(sent, now, m.Now) {
		s.retry(hintTryAgain)
		return
	}
	s.clock.pong(sent, now, m.Now)
}

// acked takes what the client says of a slot.
func (s *session) acked(m message) {
	if s.stage != showing {
		s.fail(errTurn)
		return
	}
	if err := s.show.shown(m); err != nil {
		s.fail(fault.Because(errTurn, err))
	}
}

// abort ends what the client has ended.
func (s *session) abort(reason string) {
	switch reason {
	case "camera_lost":
		s.retry(hintCameraLost)
	default:
		s.retry(hintTryAgain)
	}
}

// Frame takes one frame.
func (s *session) Frame(f peer.Frame) {
	<-s.linked
	s.newest = f.Arrived
	if f.Missed > 0 {
		s.studio.Missed(f.Missed)
	}
	size := [2]int{f.Picture.Rect.Dx(), f.Picture.Rect.Dy()}
	if s.size != size {
		if s.stage == showing {
			s.retry(hintTryAgain)
			return
		}
		s.size, s.guide = size, guide{}
	}
	switch s.stage {
	case guiding:
		if f.Arrived.Sub(s.guide.looked) >= lookEvery {
			s.guide.looked = f.Arrived
			s.look(f)
		}
	case showing:
		s.expose(f)
	}
}

// look tells the customer where to stand.
func (s *session) look(f peer.Frame) {
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	seen, err := s.see(ctx, f)
	if err = unlessBusy(err); err != nil {
		s.broken(err)
		return
	}
	l := s.link.Link()
	v := view{Sighting: seen, Width: s.size[0], Height: s.size[1], FPS: l.FPS}
	if seen.Faces > 0 {
		v.Luma, v.Clipped = light(f.Picture, seen.Box)
	}
	if l.FPS > 0 {
		v.Bits = float64(l.BitsPerSecond) / l.FPS / float64(s.size[0]*s.size[1])
	}
	if m, news := s.guide.look(v); news {
		s.say(m)
	}
}

// see searches the whole frame for faces, or looks only where the customer's
// was when that is enough.
func (s *session) see(ctx context.Context, f peer.Frame) (engine.Sighting, error) {
	if s.guide.follows() {
		seen, err := s.studio.Eyes.Follow(ctx, f.Picture, s.guide.last)
		if seen.Faces > 0 || err != nil {
			s.guide.searched++
			return seen, err
		}
	}
	s.guide.searched = 0
	return s.studio.Eyes.Find(ctx, f.Picture)
}

// start arms the challenge: the plan is made now and not before.
func (s *session) start(now time.Time) {
	if s.stage != guiding {
		s.fail(errTurn)
		return
	}
	if !s.guide.ready() || !s.clock.set() {
		s.guide.told = "" // the customer was faster than the last hint
		return
	}
	if s.clock.trip > 2*ahead {
		s.retry(hintNetwork) // each slot would come too late, and the clock says little
		return
	}
	c := flash.Standard
	if s.challenge.Attempt%2 == 0 {
		c = flash.ShapeHeavy
		if s.hello.Screen.H > s.hello.Screen.W {
			c = flash.ShapeHeavyPortrait
		}
	}
	plan, err := flash.Mint(s.studio.Random, c)
	if err != nil {
		s.broken(err)
		return
	}
	s.stage = showing
	s.show = newShow(plan, s.clock.client(now), s.fade())
	s.show.armed = now
	s.wishes = s.show.wishes()
	s.film = newFilm(s.studio.Eyes, s.guide.last)
	s.looker = newLooker(s.ctx, s.studio.Eyes, len(s.wishes))
	s.newest = now
	s.say(armMessage{"arm", len(plan.Slots), plan.Lead.Milliseconds()})
}

// fade is how long a change of colour takes, milliseconds. The challenge says so
// and not the client, which could explain a late answer with it.
func (s *session) fade() float64 {
	if s.challenge.Page.Soft {
		return softened
	}
	return 0
}

// expose takes a frame while the colours are on.
func (s *session) expose(f peer.Frame) {
	if len(s.wishes) > 0 && s.show.at(f.Arrived) >= s.wishes[0].at {
		s.looker.tasks <- task{s.wishes[0], copyOf(nil, f.Picture)}
		s.wishes = s.wishes[1:]
	}
	if err := s.film.add(s.ctx, f); err != nil {
		s.broken(err)
	}
}

// Tick does what is due.
func (s *session) Tick(now time.Time) {
	<-s.linked
	switch {
	case s.stage == concluded:
		s.part(now)
		return
	case s.stage == greeting && now.Sub(s.opened) > helloWithin:
		s.fail(errHello)
		return
	case s.stage != showing && now.After(s.challenge.Expires):
		s.fail(errTimeUp)
		return
	}
	s.ping(now)
	if s.stage == showing {
		s.play(now)
	}
}

// ping asks for the client's clock, quickly at first.
func (s *session) ping(now time.Time) {
	if s.stage == greeting || s.pingNo >= pings && now.Sub(s.pinged) < pingEvery {
		return
	}
	if len(s.pings) > 2*pings {
		clear(s.pings) // a client that never answers
	}
	s.pingNo, s.pinged = s.pingNo+1, now
	s.pings[s.pingNo] = now
	s.say(pingMessage{"ping", s.pingNo, milliseconds(now)})
}

// play sends the slots in time and finishes after the last.
func (s *session) play(now time.Time) {
	if now.Sub(s.newest) > mute {
		s.retry(hintCameraLost)
		return
	}
	at := s.show.at(now)
	if m, due := s.show.due(at); due {
		s.say(m)
	}
	if at >= s.show.over()+ms(lagMargin) {
		s.say(finishMessage{"finish"})
		s.conclude()
	}
}
