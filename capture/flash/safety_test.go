package flash

import (
	"runtime"
	"sync"
	"testing"
)

const minted = 100_000

// TestNoPlanFlashes mints plans and counts the flashes of WCAG 2.2 on every
// tile, from a white and from a black page, on a screen as it should be and on
// screens whose primaries are 15 % and 20 % too strong or too weak, in every
// combination.
func TestNoPlanFlashes(t *testing.T) {
	plans := minted
	if testing.Short() || raceDetector {
		plans = minted / 50
	}
	screens := perturbed(0.15, 0.2)
	workers := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			r := source(uint64(100 + w))
			for i := range plans / workers {
				p, err := Mint(r, Composition(i%3))
				if err != nil {
					t.Error(err)
					return
				}
				for tile := TopLeft; tile <= BottomRight; tile++ {
					if general, red, screen := worst(p, tile, screens); general+red > 0 {
						t.Errorf("got %d general and %d red flashes on tile %d, primaries times %v: %v", general, red, tile, screen, p)
						return
					}
				}
			}
		})
	}
	wg.Wait()
}

// perturbed are the screens to look at: each primary as it should be, or
// stronger or weaker by one of the shares.
func perturbed(shares ...float64) []Light {
	screens := []Light{{1, 1, 1}}
	for _, s := range shares {
		for corner := range 8 {
			screen := Light{1 + s, 1 + s, 1 + s}
			for i := range screen {
				if corner>>i&1 == 1 {
					screen[i] = 1 - s
				}
			}
			screens = append(screens, screen)
		}
	}
	return screens
}

func worst(p Plan, tile Tile, screens []Light) (general, red int, at Light) {
	var seen []Moment
	for _, page := range []Light{{1, 1, 1}, {}} {
		track := p.Track(tile, page)
		for _, screen := range screens {
			seen = dyed(seen[:0], track, screen)
			if g, r := Flashes(seen); g+r > general+red {
				general, red, at = g, r, screen
			}
		}
	}
	return general, red, at
}

func TestFlashes(t *testing.T) {
	grey := func(y float64) Light { return Light{y, y, y} }
	every := func(ms float64, lights ...Light) []Moment {
		var track []Moment
		for i := range 24 {
			track = append(track, Moment{At: float64(i) * ms, Light: lights[i%len(lights)]})
		}
		return track
	}
	red, green := Light{1, 0, 0}, Light{0, 0.2973, 0} // of the same luminance
	tests := []struct {
		name         string
		track        []Moment
		general, red int
	}{
		{"black and white ten times a second", every(50, grey(0), grey(1)), 10, 0},
		{"black and white once a second", every(500, grey(0), grey(1)), 1, 0},
		{"one change every two seconds is no flash in a second", every(2000, grey(0), grey(1)), 0, 0},
		{"a step just large enough", every(100, grey(0.3), grey(0.4001)), 5, 0},
		{"a step just too small", every(100, grey(0.3), grey(0.3999)), 0, 0},
		{"both states bright", every(100, grey(0.8), grey(1)), 0, 0},
		{"the darker state just dark enough", every(100, grey(0.79), grey(1)), 5, 0},
		{"many small steps make a large one", every(25, grey(0), grey(0.05), grey(0.1), grey(0.05)), 5, 0},
		{"rising only", every(1000, grey(0.1)), 0, 0},
		{"red and green", every(100, red, green), 0, 5},
		{"red and black", every(100, red, grey(0)), 5, 5},
		{"two reds", every(100, red, Light{0.9, 0.05, 0}), 0, 0},
		{"not quite a saturated red", every(100, Light{0.79, 0.21, 0}, Light{0, 0.4448, 0}), 0, 0},
		{"nothing", nil, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			general, red := Flashes(tt.track)
			if general != tt.general || red != tt.red {
				t.Errorf("got %d general and %d red, want %d and %d", general, red, tt.general, tt.red)
			}
		})
	}
}

func TestTrackIsThePlan(t *testing.T) {
	p, err := Mint(source(4), Standard)
	if err != nil {
		t.Fatal(err)
	}
	white := Light{1, 1, 1}
	track := p.Track(TopRight, white)
	if got := track[0]; got.At != -fadeLength || got.Light != white {
		t.Errorf("got %v first, want the page", got)
	}
	last := track[len(track)-1]
	if want := float64(p.Length().Milliseconds() + restLength + fadeLength); last.At != want || last.Light != white {
		t.Errorf("got %v last, want the page at %v", last, want)
	}
	slots := track[fadeSteps+1 : fadeSteps+1+len(p.Slots)]
	for i, s := range p.Slots {
		if got, want := slots[i].Light, s.Tiles()[TopRight].Light(); got != want {
			t.Errorf("slot %d: got %v, want %v", i, got, want)
		}
	}
}
