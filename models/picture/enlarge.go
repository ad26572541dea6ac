package picture

// enlarger makes squares larger with a Lanczos kernel.
type enlarger struct {
	size    int
	side    int       // of the square that first and weights are for
	first   []int32   // of each target pixel, the first of its 2*lobes source pixels
	weights []float32 // 2*lobes per target pixel
	levels  []float32 // one row of the square, its ends repeated: four floats per pixel
	lines   []float32 // the square's rows, resampled across: four floats per pixel
}

func newEnlarger(size int) enlarger {
	return enlarger{size: size, first: make([]int32, size), weights: make([]float32, 2*lobes*size)}
}

// square writes into dst a square of side pixels that begins pix, whose rows
// are stride pixels apart.
func (e *enlarger) square(dst *Picture, pix []Pixel, stride, side int) {
	if e.side != side {
		scale := float64(side) / float64(e.size)
		for i := range e.size {
			e.first[i] = int32(lanczos(e.weights[2*lobes*i:], (float64(i)+0.5)*scale-0.5))
		}
		e.side = side
		if e.lines == nil {
			e.levels, e.lines = make([]float32, 4*(e.size+2*lobes)), make([]float32, 4*e.size*e.size)
		}
	}
	dst.reset(e.size, e.size)
	enlargeOf(dst, pix, stride, e)
}

// level rounds to a channel's level.
func level(v float32) uint8 { return uint8(min(max(v+0.5, 0), 255)) }
