package sim

import (
	"math"
	"math/rand/v2"
)

// tones are what skin sends back of red, green and blue light, from the lightest
// to the darkest of six groups: the order of Fitzpatrick, at the levels that
// spectrophotometers find on foreheads and cheeks.
func tones() [6][3]float64 {
	return [6][3]float64{
		{0.62, 0.43, 0.345}, {0.55, 0.365, 0.275}, {0.47, 0.295, 0.205},
		{0.36, 0.21, 0.138}, {0.225, 0.126, 0.080}, {0.118, 0.066, 0.043},
	}
}

// Tones is how many groups of skin tones there are.
const Tones = 6

// Skin is the colours of one person.
type Skin struct {
	Tone    int
	Base    [3]float64
	Ruddy   float64 // redness of cheeks, nose and lips
	Blotch  float64 // strength of the uneven
	Beard   float64 // 0 shaven, 1 full
	Freckle float64
	Hair    [3]float64
	Iris    [3]float64
	Brows   float64 // how dark
	Cloth   [3]float64
	Oil     float64 // shine, 0 to 1
}

// noise is a field of uneven values about 0, in squares of a lattice.
type noise struct{ lattice [4096]float32 }

func newNoise(r *rand.Rand) *noise {
	n := &noise{}
	for i := range n.lattice {
		n.lattice[i] = float32(2*r.Float64() - 1)
	}
	return n
}

// at is the field's value, smooth between the points of the lattice.
func (n *noise) at(x, y float64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	i, j := int(fx)&63, int(fy)&63
	tx, ty := float32(x-fx), float32(y-fy)
	tx, ty = tx*tx*(3-2*tx), ty*ty*(3-2*ty)
	a, b := n.lattice[j<<6|i], n.lattice[j<<6|(i+1)&63]
	c, d := n.lattice[(j+1)&63<<6|i], n.lattice[(j+1)&63<<6|(i+1)&63]
	a += (b - a) * tx
	c += (d - c) * tx
	return float64(a + (c-a)*ty)
}

// colour is linear reflectance: red, green, blue.
type colour [3]float64

func (a colour) to(b colour, s float64) colour {
	for i := range a {
		a[i] += (b[i] - a[i]) * s
	}
	return a
}

func (a colour) times(s float64) colour { return colour{a[0] * s, a[1] * s, a[2] * s} }

// paint is what a person looks like: a colour for each place at rest.
type paint struct {
	Skin
	Shape
	field *noise
	photo *texture // instead of the drawn face, where it covers
	lids  bool     // the eyes are shut
	holes bool     // the eyes are cut out
}

// of is the colour of a material at a place.
func (p *paint) of(made material, u, v float64) colour {
	switch made {
	case hairMaterial:
		return colour(p.Hair).times(1 + 0.45*p.field.at(u*0.8, v*0.09))
	case clothMaterial:
		return colour(p.Cloth).times(1 + 0.12*p.field.at(u*0.35, v*0.35) + 0.1*p.field.at(u*0.03, v*0.03))
	case frameMaterial:
		return colour{0.035, 0.03, 0.03}
	default:
		return p.skin(u, v)
	}
}

// skin is the face and the neck.
func (p *paint) skin(u, v float64) colour {
	side := math.Abs(u)
	c := p.flesh(u, v, side)
	c = p.lips(c, v, side)
	brow := bump(v, 21+3*bump(side, p.Eyes+5, 9), 3.1) * smooth(p.Eyes-23, p.Eyes-17, side) * smooth(p.Eyes+23, p.Eyes+12, side)
	c = c.to(colour(p.Hair).times(0.8), p.Brows*min(1, brow*(1.1+0.5*p.field.at(u*1.1, v*0.5))))
	nostril := bump(side, 7.2*p.NoseWide, 3) * bump(v, -43.5*p.NoseLong, 1.9)
	c = c.to(colour{0.02, 0.012, 0.01}, min(1, 1.1*nostril))
	if p.photo == nil {
		return p.eye(c, v, side)
	}
	c = p.photo.over(c, u, v)
	if p.lids {
		lid := bump(side, p.Eyes, 13) * bump(v, 0, 5)
		c = c.to(colour(p.Base).times(0.85), min(1, 1.4*lid))
	}
	return c
}

