package flash

import "time"

// Kind is how a slot divides the screen.
type Kind byte

// The kinds.
const (
	Flat      Kind = 'F' // one colour everywhere: the time code
	LeftRight Kind = 'H' // the left half, as the customer sees it, shows the slot's colour, the right half its complement
	BottomUp  Kind = 'V' // the bottom half shows the slot's colour, the top half its complement
)

// Slot is one step of a challenge.
type Slot struct {
	Kind   Kind          `json:"kind"`
	Colour Colour        `json:"colour"`
	Length time.Duration `json:"length"`
}

// Tile names a quarter of the screen as the customer sees it.
type Tile int

// The tiles, in the order of the capture protocol.
const (
	TopLeft Tile = iota
	TopRight
	BottomLeft
	BottomRight
)

// Tiles are the colours of the four tiles.
func (s Slot) Tiles() [4]Colour {
	c, o := s.Colour, s.Colour.Complement()
	switch s.Kind {
	case LeftRight:
		return [4]Colour{TopLeft: c, TopRight: o, BottomLeft: c, BottomRight: o}
	case BottomUp:
		return [4]Colour{TopLeft: o, TopRight: o, BottomLeft: c, BottomRight: c}
	default:
		return [4]Colour{c, c, c, c}
	}
}

// Plan is a whole challenge: neutral, the slots, neutral.
type Plan struct {
	Lead  time.Duration `json:"lead"`
	Slots []Slot        `json:"slots"`
	Tail  time.Duration `json:"tail"`
}

// Length is how long a plan takes.
func (p Plan) Length() time.Duration {
	sum := p.Lead + p.Tail
	for _, s := range p.Slots {
		sum += s.Length
	}
	return sum
}
