package ann

import (
	"encoding/binary"
	"math"
	"unsafe"
)

// hit is a block of 32 rows and which of them pass.
type hit struct{ block, rows uint32 }

// run is how many blocks a kernel looks at before the caller may raise the bar.
const run = 64

// kernels are the inner loops, as this processor runs them best: those of a
// search, and three that turn and code a row. All write the same numbers to the last bit:
// the plain ones are the definition.
type kernels struct {
	name string
	// estimate computes est for the first n rows of codes and factors,
	//
	//	est = (sum of the table's entries * delta + bias) * factor
	//
	// in float32, in this order. For each block with a row above cut it writes
	// a hit and the estimates of the whole block, and answers how many there
	// are. Bits of hits from row n on mean nothing.
	estimate func(codes, factors []byte, n int, p *probe, cut float32, hits *[run]hit, est *[run][blockRows]float32) int
	// dots is the same for the exact products of cells and probe, above cut.
	dots func(cells []byte, n int, p *probe, cut int32, hits *[run]hit, out *[run][blockRows]int32) int
	// dotsAt computes the products of single rows.
	dotsAt func(cells []*byte, p *probe, out []int32)
	// fetch asks the memory for bytes that are wanted soon.
	fetch func(b []byte)
	// cosine is what all other numbers stand for: the product of a record's row
	// and the probe, in float64 and always in this order, so that no processor
	// answers otherwise than another. Both are a multiple of four long.
	cosine func(row []byte, turned []float32) float64
	// pick takes each component from where order says, and turns its sign where
	// flips does. All are as long as the order, whose numbers are below that.
	pick func(to, from []float32, order []uint16, flips []uint32)
	// mix is the fast Walsh-Hadamard transform, without its factor. The length
	// is a power of two, and at least 8.
	mix func(v []float32)
	// code writes the signs of x to codes, a byte of eight at every 32nd byte;
	// its cells of this width; and itself to vector, in little endian. It answers
	// sum |x|, and the square of how far the cells are from x, in eight partial sums
	// each.
	code func(x []float32, width float32, codes, cells, vector []byte) (sum, off float32)
}

func plainKernels() kernels {
	return kernels{name: "plain Go", estimate: plainEstimate, dots: plainDots, dotsAt: plainDotsAt, fetch: plainFetch, cosine: plainCosine, pick: plainPick, mix: plainMix, code: plainCode}
}

func plainEstimate(codes, factors []byte, n int, p *probe, cut float32, hits *[run]hit, est *[run][blockRows]float32) int {
	found, pairs := 0, p.dims/8
	for b := 0; b*blockRows < n; b++ {
		block, passed := codes[b*blockRows*pairs:][:blockRows*pairs], uint32(0)
		for i := range min(blockRows, n-b*blockRows) {
			var sum uint32
			for j := range pairs {
				c := block[j*blockRows+i]
				sum += uint32(p.table[32*j+int(c&15)]) + uint32(p.table[32*j+16+int(c>>4)])
			}
			f := math.Float32frombits(binary.LittleEndian.Uint32(factors[4*(b*blockRows+i):]))
			// The conversion keeps the compiler from fusing both operations.
			e := (float32(float32(sum)*p.delta) + p.bias) * f
			est[found][i] = e
			if e > cut {
				passed |= 1 << i
			}
		}
		if passed != 0 {
			hits[found] = hit{uint32(b), passed}
			found++
		}
	}
	return found
}

func plainDots(cells []byte, n int, p *probe, cut int32, hits *[run]hit, out *[run][blockRows]int32) int {
	found := 0
	for b := 0; b*blockRows < n; b++ {
		passed := uint32(0)
		for i := range min(blockRows, n-b*blockRows) {
			d := plainDot(cells[(b*blockRows+i)*p.dims:][:p.dims], p.cells)
			out[found][i] = d
			if d > cut {
				passed |= 1 << i
			}
		}
		if passed != 0 {
			hits[found] = hit{uint32(b), passed}
			found++
		}
	}
	return found
}

