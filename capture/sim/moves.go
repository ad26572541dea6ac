package sim

import (
	"math"
	"slices"

	"github.com/rostod/rostod/capture/flash"
)

// moves is how somebody moves while standing still.
type moves struct {
	Stance
	dice       dice
	scale      float64 // pixels, against a face of 67 between the eyes
	dx, dy     float64 // pixels
	yaw, pitch float64 // degrees
	shut       float64 // how far the lids are down, 0 to 1
	tremble    float64 // of the light on the face
	blinks     []float64
}

func (s *Scene) newMoves(t flash.Timeline) moves {
	p := s.Stance
	m := moves{Stance: p, dice: diceFor(s.Seed, "moves"), tremble: 1}
	// Eyes of 67 pixels apart are the measure.
	m.scale = s.Camera.Focal * 2 * s.Person.Eyes / p.Away / 67
	if s.Attack.Still {
		m.Sway, m.Nod = [2]float64{}, 0
	}
	for _, share := range p.Blinks {
		m.blinks = append(m.blinks, t.Start+share*(t.End-t.Start))
	}
	return m
}

// step lets time pass: each move is drawn back to its middle (an
// Ornstein-Uhlenbeck process, 0.7 s).
func (m *moves) step(ms float64) {
	keep := math.Exp(-ms / 700)
	kick := math.Sqrt(1 - keep*keep)
	next := func(v *float64, sd float64) { *v = *v*keep + sd*kick*m.dice.about(0, 1) }
	next(&m.dx, m.Sway[0]*m.scale)
	next(&m.dy, m.Sway[1]*m.scale)
	next(&m.yaw, m.Nod*0.6)
	next(&m.pitch, m.Nod*0.4)
	m.tremble = 1 + m.Jitter*m.dice.about(0, 0.5)
}

// look shuts the eyes when it is time: 60 ms down, 40 ms shut, 100 ms up.
func (m *moves) look(at float64) {
	m.shut = 0
	for _, b := range m.blinks {
		t := at - b
		m.shut = max(m.shut, min(smooth(0, 60, t), smooth(200, 100, t)))
	}
}

// quantile is the value that a share of the list is below; it sorts the list.
func quantile(list []float64, share float64) float64 {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[min(int(share*float64(len(list))), len(list)-1)]
}
