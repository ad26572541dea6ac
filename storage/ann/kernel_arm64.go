package ann

//go:noescape
func estimateNEON(codes, factors, table *byte, blocks, pairs uint64, limits *float32, hits *hit, est *float32) uint64

//go:noescape
func dotsNEON(cells *byte, probe *int8, blocks, dims uint64, cut int32, hits *hit, out *int32) uint64

//go:noescape
func dotsAtNEON(cells **byte, probe *int8, n, dims uint64, out *int32)

// allKernels are those that this processor can run, best first. Every arm64
// has NEON.
func allKernels() []kernels {
	neon := kernels{name: "NEON", estimate: neonEstimate, dots: neonDots, dotsAt: neonDotsAt, fetch: plainFetch, cosine: plainCosine, pick: plainPick, mix: plainMix, code: plainCode}
	return []kernels{neon, plainKernels()}
}

func neonEstimate(codes, factors []byte, n int, p *probe, cut float32, hits *[run]hit, est *[run][blockRows]float32) int {
	blocks := blocksIn(n, len(codes), p.dims/8, len(factors)/4)
	if blocks == 0 {
		return plainEstimate(codes, factors, n, p, cut, hits, est)
	}
	limits := [3]float32{p.delta, p.bias, cut}
	return int(estimateNEON(&codes[0], &factors[0], &p.table[0], uint64(blocks), uint64(p.dims/8), &limits[0], &hits[0], &est[0][0]))
}

func neonDots(cells []byte, n int, p *probe, cut int32, hits *[run]hit, out *[run][blockRows]int32) int {
	blocks := blocksIn(n, len(cells), p.dims, n)
	if blocks == 0 {
		return plainDots(cells, n, p, cut, hits, out)
	}
	return int(dotsNEON(&cells[0], &p.cells[0], uint64(blocks), uint64(p.dims), cut, &hits[0], &out[0][0]))
}

func neonDotsAt(cells []*byte, p *probe, out []int32) {
	if n := min(len(cells)-ahead, len(out)); n > 0 {
		dotsAtNEON(&cells[0], &p.cells[0], uint64(n), uint64(p.dims), &out[0])
	}
}
