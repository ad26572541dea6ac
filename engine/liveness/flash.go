package liveness

import (
	"math"
	"slices"

	"github.com/rostod/rostod/engine"
)

// Flash judges a flash capture. It is a function of its arguments: evidence,
// what the kiosk's earlier sessions have taught, and the tier, of which the
// passive thresholds are read. A capture is live only when every gate holds and
// every modelled attack is a hundred times less likely than a living person;
// without a response it never is. It is an attack only on positive evidence.
// All else is unclear, with the reasons.
func (l *Liveness) Flash(c engine.Capture, site engine.Site, tier engine.Tier) engine.LivenessFinding {
	return l.table.Judge(c, site, tier)
}

// Judge is the rule of Flash, by one table.
func (t Table) Judge(c engine.Capture, site engine.Site, tier engine.Tier) engine.LivenessFinding {
	f := engine.LivenessFinding{Verdict: engine.Unclear, Assurance: assurance(c, site, t)}
	if len(t.Hypotheses) == 0 {
		f.Reasons = []string{ReasonUncalibrated}
		return f
	}
	if f.Reasons = t.gates(c, site); len(f.Reasons) > 0 {
		if _, strangers := t.seen(c); strangers >= t.Identity.Strangers {
			f.Verdict = engine.Spoof
		}
		return f
	}
	weakest, least := t.weakest(c)
	f.LogOdds = least + min(0, passive(c, tier))
	f.Score = 1 / (1 + math.Exp(-f.LogOdds))
	bar := t.Live
	if !c.Flash.Around.Background {
		bar += t.NoBackdrop
	}
	switch {
	case f.LogOdds >= bar && answered(c.Flash):
		f.Verdict = engine.Live
	case t.unanswered(c.Flash, site):
		f.Verdict, f.Reasons = engine.Spoof, []string{ReasonExpected}
	case least <= t.Spoof && t.foreign(c.Flash):
		f.Verdict, f.Reasons = engine.Spoof, []string{ReasonWrongCode}
	case least <= t.Spoof && t.clear(c.Flash):
		f.Verdict, f.Reasons = engine.Spoof, t.likely(c, weakest)
	default:
		f.Reasons = unsure(c.Flash, site, weakest, f.LogOdds >= t.Live)
	}
	return f
}

// weakest is the attack that a living person is told from worst.
func (t Table) weakest(c engine.Capture) (worst kind, least float64) {
	least = math.Inf(1)
	for _, h := range t.Hypotheses {
		k, _ := kindOf(h.Name)
		if k.shape && c.Profile == engine.ProfileCompat {
			continue // its slots are flat: it says nothing of shape, and is worth less for that
		}
		if lambda := h.Against(c.Flash); lambda < least {
			worst, least = k, lambda
		}
	}
	return worst, least
}

// likely are the attacks that are likelier than a living person, the likeliest
// first.
func (t Table) likely(c engine.Capture, weakest kind) []string {
	reasons := []string{weakest.spoof}
	for _, h := range t.Hypotheses {
		k, _ := kindOf(h.Name)
		if h.Against(c.Flash) < 0 && !slices.Contains(reasons, k.spoof) && !(k.shape && c.Profile == engine.ProfileCompat) {
			reasons = append(reasons, k.spoof)
		}
	}
	return reasons
}

// answered is the least that must have come back: a response to red and to
// blue of the right sign, clearer than chance, and better than every wrong
// sequence that was tried.
func answered(e engine.FlashEvidence) bool {
	return e.Code.Beta[0][0] > 0 && e.Code.Beta[1][1] > 0 && e.Code.Rho > 0 && e.Code.T > clearResponse &&
		e.Code.R2 > e.Code.NullMost && e.Code.Accuracy >= mostlyRead && !e.Code.AtTheEdge
}

const (
	clearResponse = 6.0 // standard errors
	mostlyRead    = 0.7 // of the slots; chance reads a tenth
)

// clear says whether the face answered the plan clearly, and foreign whether it
// answered something else clearly: without either there is nothing that an
// attack must have made.
func (t Table) clear(e engine.FlashEvidence) bool {
	return e.Code.T >= t.Positive.Response && e.Code.Rho > 0
}

func (t Table) foreign(e engine.FlashEvidence) bool {
	return e.Code.Foreign >= t.Positive.Steps && e.Code.ForeignT >= t.Positive.Clarity
}

// unsure is why a capture is neither live nor an attack.
func unsure(e engine.FlashEvidence, site engine.Site, weakest kind, enoughButForBackground bool) []string {
	switch {
	case enoughButForBackground && !e.Around.Background:
		return []string{ReasonNoBackground}
	case weakest.unsure == ReasonLowResponse && site.Sessions > 0 && e.Code.Response < site.Response/2:
		return []string{ReasonLowResponse, ReasonBright}
	default:
		return []string{weakest.unsure}
	}
}

// passive is the word of the passive network, mean over the capture, which
// takes at most one: it was trained on other cameras.
func passive(c engine.Capture, tier engine.Tier) float64 {
	var sum float64
	n := 0
	for _, s := range c.Others {
		if s.Faces > 0 {
			sum, n = sum+s.Passive, n+1
		}
	}
	if n == 0 || !(tier.Liveness > tier.Spoof) {
		return 0
	}
	return within((sum/float64(n)-tier.Liveness)/(tier.Liveness-tier.Spoof), -1, 0)
}

// assurance is what a live verdict of this capture is worth: high with every
// control, standard when the background or the kiosk's history is missing, low
// when the colours were known in advance.
func assurance(c engine.Capture, site engine.Site, t Table) engine.AssuranceTier {
	switch {
	case c.Profile != engine.ProfileFlash:
		return engine.AssuranceLow
	case c.Flash.Around.Background && site.Sessions >= t.Lag.Sessions:
		return engine.AssuranceHigh
	default:
		return engine.AssuranceStandard
	}
}
