package kiosk

import (
	"math"
	"slices"
	"time"

	"github.com/rostod/rostod/engine"
)

const (
	// mostSessions is how many accepted sessions are remembered.
	mostSessions = 200
	// leastSessions make a history: before, every new one may move the median.
	leastSessions = 20
	// leastOdds is from which log odds of life a session teaches: one that was
	// barely accepted may have been an attack.
	leastOdds = 8
	// driftADay is how far the lag may move in a day, in milliseconds.
	driftADay = 20
	// spread is what a median absolute deviation is multiplied with to be the
	// standard deviation of a normal distribution.
	spread = 1.4826
)

// session is what one accepted capture taught.
type session struct {
	Lag      float64 `json:"lag"` // milliseconds
	Response float64 `json:"response"`
	Error    float64 `json:"error"` // standard error of the response
}

// lesson is what an accepted capture teaches, in as many digits as matter.
func lesson(seen engine.FlashEvidence) session {
	round := func(x, digits float64) float64 { return math.Round(x*digits) / digits }
	return session{
		Lag: round(seen.Lag, 10), Response: round(seen.Code.Response, 1e4), Error: round(seen.Code.Error, 1e4),
	}
}

// history is the record of one kiosk.
type history struct {
	Device   engine.DeviceID `json:"device"`
	Sessions []session       `json:"sessions,omitzero"` // newest last
	Set      *baseline       `json:"set,omitzero"`      // what an operator has set; holds until there are sessions enough
	Lag      float64         `json:"lag"`               // what the kiosk is taken to have
	Moved    time.Time       `json:"moved"`             // when Lag was last allowed to move
	Beyond   float64         `json:"beyond"`            // how far the median is from Lag: what was not followed
	Screen   Screen          `json:"screen,omitzero"`
	Updated  time.Time       `json:"updated"`
}

// baseline is a calibration.
type baseline struct {
	Lag       float64 `json:"lag"`
	LagSpread float64 `json:"lagSpread"`
	Response  float64 `json:"response"`
	Sessions  int     `json:"sessions"`
}

// Screen is a kiosk's screen, as it was measured; zero when it was not.
type Screen struct {
	DiagonalInch float64 `json:"diagonalInch"`
	Nits         float64 `json:"nits"` // of full white
}

// site is what the history says.
func (h history) site() engine.Site {
	if n := len(h.Sessions); n < leastSessions && h.Set != nil {
		return engine.Site{
			Sessions: h.Set.Sessions, Lag: h.Set.Lag, LagSpread: h.Set.LagSpread, Response: h.Set.Response,
		}
	}
	if len(h.Sessions) == 0 {
		return engine.Site{}
	}
	lags, responses, errors := h.columns()
	lag, off := robust(lags)
	if len(h.Sessions) >= leastSessions {
		lag = h.Lag
	}
	return engine.Site{Sessions: len(h.Sessions), Lag: lag, LagSpread: off, Response: median(responses), Noise: median(errors)}
}

func (h history) columns() (lags, responses, errors []float64) {
	for _, s := range h.Sessions {
		lags, responses, errors = append(lags, s.Lag), append(responses, s.Response), append(errors, s.Error)
	}
	return lags, responses, errors
}

// learn is the history with one more accepted session. The lag follows the
// median, but no faster than driftADay, and no more for a kiosk that stood
// still for longer than a day.
func (h history) learn(s session, now time.Time) history {
	h.Sessions = append(slices.Clone(h.Sessions), s)
	if n := len(h.Sessions); n > mostSessions {
		h.Sessions = h.Sessions[n-mostSessions:]
	}
	h.Updated = now
	lags, _, _ := h.columns()
	middle := median(lags)
	days := min(1, max(0, now.Sub(h.Moved).Hours()/24))
	switch n := len(h.Sessions); {
	case n < leastSessions:
		if h.Set != nil {
			middle = h.Set.Lag
		}
		h.Lag = middle
	default:
		h.Lag += max(-driftADay*days, min(driftADay*days, middle-h.Lag))
	}
	h.Moved, h.Beyond = now, middle-h.Lag
	return h
}

// drifting says whether what is measured lies further from what the kiosk is
// taken to have than it may move in a day.
func (h history) drifting() bool { return math.Abs(h.Beyond) > driftADay }

// robust is the median, and the median absolute deviation as a standard
// deviation; both 0 of nothing.
func robust(list []float64) (middle, deviation float64) {
	middle = median(list)
	off := make([]float64, len(list))
	for i, x := range list {
		off[i] = math.Abs(x - middle)
	}
	return middle, spread * median(off)
}

func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
