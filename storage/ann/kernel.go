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

// kernels are the three inner loops of a search, as this processor runs them
// best. All write the same numbers to the last bit: the plain ones below are
// the definition.
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
}

func plainKernels() kernels {
	return kernels{name: "plain Go", estimate: plainEstimate, dots: plainDots, dotsAt: plainDotsAt}
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

// blocksIn is how many blocks n rows take. It is 0 when that is more than a run
// or than there is: assembly checks no bounds, and plain Go must be asked.
func blocksIn(n, bytes, perRow, more int) int {
	blocks := (n + blockRows - 1) / blockRows
	if blocks > run || blocks*blockRows*perRow > bytes || blocks > (more+blockRows-1)/blockRows {
		return 0
	}
	return blocks
}
