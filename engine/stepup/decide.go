package stepup

import (
	"math"
	"time"

	"github.com/rostod/rostod/engine"
)

// The reasons why a step-up does not allow, besides those of liveness.
const (
	reasonNoMatch      = "face_does_not_match"
	reasonGreyZone     = "grey_zone"
	reasonSpoof        = "presentation_attack"
	reasonUnclear      = "liveness_unclear"
	reasonAssurance    = "assurance_too_low"
	reasonReferenceOld = "reference_too_old"
	reasonNoCheck      = "no_check_required"
)

// asked is everything a decision is made from.
type asked struct {
	Tier      engine.Tier
	Face      engine.Face
	Liveness  engine.LivenessFinding
	Reference engine.Reference
	Knots     engine.Calibration
	Now       time.Time
}

// finding is what was decided, and why.
type finding struct {
	Allow    bool
	Status   engine.VerificationStatus
	Liveness *engine.LivenessFinding
	Match    *engine.MatchFinding
	Score    int // 0..100
	Reasons  []string
	Failure  bool // counts towards a lockout
}

// decide is the rule of step-up. It allows only when the probe is live at
// the assurance that the tier asks for, the face matches, and the reference is
// young enough. A picture that cannot be judged is not compared, so that it
// teaches nothing about the threshold and counts as no failure.
func decide(a asked) finding {
	liveness := a.Liveness
	f := finding{Status: engine.Failed, Liveness: &liveness}
	if liveness.Verdict == engine.Unclear {
		f.Reasons = append([]string{reasonUnclear}, liveness.Reasons...)
		return f
	}
	match := compare(a)
	f.Match = &match
	f.Score = score(match.Similarity)
	f.Failure = match.Verdict == engine.NoMatch || liveness.Verdict == engine.Spoof
	if liveness.Verdict == engine.Spoof {
		f.Reasons = append(f.Reasons, reasonSpoof)
	}
	switch match.Verdict {
	case engine.NoMatch:
		f.Reasons = append(f.Reasons, reasonNoMatch)
	case engine.GreyZone:
		f.Reasons = append(f.Reasons, reasonGreyZone)
	}
	if liveness.Assurance.Rank() < a.Tier.Assurance.Rank() {
		f.Reasons = append(f.Reasons, reasonAssurance)
	}
	if tooOld(a.Reference.Newest, a.Now, a.Tier.ReferenceMaxAge) {
		f.Reasons = append(f.Reasons, reasonReferenceOld)
	}
	switch {
	case len(f.Reasons) == 0:
		f.Allow, f.Status = true, engine.Verified
	case len(f.Reasons) == 1 && f.Reasons[0] == reasonGreyZone:
		f.Status = engine.Pending // a person may allow it: nothing else is wrong
	}
	return f
}

// compare is the 1:1 comparison: the probe against the mean of the reference's
// templates of the probe's model, in the score that thresholds are written in.
func compare(a asked) engine.MatchFinding {
	cosine := engine.Cosine(a.Face.Template, a.Reference.Of(a.Face.Template.Model))
	m := engine.MatchFinding{Similarity: a.Knots.Score(cosine), Threshold: a.Tier.Threshold}
	switch {
	case m.Similarity >= a.Tier.Threshold:
		m.Verdict = engine.Match
	case m.Similarity >= a.Tier.Threshold-a.Tier.GreyZone && a.Tier.GreyZone > 0:
		m.Verdict = engine.GreyZone
	default:
		m.Verdict = engine.NoMatch
	}
	return m
}

// tooOld says whether something made at a time is past an age; an age of 0 is
// no limit, and what was made in the future is as old as can be.
func tooOld(made, now time.Time, limit time.Duration) bool {
	if limit == 0 {
		return false
	}
	age := now.Sub(made)
	return age < 0 || age > limit
}

// score is a similarity as the contract's whole number, 0..100.
func score(similarity float64) int {
	return int(math.Round(100 * max(0, min(1, similarity))))
}

// notRequired is the finding for an action that asks for no face.
func notRequired() finding {
	return finding{Allow: true, Status: engine.NotRequired, Reasons: []string{reasonNoCheck}}
}
