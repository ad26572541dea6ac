package multiaccount

import (
	"cmp"
	"slices"

	"github.com/rostod/rostod/engine"
)

// The reasons of a finding.
const (
	reasonOther      = "face-of-another-account"
	reasonUncompared = "enrolments-of-another-model" // some enrolments cannot be compared
	reasonPoor       = "poor-picture"                // the face is not enrolled
	reasonNotLive    = "not-live"                    // the face is not enrolled
)

// joined is two lists as one, each person once by the better template.
func joined(a, b []engine.Candidate) []engine.Candidate {
	all := slices.Concat(a, b)
	slices.SortStableFunc(all, func(x, y engine.Candidate) int { return cmp.Compare(y.Cosine, x.Cosine) })
	known := map[engine.Person]bool{}
	kept := all[:0]
	for _, c := range all {
		if !known[c.Person] {
			known[c.Person] = true
			kept = append(kept, c)
		}
	}
	return kept[:min(len(kept), mostCandidates)]
}

// decide says whether the face belongs to another account: reproved when one
// reaches the threshold. What cannot be told is inconclusive, never refused.
func decide(f *engine.Finding, issues []engine.Issue) {
	f.Outcome.IDCloud = &engine.Result{Result: engine.Inconclusive}
	f.Reasons = nil
	for _, i := range issues {
		f.Reasons = append(f.Reasons, string(i))
	}
	if f.Search == nil {
		return
	}
	if f.Search.Unlike > 0 {
		f.Reasons = append(f.Reasons, reasonUncompared)
	}
	for _, c := range f.Search.Candidates {
		if c.Score >= f.Threshold {
			f.Outcome.IDCloud.Result = engine.Reproved
			f.Reasons = append(f.Reasons, reasonOther)
			return
		}
	}
}

// admits says whether the face may be enrolled: nobody else has it, the picture
// is good, and the person is alive where that was asked.
func admits(own *engine.Finding, issues []engine.Issue, all engine.Findings) bool {
	alive := all.Of(engine.CapLiveness)
	switch {
	case own.Outcome.IDCloud.Result != engine.Inconclusive:
		return false
	case len(issues) > 0:
		own.Reasons = append(own.Reasons, reasonPoor)
		return false
	case alive != nil && (alive.Liveness == nil || alive.Liveness.Verdict != engine.Live):
		own.Reasons = append(own.Reasons, reasonNotLive)
		return false
	default:
		return true
	}
}
