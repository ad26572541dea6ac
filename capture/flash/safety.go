package flash

import (
	"math"
	"slices"
)

// The thresholds of WCAG 2.2, success criterion 2.3.1 and its terms "general
// flash and red flash thresholds"; the red share and its chromaticity
// distance are the working definition named there (ISO 9241-391).
const (
	generalStep   = 0.1  // of the greatest relative luminance
	generalDark   = 0.8  // relative luminance above which the darker state no longer counts
	redShare      = 0.8  // R / (R+G+B) from which a red is saturated
	redStep       = 0.2  // distance in the CIE 1976 UCS diagram
	flashWindow   = 1000 // milliseconds
	worstPrimary  = 0.2  // how much too strong or too weak a screen's primaries may be
	fadeLength    = 500  // milliseconds in which a page fades to neutral and back
	fadeSteps     = 10   // of a fade
	restLength    = 700  // milliseconds in which a page stays neutral before it fades back
	swingsInFlash = 2    // a flash is a pair of opposing changes
)

// Moment is the light of one place on the screen from At on, in milliseconds.
type Moment struct {
	At    float64
	Light Light
}

// Track is the light of one tile through a whole challenge: the page fades to
// neutral, the lead, the slots, the tail, a rest in neutral, and the page fades
// back. Without the rest a dark page on a bad screen would darken within a
// second of the last colour's end.
func (p Plan) Track(tile Tile, page Light) []Moment {
	neutral := Neutral.Light()
	track := make([]Moment, 0, 2*fadeSteps+len(p.Slots)+3)
	fade := func(at float64, from, to Light) {
		for i := range fadeSteps {
			share := float64(i) / fadeSteps
			track = append(track, Moment{At: at + share*fadeLength, Light: from.times(1 - share).plus(to.times(share))})
		}
	}
	fade(-fadeLength, page, neutral)
	track = append(track, p.shown(tile)...)
	at := track[len(track)-1].At + float64(p.Tail.Milliseconds()) + restLength
	fade(at, neutral, page)
	return append(track, Moment{At: at + fadeLength, Light: page})
}

// shown is a tile's light from the lead to the beginning of the tail.
func (p Plan) shown(tile Tile) []Moment {
	track := make([]Moment, 0, len(p.Slots)+2)
	track = append(track, Moment{Light: Neutral.Light()})
	at := float64(p.Lead.Milliseconds())
	for _, s := range p.Slots {
		track = append(track, Moment{At: at, Light: s.Tiles()[tile].Light()})
		at += float64(s.Length.Milliseconds())
	}
	return append(track, Moment{At: at, Light: Neutral.Light()})
}

// safe says whether a plan has no flash at all, on a screen as it should be or
// with each primary a fifth too strong or too weak, from a white or a black
// page. The four colours cannot flash among themselves; this is about the
// neutral colour before and after them. The fades are taken as hard changes
// at their ends next to the plan, where they would do the most harm.
func safe(p Plan) bool {
	var seen []Moment
	for tile := TopLeft; tile <= BottomRight; tile++ {
		for _, page := range []Light{{}, {1, 1, 1}} {
			track := append([]Moment{{Light: page}}, p.shown(tile)...)
			track = append(track, Moment{At: track[len(track)-1].At + float64(p.Tail.Milliseconds()) + restLength, Light: page})
			for corner := range 9 {
				seen = dyed(seen[:0], track, screenOf(corner))
				if general, red := Flashes(seen); general+red > 0 {
					return false
				}
			}
		}
	}
	return true
}

// screenOf is one of nine screens: primaries as they should be, or each too
// strong or too weak.
func screenOf(corner int) Light {
	screen := Light{1, 1, 1}
	for i := range screen {
		switch {
		case corner == 8:
		case corner>>i&1 == 1:
			screen[i] -= worstPrimary
		default:
			screen[i] += worstPrimary
		}
	}
	return screen
}

// dyed appends a track to seen as a screen shows it whose primaries have these
// strengths.
func dyed(seen, track []Moment, screen Light) []Moment {
	for _, m := range track {
		m.Light[0] *= screen[0]
		m.Light[1] *= screen[1]
		m.Light[2] *= screen[2]
		seen = append(seen, m)
	}
	return seen
}

// Flashes counts general and red flashes of a track by the definitions of WCAG
// 2.2: the most that fall into any one second. More than three of either break
// the criterion; a plan of this package has none.
func Flashes(track []Moment) (general, red int) {
	return densest(generalSwings(track)), densest(redSwings(track))
}

// generalSwings are the moments of opposing changes of luminance: each is a
// tenth or more away from the extreme before it, with a darker state below
// 0.8.
func generalSwings(track []Moment) []float64 {
	var swings []float64
	low, high := math.Inf(1), math.Inf(-1)
	rising := 0 // +1 after a rise, -1 after a fall, 0 before the first
	for _, m := range track {
		y := m.Light.Luminance()
		if y < low {
			low = y
		}
		if y > high {
			high = y
		}
		switch {
		case rising <= 0 && y-low >= generalStep && low < generalDark:
			swings, rising, high = append(swings, m.At), 1, y
		case rising >= 0 && high-y >= generalStep && y < generalDark:
			swings, rising, low = append(swings, m.At), -1, y
		}
	}
	return swings
}

// redSwings are the moments of opposing changes between a saturated red and
// something that is far from it in chromaticity, however slowly they came.
func redSwings(track []Moment) []float64 {
	if !slices.ContainsFunc(track, func(m Moment) bool { return saturated(m.Light) }) {
		return nil
	}
	var swings []float64
	var since []Light // the last swing
	reds := 0         // among them
	for _, m := range track {
		red := saturated(m.Light)
		opposed := len(since) - reds
		if !red {
			opposed = reds
		}
		if opposed > 0 && farFrom(since, m.Light, red) {
			swings = append(swings, m.At)
			since, reds = since[:0], 0
		}
		since = append(since, m.Light)
		if red {
			reds++
		}
	}
	return swings
}

// farFrom says whether one of the lights is far from l, of which one is a
// saturated red and the other is not.
func farFrom(lights []Light, l Light, red bool) bool {
	for _, m := range lights {
		if saturated(m) != red && colourDistance(m, l) > redStep {
			return true
		}
	}
	return false
}

// densest is the greatest number of flashes in a window of one second.
func densest(swings []float64) int {
	most := 0
	for i := range swings {
		n := 0
		for _, at := range swings[i:] {
			if at-swings[i] > flashWindow {
				break
			}
			n++
		}
		most = max(most, n/swingsInFlash)
	}
	return most
}

// saturated says whether a light is a saturated red.
func saturated(l Light) bool {
	return l[0] > 0 && l[0] >= redShare*(l[0]+l[1]+l[2])
}

// colourDistance is between two lights in the CIE 1976 u'v' diagram, by the matrix
// of IEC 61966-2-1. Black lies at the white point.
func colourDistance(a, b Light) float64 {
	u1, v1 := ucs(a)
	u2, v2 := ucs(b)
	return math.Hypot(u1-u2, v1-v2)
}

func ucs(l Light) (u, v float64) {
	x := 0.4124*l[0] + 0.3576*l[1] + 0.1805*l[2]
	y := l.Luminance()
	z := 0.0193*l[0] + 0.1192*l[1] + 0.9505*l[2]
	d := x + 15*y + 3*z
	if !(d > 0) {
		return 0.1978, 0.4683
	}
	return 4 * x / d, 9 * y / d
}
