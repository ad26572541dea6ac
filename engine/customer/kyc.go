package customer

import (
	"time"

	"github.com/rostod/rostod/engine"
)

// validity is how long a check counts towards a level: a year, as for customers
// of ordinary risk in most banks' own rules. The contract names no time.
const validity = 365 * 24 * time.Hour

// check is one thing that was verified about a customer, or was not.
type check struct {
	Method    engine.Method
	Status    engine.VerificationStatus
	Assurance engine.AssuranceTier // of its liveness check; faces only
	At        time.Time
	Until     time.Time // it says nothing afterwards; zero: a year
}

// ground is what one kind of check can show.
type ground int

const (
	noGround    ground = iota
	aFace              // a living person was there, the one who enrolled or the first
	anIdentity         // a document, seen or captured
	inARegister        // a government's register knows number and person
)

// groundOf is what a method shows. A number of the right form shows nothing.
func groundOf(m engine.Method) ground {
	switch m {
	case engine.FaceMatch, engine.FaceLiveness:
		return aFace
	case engine.DocumentSeen, engine.DocumentCapture:
		return anIdentity
	case engine.RegisterCheck:
		return inARegister
	default:
		return noGround
	}
}

// level is what the checks together show at a moment.
type level struct {
	Level    engine.KYCLevel
	Verified time.Time // the newest check that it rests on
	Expires  time.Time // when it falls if nothing new comes
}

// judge is the rule of the levels:
//
//	basic     a face was verified
//	standard  and a document or a register entry
//	premium   a face by a flash capture (assurance standard or high), a document and a register entry
//
// Each check counts until its time is over. A failed document or register check
// takes back the older ones of its method; a failed face takes back nothing, or
// whoever holds another's card could lower a level.
func judge(checks []check, now time.Time) level {
	face := newest(checks, now, func(c check) bool { return groundOf(c.Method) == aFace })
	sure := newest(checks, now, func(c check) bool {
		return groundOf(c.Method) == aFace && c.Assurance.Rank() >= engine.AssuranceStandard.Rank()
	})
	document := newest(checks, now, func(c check) bool { return groundOf(c.Method) == anIdentity })
	register := newest(checks, now, func(c check) bool { return groundOf(c.Method) == inARegister })
	identity := later(document, register)
	switch {
	case sure != nil && document != nil && register != nil:
		return resting(engine.KYCPremium, sure, document, register)
	case face != nil && identity != nil:
		return resting(engine.KYCStandard, face, identity)
	case face != nil:
		return resting(engine.KYCBasic, face)
	default:
		return level{Level: engine.KYCNone}
	}
}

// newest is the check of a kind that counts the longest; nil when none counts.
func newest(checks []check, now time.Time, of func(check) bool) *check {
	var best *check
	for i, c := range checks {
		if !of(c) || c.Status != engine.Verified || c.At.After(now) || !now.Before(c.until()) || taken(checks, c, now) {
			continue
		}
		best = later(best, &checks[i])
	}
	return best
}

// taken says whether a later failure of the same method takes a check back.
func taken(checks []check, c check, now time.Time) bool {
	if groundOf(c.Method) == aFace {
		return false
	}
	for _, other := range checks {
		if other.Method == c.Method && other.Status == engine.Failed && !other.At.Before(c.At) && !other.At.After(now) {
			return true
		}
	}
	return false
}

// later is the check that counts longer, or the only one.
func later(a, b *check) *check {
	if a == nil || b != nil && b.until().After(a.until()) {
		return b
	}
	return a
}

func (c check) until() time.Time {
	end := c.At.Add(validity)
	if !c.Until.IsZero() && c.Until.Before(end) {
		return c.Until
	}
	return end
}

func resting(l engine.KYCLevel, on ...*check) level {
	found := level{Level: l, Expires: on[0].until()}
	for _, c := range on {
		if c.At.After(found.Verified) {
			found.Verified = c.At
		}
		if c.until().Before(found.Expires) {
			found.Expires = c.until()
		}
	}
	return found
}

// moves says whether a customer may go from one status to another. What stays
// as it is may always stay.
func moves(from, to engine.CustomerStatus) bool {
	return from == to || from != engine.CustomerClosed
}
