package capture

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"io"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/capture/peer"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/room"
)

// Eyes see faces. A frame is 4:2:0 in limited range; a picture is a JPEG.
type Eyes interface {
	Find(ctx context.Context, frame *image.YCbCr) (engine.Sighting, error)
	Follow(ctx context.Context, frame *image.YCbCr, last engine.Sighting) (engine.Sighting, error)
	Look(ctx context.Context, picture []byte) (engine.Face, error)
	// Still writes a frame as a picture, and may change the frame.
	Still(frame *image.YCbCr) ([]byte, error)
}

// Challenge is one challenge as it is kept.
type Challenge struct {
	ID       engine.ChallengeID
	Org      engine.OrgID
	Customer engine.CustomerID
	Device   engine.DeviceID
	Profile  engine.Profile
	Purpose  string
	Nonce    string
	Token    [32]byte // SHA-256 of the capture token, which is nowhere kept
	State    string   // created, capturing, finished, expired, aborted
	Attempt  int      // 1 for the customer's first of late
	Created  time.Time
	Expires  time.Time
	Capture  engine.CaptureID
	Page     Page
	// Of the compatible profile: what was told in advance.
	Colours []string
	HoldMS  []int
	Secret  string
}

// Page is how the hosted page of a challenge behaves.
type Page struct {
	Locale    string
	ReturnURL string // where the page goes when it is done; empty: it stays

	NoOtherWay bool // the customer can only cancel
	NoFlash    bool // the other way is the only one
	Soft       bool // colours change within softened milliseconds
}

// softened is how long a soft change of colour takes, in milliseconds.
const softened = 80.0

// Judged is what became of a capture.
type Judged struct {
	Capture engine.Capture
	Finding engine.LivenessFinding
}

// Keeper keeps challenges and captures. Its errors are faults.
type Keeper interface {
	// Create keeps a new challenge and counts the customer's attempts.
	Create(ctx context.Context, key engine.KeyID, c Challenge) (Challenge, error)
	// Challenge is one of an org's.
	Challenge(ctx context.Context, org engine.OrgID, id engine.ChallengeID) (Challenge, error)
	// Peek is a challenge that its token could begin now. It is also answered
	// beside the error when the token was right and it came too late.
	Peek(ctx context.Context, id engine.ChallengeID, token string) (Challenge, error)
	// Begin takes the challenge for one session over one connection, once.
	Begin(ctx context.Context, id engine.ChallengeID, token string, session engine.CaptureID, connection string) error
	// End says that there will be no capture.
	End(ctx context.Context, id engine.ChallengeID, state, hint string) error
	// Keep seals a capture and signs its bundle.
	Keep(ctx context.Context, c engine.Capture) (bundle string, err error)
	// Judge is what is found of a capture by what its org asks for now.
	Judge(ctx context.Context, org engine.OrgID, id engine.CaptureID) (Judged, error)
}

// Peers answer offers: *peer.Peers fits.
type Peers interface {
	Answer(ctx context.Context, o peer.Offer) (*peer.Peer, string, error)
}

// Config is what the studio needs.
type Config struct {
	Peers   Peers
	Eyes    Eyes
	Keeper  Keeper
	Base    func() string        // the address that customers reach: "https://kiosk:8443"
	Origins []string             // of pages that may frame the hosted page
	Pages   fs.FS                // the hosted page's files
	Places  int                  // sessions side by side; 0 is 8
	Faults  []*fault.Fault       // of Keeper, for the document
	Count   func(outcome string) // one more session has ended; may be nil
	// Kiosk is what is known of a kiosk's screen: its diagonal in inches and the
	// light of white in cd/m2, 0 what is not known. nil knows nothing.
	Kiosk  func(ctx context.Context, org engine.OrgID, device engine.DeviceID) (inches, nits float64, err error)
	Record func(id engine.CaptureID, s flash.Session) // what a capture was measured from, for the attack lab; nil records nothing
	Missed func(frames int)                           // that came and were not decoded; may be nil
	Log    *slog.Logger
	Now    func() time.Time
	Random io.Reader
}

// Studio runs captures.
type Studio struct {
	Config
	mu       sync.Mutex
	sessions map[string]*session
	taken    int // places, also of those that are being opened
	closed   bool
	running  sync.WaitGroup
}

// Open opens a studio.
func Open(c Config) *Studio {
	if c.Places == 0 {
		c.Places = 8
	}
	if c.Count == nil {
		c.Count = func(string) {}
	}
	if c.Kiosk == nil {
		c.Kiosk = func(context.Context, engine.OrgID, engine.DeviceID) (inches, nits float64, err error) {
			return 0, 0, nil
		}
	}
	if c.Record == nil {
		c.Record = func(engine.CaptureID, flash.Session) {}
	}
	if c.Missed == nil {
		c.Missed = func(int) {}
	}
	return &Studio{Config: c, sessions: map[string]*session{}}
}

// Room is what the daemon mounts.
func (s *Studio) Room() room.Room { return room.Room{Name: "capture", Routes: s.routes} }

// Sessions is how many run now.
func (s *Studio) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken
}

// Close ends every session and waits for them.
func (s *Studio) Close() {
	s.mu.Lock()
	s.closed = true
	var open []*session
	for _, x := range s.sessions {
		open = append(open, x)
	}
	s.mu.Unlock()
	for _, x := range open {
		x.link.Close(errGone)
	}
	s.running.Wait()
}

// take takes a place, or says that there is none.
func (s *Studio) take() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return ErrClosing
	case s.taken >= s.Places:
		return ErrBusy
	}
	s.taken++
	s.running.Add(1)
	return nil
}

// free gives a place back.
func (s *Studio) free(id string) {
	s.mu.Lock()
	delete(s.sessions, id)
	s.taken--
	s.mu.Unlock()
	s.running.Done()
}

// session finds one.
func (s *Studio) session(id string) (*session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x, ok := s.sessions[id]
	return x, ok
}

// open answers an offer with a session for a challenge.
func (s *Studio) open(ctx context.Context, c Challenge, token, offer string) (x *session, answer string, err error) {
	if err := s.take(); err != nil {
		return nil, "", err
	}
	id, err := engine.NewID[engine.CaptureID]("cap", s.Now(), s.Random)
	if err != nil {
		s.free("")
		return nil, "", err
	}
	x = newSession(s, c, id)
	link, answer, err := s.Peers.Answer(ctx, peer.Offer{SDP: offer, Handler: x})
	if err != nil {
		s.free("")
		return nil, "", err
	}
	if err = s.run(x, link); err != nil {
		return nil, "", err
	}
	if err = s.Keeper.Begin(ctx, c.ID, token, id, connection(link)); err != nil {
		x.refused.Store(true)
		link.Close(err)
		return nil, "", err
	}
	return x, answer, nil
}

// run adds a session to those that Close ends, and lets its calls go on.
func (s *Studio) run(x *session, l link) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[string(x.id)] = x
	x.connect(l)
	if s.closed {
		x.refused.Store(true)
		l.Close(errGone)
		return ErrClosing
	}
	return nil
}

// connection names a connection by the certificates of its two ends.
func connection(l link) string {
	local, remote := l.Fingerprints()
	sum := sha256.Sum256([]byte(local + "\n" + remote))
	return hex.EncodeToString(sum[:])
}
