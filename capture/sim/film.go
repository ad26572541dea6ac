package sim

import (
	"image"

	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/engine"
)

// Shot is one picture as the daemon gets it.
type Shot struct {
	Picture   *image.YCbCr    // as decoded; valid during the call
	At        float64         // capture time as the stream says it, client's clock, ms
	Landmarks [5]engine.Point // with a detector's noise
	Box       engine.Box
	Bytes     int // of the encoded picture
}

// before is how many pictures the stream has sent when a session begins; an
// encoder needs some to come to rest.
const before = 12

// after is how long a session is filmed beyond its last slot, ms.
const after = 450.0

// Film films a whole session and gives each picture to out.
func (s *Scene) Film(t flash.Timeline, out func(Shot) error) error {
	st, err := s.build()
	if err != nil {
		return err
	}
	f, err := s.newFilming(st, t)
	if err != nil {
		return err
	}
	line, err := s.newStream(st.view)
	if err != nil {
		return err
	}
	defer line.close()
	f.meter()
	period := 1000 / s.Link.FPS
	first := t.Start - before*period
	for k := 0; ; k++ {
		at := first + float64(k)*period
		if at > t.End+max(after, s.Attack.Delay+s.Lag+after/2) {
			return nil
		}
		shot, ok, err := f.take(at, line)
		if err != nil {
			return err
		}
		if !ok || k < before {
			continue
		}
		if err := out(shot); err != nil {
			return err
		}
	}
}

// filming is a session while it is filmed.
type filming struct {
	*Scene
	st       *stage
	timeline flash.Timeline
	strength strengths
	sensor   *sensor
	moves    moves
	dice     dice
	front    []float32 // light of the front layer, then of the lids
	lids     []float32
	back     []float32
	drive    []float32
	shot     int
	astray   [5][2]float64 // pixels that each landmark is off
}

func (s *Scene) newFilming(st *stage, t flash.Timeline) (*filming, error) {
	burn, err := s.strengths(t)
	if err != nil {
		return nil, err
	}
	st.front.trim()
	st.back.hollow(st.front)
	camera := s.Camera
	if s.Attack.Injected {
		camera = s.Attack.studio(camera)
	}
	v := st.view
	f := &filming{
		Scene: s, st: st, timeline: t, strength: burn, dice: diceFor(s.Seed, "film"),
		sensor: newSensor(camera, v.width, v.height, diceFor(s.Seed, "sensor")),
		moves:  s.newMoves(t),
		front:  make([]float32, 3*st.front.width*st.front.height),
		back:   make([]float32, 3*v.width*v.height),
	}
	for i := range f.astray {
		off := s.Stance.Astray * f.moves.scale
		f.astray[i] = [2]float64{f.dice.about(0, off), f.dice.about(0, off)}
	}
	f.drive = make([]float32, 3*st.front.height*max(st.front.sources, st.back.sources))
	if st.lids != nil {
		f.lids = make([]float32, 3*st.lids.wide*st.lids.high)
	}
	return f, nil
}

// bands are the stripes of rows that are exposed at one time.
const bands = 12

// light burns the sources as they burn when a picture is taken.
func (f *filming) light(at float64) {
	f.drives(at, f.st.front.sources, f.strength.front, true)
	f.st.front.mix(f.drive, f.front)
	if f.st.lids != nil {
		if shut := f.moves.shut; shut > 0 {
			f.blink(shut)
		}
	}
	f.drives(at, f.st.back.sources, f.strength.back, false)
	f.st.back.mix(f.drive, f.back)
}

