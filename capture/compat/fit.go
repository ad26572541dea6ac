package compat

import (
	"encoding/binary"
	"math"
	"math/rand/v2"

	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/engine"
)

// slot is one colour of the challenge.
type slot struct {
	colour    flash.Colour
	start, ms float64 // milliseconds after the first colour
}

// sequence is the challenge.
type sequence struct{ slots []slot }

func (s sequence) length() float64 {
	last := s.slots[len(s.slots)-1]
	return last.start + last.ms
}

// The lags that are tried, in milliseconds, and how long behind a change a
// frame may still show both colours.
const (
	mostLag  = 400
	stepLag  = 20
	mixture  = 50
	fewest   = 6 // frames that make a measurement
	fewestOf = 3 // colours among them
)

// at is the slot that a frame of that time shows when light is late by lag; -1
// when it shows none, or two.
func (s sequence) at(t, lag float64) int {
	t -= lag
	for i, x := range s.slots {
		if t >= x.start+mixture && t < x.start+x.ms {
			return i
		}
	}
	return -1
}

// chroma is light without what red, green and blue have in common.
type chroma [2]float64

func chromaOf(l [3]float64) chroma { return chroma{l[0] - l[1], l[2] - l[1]} }

// point is the relative chroma of the face in one frame.
type point struct {
	at float64
	u  chroma
}

// chromas are the samples, each channel over its mean: what the skin's colour
// and the camera's white balance do to all frames alike is gone.
func chromas(seen []sample) []point {
	var mean [3]float64
	for _, s := range seen {
		for c, l := range s.light {
			mean[c] += l / float64(len(seen))
		}
	}
	if !(min(mean[0], mean[1], mean[2]) > 5e-4) {
		return nil // too dark to say anything
	}
	list := make([]point, len(seen))
	for i, s := range seen {
		list[i] = point{s.at, chromaOf([3]float64{s.light[0] / mean[0], s.light[1] / mean[1], s.light[2] / mean[2]})}
	}
	return list
}

// answer is how the face follows a sequence at a lag: red by B[0] and blue by
// B[1] of the screen's light, by least squares around Mean.
type answer struct {
	lag  float64
	n    int
	B    chroma
	mean chroma
	off  chroma // standard error of B
	all  float64
	left float64
}

// r2 is the share of the change that the sequence explains.
func (a answer) r2() float64 {
	if !(a.all > 0) {
		return 0
	}
	return max(0, 1-a.left/a.all)
}

// weight is the likelihood ratio against no answer at all, as a logarithm: it
// can be compared between lags that leave out other frames.
func (a answer) weight() float64 {
	if a.n < fewest {
		return 0
	}
	return float64(a.n) * math.Log(max(a.all, 1e-12)/max(a.left, 1e-12))
}

// fit fits the answer at a lag.
func (s sequence) fit(points []point, lag float64) answer {
	a := answer{lag: lag}
	var x, y, xx, xy, yy chroma
	shown := map[flash.Colour]bool{}
	for _, p := range points {
		i := s.at(p.at, lag)
		if i < 0 {
			continue
		}
		a.n++
		shown[s.slots[i].colour] = true
		light := chromaOf(s.slots[i].colour.Light())
		for c := range light {
			x[c], y[c] = x[c]+light[c], y[c]+p.u[c]
			xx[c], xy[c], yy[c] = xx[c]+light[c]*light[c], xy[c]+light[c]*p.u[c], yy[c]+p.u[c]*p.u[c]
		}
	}
	if a.n < fewest || len(shown) < fewestOf {
		return answer{lag: lag}
	}
	n := float64(a.n)
	for c := range a.B {
		sxx, sxy, syy := xx[c]-x[c]*x[c]/n, xy[c]-x[c]*y[c]/n, yy[c]-y[c]*y[c]/n
		if !(sxx > 1e-9) {
			return answer{lag: lag}
		}
		a.B[c] = sxy / sxx
		a.mean[c] = (y[c] - a.B[c]*x[c]) / n
		left := max(0, syy-a.B[c]*sxy)
		a.off[c] = math.Sqrt(left / max(1, n-2) / sxx)
		a.all, a.left = a.all+syy, a.left+left
	}
	return a
}

