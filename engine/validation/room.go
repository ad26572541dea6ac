package validation

import (
	"context"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Calibrations turn cosines into comparison scores.
type Calibrations interface {
	Calibration(model engine.Digest) (engine.Calibration, bool)
}

// Config is what the room needs.
type Config struct{ Calibrations Calibrations }

// Validation is the room, opened.
type Validation struct{ Config }

// Open opens the room.
func Open(c Config) *Validation { return &Validation{c} }

// Room is what the daemon mounts.
func (v *Validation) Room() room.Room {
	return room.Room{Name: "validation", Capability: &room.Capability{
		Name: engine.CapValidation, Find: v.find, Settle: v.settle,
	}}
}

// find compares with every reference; what liveness says is known when it
// settles.
func (v *Validation) find(_ context.Context, c engine.Case) (engine.Finding, error) {
	return v.judge(c, ""), nil
}

func (v *Validation) settle(_ *storage.Tx, c engine.Case, all engine.Findings) error {
	if alive := all.Of(engine.CapLiveness); alive != nil && alive.Liveness != nil {
		*all.Of(engine.CapValidation) = v.judge(c, alive.Liveness.Verdict)
	}
	return nil
}

func (v *Validation) judge(c engine.Case, alive engine.LivenessVerdict) engine.Finding {
	f := engine.Finding{Capability: engine.CapValidation, Threshold: c.Policy.Tiers[engine.RiskHigh].Threshold}
	knots, known := v.Calibrations.Calibration(c.Face.Template.Model)
	var list []compared
	for _, k := range c.Against {
		one := compared{KnownFace: k, Alike: known && k.Template.Model == c.Face.Template.Model}
		one.Score = knots.Score(engine.Cosine(c.Face.Template, k.Template))
		list = append(list, one)
		f.Signals = append(f.Signals, engine.Signal{Name: "reference", Value: one.Score})
	}
	issues := c.Face.Issues
	if c.Face.Template.Empty() && !c.Face.Has(engine.NoFace) {
		issues = append([]engine.Issue{engine.NoFace}, issues...)
	}
	same, reasons := decide(issues, alive, list, f.Threshold)
	f.Outcome.Authenticated, f.Reasons = &same, reasons
	return f
}
