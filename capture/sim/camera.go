package sim

import (
	"image"
	"math"
)

// Camera is a webcam: what its sensor and its electronics do.
type Camera struct {
	Focal     float64 // pixels, for a picture 640 wide
	Exposure  float64 // ms
	Readout   float64 // from the first row to the last, ms
	Electrons float64 // for each nit, in 1/30 s, for each pixel of the picture
	Read      float64 // noise, electrons
	Noisy     bool
	Cross     [9]float64 // what each colour sees of the others
	Curve     float64    // contrast of the tone curve over sRGB's, 1 is none; 0 is no curve at all
	Keep      float64    // noise reduction: share of a new picture in what is shown, 1 is none
	Sharpen   float64
	Target    float64 // mean linear light of a picture that the exposure aims at
	Locked    bool    // exposure and white balance stand still after the lead-in
	Cast      float64 // how much of the light's colour the white balance leaves
	Lag       float64 // from light on the screen to the time stamp, ms
}

// perNit is 5 electrons for each lux on a grey of 18 %, in 1/30 s.
const perNit = 5 * math.Pi / 0.18

func drawCamera(r dice) Camera {
	c := Camera{
		Focal: r.between(500, 570), Readout: r.between(20, 30), Electrons: perNit * r.between(0.8, 1.25), Read: r.between(3, 5), Noisy: true,
		Curve: r.between(1, 1.25), Keep: r.between(0.55, 1), Sharpen: r.between(0, 0.5), Target: r.between(0.12, 0.19),
		Cast: r.between(0, 0.35), Lag: r.between(80, 180),
	}
	a, b, d := r.between(0, 0.1), r.between(0, 0.1), r.between(0, 0.1)
	c.Cross = [9]float64{1 - a, a * 0.8, a * 0.2, b / 2, 1 - b, b / 2, d * 0.2, d * 0.8, 1 - d}
	return c
}

// expose chooses the exposure for the light.
func (c *Camera) expose(lux float64) {
	c.Exposure = 1000.0 / 60
	if lux < 400 {
		c.Exposure = 1000.0 / 30
	}
}

// pure is the same camera without noise and filters.
func (c Camera) pure() Camera {
	c.Noisy, c.Keep, c.Sharpen, c.Curve, c.Readout, c.Cast = false, 1, 0, 1, 0, 0
	c.Cross = [9]float64{0: 1, 4: 1, 8: 1}
	return c
}

// tones is the table of the tone curve: sRGB, with an S over it.
const toneLevels = 4096

func (c Camera) tones() []float32 {
	list := make([]float32, toneLevels)
	for i := range list {
		v := float64(i) / (toneLevels - 1)
		if c.Curve == 0 {
			list[i] = float32(255 * v)
			continue
		}
		v = encoded(v)
		// A line of the given slope in the middle, flatter at the ends.
		k := c.Curve - 1
		v += k * (v - 0.5) * 4 * v * (1 - v)
		list[i] = float32(255 * min(max(v, 0), 1))
	}
	return list
}

// sensor is a camera at work.
type sensor struct {
	Camera
	width, height int
	curve, grain  []float32
	starts        []uint32
	row           []float32
	fresh, kept   planes
	picture       *image.YCbCr
	sums          [3]float64
	begun         bool
	balance       [3]float64
	gain, aim     float64
	late          []float64 // gains that are on their way
	dice          dice
}

// planes are a picture in numbers.
type planes struct{ luma, cb, cr []float32 }

func newPlanes(width, height int) planes {
	half := (width / 2) * (height / 2)
	return planes{make([]float32, width*height), make([]float32, half), make([]float32, half)}
}

const grains = 1 << 16

func newSensor(c Camera, width, height int, d dice) *sensor {
	s := &sensor{
		Camera: c, width: width, height: height, curve: c.tones(), starts: make([]uint32, 3*height), row: make([]float32, 9*width),
		fresh: newPlanes(width, height), kept: newPlanes(width, height), balance: [3]float64{1, 1, 1}, gain: 1, dice: d,
		picture: image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420),
	}
	s.grain = make([]float32, grains+width)
	if c.Noisy {
		for i := range s.grain {
			s.grain[i] = float32(d.NormFloat64())
		}
	}
	return s
}

// shot is one picture: the front layer shifted by dx, dy over what is behind.
// The picture is the sensor's until the next.
func (s *sensor) shot(front []float32, cover, back []float32, dx, dy float64) *image.YCbCr {
	for i := range s.starts {
		s.starts[i] = s.dice.Uint32()
	}
	s.sense(front, cover, back, dx, dy)
	if !s.begun {
		copy(s.kept.luma, s.fresh.luma)
		copy(s.kept.cb, s.fresh.cb)
		copy(s.kept.cr, s.fresh.cr)
		s.begun = true
	}
	s.settle()
	return s.picture
}

// adapt lets exposure and white balance follow what was just seen: in the
// logarithm, three pictures late, an eighth of the way, with a dead band; the
// white balance by the grey world, slower.
func (s *sensor) adapt() {
	n := float64(s.width*s.height) / 4
	mean := [3]float64{s.sums[0] / n, s.sums[1] / n, s.sums[2] / n}
	off := math.Log(s.aim / max(luminance(mean), 1e-6))
	if math.Abs(off) < 0.04 {
		off = 0
	}
	s.late = append(s.late, math.Exp(0.12*off))
	if len(s.late) > 3 {
		s.gain *= s.late[0]
		s.late = s.late[1:]
	}
	for _, c := range []int{0, 2} {
		ratio := math.Log(max(mean[1], 1e-6) / max(mean[c], 1e-6))
		s.balance[c] *= math.Exp(0.03 * (ratio - s.cast(c)))
	}
}

// cast is where the white balance stops.
func (s *sensor) cast(c int) float64 {
	if c == 0 {
		return -s.Cast
	}
	return s.Cast
}

// meter sets exposure and white balance for a first picture, given as light:
// the mean of all, and what the brightest twentieth of the face is below.
func (s *sensor) meter(mean [3]float64, bright float64) {
	for _, c := range []int{0, 2} {
		s.balance[c] = mean[1] / max(mean[c], 1e-6) * math.Exp(-s.cast(c))
	}
	balanced := [3]float64{mean[0] * s.balance[0], mean[1], mean[2] * s.balance[2]}
	s.gain = s.Target / max(luminance(balanced), 1e-9)
	// A face is never burnt out: what is brightest stays below 70 % of the range.
	if most := decoded(0.70); s.gain*bright > most {
		s.gain = most / bright
	}
	s.aim = s.gain * luminance(balanced)
}
