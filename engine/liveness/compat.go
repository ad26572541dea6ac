package liveness

import "github.com/rostod/rostod/engine"

// What the light in a compatible capture must show: that it follows the
// challenge's colours, clearly, and not as well what others would have been.
// The figures are those at which synthetic still series part (capture/compat).
const (
	compatRho    = 0.8
	compatT      = 4
	compatChance = 0.05
	// compatSame is the cosine between two frames of one bundle below which
	// they show two people. Frames seconds apart are far above it.
	compatSame = 0.35
)

// Compat judges a compatible capture: a few pictures, and colours that the
// client knew in advance. It is an attack by what a plain picture is, or when
// two people are in it; it is live only when besides the light follows the
// colours; and it is never worth more than low.
func (l *Liveness) Compat(c engine.Capture, tier engine.Tier) engine.LivenessFinding {
	finding := l.Picture(c.Best, tier)
	if finding.Verdict == engine.Spoof {
		return finding
	}
	unclear := func(reason string) {
		if finding.Verdict == engine.Live {
			finding.Verdict = engine.Unclear
		}
		finding.Reasons = append(finding.Reasons, reason)
	}
	for _, s := range c.Others {
		switch {
		case s.Faces > 1:
			unclear(ReasonSeveral)
			return finding
		case s.Faces == 0:
			unclear(ReasonTrackLost)
			return finding
		case !(s.Cosine >= compatSame):
			finding.Verdict, finding.Reasons = engine.Spoof, []string{ReasonIdentity}
			return finding
		}
	}
	if k := c.Flash.Code; !(k.Rho >= compatRho && k.T >= compatT && k.P <= compatChance && k.Beta[0][0] > 0 && k.Beta[1][1] > 0) {
		unclear(ReasonLowResponse)
	}
	return finding
}