func plainDot(cells []byte, q []int8) int32 {
	var a, b, c, d int32
	for i := 0; i+4 <= len(cells); i += 4 {
		x, y := cells[i:i+4:i+4], q[i:i+4:i+4]
		a += (int32(x[0]) - 128) * int32(y[0])
		b += (int32(x[1]) - 128) * int32(y[1])
		c += (int32(x[2]) - 128) * int32(y[2])
		d += (int32(x[3]) - 128) * int32(y[3])
	}
	return a + b + c + d
}

// ahead is how many pointers stand behind the last that dotsAt computes: it
// fetches rows before their turn, and may fetch these, too.
const ahead = 8

func plainDotsAt(cells []*byte, p *probe, out []int32) {
	for i := range min(len(cells)-ahead, len(out)) {
		out[i] = plainDot(unsafe.Slice(cells[i], p.dims), p.cells) //nolint:gosec // a row of a part has as many cells as the probe
	}
}

func plainFetch([]byte) {}

func plainCosine(row []byte, turned []float32) float64 {
	var a, b, c, d float64
	for i := 0; i+4 <= len(turned); i += 4 {
		x, y := row[4*i:4*i+16:4*i+16], turned[i:i+4:i+4]
		a += float64(float(x[0:]) * float64(y[0]))
		b += float64(float(x[4:]) * float64(y[1]))
		c += float64(float(x[8:]) * float64(y[2]))
		d += float64(float(x[12:]) * float64(y[3]))
	}
	return max(-1, min(1, (a+b)+(c+d)))
}

func float(b []byte) float64 {
	return float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
}

func plainPick(to, from []float32, order []uint16, flips []uint32) {
	to, flips = to[:len(order)], flips[:len(order)]
	for i, at := range order {
		to[i] = math.Float32frombits(math.Float32bits(from[at]) ^ flips[i])
	}
}

func plainMix(v []float32) {
	for i := 0; i+8 <= len(v); i += 8 {
		w := (*[8]float32)(v[i : i+8])
		a, b, c, d := w[0]+w[1], w[0]-w[1], w[2]+w[3], w[2]-w[3]
		e, f, g, h := w[4]+w[5], w[4]-w[5], w[6]+w[7], w[6]-w[7]
		a, c, b, d = a+c, a-c, b+d, b-d
		e, g, f, h = e+g, e-g, f+h, f-h
		w[0], w[4], w[1], w[5] = a+e, a-e, b+f, b-f
		w[2], w[6], w[3], w[7] = c+g, c-g, d+h, d-h
	}
	for half := 8; half < len(v); half *= 2 {
		for i := 0; i < len(v); i += 2 * half {
			low := v[i : i+half]
			high := v[i+half : i+2*half][:len(low)]
			for j, x := range low {
				y := high[j]
				low[j], high[j] = x+y, x-y
			}
		}
	}
}

func plainCode(x []float32, width float32, codes, cells, vector []byte) (sum, off float32) {
	per := 1 / width
	var sums, offs [8]float32
	for j := 0; j+8 <= len(x); j += 8 {
		var signs byte
		for b, v := range x[j : j+8 : j+8] {
			u := math.Float32bits(v)
			signs |= byte(u>>31^1) << b
			sums[b] += math.Float32frombits(u &^ (1 << 31))
			// Conversions keep the compiler from fusing operations.
			c := max(1, min(255, int32(float32(v*per)+128.5)))
			cells[j+b] = byte(c)
			d := v - float32(float32(c-128)*width)
			offs[b] += float32(d * d)
			binary.LittleEndian.PutUint32(vector[4*(j+b):], u)
		}
		codes[j/8*blockRows] = signs
	}
	return fold(&sums), fold(&offs)
}

// fold adds eight partial sums as vector instructions do.
func fold(s *[8]float32) float32 {
	return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}

// blocksIn is how many blocks n rows take. It is 0 when that is more than a run
// or than there is: assembly checks no bounds, and plain Go must be asked.
func blocksIn(n, bytes, perRow, more int) int {
	blocks := (n + blockRows - 1) / blockRows
	if blocks > run || blocks*blockRows*perRow > bytes || blocks > (more+blockRows-1)/blockRows {
		return 0
	}
	return blocks
}
