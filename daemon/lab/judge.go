package lab

import (
	"math"
	"slices"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/liveness"
	"github.com/rostod/rostod/engine/settings"
)

// leastSessions is how many accepted sessions make a kiosk's history, as in
// package engine/kiosk.
const leastSessions = 20

// judge says of every row what the daemon would say: first as if no kiosk had a
// history, then with the history that the accepted living have made. A row is
// left out of the history that it is judged by.
func judge(rows []Row) {
	for i := range rows {
		rows[i].verdict(engine.Site{})
	}
	for i, s := range sitesOf(rows) {
		rows[i].verdict(s)
	}
}

// sitesOf is for each judged row what its kiosk's accepted living have taught.
func sitesOf(rows []Row) []engine.Site {
	histories := map[string][]int{}
	for i, r := range rows {
		if r.Living() && r.Attempt == 1 && accepted(r) {
			histories[r.Kiosk] = append(histories[r.Kiosk], i)
		}
	}
	sites := make([]engine.Site, len(rows))
	for i, r := range rows {
		sites[i] = site(rows, histories[r.Kiosk], i)
	}
	return sites
}

// site is what these rows have taught, but for one of them.
func site(rows []Row, list []int, without int) engine.Site {
	var lags, responses, errors []float64
	for _, i := range list {
		if i == without {
			continue
		}
		e := rows[i].Evidence
		lags, responses, errors = append(lags, e.Lag), append(responses, e.Code.Response), append(errors, e.Code.Error)
	}
	if len(lags) < leastSessions {
		return engine.Site{}
	}
	s := engine.Site{Sessions: len(lags), Lag: median(lags), Response: median(responses), Noise: median(errors)}
	for i, l := range lags {
		lags[i] = math.Abs(l - s.Lag)
	}
	s.LagSpread = 1.4826 * median(lags)
	return s
}

// median sorts the values.
func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

// verdict judges one row. Matcher and passive network say nothing here: the
// face is the same at every moment, for attacks too, and looks as much alive as
// not. What is told apart is told apart by the light.
func (r *Row) verdict(at engine.Site) {
	r.Site = at.Sessions
	if r.Failed != "" {
		r.Finding = engine.LivenessFinding{Verdict: engine.Unclear, Reasons: []string{"not_measured"}}
		return
	}
	tier := settings.Defaults().Tiers[engine.RiskHigh]
	r.Finding = liveness.Open().Flash(captureOf(r.Evidence, r.Sights), at, tier)
}

// captureOf is a capture with this evidence, and with what was seen besides or,
// when that is not known, nothing against it.
func captureOf(e engine.FlashEvidence, seen []engine.Sight) engine.Capture {
	const alike, undecided = 0.9, 0.5
	c := engine.Capture{Profile: engine.ProfileFlash, Flash: e, Best: engine.Face{Faces: 1, Passive: undecided}}
	if len(seen) > 0 {
		c.Others = seen
		return c
	}
	c.Others = append(c.Others, engine.Sight{Slot: -1, Colour: "K", Faces: 1, Cosine: alike, Passive: undecided})
	for i, s := range e.Slots {
		c.Others = append(c.Others, engine.Sight{Slot: i, Colour: s.Colour, Faces: 1, Cosine: alike, Passive: undecided})
	}
	c.Others = append(c.Others, engine.Sight{Slot: len(e.Slots), Colour: "K", Faces: 1, Cosine: alike, Passive: undecided})
	return c
}

// accepted says whether a row was called live.
func accepted(r Row) bool { return r.Finding.Verdict == engine.Live }
