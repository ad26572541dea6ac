package pad

import (
	"errors"
	"fmt"
	"math"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/models/manifest"
	"github.com/rostod/rostod/models/onnx"
	"github.com/rostod/rostod/models/picture"
)

// Judge looks at faces, one at a time.
type Judge struct {
	contract  manifest.PassiveContract
	session   *onnx.Session
	shaped    *onnx.Shaped
	planes    *picture.Planes
	resampler *picture.Resampler
	crop      picture.Picture
}

// Open loads the network. Close it when done.
func Open(r *onnx.Runtime, m manifest.Model, file []byte) (*Judge, error) {
	in, c := m.Input, *m.Passive
	s, err := r.Session(onnx.Spec{
		Name: m.Name, Model: file, Input: in.Name, Outputs: []string{c.Output}, Floats: 3 * in.Width * in.Height,
	})
	if err != nil {
		return nil, err
	}
	j := &Judge{
		contract: c, session: s,
		planes:    picture.NewPlanes(in.Order == "BGR", in.Scale, in.Mean, in.Std),
		resampler: picture.NewResampler(in.Width),
	}
	j.shaped, err = s.Shape(1, 3, int64(in.Height), int64(in.Width))
	if err == nil && len(j.shaped.Output(0)) != c.Classes {
		err = fmt.Errorf("%s gives %d classes, its manifest entry promises %d", m.Name, len(j.shaped.Output(0)), c.Classes)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return j, nil
}

// Close frees the network.
func (j *Judge) Close() error { return j.session.Close() }

// Crop is the square around a face that the network looks at: its corner and
// its side in pixels, cut to whole ones as in the network's training.
func (j *Judge) Crop(b engine.Box) (x, y, side int) {
	length := max(b.W, b.H)
	return int(b.X + b.W/2 - length*j.contract.Crop/2), int(b.Y + b.H/2 - length*j.contract.Crop/2),
		int(length * j.contract.Crop)
}

// Live is how alive the face in a box looks, from 0 (an attack) to 1.
func (j *Judge) Live(p *picture.Picture, b engine.Box) (float64, error) {
	x, y, side := j.Crop(b)
	j.resampler.Square(&j.crop, p, x, y, side)
	j.planes.Write(j.shaped.Input(), &j.crop, j.crop.Width, j.crop.Height)
	if err := j.shaped.Run(); err != nil {
		return 0, err
	}
	return live(j.shaped.Output(0), j.contract)
}

// live is the probability of the genuine class.
func live(classes []float32, c manifest.PassiveContract) (float64, error) {
	p := float64(classes[c.Live])
	if c.Softmax {
		var sum float64
		for _, v := range classes {
			sum += math.Exp(float64(v) - p)
		}
		p = 1 / sum
	}
	if math.IsNaN(p) {
		return 0, errors.New("the passive network's output is not a number")
	}
	return min(max(p, 0), 1), nil
}
