package flash

import "math"

// Labels of places that are no part of the face.
const (
	nowhere   = 0
	ringLabel = 1
)

// atlas says, millimetre by millimetre, to which part of the face a place
// belongs, so that a pixel needs one look.
type atlas struct {
	label [atlasSize]uint8
	parts []facePart // by label
}

const (
	atlasWidth  = 2*atlasWide + 1
	atlasHeight = 2*atlasHigh + 1
	atlasSize   = atlasWidth * atlasHeight
)

// facePart is the part of a cell that lies in a region; -1 is none.
type facePart struct{ cell, region int }

func newAtlas() atlas {
	a := atlas{parts: []facePart{nowhere: {-1, -1}, ringLabel: {-1, -1}}}
	known := map[facePart]uint8{}
	for i := range a.label {
		u, v := float64(i%atlasWidth-atlasWide), float64(atlasHigh-i/atlasWidth)
		radius := math.Hypot(u/faceWide, v/faceHigh)
		cell, onFace := cellOf(u, v)
		switch {
		case radius >= ringFrom && radius <= ringTo:
			a.label[i] = ringLabel
		case onFace:
			part := facePart{cell: cell, region: regionOf(u, v)}
			label, ok := known[part]
			if !ok {
				label = uint8(len(a.parts))
				known[part] = label
				a.parts = append(a.parts, part)
			}
			a.label[i] = label
		}
	}
	return a
}

// regionOf is the region at a place on the face, or -1.
func regionOf(u, v float64) int {
	for i, r := range regions {
		if u >= r.left && u <= r.right && v >= r.bottom && v <= r.top {
			return i
		}
	}
	return -1
}
