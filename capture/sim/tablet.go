package sim

import (
	"math"

	"github.com/rostod/rostod/engine"
)

// tabletSources: the room and the tiles upon the glass, then what it shows: its
// own room and its own tiles.
const (
	shownRoom     = usualSources
	tabletSources = 2 * usualSources
)

// content is what a tablet or an injector shows: another session's light, laid
// flat and exposed, 1 is white.
type content struct {
	stage  *stage
	scene  *Scene
	planes []float32 // source, channel, pixels; no margins
	gain   [3]float64
}

// content builds the session of a victim, as the victim's own camera saw it.
func (s *Scene) content() (*content, error) {
	o := *s
	o.Seed, o.Attack = s.Attack.Victim, Attack{}
	o.Person = drawPerson(s.Identity, s.Wish.Tone, s.Attack.Victim)
	o.Stance.X, o.Stance.Y = 0, s.Kiosk.Screen.Height/2+s.Kiosk.Above+s.Kiosk.Height
	o.Wish.Species = Live
	st := o.person()
	c := &content{stage: st, scene: &o, planes: make([]float32, len(st.back.planes))}
	v := st.view
	n, m := st.front.width*st.front.height, v.width*v.height
	for i := range 3 * usualSources {
		for y := range v.height {
			for x := range v.width {
				k := (y+margin)*st.front.width + x + margin
				c.planes[i*m+y*v.width+x] = st.front.planes[i*n+k] + (1-st.front.cover[k])*st.back.planes[i*m+y*v.width+x]
			}
		}
	}
	var err error
	c.gain, err = o.exposure(st)
	return c, err
}

// exposure is what the scene's camera makes of each nit in neutral light: the
// range is 1.
func (s *Scene) exposure(st *stage) ([3]float64, error) {
	var gain [3]float64
	f, err := s.newFilming(st, quiet())
	if err != nil {
		return gain, err
	}
	f.sensor = newSensor(s.Camera, st.view.width, st.view.height, diceFor(s.Seed, "metering"))
	f.meter()
	for c := range gain {
		gain[c] = f.sensor.gain * f.sensor.balance[c]
	}
	return gain, nil
}

// tablet builds the stage with a tablet before what is behind.
func (s *Scene) tablet() (*stage, error) {
	a, v := s.Attack, s.view()
	show, err := s.content()
	if err != nil {
		return nil, err
	}
	wide := a.Inch * 25.4 * 0.8 // of 4:3
	high := wide * 3 / 4
	// It is held as near as makes the face as large as life.
	from := show.stage.view
	scale := wide / float64(from.width) * from.focal / show.scene.Stance.Away
	p := s.Stance
	stands := pose{turned(0.5*p.Yaw+a.Tilt[0], -0.5*p.Pitch+a.Tilt[1], a.Tilt[2]), vec{}, vec{p.X, p.Y, -p.Away * scale}}
	t := tabletLight{Scene: s, stands: stands, show: show, wide: wide, high: high}
	t.haze = s.glassLight(stands)
	st := &stage{view: v, front: newLayer(v, tabletSources), leans: s.leansOf(stands)}
	for y := range st.front.height {
		for x := range st.front.width {
			for k := range fine * fine {
				t.add(st.front, v, x, y, float64(x-margin)+(float64(k%fine)+0.5)/fine-0.5, float64(y-margin)+(float64(k/fine)+0.5)/fine-0.5)
			}
		}
	}
	on := func(p engine.Point) vec {
		return stands.of(vec{(p.X/float64(from.width) - 0.5) * wide, (0.5 - p.Y/float64(from.height)) * high, 0})
	}
	for i, mark := range show.stage.landmarks {
		x, y, _ := v.pixel(on(mark))
		st.landmarks[i] = engine.Point{X: x, Y: y}
	}
	b := show.stage.box
	st.frame(on(engine.Point{X: b.X + b.W/2, Y: b.Y}), on(engine.Point{X: b.X + b.W/2, Y: b.Y + b.H}), on(engine.Point{X: b.X + b.W/2, Y: b.Y + b.H/2}))
	st.back = s.behind(v)
	return st, nil
}

// glassLight is what a small flat thing gets from each source, lux.
func (s *Scene) glassLight(stands pose) [usualSources]float64 {
	one := placesOf(&mesh{corners: []corner{{normal: vec{z: 1}}}})
	list := [usualSources]float64{roomLight: float64(s.sky().light(one, stands, [3]float32{}, nil)[0])}
	for tile := range quarters {
		list[firstTile+tile] = float64(s.Screen.light(one, stands, tile, [3]float32{}, nil)[0])
	}
	return list
}

// tabletLight is a tablet's light, sample by sample.
type tabletLight struct {
	*Scene
	stands     pose
	show       *content
	wide, high float64
	haze       [usualSources]float64
}

const bezel = 9.0 // mm

// add adds a sample of a pixel: what the glass scatters and mirrors, and what
// is shown behind it.
func (t *tabletLight) add(l *layer, v view, x, y int, px, py float64) {
	ray := v.ray(px, py)
	own, from := t.stands.within(ray), t.stands.back(v.eye)
	if own.z >= 0 {
		return
	}
	hit := from.add(own.times(-from.z / own.z))
	if math.Abs(hit.x) > t.wide/2+bezel || math.Abs(hit.y) > t.high/2+bezel {
		return
	}
	const part = 1.0 / (fine * fine)
	at := y*l.width + x
	l.cover[at] += part
	tile := t.Screen.tileFrom(t.stands.of(hit), t.stands.turn.of(own.mirrored(vec{z: 1})))
	for i, lux := range t.haze {
		nits := lux * t.Attack.Haze / math.Pi
		if i == roomLight {
			nits += 0.04 * 0.35 / math.Pi
		}
		if i == firstTile+tile && tile >= 0 {
			nits += 0.04
		}
		for c := range 3 {
			l.plane(i, c)[at] += float32(nits * part)
		}
	}
	if math.Abs(hit.x) >= t.wide/2 || math.Abs(hit.y) >= t.high/2 {
		return
	}
	t.screen(l, at, (hit.x/t.wide+0.5)*float64(t.show.stage.view.width), (0.5-hit.y/t.high)*float64(t.show.stage.view.height), part)
}

// screen adds what is shown at a pixel of the content.
func (t *tabletLight) screen(l *layer, at int, x, y, part float64) {
	w, h := t.show.stage.view.width, t.show.stage.view.height
	i, j := min(max(int(x), 0), w-2), min(max(int(y), 0), h-2)
	fx, fy := float32(min(max(x-float64(i), 0), 1)), float32(min(max(y-float64(j), 0), 1))
	k := j*w + i
	for source := range usualSources {
		for c := range 3 {
			p := t.show.planes[(3*source+c)*w*h:]
			v := (p[k]*(1-fx)+p[k+1]*fx)*(1-fy) + (p[k+w]*(1-fx)+p[k+w+1]*fx)*fy
			l.plane(shownRoom+source, c)[at] += v * float32(part*t.Attack.Nits*t.show.gain[c])
		}
	}
}