// flesh is skin without features.
func (p *paint) flesh(u, v, side float64) colour {
	c := colour(p.Base)
	red := p.Ruddy * (bump(side, 42, 16)*bump(v, -28, 16) + 0.8*bump(side, 0, 11)*bump(v, -36, 9) + 0.5*bump(side, 0, 20)*bump(v, -100, 12))
	c = colour{c[0] * (1 - 0.02*red), c[1] * (1 - 0.2*red), c[2] * (1 - 0.18*red)}
	under := bump(side, p.Eyes-2, 12) * bump(v, -11, 5)
	c = c.times(1 - 0.14*under)
	uneven := 0.45*p.field.at(u*0.07+3, v*0.07) + 0.35*p.field.at(u*0.19, v*0.19+7) + 0.5*p.field.at(u*0.55, v*0.55)
	c = c.times(1 + p.Blotch*uneven)
	if p.Freckle > 0 {
		spot := smooth(0.45, 0.7, p.field.at(u*0.42+11, v*0.42+5)) * bump(v, -18, 26)
		c = c.times(1 - 0.3*p.Freckle*spot)
	}
	if p.Beard > 0 {
		area := smooth(-44, -58, v) * smooth(-128, -112, v) * (1 - 0.8*bump(side, 0, 24)*bump(v, -69, 8)) * (1 - 0.7*bump(side, 34, 12)*bump(v, -50, 8))
		lip := bump(v, -55, 4) * smooth(34, 22, side)
		c = c.to(colour(p.Hair).times(1.1), p.Beard*max(area, lip)*(0.62+0.3*p.field.at(u*0.9, v*0.9)))
	}
	return c
}

// lips are the red of the mouth and the line between.
func (p *paint) lips(c colour, v, side float64) colour {
	half := 25 * p.Mouth
	if side > half+4 || v > -54 || v < -88 {
		return c
	}
	t := min(side/half, 1)
	top := -69 + 8*(1-t*t)*(1-0.28*bump(side, 0, 4))
	low := -69.6 - 10.5*(1-t*t*t)
	red := smooth(0, 1.6, top-v) * smooth(0, 2, v-low)
	b := colour(p.Base)
	c = c.to(colour{b[0] * 0.82, b[1] * (0.62 - 0.1*p.Ruddy), b[2] * (0.68 - 0.1*p.Ruddy)}, red)
	line := bump(v, -69.3+0.8*t*t, 0.9) * smooth(half+2, half-2, side)
	return c.to(c.times(0.28), line)
}

// eye is the opening of the lids, or the lids.
func (p *paint) eye(c colour, v, side float64) colour {
	dx := side - p.Eyes
	if dx < -19 || dx > 19 || v < -12 || v > 14 {
		return c
	}
	t := min(math.Abs(dx)/15, 1)
	top, low := 5.6*(1-t*t)-0.06*dx, -4.4*(1-t*t)
	crease := bump(v, top+4.2, 1.1) * (1 - t*t*0.6)
	c = c.times(1 - 0.25*crease)
	if p.lids {
		return c.to(c.times(0.4), bump(v, low-0.6, 0.8)*smooth(1, 0.8, t))
	}
	open := smooth(-0.5, 0.9, top-v) * smooth(-0.5, 0.9, v-low) * smooth(1, 0.93, t)
	if p.holes {
		return c.to(colour{0.03, 0.02, 0.02}, open)
	}
	ball := colour{0.58, 0.53, 0.49}.times(1 - 0.35*t - 0.25*smooth(2.5, 0, top-v))
	r := math.Hypot(dx+0.4, v-0.4)
	iris := colour(p.Iris).times(1 + 0.3*p.field.at(math.Atan2(v, dx)*6, r*0.4))
	ball = ball.to(iris, smooth(6.2, 5.4, r))
	ball = ball.to(colour{0.012, 0.012, 0.012}, smooth(2.5, 1.8, r))
	c = c.to(ball, open)
	lash := bump(v, top+0.5, 0.95) * smooth(1.08, 0.9, t)
	return c.to(colour(p.Hair).times(0.5), min(1, 0.9*lash+0.35*bump(v, low-0.4, 0.7)*smooth(1.05, 0.85, t)))
}
