package behaviour

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
)

// usual are limits as most orgs have them.
func usual() engine.FaceLimits {
	return engine.FaceLimits{Window: firstWindow, Identities: 2, DeviceWindow: time.Hour, AtDevice: 5, Suspicions: 1}
}

func TestDecide(t *testing.T) {
	bar := bars{Same: 0.6, Near: 0.55}
	for _, test := range []struct {
		what   string
		known  evidence
		want   string
		reason string
	}{
		{"nothing", evidence{Identities: 1}, engine.Inconclusive, ""},
		{"on the watchlist, exactly", evidence{Watch: 0.6}, engine.Yes, reasonWatchlist},
		{"just not", evidence{Watch: 0.5999}, engine.Inconclusive, reasonNear},
		{"near it, exactly", evidence{Watch: 0.55}, engine.Inconclusive, reasonNear},
		{"no number", evidence{Watch: math.NaN()}, engine.Inconclusive, ""},
		{"two identities", evidence{Identities: 2}, engine.Inconclusive, ""},
		{"three identities", evidence{Identities: 3}, engine.Yes, reasonIdentities},
		{"five at one device", evidence{AtDevice: 5, Attack: true}, engine.Inconclusive, reasonAttack},
		{"six at one device", evidence{AtDevice: 6}, engine.Inconclusive, reasonDevice},
		{"six at one device, and an attack", evidence{AtDevice: 6, Attack: true}, engine.Yes, reasonDevice},
		{"a picture that was there already, and an attack", evidence{Reused: true, Attack: true}, engine.Yes, reasonReused},
		{"a picture that was there already", evidence{Reused: true}, engine.Inconclusive, reasonReused},
		{"an attack", evidence{Attack: true}, engine.Inconclusive, reasonAttack},
	} {
		got, reasons := decide(test.known, bar, usual())
		if got != test.want || test.reason != "" && !slices.Contains(reasons, test.reason) {
			t.Errorf("%s: got %s %v, want %s %s", test.what, got, reasons, test.want, test.reason)
		}
	}
}

// The limits are the org's: what is too much for one is not for another.
func TestLimitsAreTheOrgs(t *testing.T) {
	strict := engine.FaceLimits{Identities: 1, AtDevice: 1, Suspicions: 0}
	patient := engine.FaceLimits{Identities: 20, AtDevice: 200, Suspicions: 2}
	for _, test := range []struct {
		what          string
		known         evidence
		strict, usual string
	}{
		{"one identity", evidence{Identities: 1, AtDevice: 1}, engine.Inconclusive, engine.Inconclusive},
		{"two identities", evidence{Identities: 2}, engine.Yes, engine.Inconclusive},
		{"three identities", evidence{Identities: 3}, engine.Yes, engine.Yes},
		{"two at one device", evidence{AtDevice: 2}, engine.Yes, engine.Inconclusive},
		{"an attack", evidence{Attack: true}, engine.Yes, engine.Inconclusive},
		{"all of it", evidence{Identities: 20, AtDevice: 6, Attack: true}, engine.Yes, engine.Yes},
	} {
		for name, one := range map[string]struct {
			most engine.FaceLimits
			want string
		}{"strict": {strict, test.strict}, "usual": {usual(), test.usual}, "patient": {patient, engine.Inconclusive}} {
			if got, reasons := decide(test.known, bars{Same: 0.6, Near: 0.55}, one.most); got != one.want {
				t.Errorf("%s, %s: got %s %v, want %s", test.what, name, got, reasons, one.want)
			}
		}
	}
	// No limit takes a face off the watchlist.
	if got, _ := decide(evidence{Watch: 0.6}, bars{Same: 0.6, Near: 0.55}, patient); got != engine.Yes {
		t.Errorf("on the watchlist: got %s, want yes", got)
	}
}

// No further sign takes a yes back.
func FuzzDecide(f *testing.F) {
	f.Add(0.6, 2, 5, true, false, 0.1, 1, 1)
	f.Fuzz(func(t *testing.T, watch float64, identities, at int, reused, attack bool, more float64, others, there int) {
		e := evidence{watch, identities, at, reused, attack}
		worse := evidence{max(watch, more), max(identities, others), max(at, there), true, true}
		bar := bars{0.6, 0.55}
		before, _ := decide(e, bar, usual())
		after, _ := decide(worse, bar, usual())
		if before == engine.Yes && after != engine.Yes && !math.IsNaN(worse.Watch) {
			t.Errorf("%+v was %s, and %+v is %s", e, before, worse, after)
		}
	})
}
