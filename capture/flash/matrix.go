package flash

import "math"

// matrix is a small symmetric matrix.
type matrix struct {
	n    int
	cell []float64
}

func newMatrix(n int) matrix { return matrix{n: n, cell: make([]float64, n*n)} }

func (m matrix) at(i, j int) float64     { return m.cell[i*m.n+j] }
func (m matrix) add(i, j int, x float64) { m.cell[i*m.n+j] += x }
func (m matrix) set(i, j int, x float64) { m.cell[i*m.n+j] = x }

// inverse is the inverse of a positive definite matrix, by Cholesky; false
// when it is not one.
func (m matrix) inverse() (matrix, bool) {
	n := m.n
	l := newMatrix(n)
	for i := range n {
		for j := range i + 1 {
			sum := m.at(i, j)
			for k := range j {
				sum -= l.at(i, k) * l.at(j, k)
			}
			if i != j {
				l.set(i, j, sum/l.at(j, j))
				continue
			}
			if !(sum > 1e-12*math.Abs(m.at(i, i))) {
				return matrix{}, false
			}
			l.set(i, i, math.Sqrt(sum))
		}
	}
	inv := newMatrix(n)
	x := make([]float64, n)
	for c := range n {
		for i := range n {
			x[i] = 0
			if i == c {
				x[i] = 1
			}
			for k := range i {
				x[i] -= l.at(i, k) * x[k]
			}
			x[i] /= l.at(i, i)
		}
		for i := n - 1; i >= 0; i-- {
			for k := i + 1; k < n; k++ {
				x[i] -= l.at(k, i) * x[k]
			}
			x[i] /= l.at(i, i)
			inv.set(i, c, x[i])
		}
	}
	return inv, true
}

// times is the product with a vector.
func (m matrix) times(v []float64) []float64 {
	out := make([]float64, m.n)
	for i := range out {
		for j, x := range v {
			out[i] += m.at(i, j) * x
		}
	}
	return out
}

// condition is the condition number of the columns whose Gram matrix this is,
// each scaled to unit length: the square root of the ratio of the largest to
// the least eigenvalue, or +Inf. Eigenvalues by Jacobi's rotations.
func (m matrix) condition() float64 {
	n := m.n
	a := newMatrix(n)
	for i := range n {
		for j := range n {
			d := math.Sqrt(m.at(i, i) * m.at(j, j))
			if !(d > 0) {
				return math.Inf(1)
			}
			a.set(i, j, m.at(i, j)/d)
		}
	}
	for range 12 {
		for p := range n {
			for q := p + 1; q < n; q++ {
				a.rotate(p, q)
			}
		}
	}
	least, most := math.Inf(1), 0.0
	for i := range n {
		least, most = min(least, a.at(i, i)), max(most, a.at(i, i))
	}
	if !(least > 0) {
		return math.Inf(1)
	}
	return math.Sqrt(most / least)
}

// rotate is one of Jacobi's rotations: it makes the cell (p, q) zero.
func (m matrix) rotate(p, q int) {
	if m.at(p, q) == 0 {
		return
	}
	theta := (m.at(q, q) - m.at(p, p)) / (2 * m.at(p, q))
	t := 1 / (math.Abs(theta) + math.Sqrt(theta*theta+1))
	if theta < 0 {
		t = -t
	}
	c := 1 / math.Sqrt(t*t+1)
	s := t * c
	for k := range m.n {
		x, y := m.at(k, p), m.at(k, q)
		m.set(k, p, c*x-s*y)
		m.set(k, q, s*x+c*y)
	}
	for k := range m.n {
		x, y := m.at(p, k), m.at(q, k)
		m.set(p, k, c*x-s*y)
		m.set(q, k, s*x+c*y)
	}
}
