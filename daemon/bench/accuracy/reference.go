package accuracy

import (
	"context"
	"errors"
	"fmt"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/models"
	"github.com/rostod/rostod/models/picture"
)

// reference asks the models directly, in this process, for the photos' faces,
// and gives each pair the score that follows.
func (c caller) reference(ctx context.Context, m *models.Models, photos []Photo, pairs []Pair) (faces []engine.Face, err error) {
	faces = make([]engine.Face, len(photos))
	err = c.each(ctx, len(photos), func(ctx context.Context, i int) (err error) {
		faces[i], err = photos[i].Look(ctx, m)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range pairs {
		a, b := faces[pairs[i].Probe].Template, faces[pairs[i].Reference].Template
		if a.Empty() || b.Empty() {
			continue
		}
		knots, ok := m.Calibration(a.Model)
		if !ok {
			return nil, errors.New("the models have no calibration for their own templates")
		}
		pairs[i].Direct = knots.Score(engine.Cosine(a, b))
	}
	return faces, nil
}

// Look finds the face in the photo, by the models alone.
func (p Photo) Look(ctx context.Context, m *models.Models) (engine.Face, error) {
	face, err := m.Look(ctx, p.Data, picture.Limits{MaxBytes: mostBytes, MinLong: minLong, MinShort: minShort})
	if err != nil {
		return face, fmt.Errorf("look at %s: %w", p.Name, err)
	}
	return face, nil
}
