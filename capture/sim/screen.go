package sim

import (
	"math"

	"github.com/rostod/rostod/capture/flash"
)

// leadIn is how long before a session's first picture the screen's light is
// known, ms; a camera that is late looks back into it.
const leadIn = 1500.0

// track is the light of the four tiles over time, as sums for each millisecond:
// the mean over any exposure is a difference.
type track struct {
	start float64
	sums  [quarters][3][]float64
}

// change is that from a time on the screen is told to show these colours.
type change struct {
	at    float64
	tiles [quarters]flash.Colour
}

// changes are what a timeline tells the screen, at the times at which the slots
// begin and the last one ends.
func changes(t flash.Timeline, at []float64, end float64) []change {
	neutral := [quarters]flash.Colour{flash.Neutral, flash.Neutral, flash.Neutral, flash.Neutral}
	list := []change{{math.Inf(-1), neutral}}
	for i, when := range at {
		list = append(list, change{when, t.Plan.Slots[i].Tiles()})
	}
	return append(list, change{end, neutral})
}

// newTrack is the light of a panel that is told these changes. Rows are written
// from the top, so that the lower tiles change later. A panel with no time
// constant follows at once.
func newTrack(list []change, from, to float64, s Screen, scan float64) *track {
	n := int(to-from) + 2
	k := &track{start: from}
	gain := 1.0
	if s.Tau > 0 {
		gain = 1 - math.Exp(-1/s.Tau)
	}
	for tile := range quarters {
		late := scan * 0.25
		if tile/2 == 1 {
			late = scan * 0.75
		}
		now := list[0].tiles[tile].Light()
		for c := range 3 {
			k.sums[tile][c] = make([]float64, n)
		}
		next := 1
		for i := 1; i < n; i++ {
			for next < len(list) && list[next].at+late <= from+float64(i)-0.5 {
				next++
			}
			want := list[next-1].tiles[tile].Light()
			for c := range 3 {
				now[c] += gain * (want[c] - now[c])
				k.sums[tile][c][i] = k.sums[tile][c][i-1] + now[c]
			}
		}
	}
	return k
}

// mean is a tile's light between two times.
func (k *track) mean(tile int, from, to float64) [3]float64 {
	n := len(k.sums[0][0])
	sum := func(c int, at float64) float64 {
		at = min(max(at-k.start, 0), float64(n-1))
		i := min(int(at), n-2)
		s := k.sums[tile][c]
		return s[i] + (at-float64(i))*(s[i+1]-s[i])
	}
	var m [3]float64
	for c := range 3 {
		m[c] = (sum(c, to) - sum(c, from)) / (to - from)
	}
	return m
}

// display is when a screen really changes: at its own beat, and now and then a
// beat late.
type display struct {
	period, phase float64 // ms
	misses        []int   // of each change
}

// at is when a change that is wanted at a time is seen, first.
func (d display) at(want float64, i int) float64 {
	beat := math.Ceil((want-d.phase)/d.period-1e-9)*d.period + d.phase
	if i < len(d.misses) {
		beat += float64(d.misses[i]) * d.period
	}
	return beat
}

// Shown is what an honest page reports of a timeline on this screen.
func (s *Scene) Shown(t flash.Timeline) []flash.Shown {
	d := s.display(t)
	list := make([]flash.Shown, len(t.Slots))
	for i, want := range t.Slots {
		at := d.at(want, i)
		list[i] = flash.Shown{Slot: i, At: at, Next: at + d.period}
		if i < len(d.misses) {
			list[i].Missed = d.misses[i]
		}
	}
	return list
}

// TrueLag is how long after its planned time a colour's light is in a picture's
// time stamp, on average: the screen's beat, the writing of its rows, the panel,
// and the camera. Noise reduction in the camera is not in it.
func (s *Scene) TrueLag(t flash.Timeline) float64 {
	if s.Attack.Injected {
		return s.Attack.Delay
	}
	late := 0.0
	for i, shown := range s.Shown(t) {
		late += (shown.At - t.Slots[i]) / float64(len(t.Slots))
	}
	return late + 500/s.Screen.Refresh + s.Screen.Tau + s.Lag + s.Attack.Delay + s.Link.Shift
}

// display is the screen's beat during a timeline. Who injects has no screen
// and reports what is expected.
func (s *Scene) display(t flash.Timeline) display {
	r := diceFor(s.Seed, "display")
	d := display{period: 1000 / s.Screen.Refresh}
	d.phase = math.Mod(t.Start, d.period) + r.between(0, d.period)
	for range t.Slots {
		missed := 0
		if r.chance(0.01) {
			missed = 1
		}
		d.misses = append(d.misses, missed)
	}
	return d
}
