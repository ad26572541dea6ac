package identity

import (
	"slices"

	"github.com/rostod/rostod/engine"
)

// The names of what a finding went by; the score reads them.
const (
	signalBound     = "bound"     // like the face that is bound to the number
	signalPortrait  = "portrait"  // like the portrait of a document of the number, the best
	signalAccount   = "account"   // like the faces that the reference's account has
	signalElsewhere = "elsewhere" // like a face that is bound to another number
)

// The reasons of a finding.
const (
	reasonNoNumber  = "no-number"
	reasonUnbound   = "number-not-bound"
	reasonUnlike    = "face-of-another-model" // what is known of the number cannot be compared
	reasonMated     = "face-bound-to-the-number"
	reasonPortrait  = "face-of-a-document"
	reasonRegister  = "face-of-the-register"
	reasonNotBound  = "not-the-face-bound-to-the-number"
	reasonNotReg    = "not-the-face-of-the-register"
	reasonUnsure    = "register-unsure"
	reasonNoDoc     = "not-the-face-of-a-document"
	reasonElsewhere = "face-bound-to-another-number"
	reasonAccount   = "not-the-face-of-the-account"
	reasonNotLive   = "not-live"
	reasonDisagree  = "sources-disagree"
)

// The register's own bands of similarity, 0..100 (Serpro, Datavalid: from 93
// very high, 85 high, 32 low, below 32 very low).
const (
	registerSame = 93
	registerHigh = 85
	registerLow  = 32
)

// portrait is how like the face the portrait of a document is.
type portrait struct {
	Score   float64
	Vouched bool // whoever captured it vouches for the document
}

// evidence is all that is known of a face and a number. Scores are comparison
// scores, 0..1; nil: there was nothing to compare with.
type evidence struct {
	Number    bool // one was declared
	Issues    []engine.Issue
	Bound     *float64
	Unlike    bool // the number is bound to a face of another model
	Account   *float64
	Portraits []portrait
	Elsewhere *float64 // the best of those bound to other numbers
	Register  *int     // 0..100; nil: it was not asked, has no face or did not answer
	NotLive   bool     // liveness was asked for, and is not live
}

// bars are the scores from which two faces are the same, and below which they
// are not.
type bars struct{ Same, Other float64 }

// heaps are the reasons for, in doubt and against.
type heaps struct{ For, Doubt, Against []string }

// sorted puts the evidence onto its heaps.
func (e evidence) sorted(b bars) (h heaps) {
	put := func(heap *[]string, on bool, reason string) {
		if on && !slices.Contains(*heap, reason) {
			*heap = append(*heap, reason)
		}
	}
	if e.Bound != nil {
		put(&h.For, *e.Bound >= b.Same, reasonMated)
		put(&h.Against, !(*e.Bound >= b.Other), reasonNotBound)
	}
	for _, p := range e.Portraits {
		put(&h.For, p.Vouched && p.Score >= b.Same, reasonPortrait)
		put(&h.Doubt, !(p.Score >= b.Other), reasonNoDoc)
	}
	if e.Register != nil {
		put(&h.For, *e.Register >= registerSame, reasonRegister)
		put(&h.Doubt, *e.Register < registerHigh, reasonUnsure)
		put(&h.Against, *e.Register < registerLow, reasonNotReg)
	}
	put(&h.Doubt, e.Elsewhere != nil && *e.Elsewhere >= b.Same, reasonElsewhere)
	put(&h.Doubt, e.Account != nil && !(*e.Account >= b.Other), reasonAccount)
	put(&h.Doubt, e.NotLive, reasonNotLive)
	return h
}

// decide is the result and its reasons. More doubt, or more against, never
// raises it; yes needs something for, which only a comparison gives.
func decide(e evidence, b bars) (result string, reasons []string, h heaps) {
	switch {
	case !e.Number:
		return engine.Inconclusive, []string{reasonNoNumber}, h
	case len(e.Issues) > 0:
		for _, i := range e.Issues {
			reasons = append(reasons, string(i))
		}
		return engine.Inconclusive, reasons, h
	}
	h = e.sorted(b)
	reasons = slices.Concat(h.Against, h.Doubt, h.For)
	switch {
	case len(h.For) > 0 && len(h.Doubt)+len(h.Against) == 0:
		return engine.Yes, reasons, h
	case len(h.For) > 0:
		return engine.Inconclusive, append(reasons, reasonDisagree), h
	case len(h.Against) > 0:
		return engine.No, reasons, h
	case e.Unlike:
		reasons = append(reasons, reasonUnlike)
	case e.Bound == nil:
		reasons = append(reasons, reasonUnbound)
	}
	return engine.Inconclusive, reasons, h
}

// binds says whether the number may be bound to the face: the picture is good,
// it is live, and nothing is against it or in doubt.
func binds(e evidence, h heaps, alive engine.LivenessVerdict) bool {
	return e.Number && len(e.Issues) == 0 && e.Bound == nil && !e.Unlike &&
		len(h.Doubt)+len(h.Against) == 0 && alive == engine.Live
}