// drives fills in how strong each source burns for each row: rows are read one
// after another, each exposed for the same time.
func (f *filming) drives(at float64, sources int, strength []strength, sways bool) {
	v := f.st.view
	rows := v.height
	edge := 0
	if sways {
		rows, edge = f.st.front.height, margin
	}
	// A crop shows only its part of the rows that a sensor of 480 reads.
	span := f.sensor.Readout * float64(v.height) / 480
	half := f.sensor.Exposure / 2
	var now [3]float64
	for b := range bands {
		first, last := b*rows/bands, (b+1)*rows/bands
		middle := (float64(first+last)/2-float64(edge))/float64(v.height) - 0.5
		centre := at - f.lateness() + middle*span
		for i := range sources {
			now = strength[i](centre-half, centre+half)
			if sways && i < usualSources {
				lean := 1 + f.st.leans[i][0]*f.moves.yaw + f.st.leans[i][1]*f.moves.pitch
				if i != roomLight {
					lean *= f.moves.tremble
				}
				now = [3]float64{now[0] * lean, now[1] * lean, now[2] * lean}
			}
			for y := first; y < last; y++ {
				d := f.drive[(y*sources+i)*3:][:3]
				d[0], d[1], d[2] = float32(now[0]), float32(now[1]), float32(now[2])
			}
		}
	}
}

// lateness is how old the light in a picture is.
func (f *filming) lateness() float64 {
	if f.Attack.Injected {
		return f.Attack.Delay
	}
	return f.Lag + f.Attack.Delay
}

// blink lays the lids over the eyes, by how far they are shut.
func (f *filming) blink(shut float64) {
	p, l := f.st.lids, f.st.front
	part := f.drive[3*l.sources*p.top:]
	p.layer.mix(part, f.lids)
	n, m := l.width*l.height, p.wide*p.high
	for c := range 3 {
		for y := range p.high {
			to := f.front[c*n+(p.top+y)*l.width+p.left:][:p.wide]
			for x, v := range f.lids[c*m+y*p.wide:][:p.wide] {
				to[x] += float32(shut) * (v - to[x])
			}
		}
	}
}

// meter lets the camera find its exposure before the session, in neutral light.
func (f *filming) meter() {
	f.light(f.timeline.Start)
	if f.Attack.Injected {
		f.sensor.gain, f.sensor.aim = f.Attack.Gain, 1
		return
	}
	l := f.st.front
	n, m := l.width*l.height, f.st.view.width*f.st.view.height
	var mean [3]float64
	for c := range 3 {
		for y := range f.st.view.height {
			for x := range f.st.view.width {
				k := (y+margin)*l.width + x + margin
				open := 1 - l.cover[k]
				mean[c] += float64(f.front[c*n+k]+open*f.back[c*m+y*f.st.view.width+x]) / float64(m)
			}
		}
	}
	f.sensor.meter(mean, f.bright())
}

// bright is the luminance that a twentieth of the face is above.
func (f *filming) bright() float64 {
	n := f.st.front.width * f.st.front.height
	list := make([]float64, len(f.st.face))
	for i, k := range f.st.face {
		list[i] = luminance([3]float64{float64(f.front[k]), float64(f.front[n+k]), float64(f.front[2*n+k])})
	}
	return quantile(list, 0.95)
}

// take takes one picture and sends it. It is false for one that got lost.
func (f *filming) take(at float64, line *stream) (Shot, bool, error) {
	at += f.dice.about(0, 1.2)
	f.moves.step(1000 / f.Link.FPS)
	f.moves.look(at)
	if f.dice.chance(f.Link.Drops) && f.shot > 0 {
		return Shot{}, false, nil
	}
	f.shot++
	f.light(at)
	p := f.sensor.shot(f.front, f.st.front.cover, f.back, -f.moves.dx, -f.moves.dy)
	if !f.Attack.Injected && !f.Wish.Pure && (!f.sensor.Locked || at < f.timeline.Start) {
		f.sensor.adapt()
	}
	shot := Shot{At: at + f.Link.Shift + f.dice.about(0, 1)*f.Link.Stamp, Box: f.st.box}
	shot.Box.X += f.moves.dx
	shot.Box.Y += f.moves.dy
	for i, l := range f.st.landmarks {
		shot.Landmarks[i] = engine.Point{
			X: l.X + f.moves.dx + f.astray[i][0] + f.dice.about(0, 1)*f.Stance.Finding*f.moves.scale,
			Y: l.Y + f.moves.dy + f.astray[i][1] + f.dice.about(0, 1)*f.Stance.Finding*f.moves.scale,
		}
	}
	if f.Wish.NoCodec || f.Wish.Pure {
		shot.Picture = p
		return shot, true, nil
	}
	var err error
	shot.Picture, shot.Bytes, err = line.send(p)
	return shot, shot.Picture != nil, err
}
