package accuracy

import (
	"math"
	"slices"
)

// Point is the two error rates at one threshold.
type Point struct {
	Threshold float64 `json:"threshold"`
	FMR       float64 `json:"fmr"`
	FNMR      float64 `json:"fnmr"`
}

// Curve is how false matches trade for false non-matches: a point at every
// threshold at which a rate changes, strictest last (ISO/IEC 19795-1, detection
// error trade-off). A score matches when it is not below the threshold.
func Curve(mated, nonMated []float64) []Point {
	if len(mated) == 0 || len(nonMated) == 0 {
		return nil
	}
	mated, nonMated = slices.Sorted(slices.Values(mated)), slices.Sorted(slices.Values(nonMated))
	thresholds := slices.Compact(slices.Sorted(slices.Values(slices.Concat(mated, nonMated))))
	thresholds = append(thresholds, math.Nextafter(thresholds[len(thresholds)-1], 2))
	curve := make([]Point, 0, len(thresholds))
	for _, t := range thresholds {
		curve = append(curve, at(t, mated, nonMated))
	}
	return curve
}

// at is the rates at one threshold; the scores are sorted.
func at(t float64, mated, nonMated []float64) Point {
	rejected, _ := slices.BinarySearch(mated, t)
	passed, _ := slices.BinarySearch(nonMated, t)
	return Point{
		Threshold: t,
		FMR:       float64(len(nonMated)-passed) / float64(len(nonMated)),
		FNMR:      float64(rejected) / float64(len(mated)),
	}
}

// equal is the point of the curve where both rates are nearest to each other,
// and the equal error rate there, the mean of the two.
func equal(curve []Point) (best Point, rate float64) {
	gap := math.Inf(1)
	for _, p := range curve {
		if d := math.Abs(p.FMR - p.FNMR); d < gap {
			gap, best = d, p
		}
	}
	return best, (best.FMR + best.FNMR) / 2
}
