package flash

import (
	"math"

	"github.com/rostod/rostod/engine"
)

// A slot is read from its frames without those that still show the slot before
// or already the next one.
const (
	readAfter  = 100.0 // milliseconds
	readBefore = 20.0
)

// zone is one of the regions that slots are read from.
type zone struct {
	region int
	normal [2]float64 // pseudo-normal to the right and up
	alpha  float64    // response against the whole face's
	course course     // with its slow changes taken out
	noise  square     // inverse of the covariance of what is left
	phi    float64
}

// zones fits the strength with which each region follows the face's code. Its
// pseudo-normal is the generic head's, turned as the whole face is.
func (r record) zones(light func(int) []Light, k code, screen []glow, h head) []zone {
	var list []zone
	for _, region := range read {
		answer := r.chromas(light(region))
		if answer == nil {
			continue
		}
		z := zone{region: region, normal: h.regions[region]}
		z.normal[0] += k.Side
		z.normal[1] += k.Height
		z.alpha = 1
		model := make(course, len(screen))
		for i, g := range screen {
			model[i] = z.predicted(k, g)
		}
		still := append(course(nil), model...)
		r.still(still)
		var top, bottom float64
		for i, m := range still {
			top += m.dot(answer[i])
			bottom += m.dot(m)
		}
		if bottom > 0 {
			z.alpha = max(0.05, top/bottom)
		}
		var left square
		for i := range answer {
			rest := answer[i].minus(still[i].times(z.alpha))
			left = left.plus(square{{rest[0] * rest[0], rest[0] * rest[1]}, {rest[1] * rest[0], rest[1] * rest[1]}}, 1/float64(len(answer)))
			answer[i], still[i] = rest.plus(model[i].times(z.alpha)), rest
		}
		z.course, z.phi = answer, still.alike()
		z.noise = left.plus(square{{1, 0}, {0, 1}}, 1e-9*left.trace()+1e-12).inverse()
		list = append(list, z)
	}
	return list
}

// predicted is what the zone sends back of a screen's light.
func (z zone) predicted(k code, g glow) chroma {
	return k.B.of(g.flat.plus(g.side.times(z.normal[0])).plus(g.height.times(z.normal[1]))).times(z.alpha)
}

// alphabet is every slot that there can be.
func alphabet() []Slot {
	var list []Slot
	for _, kind := range []Kind{Flat, LeftRight, BottomUp} {
		for _, colour := range []Colour{Magenta, Green, Cyan, Amber} {
			list = append(list, Slot{Kind: kind, Colour: colour})
		}
	}
	return list
}

// window is the frames of slot i, from and before an index.
func (r record) window(list []change, i int, lag float64) (from, to int) {
	start, end := list[i].at+lag+readAfter, list[i+1].at+lag-readBefore
	for from < len(r.at) && r.at[from] < start {
		from++
	}
	to = from
	for to < len(r.at) && r.at[to] < end {
		to++
	}
	return from, to
}

// readSlots reads every slot: which symbol of the alphabet would have given
// what was measured, in squared standard errors.
func (r record) readSlots(t Timeline, shift []float64, list []change, k code, zones []zone) []engine.FlashSlot {
	slots := make([]engine.FlashSlot, len(t.Plan.Slots))
	symbols := alphabet()
	for i, s := range t.Plan.Slots {
		slot := &slots[i]
		slot.Kind, slot.Colour = string(rune(s.Kind)), s.Colour.String()
		for q, c := range s.Tiles() {
			slot.Tiles[q] = c.Hex()
		}
		slot.Start, slot.Length, slot.Shift = t.Slots[i]-t.Start, float64(s.Length.Milliseconds()), shift[i]
		from, to := r.window(list, i, k.Lag)
		slot.Frames = to - from
		if to == from {
			continue
		}
		slot.Distance, slot.Second = math.Inf(1), math.Inf(1)
		means := zoneMeans(zones, from, to)
		for _, symbol := range symbols {
			distance := misfit(zones, means, k, symbol.glow(), to-from)
			switch {
			case distance < slot.Distance:
				slot.Read = string(rune(symbol.Kind)) + symbol.Colour.String()
				slot.Second, slot.Distance = slot.Distance, distance
			case distance < slot.Second:
				slot.Second = distance
			}
		}
		for j, z := range zones {
			slot.Regions = append(slot.Regions, engine.FlashRegion{
				Name: regions[z.region].name, Expected: z.predicted(k, s.glow()), Measured: means[j],
			})
		}
	}
	return slots
}

func zoneMeans(zones []zone, from, to int) []chroma {
	means := make([]chroma, len(zones))
	for j, z := range zones {
		for _, c := range z.course[from:to] {
			means[j] = means[j].plus(c.times(1 / float64(to-from)))
		}
	}
	return means
}

// misfit is how far the zones are from what a screen's light predicts, in
// squared standard errors of the slot's means.
func misfit(zones []zone, means []chroma, k code, g glow, frames int) float64 {
	var sum float64
	for j, z := range zones {
		rest := means[j].minus(z.predicted(k, g))
		sum += rest.dot(z.noise.of(rest)) * float64(frames) * (1 - z.phi) / (1 + z.phi)
	}
	return sum
}

// asPlanned is the share of slots that were read as they were shown, and the
// median of how much further the second-best reading was than the best.
func asPlanned(slots []engine.FlashSlot) (share, margin float64) {
	if len(slots) == 0 {
		return 0, 0
	}
	var ratios []float64
	right := 0
	for _, s := range slots {
		if s.Read == s.Kind+s.Colour {
			right++
		}
		if s.Frames > 0 {
			ratios = append(ratios, s.Second/max(1, s.Distance))
		}
	}
	if len(ratios) > 0 {
		margin = median(ratios)
	}
	return float64(right) / float64(len(slots)), margin
}
