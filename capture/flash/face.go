package flash

import (
	"math"

	"github.com/rostod/rostod/engine"
)

// The face's own frame: millimetres from the middle of the face, u to the
// right of the picture and v up. A face is taken to have this size; what is
// larger or smaller is taken to be nearer or farther.
const (
	eyeDistance = 63.0 // millimetres between the pupils of an adult, the mean of published surveys
	faceWide    = 66.0 // half-axes of the ellipse that is measured
	faceHigh    = 82.0
	ringFrom    = 1.1 // radii of the ring around it: hair, neck, shoulders
	ringTo      = 1.6
	atlasWide   = 108 // the ring's half-axes, rounded up
	atlasHigh   = 134
)

// canonical is where the landmarks of a face that looks straight ahead are, in
// the face's frame: the proportions of ArcFace's alignment target, scaled to
// eyeDistance.
var canonical = [5]engine.Point{{X: -31.5, Y: 36}, {X: 31.5, Y: 36}, {X: 0, Y: 0}, {X: -26.2, Y: -36.8}, {X: 26.2, Y: -36.8}}

// nose is the landmark that leaves its place when a head turns, so that it
// takes no part in the alignment.
const nose = 2

// noseDepth is how far, in millimetres, the nose's tip stands before the plane
// of the eyes and the corners of the mouth.
const noseDepth = 32.0

// pose maps the face's frame into a picture: a similarity.
//
//	x = X + A u + B v
//	y = Y + B u - A v
type pose struct {
	X, Y float64 // the middle of the face, pixels
	A, B float64 // pixels a millimetre
}

// poseOf is the similarity nearest to the landmarks, by least squares over
// eyes and mouth; false when they have no extent.
func poseOf(landmarks [5]engine.Point) (pose, bool) {
	var mx, my, mu, mv float64
	for i, p := range landmarks {
		if i == nose {
			continue
		}
		mx, my = mx+p.X/4, my+p.Y/4
		mu, mv = mu+canonical[i].X/4, mv+canonical[i].Y/4
	}
	var a, b, norm float64
	for i, p := range landmarks {
		if i == nose {
			continue
		}
		x, y := p.X-mx, p.Y-my
		u, v := canonical[i].X-mu, canonical[i].Y-mv
		a += u*x - v*y
		b += v*x + u*y
		norm += u*u + v*v
	}
	q := pose{A: a / norm, B: b / norm}
	q.X, q.Y = mx-q.A*mu-q.B*mv, my-q.B*mu+q.A*mv
	size := q.A*q.A + q.B*q.B
	return q, size > 1e-6 && !math.IsInf(size, 0) && !math.IsNaN(q.X+q.Y)
}

// at is the place in the picture of a place on the face.
func (q pose) at(u, v float64) (x, y float64) {
	return q.X + q.A*u + q.B*v, q.Y + q.B*u - q.A*v
}

// face is the place on the face of a place in the picture.
func (q pose) face(x, y float64) (u, v float64) {
	x, y = x-q.X, y-q.Y
	s := q.A*q.A + q.B*q.B
	return (q.A*x + q.B*y) / s, (q.B*x - q.A*y) / s
}

// scale is pixels a millimetre.
func (q pose) scale() float64 { return math.Hypot(q.A, q.B) }

// turned is about how far the head is turned, in degrees, by where the nose's
// tip has gone: yaw to the right of the picture, pitch up.
func (q pose) turned(landmarks [5]engine.Point) (yaw, pitch float64) {
	u, v := q.face(landmarks[nose].X, landmarks[nose].Y)
	angle := func(mm float64) float64 {
		return math.Asin(max(-1, min(1, mm/noseDepth))) * 180 / math.Pi
	}
	return angle(u), angle(v)
}

// region is a named part of the face.
type region struct {
	name                     string
	left, right, bottom, top float64 // millimetres
}

// The regions, in the order in which samples keep them.
const (
	forehead = iota
	leftCheek
	rightCheek
	noseTip
	leftNose
	rightNose
	chin
	leftSide
	rightSide
	regionCount
)

// regions are the places of the regions; left and right are the picture's.
var regions = [regionCount]region{
	forehead:   {"forehead", -28, 28, 54, 74},
	leftCheek:  {"left cheek", -46, -24, -20, 6},
	rightCheek: {"right cheek", 24, 46, -20, 6},
	noseTip:    {"nose", -9, 9, -9, 8},
	leftNose:   {"left of the nose", -20, -9, -4, 20},
	rightNose:  {"right of the nose", 9, 20, -4, 20},
	chin:       {"chin", -17, 17, -74, -54},
	leftSide:   {"left side", -64, -50, -30, 30},
	rightSide:  {"right side", 50, 64, -30, 30},
}

// skin are the regions whose mean is the face's answer; read are those that
// each slot is read from.
var (
	skin = []int{forehead, leftCheek, rightCheek, noseTip, chin}
	read = []int{forehead, leftCheek, rightCheek, chin}
)

// The grid of cells over the ellipse.
const (
	columns   = 9
	rows      = 8
	cellCount = columns * rows
)

// cellOf is the cell at a place on the face; false outside the ellipse.
func cellOf(u, v float64) (int, bool) {
	if math.Hypot(u/faceWide, v/faceHigh) > 1 {
		return 0, false
	}
	column := min(columns-1, int((u+faceWide)/(2*faceWide)*columns))
	row := min(rows-1, int((faceHigh-v)/(2*faceHigh)*rows))
	return row*columns + column, true
}

// cellAt is the middle of a cell on the face, from the picture's top left.
func cellAt(cell int) (u, v float64) {
	u = (float64(cell%columns)+0.5)/columns*2*faceWide - faceWide
	v = faceHigh - (float64(cell/columns)+0.5)/rows*2*faceHigh
	return u, v
}
