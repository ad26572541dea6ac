package sim

import "github.com/rostod/rostod/capture/flash"

// build makes the stage of the scene's species.
func (s *Scene) build() (*stage, error) {
	switch s.Wish.Species {
	case Print, Bent, Bent2:
		return s.sheet(), nil
	case Tablet, TabletFlash:
		return s.tablet()
	case Static, TintGlobal, TintSplit, FaceTint, FaceTintGrad, FaceTintLate, Relight3D:
		return s.injected()
	default:
		return s.person(), nil
	}
}

// strengths are how the sources of the scene's species burn.
func (s *Scene) strengths(t flash.Timeline) (strengths, error) {
	if len(t.Slots) == 0 {
		list := s.usual(t, newTrack(changes(t, nil, t.End), t.Start-leadIn, t.End+3*leadIn, s.Screen, 0))
		return strengths{list, list}, nil
	}
	other := t
	switch s.Wish.Species {
	case ReplayInject, TabletFlash:
		var err error
		if other, err = s.other(t); err != nil {
			return strengths{}, err
		}
	case Tablet:
		other = quiet()
		other.Start, other.End = t.Start, t.End
	default:
	}
	own := s.usual(t, s.screenTrack(t))
	switch s.Wish.Species {
	case Tablet, TabletFlash:
		shown := s.usual(other, s.screenTrack(other))
		return strengths{append(own, shown...), own}, nil
	case ReplayInject:
		own = s.usual(other, s.screenTrack(other))
	case Static, TintGlobal, TintSplit, FaceTint, FaceTintGrad, FaceTintLate, Relight3D:
		own = s.painted(t)
	default:
	}
	return strengths{own, own}, nil
}
