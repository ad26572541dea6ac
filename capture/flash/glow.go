package flash

// chroma is light without what red, green and blue have in common: red minus
// green, and blue minus green. Whatever brightens or darkens everything, and
// the neutral colour, is zero in it.
type chroma [2]float64

func (c chroma) plus(d chroma) chroma    { return chroma{c[0] + d[0], c[1] + d[1]} }
func (c chroma) minus(d chroma) chroma   { return chroma{c[0] - d[0], c[1] - d[1]} }
func (c chroma) times(by float64) chroma { return chroma{c[0] * by, c[1] * by} }
func (c chroma) dot(d chroma) float64    { return c[0]*d[0] + c[1]*d[1] }
func (l Light) chroma() chroma           { return chroma{l[0] - l[1], l[2] - l[1]} }
func (l Light) plus(m Light) Light       { return Light{l[0] + m[0], l[1] + m[1], l[2] + m[2]} }
func (l Light) times(by float64) Light   { return Light{l[0] * by, l[1] * by, l[2] * by} }

// glow is what the screen is to a face in the picture: its mean colour, half of
// what the picture's right is lit with more than its left, and half of what
// the top is lit with more than the bottom.
type glow struct{ flat, side, height chroma }

// glowOf is the one place that knows left from right. The customer looks at
// the screen and the camera looks back, and its picture is not mirrored: the
// screen's left, as the customer sees it, lights the right of the picture.
func glowOf(tiles [4]Light) glow {
	quarter := func(topLeft, topRight, bottomLeft, bottomRight float64) chroma {
		var sum chroma
		for i, s := range [4]float64{TopLeft: topLeft, TopRight: topRight, BottomLeft: bottomLeft, BottomRight: bottomRight} {
			sum = sum.plus(tiles[i].chroma().times(s / 4))
		}
		return sum
	}
	return glow{
		flat:   quarter(1, 1, 1, 1),
		side:   quarter(1, -1, 1, -1),
		height: quarter(1, 1, -1, -1),
	}
}

// glow is a slot's, on a screen of sRGB.
func (s Slot) glow() glow {
	var tiles [4]Light
	for i, c := range s.Tiles() {
		tiles[i] = c.Light()
	}
	return glowOf(tiles)
}

func (g glow) parts() [3]chroma { return [3]chroma{g.flat, g.side, g.height} }
