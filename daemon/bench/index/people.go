package index

import (
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
)

// law says how identities are spread. Vectors of different people have
// cosines around 0 with the standard deviation SD; a probe has a cosine with
// its mate around 0.65 with 0.10.
type law struct {
	dims  int
	seed  uint64
	scale []float64    // of each axis
	signs [3][]float64 // of three rounds of signs and Hadamard transforms
}

// The streams of random numbers, so that nothing depends on what else is made.
const (
	streamIdentity = 0x1d
	streamProbe    = 0x2b
	streamOutside  = 0x3c
	streamAxes     = 0x4f
	streamMate     = 0x66
)

func (l *law) random(stream, i uint64) *rand.Rand {
	return rand.New(rand.NewPCG(l.seed*0x9e3779b97f4a7c15^stream, i)) //nolint:gosec // made-up people, the same tomorrow
}

// newLaw solves for the spectrum lambda_k = (k+1)^-a whose participation
// (sum l)^2 / sum l^2 is 1/sd^2: then cosines of strangers have that deviation.
func newLaw(dims int, sd float64, seed uint64) *law {
	l := &law{dims: dims, seed: seed}
	spectrum := func(a float64) (list []float64, sum, squares float64) {
		for i := range dims {
			x := math.Pow(float64(i+1), -a)
			list, sum, squares = append(list, x), sum+x, squares+x*x
		}
		return list, sum, squares
	}
	low, high := 0.0, 3.0
	for range 100 {
		middle := (low + high) / 2
		if _, sum, squares := spectrum(middle); sum*sum/squares > 1/(sd*sd) {
			low = middle
		} else {
			high = middle
		}
	}
	list, sum, _ := spectrum(low)
	for _, x := range list {
		l.scale = append(l.scale, math.Sqrt(x/sum))
	}
	for r := range l.signs {
		random := l.random(streamAxes, uint64(r))
		for range dims {
			sign := 1.0
			if random.Uint64()&1 == 1 {
				sign = -1
			}
			l.signs[r] = append(l.signs[r], sign)
		}
	}
	return l
}

// draw is a vector of the law, of any length.
func (l *law) draw(random *rand.Rand, v []float64) {
	for i := range v {
		v[i] = random.NormFloat64() * l.scale[i]
	}
	for _, signs := range l.signs {
		for i := range v {
			v[i] *= signs[i]
		}
		for half := 1; half < len(v); half *= 2 {
			for i := 0; i < len(v); i += 2 * half {
				for j := i; j < i+half; j++ {
					v[j], v[j+half] = v[j]+v[j+half], v[j]-v[j+half]
				}
			}
		}
		f := 1 / math.Sqrt(float64(len(v)))
		for i := range v {
			v[i] *= f
		}
	}
}

func normalise(v []float64) {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	f := 1 / math.Sqrt(sum)
	for i := range v {
		v[i] *= f
	}
}

// identity is person i of a stream.
func (l *law) identity(stream, i uint64, v []float64) {
	l.draw(l.random(stream, i), v)
	normalise(v)
}

// mated is a probe of person mate: c*t + sqrt(1-c^2)*n, n across t.
func (l *law) mated(set, i, mate uint64, v, n []float64) {
	l.identity(streamIdentity, mate, v)
	random := l.random(streamProbe^set<<8, i)
	l.draw(random, n)
	dot := 0.0
	for k := range v {
		dot += v[k] * n[k]
	}
	for k := range v {
		n[k] -= dot * v[k]
	}
	normalise(n)
	c := min(max(0.65+0.10*random.NormFloat64(), 0.05), 0.98)
	s := math.Sqrt(1 - c*c)
	for k := range v {
		v[k] = c*v[k] + s*n[k]
	}
	normalise(v)
}

// matrix is vectors, one after another.
type matrix struct {
	dims int
	all  []float32
}

func (m matrix) rows() int           { return len(m.all) / m.dims }
func (m matrix) row(i int) []float32 { return m.all[i*m.dims : (i+1)*m.dims] }
func (m matrix) first(n int) matrix  { return matrix{m.dims, m.all[:n*m.dims]} }
func (l *law) matrix(n int, fill func(i uint64, v, scratch []float64)) matrix {
	m := matrix{l.dims, make([]float32, n*l.dims)}
	var making sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		making.Go(func() {
			v, scratch := make([]float64, l.dims), make([]float64, l.dims)
			for i := w; i < n; i += workers {
				fill(uint64(i), v, scratch)
				row := m.row(i)
				for k, x := range v {
					row[k] = float32(x)
				}
			}
		})
	}
	making.Wait()
	return m
}

// gallery is the first n people.
func (l *law) gallery(n int) (matrix, error) {
	return l.matrix(n, func(i uint64, v, _ []float64) { l.identity(streamIdentity, i, v) }), nil
}

// otherMates are drawn before those of the probes, by the generator that the
// figures in docs/INDEX.md were first measured with. Skipping them makes the
// same probes.
const otherMates = 500

// probes are those of a gallery: some of people who are in it, and some of
// others.
type probes struct {
	mates   []int // of the mated ones, who they are
	mated   matrix
	strange matrix
}

func (l *law) probes(n, mated, strange int) (probes, error) {
	var p probes
	random := l.random(streamMate, uint64(n))
	for range otherMates {
		random.IntN(n)
	}
	for range mated {
		p.mates = append(p.mates, random.IntN(n))
	}
	p.mated = l.matrix(mated, func(i uint64, v, scratch []float64) {
		l.mated(uint64(n)+1, i, uint64(p.mates[i]), v, scratch)
	})
	p.strange = l.matrix(strange, func(i uint64, v, _ []float64) { l.identity(streamOutside, 1<<32+i, v) })
	return p, nil
}
