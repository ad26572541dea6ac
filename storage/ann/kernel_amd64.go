package ann

import "golang.org/x/sys/cpu"

//go:noescape
func estimateAVX2(codes, factors, table *byte, blocks, pairs uint64, limits *float32, hits *hit, est *float32) uint64

//go:noescape
func dotsAVX2(cells *byte, probe *int8, blocks, dims uint64, sum, cut int32, hits *hit, out *int32) uint64

//go:noescape
func dotsVNNI(cells *byte, probe *int8, blocks, dims uint64, sum, cut int32, hits *hit, out *int32) uint64

//go:noescape
func dotsVNNI512(cells *byte, probe *int8, blocks, dims uint64, sum, cut int32, hits *hit, out *int32) uint64

//go:noescape
func dotsAtAVX2(cells **byte, probe *int8, n, dims uint64, sum int32, out *int32)

//go:noescape
func fetchAVX2(b *byte, n uint64)

//go:noescape
func cosineAVX2(row *byte, turned *float32, n uint64) float64

//go:noescape
func pickAVX2(to, from *float32, order *uint16, flips *uint32, n uint64)

//go:noescape
func mixAVX2(v *float32, n uint64)

//go:noescape
func codeAVX2(x *float32, n uint64, per, width float32, codes, cells, vector *byte) (sum, off float32)

// allKernels are those that this processor can run, best first. AVX2 came with
// Haswell (2013); VNNI in its AVX-512 form with Cascade Lake (2019) and Zen 4.
func allKernels() []kernels {
	plain := plainKernels()
	if !cpu.X86.HasAVX2 {
		return []kernels{plain}
	}
	avx2 := kernels{
		name: "AVX2", estimate: avx2Estimate, dots: avx2Dots, dotsAt: avx2DotsAt, fetch: avx2Fetch,
		cosine: avx2Cosine, pick: avx2Pick, mix: avx2Mix, code: avx2Code,
	}
	if !cpu.X86.HasAVX512VNNI || !cpu.X86.HasAVX512VL || !cpu.X86.HasAVX512F {
		return []kernels{avx2, plain}
	}
	vnni := avx2
	vnni.name, vnni.dots = "AVX2 and VNNI", vnniDots
	return []kernels{vnni, avx2, plain}
}

func avx2Estimate(codes, factors []byte, n int, p *probe, cut float32, hits *[run]hit, est *[run][blockRows]float32) int {
	blocks := blocksIn(n, len(codes), p.dims/8, len(factors)/4)
	if blocks == 0 {
		return plainEstimate(codes, factors, n, p, cut, hits, est)
	}
	limits := [3]float32{p.delta, p.bias, cut}
	return int(estimateAVX2(&codes[0], &factors[0], &p.table[0], uint64(blocks), uint64(p.dims/8), &limits[0], &hits[0], &est[0][0]))
}

func avx2Dots(cells []byte, n int, p *probe, cut int32, hits *[run]hit, out *[run][blockRows]int32) int {
	blocks := blocksIn(n, len(cells), p.dims, n)
	if blocks == 0 {
		return plainDots(cells, n, p, cut, hits, out)
	}
	return int(dotsAVX2(&cells[0], &p.cells[0], uint64(blocks), uint64(p.dims), p.sum, cut, &hits[0], &out[0][0]))
}

func vnniDots(cells []byte, n int, p *probe, cut int32, hits *[run]hit, out *[run][blockRows]int32) int {
	blocks := blocksIn(n, len(cells), p.dims, n)
	if blocks == 0 {
		return plainDots(cells, n, p, cut, hits, out)
	}
	if p.dims%64 == 0 {
		return int(dotsVNNI512(&cells[0], &p.cells[0], uint64(blocks), uint64(p.dims), p.sum, cut, &hits[0], &out[0][0]))
	}
	return int(dotsVNNI(&cells[0], &p.cells[0], uint64(blocks), uint64(p.dims), p.sum, cut, &hits[0], &out[0][0]))
}

func avx2DotsAt(cells []*byte, p *probe, out []int32) {
	if n := min(len(cells)-ahead, len(out)); n > 0 {
		dotsAtAVX2(&cells[0], &p.cells[0], uint64(n), uint64(p.dims), p.sum, &out[0])
	}
}

func avx2Fetch(b []byte) {
	if len(b) > 0 {
		fetchAVX2(&b[0], uint64(len(b)))
	}
}

func avx2Cosine(row []byte, turned []float32) float64 {
	n := len(turned)
	if n < 4 || n%4 != 0 || len(row) < 4*n {
		return plainCosine(row, turned)
	}
	return max(-1, min(1, cosineAVX2(&row[0], &turned[0], uint64(n))))
}

func avx2Pick(to, from []float32, order []uint16, flips []uint32) {
	n := len(order)
	if n < 4 || n%4 != 0 || len(to) < n || len(from) < n || len(flips) < n {
		plainPick(to, from, order, flips)
		return
	}
	pickAVX2(&to[0], &from[0], &order[0], &flips[0], uint64(n))
}

func avx2Mix(v []float32) {
	if len(v) < 8 || len(v)&(len(v)-1) != 0 {
		plainMix(v)
		return
	}
	mixAVX2(&v[0], uint64(len(v)))
}

func avx2Code(x []float32, width float32, codes, cells, vector []byte) (sum, off float32) {
	n := len(x)
	if n < 8 || n%8 != 0 || len(codes) < (n/8-1)*blockRows+1 || len(cells) < n || len(vector) < 4*n {
		return plainCode(x, width, codes, cells, vector)
	}
	return codeAVX2(&x[0], uint64(n), 1/width, width, &codes[0], &cells[0], &vector[0])
}
