package accuracy

import (
	"context"
	"fmt"
	"image"

	"golang.org/x/image/draw"

	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/models"
	"github.com/rostod/rostod/models/picture"
)

// views are how many faces wide a photo of several people is cut to, widest
// first.
func views() []float64 { return []float64{3, 2.5, 2, 1.7} }

// cutSeveral cuts photos that show several people to the one that the label
// means, the heaviest face: the daemon refuses such a photo, rightly, so that
// its pairs would not be compared. A photo that shows others in every view
// stays as it is.
func cutSeveral(ctx context.Context, m *models.Models, photos []Photo) error {
	for i, p := range photos {
		face, err := m.Look(ctx, p.Data, picture.Limits{})
		if err != nil {
			return fmt.Errorf("look at %s: %w", p.Name, err)
		}
		if !face.Has(engine.SeveralFaces) {
			continue
		}
		data, err := alone(ctx, m, p.Data, face)
		if err != nil {
			return fmt.Errorf("cut %s: %w", p.Name, err)
		}
		if data != nil {
			photos[i].Data, photos[i].ask, photos[i].Cut = data, bench.WithPicture(data), true
		}
	}
	return nil
}

// alone is the widest view of a photo in which the models see one face; nil
// when there is none.
func alone(ctx context.Context, m *models.Models, data []byte, face engine.Face) ([]byte, error) {
	h, err := picture.Inspect(data, picture.Limits{})
	if err != nil || face.Turned != 0 {
		return nil, err
	}
	whole, err := decode(data, h)
	if err != nil {
		return nil, err
	}
	for _, faces := range views() {
		view := around(face.Box, faces).Intersect(whole.Rect)
		to := image.NewRGBA(image.Rectangle{Max: view.Size()})
		draw.Copy(to, image.Point{}, whole, view, draw.Src, nil)
		w, ht := grown(view.Dx(), view.Dy())
		out, err := encode(scaled(to, w, ht), fitQuality)
		if err != nil {
			return nil, err
		}
		seen, err := m.Look(ctx, out, picture.Limits{})
		if err != nil {
			return nil, err
		}
		if len(seen.Issues) == 0 && len(out) <= mostBytes {
			return out, nil
		}
	}
	return nil, nil
}

// around is a square so many faces wide.
func around(b engine.Box, faces float64) image.Rectangle {
	half := faces * max(b.W, b.H) / 2
	x, y := b.X+b.W/2, b.Y+b.H/2
	return image.Rect(int(x-half), int(y-half), int(x+half), int(y+half))
}
