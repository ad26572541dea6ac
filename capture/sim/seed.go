package sim

import (
	"hash/fnv"
	"math/rand/v2"
)

// dice are random numbers for one purpose. Each purpose has its own, so that
// drawing one thing more moves nothing else.
type dice struct{ *rand.Rand }

func diceFor(seed uint64, purpose string) dice {
	h := fnv.New64a()
	_, _ = h.Write([]byte(purpose))
	return dice{rand.New(rand.NewPCG(seed, h.Sum64()))} //nolint:gosec // a simulation must be the same tomorrow
}

// between is even between two numbers.
func (d dice) between(low, high float64) float64 { return low + (high-low)*d.Float64() }

// about is normal, and never more than two and a half deviations off.
func (d dice) about(mean, sd float64) float64 {
	return mean + sd*min(max(d.NormFloat64(), -2.5), 2.5)
}

// chance says yes in a share of the cases.
func (d dice) chance(share float64) bool { return d.Float64() < share }
