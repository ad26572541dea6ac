package sim

import "math"

// quarters is how many tiles the screen has.
const quarters = 4

// Screen is the light that the person sits before, in millimetres and nits.
type Screen struct {
	Width, Height float64
	Nits          float64    // at full white
	FallOff       float64    // exponent of the cosine at which its light leaves it, 1 to 2
	Primaries     [3]float64 // red, green and blue as shares of what they should be
	Tau           float64    // of the panel's response, ms
	Refresh       float64    // Hz
}

// sized is a screen of 16:9, or 9:16 when upright, by its diagonal in inches.
func sized(inch float64, upright bool) (width, height float64) {
	d := inch * 25.4 / math.Hypot(16, 9)
	if upright {
		return 9 * d, 16 * d
	}
	return 16 * d, 9 * d
}

// The quadrature over a tile: 8 x 5 places, so that a whole landscape screen is
// a grid of 16 x 10.
const alongTile, acrossTile = 8, 5

// tileAt is the middle of cell i, j of a tile. The screen's middle is the origin;
// z is 0 on it. The tiles count as the customer sees them: what is left for the
// customer lies at positive x, right in the picture.
func (s Screen) tileAt(tile int, u, v float64) vec {
	right, bottom := tile%2 == 1, tile/2 == 1
	x, y := s.Width/2*u, s.Height/2*v
	if right {
		x = -x
	}
	if bottom {
		y = -y
	}
	return vec{x, y, 0}
}

// lamps are the cells of a tile as points of light: weight is lux times square
// millimetres for one nit.
func (s Screen) lamps(tile, along, across int) []lamp {
	area := s.Width / 2 / float64(along) * s.Height / 2 / float64(across)
	var list []lamp
	for j := range across {
		for i := range along {
			at := s.tileAt(tile, (float64(i)+0.5)/float64(along), (float64(j)+0.5)/float64(across))
			list = append(list, lamp{float32(at.x), float32(at.y), float32(at.z), float32(area)})
		}
	}
	return list
}

// pose is where a thing stands in the room: places of its own frame are turned
// and moved.
type pose struct {
	turn   turn
	centre vec // of its own frame, about which it turns
	at     vec // where that centre stands
}

func (p pose) of(a vec) vec { return p.turn.of(a.sub(p.centre)).add(p.at) }

// within is a direction of the room in the thing's own frame.
func (p pose) within(a vec) vec {
	return vec{p.turn.x.dot(a), p.turn.y.dot(a), p.turn.z.dot(a)}
}

// back is a place of the room in the thing's own frame.
func (p pose) back(a vec) vec { return p.within(a.sub(p.at)).add(p.centre) }

// light is what each place of a thing gets from one tile, in lux per nit: all
// red, all green, all blue. They differ because skin passes red light on under
// its surface. Shadows fall where a relief stands in the way; nil: nowhere.
func (s Screen) light(p places, stands pose, tile int, wrap [3]float32, r *relief) []float32 {
	local := func(list []lamp) []lamp {
		for i, l := range list {
			at := stands.back(vec{float64(l.x), float64(l.y), float64(l.z)})
			list[i] = lamp{float32(at.x), float32(at.y), float32(at.z), l.weight}
		}
		return list
	}
	out := p.near(local(s.lamps(tile, alongTile, acrossTile)), stands.within(vec{z: -1}), float32(s.FallOff-1), wrap)
	if r != nil {
		dim(out, p.seen(local(s.lamps(tile, 3, 2)), false, r))
	}
	return out
}

// dim multiplies all channels by what is seen.
func dim(light, seen []float32) {
	for c := range 3 {
		for i, v := range seen {
			light[c*len(seen)+i] *= v
		}
	}
}

// skinWrap is how far light reaches round the edge of a shadow on skin.
func skinWrap() [3]float32 { return [3]float32{0.15, 0.08, 0.05} }

// placesOf are the corners of a mesh as the kernels want them.
func placesOf(m *mesh) places {
	n := len(m.corners)
	p := places{n, make([]float32, 6*n)}
	for i, c := range m.corners {
		for k, v := range [6]float64{c.at.x, c.at.y, c.at.z, c.normal.x, c.normal.y, c.normal.z} {
			p.list[k*n+i] = float32(v)
		}
	}
	return p
}

// ambience is the light of a room: a sky of directions with a share each, which
// together give 1 lux on an upright plane that faces the camera.
type ambience struct {
	from   []vec
	shares []float64
}

// newAmbience makes a sky: an even part, brighter above than below, and a lamp
// or window in one direction that makes the share direct of the whole.
func newAmbience(direct float64, window vec) ambience {
	var a ambience
	const rings, around = 5, 8
	for r := range rings {
		// Heights with even areas between 60 degrees below and the zenith.
		up := -0.8 + 1.75*(float64(r)+0.5)/rings
		flat := math.Sqrt(1 - up*up)
		for i := range around {
			s, c := math.Sincos((float64(i) + 0.5*float64(r%2)) * 2 * math.Pi / around)
			a.from = append(a.from, vec{flat * s, up, flat * c})
			a.shares = append(a.shares, 0.55+0.45*up)
		}
	}
	sum := 0.0
	for i, d := range a.from {
		sum += a.shares[i] * max(0, d.z)
	}
	for i := range a.shares {
		a.shares[i] *= (1 - direct) / sum
	}
	// A window is wide: five directions.
	window = window.unit()
	side := window.cross(vec{y: 1}).unit()
	for _, off := range []float64{-0.3, -0.15, 0, 0.15, 0.3} {
		d := window.add(side.times(off)).unit()
		a.from, a.shares = append(a.from, d), append(a.shares, direct/5/max(0.25, d.z))
	}
	sum = 0
	for i, d := range a.from {
		sum += a.shares[i] * max(0, d.z)
	}
	for i := range a.shares {
		a.shares[i] /= sum
	}
	return a
}

// light is what each place of a thing gets from the room for each lux on an
// upright plane that faces the camera: all red, all green, all blue.
func (a ambience) light(p places, stands pose, wrap [3]float32, r *relief) []float32 {
	list := make([]lamp, len(a.from))
	for i, d := range a.from {
		d = stands.within(d)
		list[i] = lamp{float32(d.x), float32(d.y), float32(d.z), float32(a.shares[i])}
	}
	out := p.far(list, wrap)
	if r != nil {
		dim(out, p.seen(list, true, r))
	}
	return out
}
