package sim

import "math"

// vec is a place or a direction in millimetres: x to the right of the picture,
// y up, z from the person to the screen.
type vec struct{ x, y, z float64 }

func (a vec) add(b vec) vec       { return vec{a.x + b.x, a.y + b.y, a.z + b.z} }
func (a vec) sub(b vec) vec       { return vec{a.x - b.x, a.y - b.y, a.z - b.z} }
func (a vec) times(s float64) vec { return vec{a.x * s, a.y * s, a.z * s} }
func (a vec) dot(b vec) float64   { return a.x*b.x + a.y*b.y + a.z*b.z }
func (a vec) long() float64       { return math.Sqrt(a.dot(a)) }
func (a vec) cross(b vec) vec     { return vec{a.y*b.z - a.z*b.y, a.z*b.x - a.x*b.z, a.x*b.y - a.y*b.x} }

// unit has length 1; nothing has no direction, and stays.
func (a vec) unit() vec {
	if l := a.long(); l > 0 {
		return a.times(1 / l)
	}
	return a
}

// mirrored is the direction in which a mirror of normal n sends what comes
// along a.
func (a vec) mirrored(n vec) vec { return a.sub(n.times(2 * a.dot(n))) }

// turn is a rotation: columns are the images of the axes.
type turn struct{ x, y, z vec }

func (t turn) of(a vec) vec {
	return t.x.times(a.x).add(t.y.times(a.y)).add(t.z.times(a.z))
}

// turned is the rotation of a head or a sheet in degrees: yaw about y, then
// pitch about x, then roll about z.
func turned(yaw, pitch, roll float64) turn {
	sy, cy := math.Sincos(yaw * math.Pi / 180)
	sp, cp := math.Sincos(pitch * math.Pi / 180)
	sr, cr := math.Sincos(roll * math.Pi / 180)
	about := func(a vec) vec {
		a = vec{a.x*cr - a.y*sr, a.x*sr + a.y*cr, a.z}
		a = vec{a.x, a.y*cp - a.z*sp, a.y*sp + a.z*cp}
		return vec{a.x*cy + a.z*sy, a.y, a.z*cy - a.x*sy}
	}
	return turn{about(vec{x: 1}), about(vec{y: 1}), about(vec{z: 1})}
}

// smooth rises from 0 at a to 1 at b without a corner.
func smooth(a, b, v float64) float64 {
	t := min(max((v-a)/(b-a), 0), 1)
	return t * t * (3 - 2*t)
}

// bump is 1 in the middle and falls off like a bell of this width.
func bump(v, middle, width float64) float64 {
	d := (v - middle) / width
	if d > 4 || d < -4 {
		return 0
	}
	return math.Exp(-d * d / 2)
}

// knot is a point of a curve.
type knot struct{ at, value float64 }

// curve is a smooth line through knots that overshoots none of them (Fritsch
// and Carlson, SIAM Journal on Numerical Analysis 17, 1980).
type curve struct {
	knots  []knot
	slopes []float64
}

func newCurve(knots ...knot) curve {
	n := len(knots)
	c := curve{knots: knots, slopes: make([]float64, n)}
	rise := func(i int) float64 {
		return (knots[i+1].value - knots[i].value) / (knots[i+1].at - knots[i].at)
	}
	c.slopes[0], c.slopes[n-1] = rise(0), rise(n-2)
	for i := 1; i < n-1; i++ {
		if a, b := rise(i-1), rise(i); a*b > 0 {
			c.slopes[i] = 2 * a * b / (a + b)
		}
	}
	return c
}

// of is the curve's value; it is flat beyond its ends.
func (c curve) of(at float64) float64 {
	k := c.knots
	if at <= k[0].at {
		return k[0].value
	}
	for i := 1; i < len(k); i++ {
		if at > k[i].at {
			continue
		}
		w := k[i].at - k[i-1].at
		t := (at - k[i-1].at) / w
		return k[i-1].value*(1+2*t)*(1-t)*(1-t) + k[i].value*t*t*(3-2*t) +
			w*(c.slopes[i-1]*t*(1-t)*(1-t)-c.slopes[i]*t*t*(1-t))
	}
	return k[len(k)-1].value
}
