package flash

import (
	"fmt"
	"math"
	"testing"
)

// decoded is the light of a #rrggbb, by IEC 61966-2-1.
func decoded(t *testing.T, hex string) Light {
	t.Helper()
	var v [3]int
	if _, err := fmt.Sscanf(hex, "#%02x%02x%02x", &v[0], &v[1], &v[2]); err != nil {
		t.Fatal(err)
	}
	var l Light
	for i, x := range v {
		if c := float64(x) / 255; c <= 0.04045 {
			l[i] = c / 12.92
		} else {
			l[i] = math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return l
}

func TestPalette(t *testing.T) {
	for _, c := range []Colour{Neutral, Magenta, Green, Cyan, Amber} {
		got, want := c.Light(), decoded(t, c.Hex())
		for i := range got {
			if math.Abs(got[i]-want[i]) > 1e-5 {
				t.Errorf("%v: got %v, want %v", c, got, want)
			}
		}
		if c.Complement().Complement() != c {
			t.Errorf("the complement of %v's complement is %v", c, c.Complement().Complement())
		}
		if c != Neutral && math.Abs(got.Luminance()-0.245) > 0.001 {
			t.Errorf("%v has luminance %v, want 0.245", c, got.Luminance())
		}
	}
}

// TestPaletteOnBadScreens holds what makes every plan safe, whatever its order:
// on no screen with primaries up to 20 % off do two colours differ by a tenth
// in luminance, and no colour is a saturated red.
func TestPaletteOnBadScreens(t *testing.T) {
	colours := []Colour{Magenta, Green, Cyan, Amber}
	on := func(c Colour, screen Light) Light {
		l := c.Light()
		return Light{l[0] * screen[0], l[1] * screen[1], l[2] * screen[2]}
	}
	for _, screen := range perturbed(0.05, 0.1, 0.15, 0.2) {
		for _, a := range colours {
			if saturated(on(a, screen)) {
				t.Errorf("%v is a saturated red with primaries times %v", a, screen)
			}
			for _, b := range colours {
				if step := on(a, screen).Luminance() - on(b, screen).Luminance(); step >= generalStep {
					t.Errorf("%v is %.4f brighter than %v with primaries times %v", a, step, b, screen)
				}
			}
		}
	}
}

// TestLeftIsRight is the orientation: the customer's left half of the screen
// lights the right of the camera's picture, and the top stays the top.
func TestLeftIsRight(t *testing.T) {
	left := Slot{Kind: LeftRight, Colour: Magenta}.glow()
	if left.side[0] <= 0 || left.side[1] <= 0 {
		t.Errorf("magenta on the customer's left: got %v on the picture's right, want more red and blue", left.side)
	}
	if math.Hypot(left.height[0], left.height[1]) > 1e-12 {
		t.Errorf("got %v from top to bottom, want nothing", left.height)
	}
	bottom := Slot{Kind: BottomUp, Colour: Magenta}.glow()
	if bottom.height[0] >= 0 || bottom.height[1] >= 0 {
		t.Errorf("magenta at the bottom: got %v at the top, want less red and blue", bottom.height)
	}
	if math.Hypot(bottom.side[0], bottom.side[1]) > 1e-12 {
		t.Errorf("got %v from side to side, want nothing", bottom.side)
	}
	if got := (Slot{Kind: Flat, Colour: Neutral}).glow(); got != (glow{}) {
		t.Errorf("neutral: got %v, want nothing", got)
	}
}
