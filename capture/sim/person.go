package sim

// Person is somebody who does not exist.
type Person struct {
	Shape
	Skin
	Hair    Hair
	Glasses Glasses
	Wide    float64 // of the shoulders, 1 is average
	Seed    uint64  // of what is uneven
}

// figure is a person as a mesh, with what is worn.
type figure struct {
	*mesh
	head   *head
	lenses [2]vec
}

// figure builds the person with an expression. The body is turned back by a
// part of the head's yaw.
func (p Person) figure(e Expression, yaw float64) figure {
	h := newHead(p.Shape, e)
	f := figure{mesh: h.skull(), head: h}
	h.hair(p.Hair, f.mesh)
	body(f.mesh, p.Wide, -0.7*yaw)
	if p.Glasses.Worn {
		f.lenses = h.frame(p.Glasses, f.mesh)
	}
	return f
}
