package sim

import (
	"math"
	"time"

	"github.com/rostod/rostod/capture/flash"
)

// quiet is a timeline in which nothing happens.
func quiet() flash.Timeline {
	return flash.Timeline{Plan: flash.Plan{Lead: time.Second}, Slots: nil, Start: 0, End: 1000}
}

// injected builds the stage of a picture that is fed in instead of a camera's:
// somebody in neutral light, exposed, and over it what the attacker paints for
// each quarter of the screen.
func (s *Scene) injected() (*stage, error) {
	o := *s
	o.Wish.Species = Live
	o.Person = drawPerson(s.Identity, s.Wish.Tone, s.Attack.Victim)
	o.Attack.Injected = false
	natural := o.person()
	gain, err := o.exposure(natural)
	if err != nil {
		return nil, err
	}
	f, err := o.newFilming(natural, quiet())
	if err != nil {
		return nil, err
	}
	f.moves.shut = 0
	f.light(0)
	st := &stage{view: natural.view, landmarks: natural.landmarks, box: natural.box, face: natural.face}
	st.front = newLayer(st.view, usualSources)
	copy(st.front.cover, natural.front.cover)
	v := st.view
	n, m := st.front.width*st.front.height, v.width*v.height
	st.back = plain(v.width, v.height, usualSources)
	relit := o.relit(natural)
	at := func(x, y int) [usualSources]float64 { return s.masks(natural, float64(x), float64(y)) }
	for y := range st.front.height {
		for x := range st.front.width {
			k := y*st.front.width + x
			masks := at(x-margin, y-margin)
			if relit != nil {
				masks = relit[k]
			}
			s.fill(st.front.planes, f.front, n, k, float64(st.front.cover[k]), masks, gain)
		}
	}
	for y := range v.height {
		for x := range v.width {
			k := y*v.width + x
			masks := at(x, y)
			if relit != nil {
				masks = [usualSources]float64{1}
			}
			s.fill(st.back.planes, f.back, m, k, 1, masks, gain)
		}
	}
	return st, nil
}

// fill sets one pixel of an injected picture: the first source is the picture
// itself, the others what is painted for each tile.
func (s *Scene) fill(planes, picture []float32, n, k int, cover float64, masks [usualSources]float64, gain [3]float64) {
	for c := range 3 {
		v := min(float64(picture[c*n+k])*gain[c], 1)
		paint := v
		if s.Attack.Blend {
			// Laid over in sRGB: the picture gives way to the colour.
			share := s.share()
			sum := masks[1] + masks[2] + masks[3] + masks[4]
			v, paint = encoded(v)*(1-share*min(sum, 1)), share*cover
		}
		planes[c*n+k] = float32(v)
		for q := range quarters {
			planes[(3*(firstTile+q)+c)*n+k] = float32(paint * masks[firstTile+q])
		}
	}
}

// share is how much of the colour a tint in sRGB lays over the picture.
func (s *Scene) share() float64 { return min(0.5*s.Attack.Strength, 0.6) }

// masks says how much of each tile's colour is painted at a pixel.
func (s *Scene) masks(st *stage, x, y float64) [usualSources]float64 {
	w, h := float64(st.view.width), float64(st.view.height)
	all := [usualSources]float64{1, 0.25, 0.25, 0.25, 0.25}
	b := st.box
	u, v := (x-b.X)/b.W*2-1, (y-b.Y)/b.H*2-1
	inside := smooth(1.12, 0.9, math.Hypot(u/1.15, v/1.03))
	switch s.Wish.Species {
	case TintGlobal:
		return all
	case TintSplit:
		return split(x > w/2, y > h/2)
	case FaceTint:
		return faded(all, inside)
	case FaceTintGrad, FaceTintLate:
		right, low := min(max(0.5+u/2, 0), 1), min(max(0.5+v/2, 0), 1)
		return faded([usualSources]float64{1, right * (1 - low), (1 - right) * (1 - low), right * low, (1 - right) * low}, inside)
	default:
		return [usualSources]float64{1}
	}
}

// split is all of the tile that lies over a quarter of the picture: the
// customer's left is right in the picture.
func split(right, low bool) [usualSources]float64 {
	tile := 0
	if !right {
		tile++
	}
	if low {
		tile += 2
	}
	masks := [usualSources]float64{1}
	masks[firstTile+tile] = 1
	return masks
}

func faded(m [usualSources]float64, share float64) [usualSources]float64 {
	for i := firstTile; i < usualSources; i++ {
		m[i] *= share
	}
	return m
}

// relit is, for each pixel of the front layer, how the light of each tile on an
// average head compares with the room's; nil for other attacks.
func (s *Scene) relit(natural *stage) [][usualSources]float64 {
	if s.Attack.Relit == 0 {
		return nil
	}
	o := *s
	o.photo = nil
	grey := func(material, float64, float64) colour { return colour{0.5, 0.5, 0.5} }
	f := Person{Shape: average(), Wide: 1}.figure(Expression{}, 0)
	l, _, _, _ := o.render(natural.view, actor{mesh: f.mesh, stands: s.stands(), colour: grey, shadow: true, oil: -1})
	n := l.width * l.height
	list := make([][usualSources]float64, n)
	room := max(s.Room.Lux, 1)
	for k := range list {
		list[k][roomLight] = 1
		if l.cover[k] < 0.99 || natural.front.cover[k] < 0.01 {
			continue
		}
		base := float64(l.planes[k]) * room
		for tile := range quarters {
			list[k][firstTile+tile] = s.Attack.Relit * s.Screen.Nits * float64(l.plane(firstTile+tile, 0)[k]) / max(base, 1e-6)
		}
	}
	return list
}

// painted are the strengths of an injected picture: the picture always burns,
// and what is painted follows the colours that the page was told.
func (s *Scene) painted(t flash.Timeline) []strength {
	k := newTrack(changes(t, t.Slots, t.End), t.Start-leadIn, t.End+3*leadIn, Screen{}, 0)
	neutral := flash.Neutral.Light()
	list := []strength{func(_, _ float64) [3]float64 { return [3]float64{1, 1, 1} }}
	for tile := range quarters {
		list = append(list, func(from, to float64) [3]float64 {
			m := k.mean(tile, from, to)
			for c := range m {
				switch {
				case s.Attack.Blend:
					m[c] = encoded(m[c])
				case s.Attack.Relit > 0:
					m[c] -= neutral[c]
				default:
					m[c] = s.Attack.Strength * (m[c] - neutral[c])
				}
			}
			return m
		})
	}
	return list
}
