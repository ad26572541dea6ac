package daemon

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"time"

	pages "github.com/rostod/rostod/capture/web"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/evidence"
	"github.com/rostod/rostod/engine/journey"
	"github.com/rostod/rostod/engine/journey/dossier"
	"github.com/rostod/rostod/engine/process"
	"github.com/rostod/rostod/internal/room"
)

// openJourneys opens the hosted processes over the processes that decide them.
func (o *opening) openJourneys() (*journey.Journeys, error) {
	var seal []byte
	if file := o.Config.Journey.Seal; file != "" {
		var err error
		if seal, err = os.ReadFile(file); err != nil {
			return nil, fmt.Errorf("journey.seal: %w", err)
		}
		if _, err := dossier.OpenSeal(seal); err != nil {
			return nil, fmt.Errorf("journey.seal: %s: %w", file, err)
		}
	}
	return journey.Open(journey.Config{
		Store: o.store, Processes: o.processes, Captures: o.evidence, Receipts: o.journal, Views: o.views,
		Challenges:   challenges{o.evidence, o.base, time.Now, rand.Reader},
		Capabilities: func() []engine.CapabilityName { return room.Names(o.rooms) },
		Subject:      o.ofEvidence, Number: process.Declarable, Pages: pages.Files(), Base: o.base, Origins: o.Config.CaptureOrigins(),
		Consent: o.Config.Journey.Consent, Seal: seal, Log: o.Log, Now: time.Now, Random: rand.Reader,
	})
}

// challenges makes flash challenges for journeys: the evidence keeps them, the
// studio films them.
type challenges struct {
	room   *evidence.Evidence
	base   func() string
	now    func() time.Time
	random io.Reader
}

// tryLife is how long a customer may take from one try's beginning to its
// colours.
const tryLife = 5 * time.Minute

// Challenge keeps a new challenge about the customer of a journey.
func (c challenges) Challenge(ctx context.Context, w journey.Wish) (journey.Challenge, error) {
	now := c.now().UTC().Truncate(time.Millisecond)
	id, err := engine.NewID[engine.ChallengeID]("fc", now, c.random)
	if err != nil {
		return journey.Challenge{}, err
	}
	var b [48]byte
	if _, err := io.ReadFull(c.random, b[:]); err != nil {
		return journey.Challenge{}, fmt.Errorf("make a capture token: %w", err)
	}
	token := "ct_" + base64.RawURLEncoding.EncodeToString(b[16:])
	kept, err := c.room.Create(ctx, evidence.Challenge{
		ID: id, Org: w.Caller.Org, Customer: w.Customer, Device: w.Device, Profile: engine.ProfileFlash, Purpose: "face",
		Nonce: base64.RawURLEncoding.EncodeToString(b[:16]), TokenHash: sha256.Sum256([]byte(token)), Created: now, Expires: now.Add(tryLife),
		Key: w.Caller.Key, Locale: w.Locale,
	})
	return journey.Challenge{ID: kept.ID, WhipURL: c.base() + "/whip/" + string(kept.ID), Token: token, Expires: kept.Expires}, err
}
