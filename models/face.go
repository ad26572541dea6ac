package models

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/models/detect"
	"github.com/rostod/rostod/models/picture"
	"github.com/rostod/rostod/models/quality"
)

// enough is how many pixels of the longer side a picture is decoded to at
// first. The detector searches copies of at most this size.
const enough = 640

// look reads one picture: decode, find, align, judge, embed, liveness.
func (w *worker) look(ctx context.Context, data []byte, h picture.Header) (engine.Face, error) {
	face := engine.Face{Picture: sha256.Sum256(data), Width: h.Width, Height: h.Height}
	p, err := w.decoder.Decode(data, h, enough)
	if err != nil {
		return engine.Face{}, err
	}
	found, err := w.detector.Find(p)
	if err != nil {
		return engine.Face{}, err
	}
	if len(found.Faces) == 0 {
		face.Issues = []engine.Issue{engine.NoFace}
		return face, nil
	}
	if p, err = w.sharper(data, h, p, found.Faces); err != nil {
		return engine.Face{}, err
	}
	if found.Turned != 0 {
		picture.Turn(&w.turned, p, found.Turned)
		p = &w.turned
	}
	if found.Turned%180 != 0 {
		face.Width, face.Height = h.Height, h.Width
	}
	face.Faces, face.Turned = len(found.Faces), found.Turned
	// Whoever asked may have gone meanwhile; the larger half is still to come.
	if err := ctx.Err(); err != nil {
		return engine.Face{}, fmt.Errorf("look at a picture: %w", context.Cause(ctx))
	}
	return face, w.read(&face, p, found.Faces)
}

// sharper decodes the picture again, larger, when it was decoded at a fraction
// that has fewer pixels of the face than the embedder reads. The faces move
// with it.
func (w *worker) sharper(data []byte, h picture.Header, p *picture.Picture, faces []detect.Face) (*picture.Picture, error) {
	long := max(p.Width, p.Height)
	grow := w.embedder.Enlarges(faces[0].Landmarks)
	if grow <= 1 || long >= max(h.Width, h.Height) {
		return p, nil
	}
	larger, err := w.decoder.Decode(data, h, int(math.Ceil(float64(long)*grow)))
	if err != nil {
		return nil, err
	}
	ratio := float64(max(larger.Width, larger.Height)) / float64(long)
	for i := range faces {
		faces[i] = faces[i].Scale(ratio, ratio)
	}
	return larger, nil
}

// read fills in what is known of the primary face, the first of faces, which
// are in pixels of p.
func (w *worker) read(face *engine.Face, p *picture.Picture, faces []detect.Face) error {
	primary, err := w.detector.Refine(p, faces[0])
	if err != nil {
		return err
	}
	crop, err := w.embedder.Align(p, primary.Landmarks)
	if err != nil {
		return err
	}
	ratio := float64(face.Width) / float64(p.Width)
	original := primary.Scale(ratio, float64(face.Height)/float64(p.Height))
	face.Box, face.Landmarks = original.Box, original.Landmarks
	view := quality.View{
		Score: primary.Score, Box: original.Box, Landmarks: original.Landmarks,
		Width: face.Width, Height: face.Height, Crop: crop,
	}
	if len(faces) > 1 {
		view.Second = w.detector.Prominence(faces[1]) / w.detector.Prominence(primary)
	}
	measured := quality.Measure(view)
	face.Measures, face.Issues = measured.Measures, w.thresholds.Issues(measured)
	if face.Template, err = w.embedder.Template(crop); err != nil {
		return err
	}
	face.Passive, err = w.judge.Live(p, primary.Box)
	return err
}
