package picture

// Planes turns pixels into the numbers that a network reads: one plane of
// floats per channel, in the order that the network wants.
type Planes struct {
	shift        [3]int // where each plane's channel is in a Pixel
	factor, plus [3]float32
}

// NewPlanes makes Planes. bgr is the order of the planes. Each channel's value
// is (level*scale - mean) / std, with mean and std in the order of the planes.
func NewPlanes(bgr bool, scale float64, mean, std [3]float64) *Planes {
	p := &Planes{shift: [3]int{0, 8, 16}}
	if bgr {
		p.shift = [3]int{16, 8, 0}
	}
	for c := range 3 {
		p.factor[c] = float32(scale / std[c])
		p.plus[c] = float32(-mean[c] / std[c])
	}
	return p
}

// Write fills dst, three planes of width x height, with the picture in the
// top left corner and zeros to its right and below it. The picture must not
// be larger than a plane.
func (t *Planes) Write(dst []float32, p *Picture, width, height int) {
	size := width * height
	a, b, c := dst[:size], dst[size:2*size], dst[2*size:3*size]
	if p.Width == width {
		n := p.Width * p.Height
		planesOf(p.Pix[:n], a, b, c, t)
		a, b, c = a[n:], b[n:], c[n:]
	} else {
		for y := range p.Height {
			planesOf(p.row(y), a, b, c, t)
			clear(a[p.Width:width])
			clear(b[p.Width:width])
			clear(c[p.Width:width])
			a, b, c = a[width:], b[width:], c[width:]
		}
	}
	clear(a)
	clear(b)
	clear(c)
}