// best is the answer at the lag that explains most.
func (s sequence) best(points []point) answer {
	var best answer
	for lag := 0.0; lag <= mostLag; lag += stepLag {
		if a := s.fit(points, lag); a.weight() > best.weight() {
			best = a
		}
	}
	return best
}

// wrongSequences is how many other sequences an answer is compared with.
const wrongSequences = 200

// chance is the share of wrong sequences of the same times that explain the
// frames as well, each at its best lag; never below 1 of all that were tried.
func (s sequence) chance(points []point, own answer) float64 {
	colours := []flash.Colour{flash.Magenta, flash.Green, flash.Cyan, flash.Amber}
	random := rand.New(rand.NewChaCha8(s.seed())) //nolint:gosec // the same decoys whenever a bundle is measured again
	as := 1
	for range wrongSequences {
		other := sequence{slots: append([]slot(nil), s.slots...)}
		last := flash.Neutral
		for i := range other.slots {
			for other.slots[i].colour = last; other.slots[i].colour == last; {
				other.slots[i].colour = colours[random.IntN(len(colours))]
			}
			last = other.slots[i].colour
		}
		if other.best(points).weight() >= own.weight() {
			as++
		}
	}
	return float64(as) / (wrongSequences + 1)
}

// seed makes the wrong sequences the same whenever a bundle is measured again.
func (s sequence) seed() (seed [32]byte) {
	var sum uint64
	for _, x := range s.slots {
		sum = sum*31 + uint64(x.colour)<<16 + uint64(x.ms)
	}
	binary.LittleEndian.PutUint64(seed[:], sum)
	return seed
}

// measure fills in how the frames follow the sequence.
func (s sequence) measure(points []point, e *engine.FlashEvidence) {
	a := s.best(points)
	if a.n == 0 {
		e.Code.P = 1
		return
	}
	e.Lag = a.lag
	e.Code = engine.FlashCode{
		Estimator: "raw", Beta: [2][2]float64{{a.B[0], 0}, {0, a.B[1]}}, Response: (a.B[0] + a.B[1]) / 2,
		Error: math.Hypot(a.off[0], a.off[1]) / 2, R2: a.r2(), Rho: math.Copysign(math.Sqrt(a.r2()), a.B[0]+a.B[1]),
		P: s.chance(points, a), Wrong: wrongSequences,
	}
	if e.Code.Error > 0 {
		e.Code.T = e.Code.Response / e.Code.Error
	}
	s.compare(points, a, e)
}

// compare sets beside each slot what was expected of it and what was measured.
func (s sequence) compare(points []point, a answer, e *engine.FlashEvidence) {
	sums := make([]chroma, len(s.slots))
	for _, p := range points {
		if i := s.at(p.at, a.lag); i >= 0 {
			e.Slots[i].Frames++
			for c := range p.u {
				sums[i][c] += p.u[c] - a.mean[c]
			}
		}
	}
	for i := range e.Slots {
		light := chromaOf(s.slots[i].colour.Light())
		r := engine.FlashRegion{Name: "face", Expected: [2]float64{a.B[0] * light[0], a.B[1] * light[1]}}
		if n := float64(e.Slots[i].Frames); n > 0 {
			r.Measured = [2]float64{sums[i][0] / n, sums[i][1] / n}
		}
		e.Slots[i].Regions = []engine.FlashRegion{r}
	}
}

// evidence is the sequence as the reviewer sees it.
func (s sequence) evidence() []engine.FlashSlot {
	list := make([]engine.FlashSlot, len(s.slots))
	for i, x := range s.slots {
		hex := x.colour.Hex()
		list[i] = engine.FlashSlot{
			Kind: "F", Colour: x.colour.String(), Tiles: [4]string{hex, hex, hex, hex}, Start: x.start, Length: x.ms,
		}
	}
	return list
}
