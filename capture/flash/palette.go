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
func (c Colour) Hex() string {
	switch c {
	case Magenta:
		return "#ff00ff"
	case Green:
		return "#00a900"
	case Cyan:
		return "#0094ff"
	case Amber:
		return "#d47c00"
	default:
		return "#919191"
	}
}

// Light is the colour's linear light on a screen of sRGB.
func (c Colour) Light() Light {
	switch c {
	case Magenta:
		return Light{1, 0, 1}
	case Green:
		return Light{0, 0.39676, 0}
	case Cyan:
		return Light{0, 0.29614, 1}
	case Amber:
		return Light{0.65837, 0.20156, 0}
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
