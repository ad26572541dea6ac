package picture

import "math"

// Resampler cuts a square out of a picture and brings it to a fixed size:
// smaller by averaging areas, larger with a Lanczos kernel of four lobes, as
// OpenCV's INTER_AREA and INTER_LANCZOS4. What lies outside of the picture is
// mirrored at the border without repeating the border (reflect-101). It keeps
// its memory and is used by one goroutine at a time.
type Resampler struct {
	size    int
	outside Picture // a square that reaches out of the picture, mirrored
	boxed   Picture // a square that is far too large, shrunk in whole boxes
	spans   []span
	weights []float32
	sums    []float32
	enlarge enlarger
}

// NewResampler makes one for squares of size x size pixels.
func NewResampler(size int) *Resampler {
	return &Resampler{size: size, enlarge: newEnlarger(size)}
}

// Square writes into dst the square of side pixels whose top left corner is at
// x, y; both may lie outside of the picture. It returns how many of the pixels
// dst shows: when a square is shrunk to less than half, boxes of whole pixels
// are averaged first, and the last may not be full.
func (r *Resampler) Square(dst, p *Picture, x, y, side int) int {
	side = max(1, side)
	if x < 0 || y < 0 || x+side > p.Width || y+side > p.Height {
		r.mirror(p, x, y, side)
		p, x, y = &r.outside, 0, 0
	}
	pix, stride := p.Pix[y*p.Width+x:], p.Width
	if side < r.size {
		r.enlarge.square(dst, pix, stride, side)
		return side
	}
	k := side / r.size
	if side /= k; k > 1 {
		r.boxed.reset(side, side)
		shrinkRows(&r.boxed, pix, stride, k)
		pix, stride = r.boxed.Pix, side
	}
	if n := 4 * side; cap(r.sums) < n {
		r.sums = make([]float32, n)
	}
	r.areas(side)
	dst.reset(r.size, r.size)
	areaOf(dst, pix, stride, side, r.spans, r.weights, r.sums[:cap(r.sums)])
	return side * k
}

// mirror copies a square that reaches out of the picture.
func (r *Resampler) mirror(p *Picture, x, y, side int) {
	r.outside.reset(side, side)
	from, to := min(max(0, -x), side), max(0, min(side, p.Width-x))
	for j := range side {
		out, row := r.outside.row(j), p.row(mirrored(y+j, p.Height))
		if from < to {
			copy(out[from:to], row[x+from:])
		}
		for i := range out {
			if i < from || i >= to {
				out[i] = row[mirrored(x+i, p.Width)]
			}
		}
	}
}

// areas fills spans and weights for a square of side pixels: every pixel
// counts by how much of it lies in the area of the target pixel.
func (r *Resampler) areas(side int) {
	r.spans, r.weights = r.spans[:0], r.weights[:0]
	for i := range r.size {
		// In units of 1/size of a source pixel everything is whole.
		a, b := i*side, (i+1)*side
		k, at := a/r.size, len(r.weights)
		s := span{first: int32(k), at: int32(at)}
		for ; k*r.size < b; k++ {
			covered := min(b, (k+1)*r.size) - max(a, k*r.size)
			r.weights = append(r.weights, float32(covered)/float32(side))
		}
		s.count = int32(len(r.weights) - at)
		r.spans = append(r.spans, s)
	}
}

// mirrored brings an index into [0, n) by reflecting it at 0 and n-1.
func mirrored(i, n int) int {
	if i >= 0 && i < n {
		return i
	}
	if n == 1 {
		return 0
	}
	period := 2 * (n - 1)
	i %= period
	if i < 0 {
		i += period
	}
	if i >= n {
		i = period - i
	}
	return i
}

// lobes is how far the Lanczos kernel reaches to each side, in pixels.
const lobes = 4

// lanczos weighs the eight pixels around at; the first is returned.
func lanczos(w []float32, at float64) (first int) {
	base := math.Floor(at)
	var sum float64
	for k := range 2 * lobes {
		x := at - (base + float64(k-lobes+1))
		v := sinc(x) * sinc(x/lobes)
		w[k] = float32(v)
		sum += v
	}
	for k := range 2 * lobes {
		w[k] /= float32(sum)
	}
	return int(base) - lobes + 1
}

func sinc(x float64) float64 {
	if math.Abs(x) < 1e-9 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}
