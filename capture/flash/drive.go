package flash

import (
	"math"
	"slices"
)

// How a change is blunted on its way: the panel, the camera's noise filter and
// the encoder approach it exponentially, the exposure averages it. The time
// constant is what simulated sessions fit best.
const (
	blunting = 28.0  // milliseconds, time constant
	exposure = 35.0  // milliseconds
	settled  = 200.0 // milliseconds after which a change is complete
)

// change is a moment at which the screen's light changes, and by how much.
type change struct {
	at float64 // milliseconds
	by glow
}

// changes are the steps of a timeline, from neutral through the slots, each
// moved by what the page said of it, back to neutral. One that takes its time is
// taken to happen in its middle: the rest is as blunting.
func (t Timeline) changes(d display) []change {
	list := make([]change, 0, len(t.Plan.Slots)+1)
	var now glow
	for i, s := range t.Plan.Slots {
		next := s.glow()
		at := t.Slots[i] + d.wait + t.Fade/2
		if i < len(d.shift) {
			at += d.shift[i]
		}
		list = append(list, change{at: at, by: next.minus(now)})
		now = next
	}
	return append(list, change{at: t.End + d.wait + t.Fade/2, by: glow{}.minus(now)})
}

func (g glow) minus(h glow) glow {
	return glow{flat: g.flat.minus(h.flat), side: g.side.minus(h.side), height: g.height.minus(h.height)}
}

// add is written out: a measurement comes here for each frame of each wrong
// sequence at each lag.
func (g *glow) add(h *glow, by float64) {
	g.flat[0] += h.flat[0] * by
	g.flat[1] += h.flat[1] * by
	g.side[0] += h.side[0] * by
	g.side[1] += h.side[1] * by
	g.height[0] += h.height[0] * by
	g.height[1] += h.height[1] * by
}

// drive is the screen's light as a camera sees it that is late by lag: one
// glow for each time. Times rise.
func drive(list []change, times []float64, lag float64, out []glow) []glow {
	out = slices.Grow(out[:0], len(times))
	var past glow
	done := 0
	for _, t := range times {
		t -= lag
		for done < len(list) && t-list[done].at > settled {
			past.add(&list[done].by, 1)
			done++
		}
		now := past
		for k := done; k < len(list); k++ {
			share := step(t - list[k].at)
			if share <= 0 {
				break
			}
			now.add(&list[k].by, share)
		}
		out = append(out, now)
	}
	return out
}

// step is the share of a change that a frame shows whose exposure's middle is
// x milliseconds after it.
func step(x float64) float64 {
	const half = exposure / 2
	return (risen(x+half) - risen(x-half)) / exposure
}

// risen is the integral of the answer to a step.
func risen(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return x - blunting*(1-math.Exp(-x/blunting))
}
