package picture

import "math"

// Resampler cuts a square out of a picture and brings it to a fixed size:
// smaller by averaging areas, larger with a Lanczos kernel of four lobes, as
// OpenCV's INTER_AREA and INTER_LANCZOS4. What lies outside of the picture is
// mirrored at the border without repeating the border (reflect-101). It keeps
// its memory and is used by one goroutine at a time.
type Resampler struct {
	size    int
	first   []int32 // of each target pixel, the first source pixel and
	count   []int32 // how many, with their
	weights []float32
	columns []int32 // source column of each column of the square, mirrored
	lines   [ring][]float32
	held    [ring]int // which row of the square each line holds
	sum     []float32
}

// ring is how many resampled rows are kept: as many as the Lanczos kernel
// reads, so that none is made twice.
const ring = 8

// NewResampler makes one for squares of size x size pixels.
func NewResampler(size int) *Resampler {
	r := &Resampler{
		size: size, first: make([]int32, size), count: make([]int32, size),
		sum: make([]float32, 3*size),
	}
	for i := range r.lines {
		r.lines[i] = make([]float32, 3*size)
	}
	return r
}

// Square writes into dst the square of side pixels whose top left corner is at
// x, y; both may lie outside of the picture.
func (r *Resampler) Square(dst, p *Picture, x, y, side int) {
	side = max(1, side)
	taps := r.prepare(side)
	r.columns = r.columns[:0]
	for i := range side {
		r.columns = append(r.columns, int32(mirror(x+i, p.Width)))
	}
	dst.reset(r.size, r.size)
	for i := range r.held {
		r.held[i] = -1
	}
	for j := range r.size {
		clear(r.sum)
		for k := range int(r.count[j]) {
			// A kernel that reaches out of the square repeats its edge.
			row := min(max(int(r.first[j])+k, 0), side-1)
			line := r.lines[row%ring]
			if r.held[row%ring] != row {
				r.across(line, p.row(mirror(y+row, p.Height)), taps, side)
				r.held[row%ring] = row
			}
			w := r.weights[j*taps+k]
			sum := r.sum[:len(line)]
			for i, v := range line {
				sum[i] += w * v
			}
		}
		out := dst.row(j)
		for i := range out {
			s := r.sum[3*i : 3*i+3 : 3*i+3]
			out[i] = pack(level(s[0]), level(s[1]), level(s[2]))
		}
	}
}

// across resamples one row of the square into line.
func (r *Resampler) across(line []float32, row []Pixel, taps, side int) {
	for i := range r.size {
		var cr, cg, cb float32
		from, n := int(r.first[i]), int(r.count[i])
		w := r.weights[i*taps : i*taps+n]
		if from >= 0 && from+n <= side {
			for k, c := range r.columns[from : from+n] {
				v := row[c]
				cr += w[k] * float32(v&0xFF)
				cg += w[k] * float32(v>>8&0xFF)
				cb += w[k] * float32(v>>16&0xFF)
			}
		} else {
			for k := range n {
				v := row[r.columns[min(max(from+k, 0), side-1)]]
				cr += w[k] * float32(v&0xFF)
				cg += w[k] * float32(v>>8&0xFF)
				cb += w[k] * float32(v>>16&0xFF)
			}
		}
		l := line[3*i : 3*i+3 : 3*i+3]
		l[0], l[1], l[2] = cr, cg, cb
	}
}

// prepare fills first, count and weights for squares of side pixels and says
// how many weights are kept per target pixel.
func (r *Resampler) prepare(side int) int {
	scale := float64(side) / float64(r.size)
	taps := 8
	if scale >= 1 {
		taps = int(math.Ceil(scale)) + 1
	}
	if n := taps * r.size; cap(r.weights) < n {
		r.weights = make([]float32, n)
	} else {
		r.weights = r.weights[:n]
	}
	for i := range r.size {
		w := r.weights[i*taps : (i+1)*taps]
		if scale >= 1 {
			r.first[i], r.count[i] = area(w, float64(i)*scale, min(float64(i+1)*scale, float64(side)))
		} else {
			r.first[i], r.count[i] = lanczos(w, (float64(i)+0.5)*scale-0.5)
		}
	}
	return taps
}

// area weighs each pixel by how much of it lies between a and b.
func area(w []float32, a, b float64) (first, count int32) {
	i := math.Floor(a)
	first = int32(i)
	for ; i < b-1e-9 && int(count) < len(w); i++ {
		w[count] = float32((min(b, i+1) - max(a, i)) / (b - a))
		count++
	}
	return first, count
}

// lanczos weighs the eight pixels around at.
func lanczos(w []float32, at float64) (first, count int32) {
	const lobes = 4
	base := math.Floor(at)
	var sum float64
	for k := range 2 * lobes {
		x := at - (base + float64(k-lobes+1))
		v := sinc(x) * sinc(x/lobes)
		w[k] = float32(v)
		sum += v
	}
	for k := range w {
		w[k] /= float32(sum)
	}
	return int32(base) - lobes + 1, 2 * lobes
}

func sinc(x float64) float64 {
	if math.Abs(x) < 1e-9 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// level rounds to a channel's level.
func level(v float32) uint8 {
	return uint8(min(max(v+0.5, 0), 255))
}

// mirror brings an index into [0, n) by reflecting it at 0 and n-1.
func mirror(i, n int) int {
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
