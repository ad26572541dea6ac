package ann

import (
	"encoding/binary"
	"math"
)

// probe is a vector that is looked for, made ready for the three stages.
type probe struct {
	dims   int
	turned []float32 // unit length
	// Stage one: for each four dimensions sixteen entries, the sums of their
	// components with all signs, from 0 to 63 in steps of delta above bias.
	table       []byte
	delta, bias float32
	// Stage two: the components in steps of their own, and 128 times their sum.
	// No two neighbours are more than 128 together, so that kernels can add two
	// products in 16 bits.
	cells []int8
	sum   int32
	scale float64 // of a product of cells: a cosine
	off   float64 // how far the probe is from its cells
	spare []byte  // what a row has besides
}

func newProbe(dims int) *probe {
	return &probe{
		dims: dims, turned: make([]float32, dims), table: make([]byte, dims*4),
		cells: make([]int8, dims), spare: make([]byte, 9*dims),
	}
}

// take makes the probe from a vector. What stage one needs is made by tabulate.
func (p *probe) take(k *kernels, r *rotation, v, scratch []float32) {
	r.apply(v, p.turned, scratch)
	p.quantise(k)
}

func (p *probe) tabulate() {
	var widest, bias float32
	for x := p.turned; len(x) >= 4; x = x[4:] {
		w := (abs(x[0]) + abs(x[1])) + (abs(x[2]) + abs(x[3]))
		if w > widest {
			widest = w
		}
		bias -= w
	}
	const most = 63 // four of them fit into a byte
	p.delta, p.bias = 2*widest/most, bias
	per := 2 * 256 / p.delta
	for g := 0; g < p.dims; g += 4 {
		tabulate((*[16]byte)(p.table[4*g:]), (*[4]float32)(p.turned[g:]), per)
	}
}

// tabulate writes the sums of four components with all signs, above that where
// all signs are as bad as can be. The sums are in 256ths, four in a word, each
// word for one choice of the last two signs.
func tabulate(row *[16]byte, x *[4]float32, per float32) {
	const each, lanes2, lanes1 = 0x0001_0001_0001_0001, 0x0001_0001_0000_0000, 0x0001_0000_0001_0000
	a, b, c, d := int64(x[0]*per), int64(x[1]*per), int64(x[2]*per), int64(x[3]*per)
	// A set bit adds its component, and one that is not set takes the absolute
	// value of it away, or nothing where it is as bad already.
	v := (128-min(a, 0)-min(b, 0)-min(c, 0)-min(d, 0))*each + a*lanes1 + b*lanes2
	c, d = c*each, d*each
	binary.LittleEndian.PutUint32(row[0:], upper(uint64(v)))
	binary.LittleEndian.PutUint32(row[4:], upper(uint64(v+c)))
	binary.LittleEndian.PutUint32(row[8:], upper(uint64(v+d)))
	binary.LittleEndian.PutUint32(row[12:], upper(uint64(v+c+d)))
}

// upper is the upper bytes of four lanes.
func upper(v uint64) uint32 {
	v = v >> 8 & 0x00FF_00FF_00FF_00FF
	v |= v >> 8
	return uint32(v&0xFFFF | v>>16&0xFFFF_0000)
}

// quantise codes the probe as rows are coded, in steps of its own: as small as
// two neighbours allow.
func (p *probe) quantise(k *kernels) {
	var widest float32
	for x := p.turned; len(x) >= 2; x = x[2:] {
		if w := abs(x[0]) + abs(x[1]); w > widest {
			widest = w
		}
	}
	width := widest / 127
	cells := p.spare[:p.dims]
	_, off := k.code(p.turned, width, p.spare[p.dims:5*p.dims], cells, p.spare[5*p.dims:])
	p.sum = 0
	for i, c := range cells {
		p.cells[i] = int8(c ^ 128)
		p.sum += int32(c)
	}
	p.sum, p.scale = 128*(p.sum-128*int32(p.dims)), float64(width)*step(p.dims)
	p.off = math.Sqrt(float64(off))
}

func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

// rounding is more than all that float32 loses in a product of unit vectors.
const rounding = 1e-5

// wrong is how far the product of the cells may be from the cosine, by the
// inequality of Cauchy and Schwarz: with x = a + e and q = b + f it is
// <x,q> - <a,b> = <a,f> + <e,q>, and neither |a| |f| nor |e| |q| can be more
// than this.
func (p *probe) wrong(loss float64) float64 {
	return (1+loss)*p.off + loss + rounding
}
