package flash

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// Composition is how many slots of each kind a plan has.
type Composition int

// The compositions. The heavy ones follow a challenge that could not tell the
// shape of the face; on a standing screen the vertical split says more.
const (
	Standard           Composition = iota // 6 flat, 2 left and right, 2 bottom and top
	ShapeHeavy                            // 4 flat, 4 left and right, 2 bottom and top
	ShapeHeavyPortrait                    // 4 flat, 2 left and right, 4 bottom and top
)

// slots is the number of each kind.
func (c Composition) slots() (flat, leftRight, bottomUp int) {
	switch c {
	case ShapeHeavy:
		return 4, 4, 2
	case ShapeHeavyPortrait:
		return 4, 2, 4
	default:
		return 6, 2, 2
	}
}

// How long the parts of a plan are. A slot has at least 400 ms, so that a
// second holds at most three changes and a camera of 15 frames a second still
// sees each colour settle.
const (
	shortestSlot = 400 // milliseconds
	slotLengths  = 7   // 400, 433, 467 .. 600 ms
	shortestLead = 1000
	leadLengths  = 401 // 1000, 1001 .. 1400 ms
	tail         = 400
)

// mostTries is far above what any composition needs: one try in some thirty
// passes all the rules.
const mostTries = 10_000

var errNoPlan = errors.New("no plan passed the rules: the random source repeats itself")

// Mint draws a plan from r, which must be crypto/rand outside tests: each slot
// as likely as the rules allow, drawn anew until all of them hold.
func Mint(r io.Reader, c Composition) (Plan, error) {
	d := &dice{r: r}
	for range mostTries {
		p := d.plan(c)
		if d.err != nil {
			return Plan{}, fmt.Errorf("draw a plan: %w", d.err)
		}
		if fair(p) && safe(p) {
			return p, nil
		}
	}
	return Plan{}, errNoPlan
}

// plan draws a plan that may break the rules about neighbours.
func (d *dice) plan(c Composition) Plan {
	flat, leftRight, bottomUp := c.slots()
	slots := make([]Slot, 0, flat+leftRight+bottomUp)
	add := func(kind Kind, colours []Colour) {
		for _, colour := range colours {
			slots = append(slots, Slot{Kind: kind, Colour: colour})
		}
	}
	add(Flat, d.flat(flat))
	add(LeftRight, d.split(leftRight))
	add(BottomUp, d.split(bottomUp))
	d.shuffle(len(slots), func(i, j int) { slots[i], slots[j] = slots[j], slots[i] })
	for i := range slots {
		slots[i].Length = milliseconds((3*shortestSlot + 100*d.below(slotLengths) + 1) / 3)
	}
	return Plan{
		Lead:  milliseconds(shortestLead + d.below(leadLengths)),
		Slots: slots,
		Tail:  milliseconds(tail),
	}
}

// flat draws n colours of which half have much red and half much blue, so that
// the code cannot be mistaken for a change of the light in the room.
func (d *dice) flat(n int) []Colour {
	red, blue := d.halves(n), d.halves(n)
	colours := make([]Colour, n)
	for i := range colours {
		colours[i] = coloured(red[i], blue[i])
	}
	return colours
}

// split draws the colours of n split slots: all four when there are four, else
// one with much red and one with little on the named side, so that the halves
// change places.
func (d *dice) split(n int) []Colour {
	colours := []Colour{Magenta, Amber, Green, Cyan}
	if n == 2 {
		colours = []Colour{coloured(true, d.below(2) == 1), coloured(false, d.below(2) == 1)}
	}
	d.shuffle(len(colours), func(i, j int) { colours[i], colours[j] = colours[j], colours[i] })
	return colours
}

func milliseconds(n int) time.Duration { return time.Duration(n) * time.Millisecond }

// dice draws evenly from a random source. After an error it draws zeros.
type dice struct {
	r    io.Reader
	pool [64]byte
	left []byte
	err  error
}

func (d *dice) byte() byte {
	if len(d.left) == 0 && d.err == nil {
		_, d.err = io.ReadFull(d.r, d.pool[:])
		d.left = d.pool[:]
	}
	if d.err != nil {
		return 0
	}
	b := d.left[0]
	d.left = d.left[1:]
	return b
}

// below draws one of 0 .. n-1, each as likely as the others.
func (d *dice) below(n int) int {
	limit := 1<<16 - 1<<16%n
	for {
		x := int(d.byte())<<8 | int(d.byte())
		if x < limit {
			return x % n
		}
	}
}

func (d *dice) shuffle(n int, swap func(i, j int)) {
	for i := n - 1; i > 0; i-- {
		swap(i, d.below(i+1))
	}
}

// halves draws n bits of which half are set.
func (d *dice) halves(n int) []bool {
	bits := make([]bool, n)
	for i := range n / 2 {
		bits[i] = true
	}
	d.shuffle(n, func(i, j int) { bits[i], bits[j] = bits[j], bits[i] })
	return bits
}
