package stepup

import (
	"context"
	"io"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Eyes look at a picture, once.
type Eyes interface {
	Look(ctx context.Context, picture []byte) (engine.Face, error)
	Calibration(model engine.Digest) (engine.Calibration, bool)
}

// Liveness judges a plain picture, or a capture.
type Liveness interface {
	Picture(engine.Face, engine.Tier) engine.LivenessFinding
	Judge(engine.Capture, engine.Site, engine.Tier) engine.LivenessFinding
}

// Captures are what bundles open, each once.
type Captures interface {
	Behind(ctx context.Context, caller engine.Caller, customer engine.CustomerID, bundle jsontext.Value) (engine.Capture, error)
	Use(tx *storage.Tx, c engine.Capture, finding engine.LivenessFinding) error
}

// Kiosks know how light comes back at each, and learn of accepted captures.
type Kiosks interface {
	Site(r storage.Reader, org engine.OrgID, device engine.DeviceID) (engine.Site, error)
	Learn(tx *storage.Tx, org engine.OrgID, device engine.DeviceID, seen engine.FlashEvidence, logOdds float64) error
}

// Policies are the orgs' settings.
type Policies interface {
	Policy(ctx context.Context, org engine.OrgID) (engine.Policy, error)
}

// References are the customers' enrolled templates.
type References interface {
	Reference(r storage.Reader, org engine.OrgID, customer engine.CustomerID) (engine.Reference, error)
}

// Attempts keep the evidence.
type Attempts interface {
	Add(tx *storage.Tx, row engine.Attempt) error
	Subject(org engine.OrgID, customer engine.CustomerID) storage.Subject
}

// Answers keep what was answered, for a caller that asks the same again.
type Answers interface {
	Keep(ctx context.Context, tx *storage.Tx, subject storage.Subject, answer any) error
}

// Bars say whose data is restricted.
type Bars interface {
	Restricted(r storage.Reader, org engine.OrgID, customer engine.CustomerID) error
}

// Config is what the room needs.
type Config struct {
	Store      *storage.Store
	Eyes       Eyes
	Liveness   Liveness
	Captures   Captures
	Kiosks     Kiosks
	Policies   Policies
	References References
	Attempts   Attempts
	Answers    Answers
	Bars       Bars
	Count      func(level engine.RiskLevel, verdict string) // one more decision, for the metrics
	Refusals   []*fault.Fault                               // what Eyes and Captures may refuse with, for the document
	Now        func() time.Time
	Random     io.Reader
}

// StepUp is the room, opened.
type StepUp struct {
	Config
	verifications *storage.Table[engine.Verification]
	tallies       *storage.Table[tally]
}

// Open claims the room's records.
func Open(c Config) (*StepUp, error) {
	verifications, err := storage.OpenTable[engine.Verification](c.Store, verificationsPrefix, "stepup.verifications")
	if err != nil {
		return nil, err
	}
	tallies, err := storage.OpenTable[tally](c.Store, talliesPrefix, "stepup.tallies")
	if err != nil {
		return nil, err
	}
	return &StepUp{Config: c, verifications: verifications, tallies: tallies}, nil
}

// Room is what the daemon mounts.
func (s *StepUp) Room() room.Room {
	return room.Room{
		Name: "stepup", Routes: s.routes, Holdings: []room.Holding{s.holding()},
		Events: map[string]room.EventSource{"stepup.decided": s.created, "face.matched": s.created, "face.liveness-checked": s.created},
	}
}
