package ann

import (
	"encoding/binary"
	"math"
	"math/bits"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// kernelInput is what all kernels are given in one comparison.
type kernelInput struct {
	n              int
	codes, factors []byte
	cells          []byte
	probe          *probe
	est            float32
	dot            int32
}

func randomInput(seed uint64, dims, n int, share float64) kernelInput {
	random := rand.New(rand.NewPCG(seed, 1))
	l := newLayout(dims, n, 0)
	plain := plainKernels()
	data := make([]byte, l.size)
	x := make([]float32, dims)
	fill := func() {
		var square float64
		for i := range x {
			x[i] = float32(random.NormFloat64())
			square += float64(x[i] * x[i])
		}
		for i := range x {
			x[i] /= float32(math.Sqrt(square))
		}
	}
	for i := range n {
		fill()
		l.write(&plain, data, i, ID{}, Owner{}, x)
	}
	fill()
	p := newProbe(dims)
	copy(p.turned, x)
	p.tabulate()
	p.quantise(&plain)
	in := kernelInput{n: n, codes: data[l.codes:l.factor], factors: data[l.factor:l.slack], cells: data[l.cells:l.table], probe: p}
	// The cut lies so that a share of the rows passes.
	var hits [run]hit
	var est [run][blockRows]float32
	var out [run][blockRows]int32
	var es []float32
	var ds []int32
	plain.estimate(in.codes, in.factors, n, p, float32(math.Inf(-1)), &hits, &est)
	plain.dots(in.cells, n, p, math.MinInt32, &hits, &out)
	for i := range n {
		es, ds = append(es, est[i/blockRows][i%blockRows]), append(ds, out[i/blockRows][i%blockRows])
	}
	slices.Sort(es)
	slices.Sort(ds)
	at := min(n-1, int(share*float64(n)))
	in.est, in.dot = es[at], ds[at]
	return in
}

// compareKernels asks every kernel of this processor for the plain one's
// numbers, to the last bit.
func compareKernels(t *testing.T, in kernelInput) {
	t.Helper()
	plain := plainKernels()
	var wantHits, gotHits [run]hit
	var wantEst, gotEst [run][blockRows]float32
	var wantDots, gotDots [run][blockRows]int32
	at := make([]*byte, in.n+ahead)
	for i := range at {
		at[i] = &in.cells[(i*7%in.n)*in.probe.dims]
	}
	wantAt, gotAt := make([]int32, in.n), make([]int32, in.n)
	plain.dotsAt(at, in.probe, wantAt)
	for _, k := range allKernels() {
		want := plain.estimate(in.codes, in.factors, in.n, in.probe, in.est, &wantHits, &wantEst)
		got := k.estimate(in.codes, in.factors, in.n, in.probe, in.est, &gotHits, &gotEst)
		compareHits(t, k.name+" estimate", in.n, gotHits[:got], wantHits[:want])
		for i, h := range wantHits[:want] {
			rows := min(blockRows, in.n-int(h.block)*blockRows)
			if !slices.Equal(gotEst[i][:rows], wantEst[i][:rows]) {
				t.Errorf("%s: got other estimates of block %d than plain Go", k.name, h.block)
			}
		}
		want = plain.dots(in.cells, in.n, in.probe, in.dot, &wantHits, &wantDots)
		got = k.dots(in.cells, in.n, in.probe, in.dot, &gotHits, &gotDots)
		compareHits(t, k.name+" dots", in.n, gotHits[:got], wantHits[:want])
		for i, h := range wantHits[:want] {
			rows := min(blockRows, in.n-int(h.block)*blockRows)
			if !slices.Equal(gotDots[i][:rows], wantDots[i][:rows]) {
				t.Errorf("%s: got other products of block %d than plain Go", k.name, h.block)
			}
		}
		clear(gotAt)
		k.dotsAt(at, in.probe, gotAt)
		if !slices.Equal(gotAt, wantAt) {
			t.Errorf("%s: got other products of single rows than plain Go", k.name)
		}
		row := make([]byte, 4*len(in.probe.turned))
		for i := range in.probe.turned {
			binary.LittleEndian.PutUint32(row[4*i:], math.Float32bits(in.probe.turned[len(in.probe.turned)-1-i]))
		}
		if got, want := k.cosine(row, in.probe.turned), plain.cosine(row, in.probe.turned); got != want {
			t.Errorf("%s: got the cosine %v, plain Go's is %v", k.name, got, want)
		}
		compareCoding(t, k, plain, in.probe.turned)
	}
}

// compareCoding wants the same bytes of a row, and the same transform.
func compareCoding(t *testing.T, k, plain kernels, x []float32) {
	t.Helper()
	type coded struct {
		codes, cells, vector []byte
		sum, off             float32
	}
	code := func(k kernels) coded {
		c := coded{codes: make([]byte, len(x)*4), cells: make([]byte, len(x)), vector: make([]byte, len(x)*4)}
		c.sum, c.off = k.code(x, cellWidth(len(x)), c.codes, c.cells, c.vector)
		return c
	}
	if got, want := code(k), code(plain); !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got other codes of a row of %d than plain Go", k.name, len(x))
	}
	order, flips := make([]uint16, len(x)), make([]uint32, len(x))
	for i := range order {
		order[i], flips[i] = uint16((i*7+3)%len(x)), uint32(i%3&1)<<31
	}
	picked, wanted := make([]float32, len(x)), make([]float32, len(x))
	k.pick(picked, x, order, flips)
	plain.pick(wanted, x, order, flips)
	if !slices.Equal(picked, wanted) {
		t.Errorf("%s: picked other components than plain Go", k.name)
	}
	got := slices.Clone(x[:1<<(bits.Len(uint(len(x)))-1)])
	want := slices.Clone(got)
	k.mix(got)
	plain.mix(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: got another transform of %d than plain Go", k.name, len(got))
	}
}

