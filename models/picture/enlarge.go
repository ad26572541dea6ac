package picture

// enlarger makes squares larger with a Lanczos kernel. It is the way of small
// faces only, and written plainly.
type enlarger struct {
	size    int
	first   []int     // of each target pixel, the first of its 2*lobes source pixels
	weights []float32 // 2*lobes per target pixel
	lines   []float32 // the square's rows, resampled across: three floats per pixel
}

func newEnlarger(size int) enlarger {
	return enlarger{size: size, first: make([]int, size), weights: make([]float32, 2*lobes*size)}
}

// square writes into dst a square of side pixels that begins pix, whose rows
// are stride pixels apart.
func (e *enlarger) square(dst *Picture, pix []Pixel, stride, side int) {
	scale := float64(side) / float64(e.size)
	for i := range e.size {
		e.first[i] = lanczos(e.weights[2*lobes*i:], (float64(i)+0.5)*scale-0.5)
	}
	width := 3 * e.size
	if n := width * side; cap(e.lines) < n {
		e.lines = make([]float32, n)
	}
	for j := range side {
		e.across(e.lines[j*width:(j+1)*width], pix[j*stride:j*stride+side], side)
	}
	dst.reset(e.size, e.size)
	for j := range e.size {
		out := dst.row(j)
		for i := range out {
			var r, g, b float32
			for k, w := range e.weights[2*lobes*j : 2*lobes*(j+1)] {
				// The kernel reaches over the edge: the edge is repeated.
				at := min(max(e.first[j]+k, 0), side-1)*width + 3*i
				l := e.lines[at : at+3 : at+3]
				r, g, b = r+w*l[0], g+w*l[1], b+w*l[2]
			}
			out[i] = pack(level(r), level(g), level(b))
		}
	}
}

func (e *enlarger) across(line []float32, row []Pixel, side int) {
	for i := range e.size {
		var r, g, b float32
		for k, w := range e.weights[2*lobes*i : 2*lobes*(i+1)] {
			v := row[min(max(e.first[i]+k, 0), side-1)]
			r, g, b = r+w*float32(v&0xFF), g+w*float32(v>>8&0xFF), b+w*float32(v>>16&0xFF)
		}
		line[3*i], line[3*i+1], line[3*i+2] = r, g, b
	}
}

// level rounds to a channel's level.
func level(v float32) uint8 { return uint8(min(max(v+0.5, 0), 255)) }
