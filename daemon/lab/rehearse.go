package lab

import (
	"fmt"

	"github.com/rostod/rostod/capture/sim"
)

// Rehearsal is which simulated sessions are recorded.
type Rehearsal struct {
	Out      string
	Species  string
	Split    string
	Lux      float64
	Seed     uint64
	Sessions int
	Progress func(string)
}

// Rehearse films simulated sessions and records them as the daemon would record
// real ones.
func Rehearse(r Rehearsal) error {
	c := Cell{Name: fmt.Sprintf("%s, %g lux", r.Species, r.Lux), Wish: sim.Wish{Species: sim.Species(r.Species), Split: sim.Split(r.Split), Lux: r.Lux}}
	for i := range r.Sessions {
		seed := r.Seed + uint64(i)
		j := job{c.at(seed, sim.Kiosks), seed, 1}
		s, session, err := j.film()
		if err != nil {
			return err
		}
		t := Truth{
			Living: s.Wish.Species == sim.Live, Species: r.Species, Lux: s.Room.Lux, Tone: s.Person.Tone, Kiosk: kioskOf(s),
			Person: fmt.Sprint(s.Identity), Locked: s.Camera.Locked, Glasses: s.Person.Glasses.Worn, Lag: s.TrueLag(session.Timeline),
		}
		name := fmt.Sprintf("%s-%g-%d", r.Species, r.Lux, j.seed)
		if err := Record(r.Out, name, session, t); err != nil {
			return err
		}
		if r.Progress != nil {
			r.Progress(name)
		}
	}
	return nil
}

// Basis writes the basis pictures of a drawn scene, for a page that plays a
// customer: see sim.Basis. With photos, the skin is one of theirs.
func Basis(dir, species string, seed uint64, lux float64, photos []sim.Photo) error {
	s, err := sim.Draw(seed, sim.Wish{Species: sim.Species(species), Split: sim.Train, Lux: lux, Wide: true, Photos: photos})
	if err != nil {
		return err
	}
	return s.WriteBasis(dir)
}
