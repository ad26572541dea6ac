package flash

import "math"

// course is how the chroma of something went, frame by frame.
type course []chroma

// record is the frames of a session that can be measured, as columns.
type record struct {
	at      []float64 // milliseconds on the client's clock, rising
	samples []*Sample
	slow    [slowCount][]float64 // what may change slowly by itself; orthonormal
}

// slowCount is the size of the nuisance basis: a constant, a line, and one and
// half a wave over the session.
const slowCount = 4

// Frames that are measured: not from the first moments of the lead, in which
// the camera settles, and not with a face that was lost long ago.
const (
	settling  = 300.0 // milliseconds of the lead
	carryOver = 250.0 // milliseconds for which the last landmarks are good
	leastIn   = 0.9   // share of the face inside the picture
	fewest    = 40    // frames that make a measurement
)

// newRecord keeps the samples that can be measured.
func newRecord(t Timeline, samples []Sample) record {
	var r record
	seen := math.Inf(-1)
	end := t.End + float64(t.Plan.Tail.Milliseconds())
	for i := range samples {
		s := &samples[i]
		if s.Found {
			seen = s.At
		}
		usable := s.Placed && !s.Tainted && s.Inside >= leastIn && s.At-seen <= carryOver
		if !usable || s.At < t.Start+settling || s.At > end || len(r.at) > 0 && s.At <= r.at[len(r.at)-1] {
			continue
		}
		r.at, r.samples = append(r.at, s.At), append(r.samples, s)
	}
	r.slow = slowly(r.at)
	return r
}

// slowly is the nuisance basis at these times, made orthonormal.
func slowly(at []float64) [slowCount][]float64 {
	var basis [slowCount][]float64
	if len(at) == 0 {
		return basis
	}
	first, long := at[0], max(1, at[len(at)-1]-at[0])
	for k := range basis {
		column := make([]float64, len(at))
		for i, t := range at {
			x := (t - first) / long
			column[i] = [slowCount]float64{1, x - 0.5, math.Cos(math.Pi * x), math.Cos(2 * math.Pi * x)}[k]
		}
		for _, other := range basis[:k] {
			dot := inner(column, other)
			for i := range column {
				column[i] -= dot * other[i]
			}
		}
		norm := math.Sqrt(inner(column, column))
		for i := range column {
			if norm > 1e-9 {
				column[i] /= norm
			} else {
				column[i] = 0
			}
		}
		basis[k] = column
	}
	return basis
}

func inner(a, b []float64) float64 {
	var sum float64
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}

// part picks one mean of a sample.
type part func(*Sample) Mean

func ofSkin(s *Sample) Mean {
	var sum [3]float64
	var pixels int32
	for _, r := range skin {
		m := &s.Regions[r]
		for c, l := range m.Light {
			sum[c] += float64(l) * float64(m.Pixels)
		}
		pixels += m.Pixels
	}
	return meanOf(sum, pixels)
}

func meanOf(sum [3]float64, pixels int32) Mean {
	m := Mean{Pixels: pixels}
	for c := range sum {
		if pixels > 0 {
			m.Light[c] = float32(sum[c] / float64(pixels))
		}
	}
	return m
}

func ofRing(s *Sample) Mean       { return s.Ring }
func ofBackground(s *Sample) Mean { return s.Background }
func ofRegion(region int) part    { return func(s *Sample) Mean { return s.Regions[region] } }
func ofCell(cell int) part        { return func(s *Sample) Mean { return s.Cells[cell] } }

// leastLight is the mean linear light below which a relative change says
// nothing.
const leastLight = 0.0005

// relative is a part's light over its own mean, frame by frame and channel by
// channel. Frames without it keep the last value. It is nil when the part is
// missing from more than a tenth of the frames, or dark.
func (r record) relative(of part, least int32) []Light {
	out := make([]Light, len(r.samples))
	var mean Light
	n := 0
	for i, s := range r.samples {
		m := of(s)
		if m.Pixels < least {
			out[i][0] = math.NaN()
			continue
		}
		out[i] = Light{float64(m.Light[0]), float64(m.Light[1]), float64(m.Light[2])}
		mean = mean.plus(out[i])
		n++
	}
	if n == 0 || n < len(out)*9/10 {
		return nil
	}
	mean = mean.times(1 / float64(n))
	if min(mean[0], mean[1], mean[2]) < leastLight {
		return nil
	}
	last := Light{1, 1, 1}
	for i := range out {
		if !math.IsNaN(out[i][0]) {
			last = Light{out[i][0] / mean[0], out[i][1] / mean[1], out[i][2] / mean[2]}
		}
		out[i] = last
	}
	return out
}

// against divides one relative course by another.
func against(light, by []Light) []Light {
	if by == nil {
		return light
	}
	out := make([]Light, len(light))
	for i := range light {
		for c := range light[i] {
			out[i][c] = light[i][c] / max(0.05, by[i][c])
		}
	}
	return out
}

// chromas is a relative course without what its channels have in common, and
// without what changes slowly.
func (r record) chromas(light []Light) course {
	if light == nil {
		return nil
	}
	out := make(course, len(light))
	for i, l := range light {
		out[i] = l.chroma()
	}
	r.still(out)
	return out
}

// still takes what changes slowly out of a course.
func (r record) still(c course) {
	for _, q := range r.slow {
		var dot chroma
		for i, x := range q {
			dot[0] += x * c[i][0]
			dot[1] += x * c[i][1]
		}
		for i, x := range q {
			c[i][0] -= x * dot[0]
			c[i][1] -= x * dot[1]
		}
	}
}
