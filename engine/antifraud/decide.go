package antifraud

import (
	"math"

	"github.com/rostod/rostod/engine"
)

// asked is everything that a decision is made from.
type asked struct {
	Lane, Channel string
	Seen          seen
	Book          book
}

// finding is what was decided, and why.
type finding struct {
	Decision decision `json:"decision"`
	Score    int      `json:"score"` // 0..100
	Sub      scores   `json:"sub"`
	Applied  []rule   `json:"applied,omitempty"`
	Parts    []part   `json:"parts,omitempty"` // of the model
}

// scores are the three parts of a score, each 0..100.
type scores struct {
	Rules    int `json:"rules" doc:"Sum of the rules that apply, 0..100."`
	Velocity int `json:"velocity" doc:"The busiest of customer, device and beneficiary, 0..100."`
	ML       int `json:"ml" doc:"An additive model of cautious weights that were not fitted to data, 0..100."`
}

// limits is how much of a signal is as busy as can be: 100 of the velocity
// score. They are the default rules' bars, doubled.
func limits() map[signal]float64 {
	return map[signal]float64{
		customerCount1h: 20, customerCount24h: 60, deviceCount1h: 20, deviceCustomers24h: 8,
		beneficiaryCount24h: 40, beneficiaryPayers24h: 10,
	}
}

// busy is the busiest of the velocity signals, 0..1. The first of anything is
// not busy.
func busy(s seen) float64 {
	var most float64
	for name, limit := range limits() {
		most = max(most, min(1, max(0, s.of(name)-1)/(limit-1)))
	}
	return most
}

// decide is the rule of anti-fraud: rules that apply, velocity and model make one
// score, the score a decision by the org's bars, and a rule that bypasses them
// makes it at least as hard as it says.
func decide(a asked) finding {
	f := finding{Decision: allow}
	sum := 0
	for _, r := range a.Book.Rules {
		if !r.about(a.Lane, a.Channel) || !r.holds(a.Seen) {
			continue
		}
		f.Applied = append(f.Applied, r)
		sum += r.Score
		if r.Bypass {
			f.Decision = harder(f.Decision, r.Action)
		}
	}
	odds, parts := model(a.Seen)
	f.Sub = scores{Rules: min(100, sum), Velocity: percent(busy(a.Seen)), ML: percent(odds)}
	f.Parts = parts
	f.Score = combine(f.Sub)
	f.Decision = harder(f.Decision, a.Book.Bars.of(f.Score))
	return f
}

// combine is one score of three: as if each were an independent reason to doubt,
// of which velocity is believed to seven tenths and the model to a half. Alone
// velocity reaches 70, the model 50.
func combine(s scores) int {
	doubt := func(score int, belief float64) float64 { return 1 - belief*float64(score)/100 }
	return percent(1 - doubt(s.Rules, 1)*doubt(s.Velocity, 0.7)*doubt(s.ML, 0.5))
}

func percent(x float64) int { return int(math.Round(100 * max(0, min(1, x)))) }

// of is the decision that a score asks for.
func (b bars) of(score int) decision {
	switch {
	case score >= b.Block:
		return block
	case score >= b.Review:
		return review
	case score >= b.Flag:
		return flag
	default:
		return allow
	}
}

// stepUp is the risk level at which the customer's face should be asked for
// before what is doubtful goes on; empty when it need not, or must not go on.
func (d decision) stepUp() engine.RiskLevel {
	switch d {
	case flag:
		return engine.RiskMedium
	case review:
		return engine.RiskHigh
	default:
		return ""
	}
}
