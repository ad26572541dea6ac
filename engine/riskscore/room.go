package riskscore

import (
	"context"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// The reasons of a finding.
const (
	reasonNotAsked  = "identity-verification-not-asked" // there is nothing that it could not tell
	reasonTold      = "identity-verification-told"
	reasonFraud     = "behaviour-alert"
	reasonCapture   = "capture-again" // the picture cannot be judged
	reasonNotLive   = "not-live"      // nothing may speak for who was not seen alive
	reasonDivergent = "signals-contradict-each-other"
	reasonGuesses   = "table-not-fitted"
)

// RiskScore is the room, opened.
type RiskScore struct{ table Table }

// Open opens the room with a table. It has no records of its own.
func Open(t Table) *RiskScore { return &RiskScore{t} }

// Room is what the daemon mounts. It finds nothing by itself: when all others
// have settled, it reads them.
func (r *RiskScore) Room() room.Room {
	return room.Room{Name: "riskscore", Capability: &room.Capability{
		Name: engine.CapRiskScore,
		Find: func(context.Context, engine.Case) (engine.Finding, error) { return engine.Finding{}, nil },
		Settle: func(_ *storage.Tx, c engine.Case, all engine.Findings) error {
			r.judge(all.Of(engine.CapRiskScore), c.Face, all)
			return nil
		},
	}}
}

// notLive is the contract's number for a person who was not seen alive.
const notLive = 2

// judge fills in the finding of the score: a score only where identity
// verification is inconclusive and nothing says fraud. A picture of the right
// face is what an attack looks like, so whoever was not seen alive has a score
// of 0 at most: capture again.
func (r *RiskScore) judge(own *engine.Finding, face engine.Face, all engine.Findings) {
	said := all.Outcome()
	own.Model = r.table.Name()
	switch {
	case said.UnicoID == nil:
		own.Reasons = []string{reasonNotAsked}
	case said.UnicoID.Result != engine.Inconclusive:
		own.Reasons = []string{reasonTold}
	case said.IdentityFraudsters != nil && said.IdentityFraudsters.Result == engine.Yes:
		own.Reasons = []string{reasonFraud}
	case len(face.Issues) > 0 || face.Template.Empty():
		again := 0
		own.Outcome.Score, own.Reasons = &again, []string{reasonCapture}
	default:
		v := r.table.Score(Signals(all))
		own.Outcome.Score, own.Signals, own.Reasons = &v.Score, v.Signals, nil
		if said.Liveness == notLive && v.Score > 0 {
			v.Score, own.Reasons = 0, []string{reasonNotLive}
		}
		if v.Divergent {
			own.Status, own.Reasons = engine.ProcessDivergent, append(own.Reasons, reasonDivergent)
		}
		if r.table.Fitted == 0 {
			own.Reasons = append(own.Reasons, reasonGuesses)
		}
	}
}

// Signals are what all findings went by, under the name of their capability,
// and what the score reads of findings that have none.
func Signals(all engine.Findings) []engine.Signal {
	var list []engine.Signal
	add := func(of engine.CapabilityName, name string, value float64) {
		list = append(list, engine.Signal{Name: string(of) + "." + name, Value: value})
	}
	for _, f := range all {
		if f.Capability == engine.CapRiskScore {
			continue
		}
		for _, s := range f.Signals {
			add(f.Capability, s.Name, s.Value)
		}
		if l := f.Liveness; l != nil {
			add(f.Capability, "level", level(*l))
		}
		if s := f.Search; s != nil && f.Capability == engine.CapMultiAccounts && len(s.Candidates) > 0 {
			add(f.Capability, "best", s.Candidates[0].Score)
		}
		if g := f.Outcome.Government; g != nil && g.Serpro >= 0 {
			add(f.Capability, "similarity", float64(g.Serpro))
		}
	}
	return list
}

// level is a judgement of liveness as one number: -1 an attack, 0 unclear, and
// 1 to 3 live, by what that is worth.
func level(l engine.LivenessFinding) float64 {
	switch l.Verdict {
	case engine.Live:
		return float64(1 + max(l.Assurance.Rank(), 0))
	case engine.Spoof:
		return -1
	default:
		return 0
	}
}
