package detect

import (
	"errors"
	"fmt"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/models/manifest"
	"github.com/rostod/rostod/models/onnx"
	"github.com/rostod/rostod/models/picture"
)

// Detector finds faces, one picture at a time.
type Detector struct {
	contract manifest.DetectorContract
	multiple int
	session  *onnx.Session
	planes   *picture.Planes
	scaler   picture.Scaler
	close    *picture.Resampler // for Refine
	small    picture.Picture
	turned   picture.Picture
}

// Open loads the network. Close it when done.
func Open(r *onnx.Runtime, m manifest.Model, file []byte) (*Detector, error) {
	c := *m.Detector
	side := 0
	for _, n := range c.LongSides {
		side = max(side, up(n, m.Input.Multiple))
	}
	if c.Refine != nil {
		side = max(side, c.Refine.Side)
	}
	s, err := r.Session(onnx.Spec{
		Name: m.Name, Model: file, Input: m.Input.Name, Outputs: outputs(c), Floats: 3 * side * side,
	})
	if err != nil {
		return nil, err
	}
	d := &Detector{
		contract: c, multiple: m.Input.Multiple, session: s,
		planes: picture.NewPlanes(m.Input.Order == "BGR", m.Input.Scale, m.Input.Mean, m.Input.Std),
	}
	if c.Refine != nil {
		d.close = picture.NewResampler(c.Refine.Side)
	}
	// The outputs' sizes are read once here, so that no picture meets a
	// network of another kind.
	if _, err := d.run(c.LongSides[0], c.LongSides[0]); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return d, nil
}

func outputs(c manifest.DetectorContract) []string {
	var names []string
	for _, s := range c.Strides {
		for _, prefix := range []string{c.Class, c.Object, c.Box, c.Landmarks} {
			names = append(names, fmt.Sprint(prefix, s))
		}
	}
	return names
}

// Close frees the network.
func (d *Detector) Close() error { return d.session.Close() }

// Found is the faces of a picture.
type Found struct {
	Faces  []Face // heaviest first, in pixels of the picture turned by Turned
	Turned int    // degrees clockwise that make the faces stand upright
}

// Find finds the faces in a picture. None is no error.
func (d *Detector) Find(p *picture.Picture) (Found, error) {
	var best Found
	for _, long := range d.contract.LongSides {
		w, h := picture.Fit(p.Width, p.Height, long)
		d.scaler.Scale(&d.small, p, w, h)
		var err error
		if best, err = d.upright(p); err != nil || len(best.Faces) > 0 {
			return best, err
		}
	}
	return best, nil
}

// upright searches the small picture, and turned when that is in doubt.
func (d *Detector) upright(p *picture.Picture) (Found, error) {
	faces, err := d.search(&d.small, p.Width, p.Height)
	if err != nil {
		return Found{}, err
	}
	best := Found{Faces: faces}
	score := top(faces)
	if score >= d.contract.TurnBelow {
		return best, nil
	}
	for _, turn := range []int{90, 180, 270} {
		picture.Turn(&d.turned, &d.small, turn)
		w, h := p.Width, p.Height
		if turn != 180 {
			w, h = h, w
		}
		faces, err := d.search(&d.turned, w, h)
		if err != nil {
			return Found{}, err
		}
		if s := top(faces); s > score {
			best, score = Found{Faces: faces, Turned: turn}, s
		}
	}
	return best, nil
}

// top is the best score.
func top(faces []Face) float64 {
	var best float64
	for _, f := range faces {
		best = max(best, f.Score)
	}
	return best
}

// search runs the network on a small picture and returns the faces in pixels
// of the picture of width x height that it is a copy of.
func (d *Detector) search(small *picture.Picture, width, height int) ([]Face, error) {
	pw, ph := up(small.Width, d.multiple), up(small.Height, d.multiple)
	x, err := d.shape(pw, ph)
	if err != nil {
		return nil, err
	}
	d.planes.Write(x.Input(), small, pw, ph)
	levels, err := d.run(pw, ph)
	if err != nil {
		return nil, err
	}
	var faces []Face
	for _, l := range levels {
		faces = l.decode(faces, d.contract.Score)
	}
	faces = suppress(faces, d.contract.Overlap)
	sx, sy := float64(width)/float64(small.Width), float64(height)/float64(small.Height)
	for i := range faces {
		faces[i] = faces[i].Scale(sx, sy)
	}
	return faces, nil
}

// Scale is the face in a picture that is sx times as wide and sy times as high.
func (f Face) Scale(sx, sy float64) Face {
	f.Box = engine.Box{X: f.Box.X * sx, Y: f.Box.Y * sy, W: f.Box.W * sx, H: f.Box.H * sy}
	for i, p := range f.Landmarks {
		f.Landmarks[i] = engine.Point{X: p.X * sx, Y: p.Y * sy}
	}
	return f
}

func (d *Detector) shape(width, height int) (*onnx.Shaped, error) {
	return d.session.Shape(1, 3, int64(height), int64(width))
}

// run runs the network on what its input holds.
func (d *Detector) run(width, height int) ([]level, error) {
	x, err := d.shape(up(width, d.multiple), up(height, d.multiple))
	if err != nil {
		return nil, err
	}
	if err := x.Run(); err != nil {
		return nil, err
	}
	levels := make([]level, len(d.contract.Strides))
	for i, s := range d.contract.Strides {
		l := level{
			stride: s, columns: width / s, rows: height / s,
			class: x.Output(4 * i), object: x.Output(4*i + 1), box: x.Output(4*i + 2), landmarks: x.Output(4*i + 3),
		}
		n := l.columns * l.rows
		if len(l.class) != n || len(l.object) != n || len(l.box) != 4*n || len(l.landmarks) != 10*n {
			return nil, fmt.Errorf("the detector's outputs of stride %d have other sizes than its manifest entry promises", s)
		}
		levels[i] = l
	}
	return levels, nil
}

// up rounds n up to a multiple.
func up(n, multiple int) int { return (n + multiple - 1) / multiple * multiple }
