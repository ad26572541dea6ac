package stepup

import (
	"time"

	"github.com/rostod/rostod/engine"
)

// The reasons why a verification is not fresh.
const (
	staleUnknown     = "unknown_verification"
	staleNotVerified = "not_verified"
	staleExpired     = "expired"
	staleTooOld      = "older_than_asked"
	staleRiskLevel   = "made_for_lower_risk"
	staleCustomer    = "other_customer"
	staleErased      = "no_enrolled_reference"
	staleReplaced    = "enrolled_anew"
	staleClock       = "made_in_the_future"
)

// wanted is what the caller of a freshness check asks for.
type wanted struct {
	Customer  engine.CustomerID // empty: any
	RiskLevel engine.RiskLevel  // empty: the level that it was made for
	MaxAge    time.Duration     // 0: the verification's own limit
}

// stale says why a verification may not be reused, or "" when it may. Both
// limits hold: the one it was made with and the one of today's settings for
// the level asked for, so that tightening a tier works at once.
func stale(v engine.Verification, w wanted, tier engine.Tier, now time.Time) string {
	age := now.Sub(v.Created)
	switch {
	case v.Status != engine.Verified:
		return staleNotVerified
	case w.Customer != "" && w.Customer != v.Customer:
		return staleCustomer
	case w.RiskLevel != "" && w.RiskLevel.Rank() > v.RiskLevel.Rank():
		return staleRiskLevel
	case age < 0:
		return staleClock
	case !now.Before(v.FreshUntil), age >= tier.VerificationMaxAge:
		return staleExpired
	case w.MaxAge > 0 && age > w.MaxAge:
		return staleTooOld
	default:
		return ""
	}
}
