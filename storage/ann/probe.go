package ann

import (
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
	// Stage two: the components in steps of their own, as bytes and as words,
	// and 128 times their sum.
	cells []int8
	words []int16
	sum   int32
	scale float64 // of a product of cells: a cosine
	off   float64 // how far the probe is from its cells
}

func newProbe(dims int) *probe {
	return &probe{
		dims: dims, turned: make([]float32, dims), table: make([]byte, dims*4),
		cells: make([]int8, dims), words: make([]int16, dims),
	}
}

// take makes the probe from a vector. What stage one needs is made by tabulate.
func (p *probe) take(r *rotation, v, scratch []float32) {
	r.apply(v, p.turned, scratch)
	p.quantise()
}

func (p *probe) tabulate() {
	var widest, bias float32
	for g := 0; g < p.dims; g += 4 {
		w := abs(p.turned[g]) + abs(p.turned[g+1]) + abs(p.turned[g+2]) + abs(p.turned[g+3])
		widest, bias = max(widest, w), bias-w
	}
	const most = 63 // four of them fit into a byte
	p.delta, p.bias = 2*widest/most, bias
	per := 1 / p.delta
	for g := 0; g < p.dims; g += 4 {
		// All the other signs are as bad as can be: an entry counts up from 0.
		row := (*[16]byte)(p.table[4*g : 4*g+16])
		var sums [16]float32
		sums[0] = 0.5
		for b, x := range p.turned[g : g+4] {
			// Where x is negative, a set bit takes 2|x| away from all others.
			up, down := float32(0), 2*per*abs(x)
			if x >= 0 {
				up, down = down, 0
			}
			for m := range sums[:1<<b] {
				sums[m|1<<b] = sums[m] + up
				sums[m] += down
			}
		}
		for m, s := range sums {
			row[m] = byte(int32(s))
		}
	}
}

func (p *probe) quantise() {
	var widest float32
	for _, x := range p.turned {
		widest = max(widest, abs(x))
	}
	width := widest / 127
	per := 1 / width
	var sum int32
	var off float32
	for i, x := range p.turned {
		c := int32(math.Float32frombits(math.Float32bits(x)&(1<<31)|math.Float32bits(0.5)) + x*per)
		p.cells[i], p.words[i] = int8(c), int16(c)
		sum += c
		d := x - float32(c)*width
		off += d * d
	}
	p.sum, p.scale = 128*sum, float64(width)*step(p.dims)
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