// compareHits ignores rows from n on, which mean nothing, and blocks that
// have no others.
func compareHits(t *testing.T, what string, n int, got, want []hit) {
	t.Helper()
	trim := func(list []hit) []hit {
		var out []hit
		for _, h := range list {
			if left := n - int(h.block)*blockRows; left < blockRows {
				h.rows &= 1<<left - 1
			}
			if h.rows != 0 {
				out = append(out, h)
			}
		}
		return out
	}
	if g, w := trim(got), trim(want); !slices.Equal(g, w) {
		t.Errorf("%s: got hits %v, want %v", what, g, w)
	}
}

func TestKernels(t *testing.T) {
	t.Logf("this processor: %s", allKernels()[0].name)
	for _, dims := range []int{32, 64, 96, 128, 192, 256, 512, 1024} {
		for _, n := range []int{1, 31, 32, 33, 500, min(run*blockRows, 100_000/dims)} {
			compareKernels(t, randomInput(uint64(dims*n), dims, n, 0.97))
		}
	}
}

func FuzzKernels(f *testing.F) {
	f.Add(uint64(1), uint8(3), uint16(100), uint8(200))
	f.Add(uint64(2), uint8(15), uint16(2047), uint8(0))
	f.Fuzz(func(t *testing.T, seed uint64, groups uint8, n uint16, share uint8) {
		dims := groupDims * (1 + int(groups)%(MaxDims/groupDims))
		compareKernels(t, randomInput(seed, dims, 1+int(n)%min(run*blockRows, 100_000/dims), float64(share)/255))
	})
}

func BenchmarkKernels(b *testing.B) {
	const n = run * blockRows
	in := randomInput(1, 128, n, 0.9999)
	at := make([]*byte, n+ahead)
	for i := range at {
		at[i] = &in.cells[(i*7%n)*in.probe.dims]
	}
	var hits [run]hit
	var est [run][blockRows]float32
	var dots [run][blockRows]int32
	out := make([]int32, n)
	perRow := func(b *testing.B) { b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row") }
	for _, k := range allKernels() {
		b.Run("estimate/"+k.name, func(b *testing.B) {
			for b.Loop() {
				k.estimate(in.codes, in.factors, n, in.probe, in.est, &hits, &est)
			}
			perRow(b)
		})
		b.Run("dots/"+k.name, func(b *testing.B) {
			for b.Loop() {
				k.dots(in.cells, n, in.probe, in.dot, &hits, &dots)
			}
			perRow(b)
		})
		b.Run("mix and code/"+k.name, func(b *testing.B) {
			x := slices.Clone(in.probe.turned)
			codes, cells, vector := make([]byte, 4*len(x)), make([]byte, len(x)), make([]byte, 4*len(x))
			for b.Loop() {
				copy(x, in.probe.turned)
				for range rounds {
					k.mix(x)
				}
				k.code(in.probe.turned, cellWidth(len(x)), codes, cells, vector)
			}
		})
		b.Run("dotsAt/"+k.name, func(b *testing.B) {
			for b.Loop() {
				k.dotsAt(at, in.probe, out)
			}
			perRow(b)
		})
	}
}
