package detect

import (
	"cmp"
	"math"
	"slices"

	"github.com/rostod/rostod/engine"
)

// Face is one face that was found, in pixels of the picture that was searched.
type Face struct {
	Box       engine.Box
	Landmarks [5]engine.Point // image-left eye, image-right eye, nose, image-left and image-right mouth corner
	Score     float64         // 0..1
}

// Weight orders faces: a large face with a middling score is the customer, a
// sharp small one in the background is not.
func (f Face) Weight() float64 { return f.Score * f.Box.Area() }

// Prominence is how much a face stands out: its area, counted by how far its
// score is above that of what is hardly a face. A blurred bystander has less of
// it than somebody as large who looks into the camera too.
func (d *Detector) Prominence(f Face) float64 {
	return max(0, f.Score-d.contract.Score) * f.Box.Area()
}

// level is the outputs of one stride, row-major cells.
type level struct {
	stride, columns, rows         int
	class, object, box, landmarks []float32
}

// decode appends the faces of one level whose score is at least threshold.
// Per cell (r, c) and stride S: score = sqrt(class*object), centre =
// (c+b0, r+b1)*S, size = exp(b2, b3)*S, point n = (c+k2n, r+k2n+1)*S.
func (l level) decode(faces []Face, threshold float64) []Face {
	s := float64(l.stride)
	least := float32(threshold * threshold)
	for i := range l.columns * l.rows {
		p := clamp(l.class[i]) * clamp(l.object[i])
		if !(p >= least) {
			continue
		}
		c, r := float64(i%l.columns), float64(i/l.columns)
		b, k := l.box[4*i:4*i+4], l.landmarks[10*i:10*i+10]
		w, h := math.Exp(float64(b[2]))*s, math.Exp(float64(b[3]))*s
		f := Face{
			Box:   engine.Box{X: (c+float64(b[0]))*s - w/2, Y: (r+float64(b[1]))*s - h/2, W: w, H: h},
			Score: math.Sqrt(float64(p)),
		}
		for n := range f.Landmarks {
			f.Landmarks[n] = engine.Point{X: (c + float64(k[2*n])) * s, Y: (r + float64(k[2*n+1])) * s}
		}
		if f.sound(2 * s * float64(max(l.columns, l.rows))) {
			faces = append(faces, f)
		}
	}
	return faces
}

func clamp(v float32) float32 { return min(max(v, 0), 1) }

// sound says whether the face has a size that can be, and lies near enough to
// the picture: what comes after allocates by it. A number that is none is not
// sound.
func (f Face) sound(most float64) bool {
	near := func(v float64) bool { return v >= -most && v <= most }
	for _, p := range f.Landmarks {
		if !near(p.X) || !near(p.Y) {
			return false
		}
	}
	return near(f.Box.X) && near(f.Box.Y) && f.Box.W >= 1 && f.Box.W <= most && f.Box.H >= 1 && f.Box.H <= most
}

// suppress keeps the best of the faces that overlap (non-maximum suppression)
// and orders what is left by weight, heaviest first.
func suppress(faces []Face, overlap float64) []Face {
	slices.SortStableFunc(faces, func(a, b Face) int { return cmp.Compare(b.Score, a.Score) })
	kept := faces[:0]
	for _, f := range faces {
		if !slices.ContainsFunc(kept, func(k Face) bool { return intersection(k.Box, f.Box) > overlap }) {
			kept = append(kept, f)
		}
	}
	slices.SortStableFunc(kept, func(a, b Face) int { return cmp.Compare(b.Weight(), a.Weight()) })
	return kept
}

// intersection is the area that two boxes share over the area they cover.
func intersection(a, b engine.Box) float64 {
	w := min(a.X+a.W, b.X+b.W) - max(a.X, b.X)
	h := min(a.Y+a.H, b.Y+b.H) - max(a.Y, b.Y)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h / (a.Area() + b.Area() - w*h)
}
