package enginetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/audit"
	"github.com/rostod/rostod/engine/evidence"
	"github.com/rostod/rostod/engine/journey"
	"github.com/rostod/rostod/engine/process"
	"github.com/rostod/rostod/engine/viewing"
	"github.com/rostod/rostod/internal/room"
)

// Hosted is the address that customers reach in tests.
const Hosted = "https://kiosk.example:8443"

// openJourneys opens the hosted processes as the daemon does, but that every
// challenge opens to [Token].
func (r *Rooms) openJourneys(processes *process.Processes, journal *audit.Audit, views *viewing.Viewings, rooms func() []room.Room) (*journey.Journeys, error) {
	return journey.Open(journey.Config{
		Store: r.Store, Processes: processes, Captures: r.Evidence, Receipts: journal, Views: views, Challenges: tries{r},
		Capabilities: func() []engine.CapabilityName { return room.Names(rooms()) },
		Subject:      r.Attempts.Subject, Number: process.Declarable, Base: func() string { return Hosted },
		Pages:   fstest.MapFS{"journey.html": &fstest.MapFile{Data: []byte("<!doctype html>")}},
		Origins: []string{"https://teller.example"}, Consent: r.Consent, Now: r.Clock.Now, Random: rand.Reader,
	})
}

// tries makes challenges for journeys.
type tries struct{ r *Rooms }

// Challenge keeps one.
func (t tries) Challenge(ctx context.Context, w journey.Wish) (journey.Challenge, error) {
	id, err := engine.NewID[engine.ChallengeID]("fc", t.r.Clock.Now(), rand.Reader)
	if err != nil {
		return journey.Challenge{}, err
	}
	c, err := t.r.Evidence.Create(ctx, evidence.Challenge{
		ID: id, Org: w.Caller.Org, Customer: w.Customer, Device: w.Device, Profile: engine.ProfileFlash, Purpose: "face",
		Nonce: "nonce of " + string(id), TokenHash: sha256.Sum256([]byte(Token)), TTL: 5 * time.Minute, Key: w.Caller.Key, Locale: w.Locale,
	})
	return journey.Challenge{ID: c.ID, WhipURL: Hosted + "/whip/" + string(id), Token: Token, Expires: c.Expires}, err
}

// Page is a browser that shows the page of a journey.
type Page struct {
	caller Caller
	id     string
}

// Page is the page of a journey, opened by nothing yet.
func (r *Rooms) Page(id, token string) Page { return Page{r.With(token), id} }

// Does posts to a place below the page.
func (p Page) Does(t testing.TB, what string, body any) Answer {
	t.Helper()
	return p.caller.Post(t, "/process/"+p.id+"/"+what, body)
}

// State asks where the journey stands.
func (p Page) State(t testing.TB) Answer {
	t.Helper()
	return p.caller.Get(t, "/process/"+p.id+"/state")
}

// Open takes the lead, and answers the page with the token that it was given.
func (p Page) Open(t testing.TB) (Page, Answer) {
	t.Helper()
	a := p.Does(t, "open", Body{})
	if token := a.Text("token"); token != "" {
		p.caller.Secret = token
	}
	return p, a
}
