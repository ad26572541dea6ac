package ann

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/bits"
	"math/rand/v2"
)

// Secret is what the rows of one segment are turned by before they are coded:
// 32 random bytes that its owner keeps sealed, away from the index's files.
// Rows that were turned by different secrets resemble each other as strangers
// do, so that a stolen file matches nothing elsewhere, and a new secret makes
// an old file worthless.
type Secret [32]byte

// Format hides a secret from every verb.
func (Secret) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(secret)") }

// LogValue hides a secret from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue("(secret)") }

// derive is 32 bytes for one purpose.
func (s Secret) derive(purpose string) [32]byte {
	mac := hmac.New(sha256.New, s[:])
	mac.Write([]byte("rostod ann " + purpose))
	return [32]byte(mac.Sum(nil))
}

// check tells, in eight bytes, whether files were written under this secret.
func (s Secret) check() uint64 {
	sum := s.derive("check")
	return binary.LittleEndian.Uint64(sum[:])
}

// rounds of signs, order and Hadamard transform mix every component into every
// other. Ailon and Chazelle (SIAM J. Comput. 39, 2009) use one round for
// vectors that nobody chose; three leave no axis where a component comes from.
const rounds = 3

// rotation is an orthogonal map that follows from a secret. It keeps cosines,
// and spreads whatever axes a network prefers evenly over all components,
// which the codes count on.
type rotation struct {
	dims  int        // padded to full groups
	width int        // of the transform: the largest power of two that fits
	scale float64    // of the transforms of all rounds, where one covers everything
	flips [][]uint32 // per round: the sign bit to turn, for each component
	order [][]uint16 // per round: where each component comes from
	*kernels
}

func newRotation(s Secret, dims int, k *kernels) *rotation {
	r := &rotation{dims: dims, width: 1 << (bits.Len(uint(dims)) - 1), scale: 1, kernels: k}
	if r.width == r.dims {
		r.scale = math.Pow(float64(r.width), -rounds/2.0)
	}
	random := rand.New(rand.NewChaCha8(s.derive(fmt.Sprintf("rotation %d", dims)))) //nolint:gosec // ChaCha8 under a secret of 32 bytes
	for range rounds {
		flips, order := make([]uint32, dims), make([]uint16, dims)
		for i, at := range random.Perm(dims) {
			flips[i], order[i] = uint32(random.Uint64()&1)<<31, uint16(at)
		}
		r.flips, r.order = append(r.flips, flips), append(r.order, order)
	}
	return r
}

// apply turns the unit vector of v, zero beyond its end. Both results are
// scratch of r.dims components; the first holds the turned vector.
func (r *rotation) apply(v, turned, scratch []float32) {
	scale := r.scale / math.Sqrt(square(v))
	clear(turned[len(v):])
	for i, x := range v {
		turned[i] = float32(float64(x) * scale)
	}
	a, b := turned, scratch[:len(turned)]
	for round := range rounds {
		r.pick(b, a, r.order[round], r.flips[round])
		r.transform(b)
		a, b = b, a
	}
	copy(turned, a)
}

// square is the square of a vector's length.
func square(v []float32) float64 {
	var a, b, c, d float64
	for len(v) >= 4 {
		a += float64(float64(v[0]) * float64(v[0]))
		b += float64(float64(v[1]) * float64(v[1]))
		c += float64(float64(v[2]) * float64(v[2]))
		d += float64(float64(v[3]) * float64(v[3]))
		v = v[4:]
	}
	for _, x := range v {
		a += float64(float64(x) * float64(x))
	}
	return (a + b) + (c + d)
}

// transform mixes all components, or the first and then the last that a
// transform covers.
func (r *rotation) transform(v []float32) {
	r.mix(v[:r.width])
	if r.width == len(v) {
		return
	}
	f := float32(1 / math.Sqrt(float64(r.width)))
	last := v[len(v)-r.width:]
	for i := range v[:r.width] {
		v[i] *= f
	}
	r.mix(last)
	for i := range last {
		last[i] *= f
	}
}
