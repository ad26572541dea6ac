package bench

import (
	"math"
	"slices"
	"time"
)

// Quantile is the value below which a share q of the sorted values lies,
// interpolated between neighbours (type 7 of Hyndman and Fan, The American
// Statistician 50, 1996). It is NaN of nothing.
func Quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := q * float64(len(sorted)-1)
	below := int(math.Floor(at))
	above := min(below+1, len(sorted)-1)
	return sorted[below] + (at-float64(below))*(sorted[above]-sorted[below])
}

// Spread is how values lie.
type Spread struct {
	N      int     `json:"n"`
	Mean   float64 `json:"mean"`
	SD     float64 `json:"sd"`
	Min    float64 `json:"min"`
	P05    float64 `json:"p05"`
	Median float64 `json:"median"`
	P95    float64 `json:"p95"`
	P99    float64 `json:"p99"`
	Max    float64 `json:"max"`
}

// SpreadOf is how values lie; all zero of nothing.
func SpreadOf(values []float64) Spread {
	if len(values) == 0 {
		return Spread{}
	}
	sorted := slices.Sorted(slices.Values(values))
	s := Spread{
		N: len(sorted), Min: sorted[0], Max: sorted[len(sorted)-1],
		P05: Quantile(sorted, 0.05), Median: Quantile(sorted, 0.5), P95: Quantile(sorted, 0.95), P99: Quantile(sorted, 0.99),
	}
	for _, v := range sorted {
		s.Mean += v / float64(len(sorted))
	}
	for _, v := range sorted {
		s.SD += (v - s.Mean) * (v - s.Mean)
	}
	if s.N > 1 {
		s.SD = math.Sqrt(s.SD / float64(s.N-1))
	} else {
		s.SD = 0
	}
	return s
}

// Milliseconds are durations as numbers.
func Milliseconds(list []time.Duration) []float64 {
	ms := make([]float64, len(list))
	for i, d := range list {
		ms[i] = float64(d) / float64(time.Millisecond)
	}
	return ms
}
