package detect

import (
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/models/picture"
)

// same is the overlap from which a face in the closer look is the one that was
// asked about.
const same = 0.5

// Refine looks at one face again, closer, and returns it with landmarks that
// are nearer to the truth; box and score stay. The first search sees a face in
// whatever size it has in a small copy; here it always has the size at which
// the network places points best. On the fixtures this raises the mean cosine
// of two photos of one person from 0.71 to 0.73, and of the worst such pair
// from 0.44 to 0.49, for half a millisecond.
//
// p must stand upright. A face that is not found again stays as it is.
func (d *Detector) Refine(p *picture.Picture, f Face) (Face, error) {
	if d.contract.Refine == nil {
		return f, nil
	}
	near, corner, err := d.nearby(p, f)
	if err != nil {
		return f, err
	}
	best := same
	landmarks := f.Landmarks
	for _, g := range near {
		g = g.move(corner.X, corner.Y)
		if o := intersection(g.Box, f.Box); o > best {
			best, landmarks = o, g.Landmarks
		}
	}
	f.Landmarks = landmarks
	return f, nil
}

// nearby searches the square around a face at the size at which the network
// places points best. The faces are in pixels from the corner.
func (d *Detector) nearby(p *picture.Picture, f Face) (faces []Face, corner engine.Point, err error) {
	length := max(f.Box.W, f.Box.H) * d.contract.Refine.Crop
	x, y := int(f.Box.X+f.Box.W/2-length/2), int(f.Box.Y+f.Box.H/2-length/2)
	side := d.close.Square(&d.small, p, x, y, max(1, int(length)))
	faces, err = d.search(&d.small, side, side)
	return faces, engine.Point{X: float64(x), Y: float64(y)}, err
}

// move is the face shifted by x and y.
func (f Face) move(x, y float64) Face {
	f.Box.X += x
	f.Box.Y += y
	for i := range f.Landmarks {
		f.Landmarks[i].X += x
		f.Landmarks[i].Y += y
	}
	return f
}
