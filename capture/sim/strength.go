package sim

import (
	"math"

	"github.com/rostod/rostod/capture/flash"
)

// strength is how strong a source burns on average between two times, in red,
// green and blue: lux for the room, nits for the screen.
type strength func(from, to float64) [3]float64

// strengths are those of the front layer and of what is behind, source by
// source.
type strengths struct{ front, back []strength }

// room is the room's light over time: its colour, the flicker of its lamps,
// clouds, and a lamp that is switched.
func (s *Scene) room(t flash.Timeline) strength {
	m := s.Room
	hue := white(m.Kelvin)
	r := diceFor(s.Seed, "room")
	mains, cloud := r.between(0, 2*math.Pi), r.between(0, 2*math.Pi)
	long := t.End - t.Start
	step := t.Start + m.StepAt*long
	swing := m.Drift * m.Sway / (2 * math.Pi)
	return func(from, to float64) [3]float64 {
		at := (from + to) / 2
		// The mean of a sine over an exposure.
		w := 2 * math.Pi * m.Mains / 1000
		x := w * (to - from) / 2
		v := 1 + m.Ripple*math.Sin(w*at+mains)*math.Sin(x)/x
		v *= 1 + swing*math.Sin(2*math.Pi*(at-t.Start)/1000/m.Sway+cloud)
		if at > step {
			v *= 1 + m.Step
		}
		v *= m.Lux
		return [3]float64{hue[0] * v, hue[1] * v, hue[2] * v}
	}
}

// screenTrack is the light of the kiosk's screen as it is.
func (s *Scene) screenTrack(t flash.Timeline) *track {
	d := s.display(t)
	at := make([]float64, len(t.Slots))
	for i, want := range t.Slots {
		at[i] = d.at(want, i)
	}
	scan := d.period
	if s.Wish.Pure {
		scan = 0
	}
	return newTrack(changes(t, at, d.at(t.End, len(t.Slots))), t.Start-leadIn, t.End+3*leadIn, s.Screen, scan)
}

// tile is one tile of a track, in nits.
func (s *Scene) tile(k *track, tile int) strength {
	p, nits := s.Screen.Primaries, s.Screen.Nits
	return func(from, to float64) [3]float64 {
		m := k.mean(tile, from, to)
		return [3]float64{m[0] * p[0] * nits, m[1] * p[1] * nits, m[2] * p[2] * nits}
	}
}

// usual is the room and the tiles of a track.
func (s *Scene) usual(t flash.Timeline, k *track) []strength {
	list := []strength{roomLight: s.room(t)}
	for tile := range quarters {
		list = append(list, s.tile(k, tile))
	}
	return list
}
