package models

import (
	"context"
	"fmt"
	"image"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/models/detect"
	"github.com/rostod/rostod/models/picture"
)

// Find is where the primary face is in a video frame, 4:2:0 in limited range,
// and how many stand out. It looks once, upright: a frame without a face is no
// error, the next one comes soon. Errors are ErrBusy, ErrUnavailable,
// picture.ErrPlanes or the context's.
func (m *Models) Find(ctx context.Context, frame *image.YCbCr) (engine.Sighting, error) {
	var s engine.Sighting
	err := m.watch(ctx, frame, func(w *worker) error {
		faces, err := w.detector.Glance(&w.frame)
		if err != nil || len(faces) == 0 {
			return err
		}
		s = sighting(faces[0])
		for _, f := range faces[1:] {
			if w.detector.Prominence(f) >= w.thresholds.Second*w.detector.Prominence(faces[0]) {
				s.Faces++
			}
		}
		return nil
	})
	return s, err
}

// Follow is where a face that was seen in an earlier frame is now. It costs a
// third of Find and sees no other face. Faces is 0 when it is not near its last
// place.
func (m *Models) Follow(ctx context.Context, frame *image.YCbCr, last engine.Sighting) (engine.Sighting, error) {
	var s engine.Sighting
	err := m.watch(ctx, frame, func(w *worker) error {
		was := detect.Face{Box: last.Box, Landmarks: last.Landmarks, Score: last.Score}.Scale(0.5, 0.5)
		f, ok, err := w.detector.Follow(&w.frame, was)
		if ok {
			s = sighting(f)
		}
		return err
	})
	return s, err
}

// sighting is a face of a frame at half its size, in pixels of the frame.
func sighting(f detect.Face) engine.Sighting {
	f = f.Scale(2, 2)
	return engine.Sighting{Faces: 1, Box: f.Box, Landmarks: f.Landmarks, Score: f.Score}
}

// watch gives a worker a frame at half its size.
func (m *Models) watch(ctx context.Context, frame *image.YCbCr, look func(*worker) error) error {
	if m.queue == nil {
		return ErrUnavailable
	}
	w, err := m.queue.take(ctx)
	if err != nil {
		return err
	}
	defer m.queue.give(w)
	if err := picture.Quarter(&w.frame, frame); err != nil {
		return fmt.Errorf("look at a frame: %w", err)
	}
	return look(w)
}
