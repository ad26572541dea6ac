package picture

// Planes turns pixels into the numbers that a network reads: one plane of
// floats per channel, in the order that the network wants, each level of each
// channel looked up in a table.
type Planes struct {
	shift [3]uint
	table [3][256]float32
}

// NewPlanes makes the tables. bgr is the order of the planes. Each channel's
// value is (level*scale - mean) / std, with mean and std in the order of the
// planes.
func NewPlanes(bgr bool, scale float64, mean, std [3]float64) *Planes {
	p := &Planes{shift: [3]uint{0, 8, 16}}
	if bgr {
		p.shift = [3]uint{16, 8, 0}
	}
	for c := range p.table {
		for v := range p.table[c] {
			p.table[c][v] = float32((float64(v)*scale - mean[c]) / std[c])
		}
	}
	return p
}

// Write fills dst, three planes of width x height, with the picture in the
// top left corner and zeros to its right and below it. The picture must not
// be larger than a plane.
func (t *Planes) Write(dst []float32, p *Picture, width, height int) {
	size := width * height
	dst = dst[:3*size]
	for y := range height {
		a, b, c := dst[y*width:(y+1)*width], dst[size+y*width:size+(y+1)*width], dst[2*size+y*width:2*size+(y+1)*width]
		n := 0
		if y < p.Height {
			t.row(a, b, c, p.row(y))
			n = p.Width
		}
		clear(a[n:])
		clear(b[n:])
		clear(c[n:])
	}
}

func (t *Planes) row(a, b, c []float32, in []Pixel) {
	a, b, c = a[:len(in)], b[:len(in)], c[:len(in)]
	s0, s2 := t.shift[0]&31, t.shift[2]&31
	for x, v := range in {
		a[x] = t.table[0][uint8(v>>s0)]
		b[x] = t.table[1][uint8(v>>8)]
		c[x] = t.table[2][uint8(v>>s2)]
	}
}
