package lab

import (
	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/daemon/bench/accuracy"
	"github.com/rostod/rostod/engine"
)

// Curve is how refused living people trade for accepted attacks of one species
// when the score's threshold moves.
type Curve struct {
	Species sim.Species      `json:"species"`
	Attacks int              `json:"attacks"`
	EER     float64          `json:"eer"`
	Points  []accuracy.Point `json:"-"` // many; the rows have the scores
}

// odds is what a threshold is laid on. What a gate refused has none: it passes
// at no threshold.
func odds(r Row) float64 {
	if r.Finding.LogOdds == 0 && !accepted(r) {
		return refused
	}
	return r.Finding.LogOdds
}

const refused = -1e6

// curves are one for each species, over all lights, of first attempts.
func curves(rows []Row) []Curve {
	scores := func(s sim.Species) []float64 {
		var list []float64
		for _, r := range bySpecies(rows, s) {
			if r.Attempt == 1 {
				list = append(list, odds(r))
			}
		}
		return list
	}
	living := scores(sim.Live)
	var list []Curve
	for _, s := range speciesOf(rows) {
		if attacks := scores(s); s != sim.Live && s != sim.Covered && len(attacks) > 0 && len(living) > 0 {
			list = append(list, Curve{s, len(attacks), equalError(living, attacks), accuracy.Curve(living, attacks)})
		}
	}
	return list
}

// Ablation is the same rows, judged without one thing.
type Ablation struct {
	Without  string   `json:"without"`
	Living   Rate     `json:"living"`  // accepted
	Attacks  Rate     `json:"attacks"` // in scope, accepted
	Accepted []string `json:"accepted"`
}

// ablations judge first attempts anew without a part of the evidence.
func ablations(rows []Row) []Ablation {
	var list []Ablation
	for _, a := range []struct {
		without string
		spoil   func(*engine.FlashEvidence, *engine.Site)
	}{
		{"nothing", func(*engine.FlashEvidence, *engine.Site) {}},
		{"the kiosk's history", func(_ *engine.FlashEvidence, s *engine.Site) { *s = engine.Site{} }},
		{"the background", func(e *engine.FlashEvidence, _ *engine.Site) { e.Around.Background, e.Around.Ring = false, false }},
		{"the split slots", func(e *engine.FlashEvidence, _ *engine.Site) { e.Shape = engine.FlashShape{} }},
	} {
		list = append(list, ablated(rows, a.without, a.spoil))
	}
	return list
}

func ablated(rows []Row, without string, spoil func(*engine.FlashEvidence, *engine.Site)) Ablation {
	changed := append([]Row(nil), rows...)
	sites := sitesOf(changed)
	var living, attacks [2]int
	by := map[string]int{}
	for i := range changed {
		r := &changed[i]
		if r.Group != Bars || r.Attempt != 1 || r.Species == sim.Covered {
			continue
		}
		site := sites[i]
		spoil(&r.Evidence, &site)
		r.verdict(site)
		in := 0
		if accepted(*r) {
			in = 1
		}
		if r.Living() {
			living[0], living[1] = living[0]+in, living[1]+1
			continue
		}
		attacks[0], attacks[1] = attacks[0]+in, attacks[1]+1
		if in == 1 {
			by[string(r.Species)]++
		}
	}
	return Ablation{without, accuracy.RateOf(living[0], living[1]), accuracy.RateOf(attacks[0], attacks[1]), reasonsOf(by)}
}
