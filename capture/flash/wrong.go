package flash

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
)

// wrongPlans is how many wrong sequences a capture is compared with, and
// wrongLag the step between the lags that each may choose from.
const (
	wrongPlans = 200
	wrongLag   = 40.0
)

// null is how well wrong sequences explain an answer.
type null struct {
	Tried      int
	Mean, Most float64 // of R2
	P          float64 // share that explains it as well as the plan, never below 1/(Tried+1)
}

// wrong compares the plan with minted sequences of the same composition, each
// at its best lag.
func (r record) wrong(c course, t Timeline, list []change) null {
	screen := make([]glow, len(r.at)) // written over each time
	own := r.bestR2(c, list, screen)
	n := null{P: 1}
	d := &dice{r: decoys(t)}
	var worse int
	for range wrongPlans {
		other := t.decoy(d)
		r2 := r.bestR2(c, other.changes(display{wait: displayFrame / 2}), screen)
		n.Mean += r2 / wrongPlans
		n.Most = max(n.Most, r2)
		if r2 >= own {
			worse++
		}
		n.Tried++
	}
	n.P = float64(1+worse) / float64(1+n.Tried)
	return n
}

// bestR2 is the R2 at the best lag of a coarse grid. screen is room for as many
// glows as there are frames.
func (r record) bestR2(c course, list []change, screen []glow) float64 {
	var best float64
	for lag := leastLag; lag <= mostLag; lag += wrongLag {
		screen = drive(list, r.at, lag, screen)
		best = max(best, r.productsOf(c, screen).fit(1).r2())
	}
	return best
}

// decoys is a source of randomness that is the same whenever a capture is
// measured again: it is seeded by the plan's times.
func decoys(t Timeline) *rand.ChaCha8 {
	var seed [32]byte
	sum := math.Float64bits(t.End - t.Start)
	for i, s := range t.Plan.Slots {
		sum = sum*31 + uint64(s.Length) + uint64(s.Kind)<<8 + uint64(s.Colour) + uint64(i)
	}
	binary.LittleEndian.PutUint64(seed[:], sum)
	return rand.NewChaCha8(seed)
}

// decoy is a timeline that might as well have been drawn: as many slots of
// each kind, in another order, of other lengths.
func (t Timeline) decoy(d *dice) Timeline {
	p := d.like(t.Plan)
	other := Timeline{Plan: p, Start: t.Start, Fade: t.Fade}
	at := t.Start + float64(p.Lead.Milliseconds())
	for _, s := range p.Slots {
		other.Slots = append(other.Slots, at)
		at += float64(s.Length.Milliseconds())
	}
	other.End = at
	return other
}

// like draws a plan of the same composition. Plans that Mint would not draw,
// those of the compatible profile, have flat colours only, of which no two
// neighbours are alike.
func (d *dice) like(p Plan) Plan {
	for _, c := range []Composition{Standard, ShapeHeavy, ShapeHeavyPortrait} {
		if !p.composed(c) {
			continue
		}
		for range mostTries {
			if other := d.plan(c); fair(other) {
				return other
			}
		}
	}
	other := Plan{Lead: p.Lead, Tail: p.Tail, Slots: make([]Slot, len(p.Slots))}
	last := Neutral
	for i := range other.Slots {
		colour := last
		for colour == last {
			colour = coloured(d.below(2) == 1, d.below(2) == 1)
		}
		last = colour
		other.Slots[i] = Slot{Kind: Flat, Colour: colour, Length: milliseconds(shortestSlot + 33*d.below(slotLengths))}
	}
	return other
}

func (p Plan) composed(c Composition) bool {
	var counts [3]int
	for _, s := range p.Slots {
		switch s.Kind {
		case LeftRight:
			counts[1]++
		case BottomUp:
			counts[2]++
		default:
			counts[0]++
		}
	}
	flat, leftRight, bottomUp := c.slots()
	return counts == [3]int{flat, leftRight, bottomUp}
}
