package lab

import (
	"fmt"
	"hash/fnv"

	"github.com/rostod/rostod/capture/sim"
)

// Group is what a cell is for.
type Group string

// The groups: what the bars are about, what is measured and not promised, and
// what this signal does not cover.
const (
	Bars       Group = "bars"
	Secondary  Group = "secondary"
	NotCovered Group = "not covered"
)

// Cell is so many sessions of one kind.
type Cell struct {
	Name     string   `json:"name"`
	Group    Group    `json:"group"`
	Wish     sim.Wish `json:"wish"`
	Sessions int      `json:"sessions"`
}

// key names a session of a cell, the same in every run.
func (c Cell) key(seed uint64, attempt int) string {
	return fmt.Sprintf("%s/%d/%d", c.Name, seed, attempt)
}

// seed is that of a cell's session: no two cells share one, so that what is
// pooled is independent.
func (c Cell) seed(first uint64, i int) uint64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(c.Name))
	return first + uint64(h.Sum32())*sim.Tones + uint64(i)
}

// at is the cell for one session: skin tones and kiosks take turns.
func (c Cell) at(seed uint64, kiosks int) Cell {
	if c.Wish.Tone == 0 && len(c.Wish.Photos) == 0 {
		c.Wish.Tone = 1 + int(seed%sim.Tones)
	}
	if c.Wish.Kiosk == 0 && kiosks > 0 {
		c.Wish.Kiosk = 1 + int(seed/sim.Tones)%kiosks
	}
	return c
}

// kiosksFor is among how many kiosks sessions are shared out, so that each has a
// history of accepted living people.
func kiosksFor(cells []Cell) int {
	living := 0
	for _, c := range cells {
		if c.Group == Bars && c.Wish.Species == sim.Live {
			living += c.Sessions
		}
	}
	return min(max(living/(2*leastSessions), 1), sim.Kiosks)
}

// Luxes are the lights that bars are given for.
func Luxes() []float64 { return []float64{50, 200, 500, 1000} }

// InScope are the attacks that bars are given for.
func InScope() []sim.Species {
	return []sim.Species{
		sim.Print, sim.Bent, sim.Tablet, sim.TabletFlash, sim.Static, sim.ReplayInject, sim.TintGlobal, sim.TintSplit,
		sim.FaceTint, sim.FaceTintGrad, sim.FaceTintLate, sim.Relay250,
	}
}

// Others are attacks that are measured and not promised: more of the same kind.
func Others() []sim.Species { return []sim.Species{sim.Bent2, sim.Relay400} }

// Beyond are the attacks that this signal cannot tell from the living.
func Beyond() []sim.Species { return []sim.Species{sim.Mask3D, sim.Relight3D} }

// How many of the living a run has: at each light, or in all.
const (
	fullLiving  = 300
	quickLiving = 40
)

// fullCells are everything that the design's table asks for: 300 living people
// and 150 of each attack at each light, and the secondary conditions.
func fullCells(split sim.Split, scale float64, photos []sim.Photo) []Cell {
	n := func(sessions int) int { return max(1, int(float64(sessions)*scale+0.5)) }
	var list []Cell
	add := func(group Group, species sim.Species, lux float64, sessions int) {
		list = append(list, Cell{
			Name: fmt.Sprintf("%s, %g lux", species, lux), Group: group, Sessions: n(sessions),
			Wish: sim.Wish{Species: species, Split: split, Lux: lux},
		})
	}
	for _, lux := range Luxes() {
		add(Bars, sim.Live, lux, fullLiving)
		add(Bars, sim.Covered, lux, 150)
		for _, s := range InScope() {
			add(Bars, s, lux, 150)
		}
		for _, s := range Others() {
			add(Secondary, s, lux, 150)
		}
		for _, s := range Beyond() {
			add(NotCovered, s, lux, 150)
		}
	}
	return append(list, secondaryCells(split, n, photos)...)
}

// condition is something that is worse than the kiosk of the bars.
type condition struct {
	name string
	lux  float64
	set  func(*sim.Wish)
}

func conditions(photos []sim.Photo) []condition {
	list := []condition{
		{"15.6 inch screen", 500, func(w *sim.Wish) { w.Inch = 15.6 }},
		{"15.6 inch screen", 1000, func(w *sim.Wish) { w.Inch = 15.6 }},
		{"upright 24 inch screen", 200, func(w *sim.Wish) { w.Upright = true }},
		{"2 Mbit/s for VGA", 1000, func(w *sim.Wish) { w.Bits = 0.22 }},
		{"1 Mbit/s for VGA", 200, func(w *sim.Wish) { w.Bits = 0.11 }},
		{"15 frames a second", 200, func(w *sim.Wish) { w.FPS = 15 }},
		{"turned by 15 degrees", 200, func(w *sim.Wish) { w.Yaw = 15 }},
		{"exposure locked", 200, func(w *sim.Wish) { w.Lock = sim.Locked }},
		{"exposure not locked", 200, func(w *sim.Wish) { w.Lock = sim.Unlocked }},
		{"wall 0.7 m behind", 200, func(w *sim.Wish) { w.Wall = 0.7 }},
	}
	if len(photos) > 0 {
		list = append(list, condition{"skin of photographs", 200, func(w *sim.Wish) { w.Photos = photos }})
	}
	return list
}

// secondaryCells are the living under worse conditions, and next to them the
// attacks that come nearest.
func secondaryCells(split sim.Split, n func(int) int, photos []sim.Photo) []Cell {
	var list []Cell
	for _, c := range conditions(photos) {
		for _, s := range []struct {
			species  sim.Species
			sessions int
		}{{sim.Live, 150}, {sim.Bent, 50}, {sim.FaceTintGrad, 50}} {
			w := sim.Wish{Species: s.species, Split: split, Lux: c.lux}
			c.set(&w)
			list = append(list, Cell{
				Name: fmt.Sprintf("%s, %g lux, %s", s.species, c.lux, c.name), Group: Secondary, Wish: w, Sessions: n(s.sessions),
			})
		}
	}
	return list
}

// quickCells are a look at everything that takes some minutes: one kiosk, so
// that it has a history.
func quickCells(split sim.Split, scale float64) []Cell {
	var list []Cell
	add := func(group Group, species sim.Species, sessions int) {
		list = append(list, Cell{
			Name: fmt.Sprintf("%s, 200 lux", species), Group: group, Sessions: max(1, int(float64(sessions)*scale+0.5)),
			Wish: sim.Wish{Species: species, Split: split, Lux: 200, Kiosk: 1},
		})
	}
	add(Bars, sim.Live, quickLiving)
	for _, s := range InScope() {
		add(Bars, s, 5)
	}
	add(Bars, sim.Covered, 4)
	for _, s := range Beyond() {
		add(NotCovered, s, 2)
	}
	return list
}
