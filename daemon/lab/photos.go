package lab

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"

	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/daemon/bench/accuracy"
	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/models"
	"github.com/rostod/rostod/models/picture"
)

// Faces are photographs that can be laid on heads.
type Faces = []sim.Photo

// Load opens the models of a configuration and looks through a folder of
// labelled photos.
func Load(ctx context.Context, cfg config.Config, dir string) (faces Faces, err error) {
	m, err := bench.Networks(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	return Photos(ctx, m, dir)
}

// photoEyes is the least distance of the eyes, pixels, at which a photo still
// has as much detail as a camera would show.
const photoEyes = 60

// Photos are the labelled photos of a folder that can be laid on a head: one
// face, from the front, large enough.
func Photos(ctx context.Context, m *models.Models, dir string) (fit []sim.Photo, err error) {
	list, err := accuracy.Load(dir)
	if err != nil {
		return nil, err
	}
	d, err := picture.NewDecoder()
	if err != nil {
		return nil, err
	}
	defer d.Close()
	for _, p := range list {
		face, err := m.Look(ctx, p.Data, picture.Limits{})
		if err != nil {
			return nil, fmt.Errorf("look at %s: %w", p.Name, err)
		}
		e := face.Measures
		if face.Faces == 0 || face.Turned != 0 || e.EyeDistance < photoEyes || math.Abs(e.Yaw) > 0.2 || math.Abs(e.Roll) > 15 {
			continue
		}
		h, err := picture.Inspect(p.Data, picture.Limits{})
		if err != nil {
			return nil, fmt.Errorf("inspect %s: %w", p.Name, err)
		}
		raw, err := d.Decode(p.Data, h, 0)
		if err != nil {
			return nil, fmt.Errorf("decode %s: %w", p.Name, err)
		}
		fit = append(fit, sim.Photo{Name: p.Name, Person: p.Person, Picture: imageOf(raw), Landmarks: face.Landmarks})
	}
	if len(fit) == 0 {
		return nil, errors.New("no photo shows a face from the front that is large enough")
	}
	return fit, nil
}

// imageOf is a copy of a decoded picture.
func imageOf(p *picture.Picture) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, p.Width, p.Height))
	for i, v := range p.Pix {
		m.SetRGBA(i%p.Width, i/p.Width, color.RGBA{R: uint8(v), G: uint8(v >> 8), B: uint8(v >> 16), A: 255})
	}
	return m
}
