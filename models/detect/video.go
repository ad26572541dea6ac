package detect

import "github.com/rostod/rostod/models/picture"

// Glance searches a picture that stands upright once, at the first size, and
// places the landmarks of the heaviest face with a closer look. It is for video,
// where the next frame is the next chance.
func (d *Detector) Glance(p *picture.Picture) ([]Face, error) {
	small := p
	if w, h := picture.Fit(p.Width, p.Height, d.contract.LongSides[0]); w != p.Width || h != p.Height {
		d.scaler.Scale(&d.small, p, w, h)
		small = &d.small
	}
	faces, err := d.search(small, p.Width, p.Height)
	if err != nil || len(faces) == 0 {
		return nil, err
	}
	faces[0], err = d.Refine(p, faces[0])
	return faces, err
}

// followed is the overlap from which a face in the closer look is the one that
// is followed. A head moves less than that between two looks.
const followed = 0.3

// Follow looks for one face where it was last, close by and nowhere else. It
// costs a third of a Glance. ok is false when it is not there any more.
func (d *Detector) Follow(p *picture.Picture, last Face) (f Face, ok bool, err error) {
	if d.contract.Refine == nil {
		faces, err := d.Glance(p)
		if err != nil || len(faces) == 0 {
			return Face{}, false, err
		}
		return faces[0], intersection(faces[0].Box, last.Box) > followed, nil
	}
	near, corner, err := d.nearby(p, last)
	best := followed
	for _, g := range near {
		g = g.move(corner.X, corner.Y)
		// What lies outside of the picture is its mirror image.
		x, y := g.Box.X+g.Box.W/2, g.Box.Y+g.Box.H/2
		within := x >= 0 && y >= 0 && x < float64(p.Width) && y < float64(p.Height)
		if o := intersection(g.Box, last.Box); within && o > best {
			best, f, ok = o, g, true
		}
	}
	return f, ok, err
}
