package accuracy

import (
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/rostod/rostod/engine"
)

// Rate is k of n, and where the true share lies with 95 % certainty.
type Rate struct {
	K    int     `json:"k"`
	N    int     `json:"n"`
	Rate float64 `json:"rate"`
	Low  float64 `json:"low"`  // of the two-sided 95 % interval
	High float64 `json:"high"` // of the two-sided 95 % interval
	Most float64 `json:"most"` // one-sided 95 % upper bound
}

// RateOf is the rate of k of n with the bounds of Clopper and Pearson
// (Biometrika 26, 1934), which are never too narrow. Of nothing, nothing is
// known.
func RateOf(k, n int) Rate {
	r := Rate{K: k, N: n, High: 1, Most: 1}
	if n == 0 {
		return r
	}
	r.Rate = float64(k) / float64(n)
	r.Low, r.High, r.Most = lower(k, n, 0.025), upper(k, n, 0.025), upper(k, n, 0.05)
	return r
}

// lower is the share at which k of n or more are as rare as tail.
func lower(k, n int, tail float64) float64 {
	if k == 0 {
		return 0
	}
	return distuv.Beta{Alpha: float64(k), Beta: float64(n - k + 1)}.Quantile(tail)
}

// upper is the share at which k of n or fewer are as rare as tail.
func upper(k, n int, tail float64) float64 {
	if k == n {
		return 1
	}
	return distuv.Beta{Alpha: float64(k + 1), Beta: float64(n - k)}.Quantile(1 - tail)
}

// Level is what was counted at one risk level.
type Level struct {
	Risk      engine.RiskLevel `json:"riskLevel"`
	Threshold float64          `json:"threshold"`
	FMR       Rate             `json:"fmr"`
	FNMR      Rate             `json:"fnmr"`
	// Of the mated and non-mated pairs, those a person would look at. A grey
	// zone is not a match.
	GreyMated    int `json:"greyMated"`
	GreyNonMated int `json:"greyNonMated"`
	// Pairs that were not compared, because a picture was not taken or could
	// not be judged. They are in no rate.
	NotCompared     int                            `json:"notCompared"`
	Liveness        map[engine.LivenessVerdict]int `json:"liveness"`
	AllowedMated    int                            `json:"allowedMated"`
	AllowedNonMated int                            `json:"allowedNonMated"`
}

// count is what the pairs' verdicts at one level come to.
func count(risk engine.RiskLevel, pairs []Pair) Level {
	l := Level{Risk: risk, Liveness: map[engine.LivenessVerdict]int{}}
	mated, falseNonMatches, nonMated, falseMatches := 0, 0, 0, 0
	for _, p := range pairs {
		v, asked := p.Verdicts[risk]
		if asked {
			l.Liveness[v.Liveness]++
			l.Threshold = max(l.Threshold, v.Threshold)
		}
		switch {
		case v.Match == "":
			l.NotCompared++
		case p.Mated:
			mated++
			falseNonMatches += one(v.Match != engine.Match)
			l.GreyMated += one(v.Match == engine.GreyZone)
			l.AllowedMated += one(v.Allow)
		default:
			nonMated++
			falseMatches += one(v.Match == engine.Match)
			l.GreyNonMated += one(v.Match == engine.GreyZone)
			l.AllowedNonMated += one(v.Allow)
		}
	}
	l.FMR, l.FNMR = RateOf(falseMatches, nonMated), RateOf(falseNonMatches, mated)
	return l
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}
