package flash

import (
	"math"
	"slices"
)

// A sharp change is one between the means of two short stretches of frames.
const (
	stepReach   = 165.0 // milliseconds of each stretch
	stepGap     = 35.0  // milliseconds between them, in which the change happens
	stepClear   = 7.0   // standard errors from which a change is certain
	stepApart   = 230.0 // milliseconds between two changes
	stepPlanned = 120.0 // milliseconds from a change of the plan within which it is that one
	stepFrames  = 4     // on either side
	leastStep   = 0.012 // of relative change
	leastNoise  = 0.001 // of a frame
)

// steps counts the sharp changes of chroma in an answer: those where the plan
// has a change, and the foreign ones, with the median of their clarity in
// standard errors. A light that wanders makes none; a session that was recorded
// under other colours makes one for each of them.
func (r record) steps(c course, list []change, lag float64) (planned, foreign int, clarity float64) {
	var clean []float64
	sharp := r.sharpness(c)
	for i, x := range sharp {
		if x < stepClear || !r.summit(sharp, i) {
			continue
		}
		near := slices.ContainsFunc(list, func(k change) bool { return math.Abs(r.at[i]-lag-k.at) <= stepPlanned })
		if near {
			planned++
			continue
		}
		foreign++
		clean = append(clean, x)
	}
	if foreign > 0 {
		clarity = median(clean)
	}
	return planned, foreign, clarity
}

// summit says whether no frame near i changes more.
func (r record) summit(sharp []float64, i int) bool {
	for j := i - 1; j >= 0 && r.at[i]-r.at[j] < stepApart; j-- {
		if sharp[j] > sharp[i] {
			return false
		}
	}
	for j := i + 1; j < len(sharp) && r.at[j]-r.at[i] < stepApart; j++ {
		if sharp[j] >= sharp[i] {
			return false
		}
	}
	return true
}

// sharpness is how much the answer jumps at each frame, in standard errors: the
// step of a straight line with a step in it, fitted to the frames before and
// after, so that what drifts is no jump.
func (r record) sharpness(c course) []float64 {
	noise := c.frameNoise()
	out := make([]float64, len(c))
	for i := range c {
		x, y, each := r.around(c, i)
		if each < stepFrames {
			continue
		}
		normal := newMatrix(3)
		var right [2][]float64
		for k := range right {
			right[k] = make([]float64, 3)
		}
		for j, t := range x {
			row := [3]float64{1, t / stepReach, math.Copysign(0.5, t)}
			for a := range 3 {
				for b := range 3 {
					normal.add(a, b, row[a]*row[b])
				}
				right[0][a] += row[a] * y[j][0]
				right[1][a] += row[a] * y[j][1]
			}
		}
		inverse, ok := normal.inverse()
		if !ok {
			continue
		}
		d := chroma{inverse.times(right[0])[2], inverse.times(right[1])[2]}
		if math.Hypot(d[0], d[1]) < leastStep {
			continue
		}
		out[i] = math.Sqrt((d[0]*d[0]/noise[0] + d[1]*d[1]/noise[1]) / inverse.at(2, 2))
	}
	return out
}

// around is the frames before and after frame i, without those in which the
// jump itself would happen, and the least number on either side.
func (r record) around(c course, i int) (x []float64, y course, each int) {
	var counts [2]int
	for side, way := range [2]int{-1, 1} {
		for j := i; j >= 0 && j < len(c); j += way {
			away := math.Abs(r.at[j] - r.at[i])
			if away > stepGap/2+stepReach && counts[side] >= stepFrames {
				break
			}
			if away >= stepGap/2 {
				x, y = append(x, r.at[j]-r.at[i]), append(y, c[j])
				counts[side]++
			}
		}
	}
	return x, y, min(counts[0], counts[1])
}

// frameNoise is the variance of each chroma by the median step between
// neighbouring frames, doubled for noise that goes on for some frames.
func (c course) frameNoise() chroma {
	var v chroma
	for k := range v {
		if len(c) < 2 {
			v[k] = 1
			continue
		}
		steps := make([]float64, 0, len(c)-1)
		for i := 1; i < len(c); i++ {
			steps = append(steps, math.Abs(c[i][k]-c[i-1][k]))
		}
		sd := 1.4826 * median(steps) / math.Sqrt2
		v[k] = 2*sd*sd + leastNoise*leastNoise
	}
	return v
}
