package validation

import "github.com/rostod/rostod/engine"

// The reasons why nobody is authenticated.
const (
	reasonNone       = "no-reference"
	reasonFaceless   = "reference-without-face"
	reasonPoor       = "reference-is-poor" // several faces, blurred: what is like it proves little
	reasonNotLive    = "not-live"
	reasonReference  = "reference-not-live"
	reasonUncompared = "reference-of-another-model" // it cannot be compared
	reasonOther      = "other-face"
)

// compared is one reference and how like the face it is.
type compared struct {
	engine.KnownFace
	Score float64 // comparison score, 0..1
	Alike bool    // the two were made by one model
}

// decide says whether the face is that of every reference: with all reasons
// why not. alive is how the face was judged; empty when nobody asked.
func decide(issues []engine.Issue, alive engine.LivenessVerdict, list []compared, threshold float64) (bool, []string) {
	var reasons []string
	add := func(wrong bool, reason string) {
		if wrong {
			reasons = append(reasons, reason)
		}
	}
	for _, i := range issues {
		reasons = append(reasons, string(i))
	}
	add(alive != "" && alive != engine.Live, reasonNotLive)
	add(len(list) == 0, reasonNone)
	for _, r := range list {
		switch {
		case r.Template.Empty():
			reasons = append(reasons, reasonFaceless)
		case !r.Alike:
			reasons = append(reasons, reasonUncompared)
		default:
			add(!(r.Score >= threshold), reasonOther)
		}
		add(!r.Template.Empty() && len(r.Issues) > 0, reasonPoor)
		add(r.Liveness != "" && r.Liveness != engine.Live, reasonReference)
	}
	return len(reasons) == 0, reasons
}
