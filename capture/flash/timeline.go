package flash

import (
	"math"
	"slices"
)

// Shown is what the page says of one slot: the display frame in which it was
// set, the frame after, and how many frames it has missed since the last slot.
// Times are milliseconds on the client's clock.
type Shown struct {
	Slot   int
	At     float64
	Next   float64
	Missed int
}

// Timeline is when a plan was shown, in milliseconds on the client's clock.
type Timeline struct {
	Plan  Plan
	Start float64   // of the neutral lead
	Fade  float64   // milliseconds that each change takes on the screen; 0: it is there at once
	Slots []float64 // planned start of each slot
	End   float64   // of the last slot
	Shown []Shown
}

// How far the page's word about display frames goes. It moves a slot by what
// it came later than the other slots of the session did; more is no display
// that can be judged.
const (
	offPlan      = 120.0       // milliseconds
	displayFrame = 1000.0 / 60 // milliseconds
)

// display is what the page's words come to.
type display struct {
	shift  []float64 // of each slot, milliseconds
	wait   float64   // of all slots for the next display frame, milliseconds
	worst  float64   // the furthest that a slot was shown off its plan, milliseconds
	silent int       // slots without a word
	missed int       // display frames
	order  bool      // whether the words came in the order of the slots
}

// display reads the page's words. What all slots have in common is, beyond one
// display frame, part of the lag: the page cannot explain a late answer with
// it.
func (t Timeline) display() display {
	d := display{shift: make([]float64, len(t.Slots)), wait: displayFrame / 2, order: true}
	late := make([]float64, len(t.Slots))
	for i := range late {
		late[i] = math.NaN()
	}
	last := -1
	for _, s := range t.Shown {
		if s.Slot < 0 || s.Slot >= len(t.Slots) || s.Slot <= last || math.IsNaN(s.At) || math.IsInf(s.At, 0) {
			d.order = false
			continue
		}
		last = s.Slot
		late[s.Slot] = s.At - t.Slots[s.Slot]
		d.missed += max(0, s.Missed)
	}
	named := slices.DeleteFunc(slices.Clone(late), math.IsNaN)
	d.silent = len(late) - len(named)
	if len(named) == 0 {
		return d
	}
	usual := median(named)
	d.wait = max(0, min(displayFrame, usual))
	for i, x := range late {
		if math.IsNaN(x) {
			continue
		}
		d.worst = max(d.worst, math.Abs(x))
		d.shift[i] = max(-offPlan, min(offPlan, x-usual))
	}
	return d
}

// median is of at least one value; it sorts them.
func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	if n%2 == 1 {
		return values[n/2]
	}
	return (values[n/2-1] + values[n/2]) / 2
}
