package journey

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"io/fs"
	"log/slog"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Processes answer questions; what also writes is written in the transaction
// of the process.
type Processes interface {
	Run(ctx context.Context, q engine.Question, also func(tx *storage.Tx, a engine.ProcessAnswer) error) (engine.ProcessAnswer, error)
	Answer(ctx context.Context, org engine.OrgID, id engine.ProcessID) (engine.ProcessAnswer, error)
}

// Captures are what bundles open, and what is kept of them.
type Captures interface {
	Open(ctx context.Context, caller engine.Caller, customer engine.CustomerID, bundle string) (engine.Capture, error)
	Capture(ctx context.Context, org engine.OrgID, id engine.CaptureID) (c engine.Capture, judged *engine.LivenessFinding, err error)
}

// Wish is a flash challenge as a journey needs it.
type Wish struct {
	Caller   engine.Caller
	Customer engine.CustomerID
	Device   engine.DeviceID
	Locale   string
}

// Challenge is a flash challenge, and what the page needs to pass it.
type Challenge struct {
	ID      engine.ChallengeID
	WhipURL string
	Token   string
	Expires time.Time
}

// Challenges are made one for each try.
type Challenges interface {
	Challenge(ctx context.Context, w Wish) (Challenge, error)
}

// Receipts are the journal's proofs, with what a caller may see.
type Receipts interface {
	Receipt(ctx context.Context, caller engine.Caller, entry uint64, why string) ([]byte, error)
}

// Views note who is about to see something about a person. On an error it must
// not be shown.
type Views interface {
	Note(ctx context.Context, v engine.Viewing) error
}

// Config is what the room needs.
type Config struct {
	Store        *storage.Store
	Processes    Processes
	Captures     Captures
	Challenges   Challenges
	Receipts     Receipts
	Views        Views
	Capabilities func() []engine.CapabilityName // that this daemon has
	// Subject is whose key seals the evidence about a person.
	Subject func(engine.OrgID, engine.CustomerID) storage.Subject
	// Number says whether the number of a declared person can be one.
	Number  func(engine.Declared) bool
	Pages   fs.FS         // the page's files
	Base    func() string // the address that customers reach: "https://kiosk:8443"
	Origins []string      // of pages that may frame the page and hear what happens
	Consent bool          // the page asks for consent before anybody is filmed
	Seal    []byte        // the operator's certificate and key, PEM; nil: one is made
	Log     *slog.Logger
	Now     func() time.Time
	Random  io.Reader
}

// Journeys is the room, opened.
type Journeys struct {
	Config
	secret []byte // link tokens follow from it
	table  *storage.Table[record]
	due    *storage.Table[due]
	parts  *storage.Table[part]
}

// Open claims the room's records.
func Open(c Config) (*Journeys, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	j := &Journeys{Config: c, secret: c.Store.Secret("journey/link")}
	return j, j.openTables()
}

// Room is what the daemon mounts.
func (j *Journeys) Room() room.Room {
	return room.Room{Name: "journey", Routes: j.routes, Work: j.work, Holdings: j.holdings(), Events: events()}
}

// The kinds of tokens that open a page, by what they begin with.
const (
	linkPrefix = "jl_" // in userRedirectUrl
	codePrefix = "jh_" // in a QR code
	pagePrefix = "jp_" // of the page that leads
)

// link is the token of a journey's address. It follows from the id, so that it
// is kept nowhere.
func (j *Journeys) link(id engine.ProcessID) string {
	mac := hmac.New(sha256.New, j.secret)
	_, _ = mac.Write([]byte(id)) // never fails
	return linkPrefix + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:24])
}
