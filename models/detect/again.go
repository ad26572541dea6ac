package detect

import "github.com/rostod/rostod/models/picture"

// Again runs the network once more as it was run for the last picture, which
// was upright and of this size: the first search, and the closer look when
// there is one. It is for measuring the network alone; nothing is read or
// decoded.
func (d *Detector) Again(width, height int) error {
	w, h := picture.Fit(width, height, d.contract.LongSides[0])
	sizes := [][2]int{{w, h}}
	if d.contract.Refine != nil {
		sizes = append(sizes, [2]int{d.small.Width, d.small.Height})
	}
	for _, size := range sizes {
		x, err := d.shape(up(size[0], d.multiple), up(size[1], d.multiple))
		if err != nil {
			return err
		}
		if err := x.Run(); err != nil {
			return err
		}
	}
	return nil
}
