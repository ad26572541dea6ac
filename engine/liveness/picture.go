package liveness

import "github.com/rostod/rostod/engine"

// ReasonPassive is the reason of a verdict that the passive network gave.
const ReasonPassive = "passive_texture"

// Picture judges a plain picture by what one tier asks for. A picture with an
// issue is unclear, whatever the network says of it: the network was not made
// for such pictures, and the customer can mend them.
func (*Liveness) Picture(face engine.Face, tier engine.Tier) engine.LivenessFinding {
	finding := engine.LivenessFinding{
		Verdict: engine.Unclear, Assurance: engine.AssuranceLow, Score: face.Passive,
	}
	if len(face.Issues) > 0 {
		for _, issue := range face.Issues {
			finding.Reasons = append(finding.Reasons, string(issue))
		}
		return finding
	}
	switch {
	case face.Faces == 0:
		finding.Reasons = []string{string(engine.NoFace)}
	case face.Passive >= tier.Liveness:
		finding.Verdict = engine.Live
	case face.Passive < tier.Spoof:
		finding.Verdict, finding.Reasons = engine.Spoof, []string{ReasonPassive}
	default:
		finding.Reasons = []string{ReasonPassive}
	}
	return finding
}
