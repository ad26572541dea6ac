package flash

// Colour is a key of the palette.
type Colour byte

// The palette: neutral, magenta, green, cyan-blue, amber.
const (
	Neutral Colour = 'K'
	Magenta Colour = 'M'
	Green   Colour = 'G'
	Cyan    Colour = 'C'
	Amber   Colour = 'A'
)

// Light is linear light, red, green and blue, 1 at the screen's full white.
type Light [3]float64

// luminance is the share of each primary in relative luminance (sRGB).
var luminance = Light{0.2126, 0.7152, 0.0722}

// Luminance is the relative luminance, 0 to 1.
func (l Light) Luminance() float64 {
	return luminance[0]*l[0] + luminance[1]*l[1] + luminance[2]*l[2]
}

// Hex is the colour as a page is told, #rrggbb.
//
// The four colours have the same relative luminance, 0.245, to 0.001: the
// brightest set of which no two differ by 0.1 even on a screen whose primaries
// are 20 % too strong and 20 % too weak at once, and of which none is then a
// saturated red. docs/decisions/0014 says what that costs.
func (c Colour) Hex() string {
	switch c {
	case Magenta:
		return "#e900ff"
	case Green:
		return "#009e00"
	case Cyan:
		return "#0087ff"
	case Amber:
		return "#bb7a00"
	default:
		return "#919191"
	}
}

// Light is the colour's linear light on a screen of sRGB.
func (c Colour) Light() Light {
	switch c {
	case Magenta:
		return Light{0.81485, 0, 1}
	case Green:
		return Light{0, 0.34191, 0}
	case Cyan:
		return Light{0, 0.24228, 1}
	case Amber:
		return Light{0.49693, 0.19462, 0}
	default:
		return Light{0.28315, 0.28315, 0.28315}
	}
}

// Complement is the other colour of a split slot: together the two are nearly
// the same light whichever pair it is.
func (c Colour) Complement() Colour {
	switch c {
	case Magenta:
		return Green
	case Green:
		return Magenta
	case Cyan:
		return Amber
	case Amber:
		return Cyan
	default:
		return Neutral
	}
}

// String is the key.
func (c Colour) String() string { return string(rune(c)) }

// coloured is the colour with much or little red and much or little blue: the
// two bits that a flat slot carries. Green makes up the luminance.
func coloured(red, blue bool) Colour {
	switch {
	case red && blue:
		return Magenta
	case red:
		return Amber
	case blue:
		return Cyan
	default:
		return Green
	}
}
