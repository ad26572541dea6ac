package embed

import (
	"errors"
	"fmt"
	"math"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/models/manifest"
	"github.com/rostod/rostod/models/onnx"
	"github.com/rostod/rostod/models/picture"
)

// Embedder makes templates, one face at a time.
type Embedder struct {
	model    engine.Digest
	contract manifest.EmbedderContract
	points   [5]engine.Point
	session  *onnx.Session
	shaped   *onnx.Shaped
	planes   *picture.Planes
	crop     picture.Picture
	boxed    picture.Picture
}

// Open loads the network. Close it when done.
func Open(r *onnx.Runtime, m manifest.Model, file []byte) (*Embedder, error) {
	in, c := m.Input, *m.Embedder
	s, err := r.Session(onnx.Spec{
		Name: m.Name, Model: file, Input: in.Name, Outputs: []string{c.Output}, Floats: 3 * in.Width * in.Height,
	})
	if err != nil {
		return nil, err
	}
	e := &Embedder{
		model: engine.Digest(m.SHA256), contract: c, session: s,
		planes: picture.NewPlanes(in.Order == "BGR", in.Scale, in.Mean, in.Std),
		crop:   picture.Picture{Width: in.Width, Height: in.Height, Pix: make([]picture.Pixel, in.Width*in.Height)},
	}
	for i, p := range c.Points {
		e.points[i] = engine.Point{X: p[0], Y: p[1]}
	}
	e.shaped, err = s.Shape(1, 3, int64(in.Height), int64(in.Width))
	if err == nil && len(e.shaped.Output(0)) != c.Size {
		err = fmt.Errorf("%s gives %d numbers, its manifest entry promises %d", m.Name, len(e.shaped.Output(0)), c.Size)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return e, nil
}

// Close frees the network.
func (e *Embedder) Close() error { return e.session.Close() }

// ErrLandmarks says that the landmarks are in one place, or not numbers.
var ErrLandmarks = errors.New("the landmarks cannot be aligned")

// Align cuts the face out of a picture by its landmarks. The crop is the
// Embedder's, of the network's input size, and is overwritten by the next.
func (e *Embedder) Align(p *picture.Picture, landmarks [5]engine.Point) (*picture.Picture, error) {
	s, ok := fit(landmarks, e.points)
	if !ok {
		return nil, ErrLandmarks
	}
	// Interpolation between four pixels skips those between: where the crop
	// is less than half as large as the picture, boxes are averaged first.
	if k := int(1 / s.scale()); k >= 2 {
		x0, y0, x1, y1 := s.reach(e.crop.Width, e.crop.Height, k)
		x, y := picture.Shrink(&e.boxed, p, k, x0, y0, x1, y1)
		p, s = &e.boxed, s.after(k, x, y)
	}
	warp(&e.crop, p, s)
	return &e.crop, nil
}

// Enlarges is how much larger the crop shows the face than the picture does.
// Above 1 the picture has fewer pixels of the face than the network can read.
func (e *Embedder) Enlarges(landmarks [5]engine.Point) float64 {
	s, ok := fit(landmarks, e.points)
	if !ok {
		return 1
	}
	return s.scale()
}

// Template runs the network on an aligned crop. Its vector has unit length.
func (e *Embedder) Template(crop *picture.Picture) (engine.Template, error) {
	e.planes.Write(e.shaped.Input(), crop, crop.Width, crop.Height)
	if err := e.shaped.Run(); err != nil {
		return engine.Template{}, err
	}
	v, err := unit(e.shaped.Output(0), e.contract.Normalise)
	return engine.Template{Model: e.model, Vector: v}, err
}

// unit is a copy of v with length one. With normalise false v must have it.
func unit(v []float32, normalise bool) ([]float32, error) {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	norm := math.Sqrt(sum)
	if !(norm > 1e-6) || math.IsInf(norm, 0) {
		return nil, errors.New("the embedder's output has no direction")
	}
	if !normalise && math.Abs(norm-1) > 1e-3 {
		return nil, errors.New("the embedder's output has not the unit length that its manifest entry promises")
	}
	u := make([]float32, len(v))
	for i, x := range v {
		u[i] = float32(float64(x) / norm)
	}
	return u, nil
}
