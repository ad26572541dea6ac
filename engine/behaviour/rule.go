package behaviour

import "github.com/rostod/rostod/engine"

// The names of what a finding went by; the score reads them.
const (
	signalWatchlist  = "watchlist"  // best comparison score with the list
	signalIdentities = "identities" // under which the face came
	signalAtDevice   = "at-device"  // identities at the device
	signalSuspicions = "suspicions"
)

// The reasons of a finding.
const (
	reasonWatchlist  = "face-on-the-watchlist"
	reasonNear       = "face-like-one-on-the-watchlist"
	reasonIdentities = "face-under-many-identities"
	reasonDevice     = "many-identities-at-one-device"
	reasonReused     = "picture-of-another-identity"
	reasonAttack     = "presentation-attack"
)

// evidence is what is known of a face's doings.
type evidence struct {
	Watch      float64 // the best comparison score with the watchlist, 0..1
	Identities int     // under which the face came in the window, this one too where there is one
	AtDevice   int     // identities at the device in its window, likewise; 0 for a kiosk
	Reused     bool    // the picture's very bytes came with another identity
	Attack     bool    // liveness found one
}

// suspicions are what is no sign of fraud by itself.
func (e evidence) suspicions(most engine.FaceLimits) (list []string) {
	add := func(on bool, reason string) {
		if on {
			list = append(list, reason)
		}
	}
	add(e.AtDevice > most.AtDevice, reasonDevice)
	add(e.Reused, reasonReused)
	add(e.Attack, reasonAttack)
	return list
}

// bars are the comparison scores from which a face is one of a long list, and
// from which it is near it.
type bars struct{ Same, Near float64 }

// decide is yes when there is a sign of fraud, with all reasons.
func decide(e evidence, b bars, most engine.FaceLimits) (result string, reasons []string) {
	suspicions := e.suspicions(most)
	listed, many := e.Watch >= b.Same, e.Identities > most.Identities
	switch {
	case listed:
		reasons = append(reasons, reasonWatchlist)
	case e.Watch >= b.Near:
		reasons = append(reasons, reasonNear)
	}
	if many {
		reasons = append(reasons, reasonIdentities)
	}
	reasons = append(reasons, suspicions...)
	if listed || many || len(suspicions) > most.Suspicions {
		return engine.Yes, reasons
	}
	return engine.Inconclusive, reasons
}

// signals are the evidence as the score reads it.
func (e evidence) signals(most engine.FaceLimits) []engine.Signal {
	return []engine.Signal{
		{Name: signalWatchlist, Value: e.Watch}, {Name: signalIdentities, Value: float64(e.Identities)},
		{Name: signalAtDevice, Value: float64(e.AtDevice)}, {Name: signalSuspicions, Value: float64(len(e.suspicions(most)))},
	}
}
