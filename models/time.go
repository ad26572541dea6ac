package models

import (
	"context"
	"errors"
	"time"

	"github.com/rostod/rostod/models/picture"
)

// Inference is how long the networks take for one picture, without anything
// around them.
type Inference struct {
	Find    time.Duration // the first search and the closer look
	Embed   time.Duration
	Passive time.Duration
}

// Total is the three together: what no program around them can save.
func (i Inference) Total() time.Duration { return i.Find + i.Embed + i.Passive }

// Alone is the networks of one worker, ready to run again on the numbers that
// one picture gave. It is for measuring: nothing is decoded, read or judged.
type Alone struct {
	models        *Models
	worker        *worker
	width, height int
}

// Alone looks at a picture and keeps the worker that did, until Close. The
// picture must stand upright and its face be found in the first search, as of
// most pictures: one that has to be turned, or searched at a larger size,
// takes longer than Run says.
func (m *Models) Alone(ctx context.Context, pic []byte, limits picture.Limits) (*Alone, error) {
	if m.queue == nil {
		return nil, ErrUnavailable
	}
	h, err := picture.Inspect(pic, limits)
	if err != nil {
		return nil, err
	}
	w, err := m.queue.take(ctx)
	if err != nil {
		return nil, err
	}
	face, err := w.look(ctx, pic, h)
	if err == nil && face.Faces == 0 {
		err = errors.New("measure the networks: there is no face in the picture")
	}
	if err != nil {
		m.queue.give(w)
		return nil, err
	}
	return &Alone{models: m, worker: w, width: face.Width, height: face.Height}, nil
}

// Run runs the three networks in the order of a look.
func (a *Alone) Run() (i Inference, err error) {
	for _, step := range []struct {
		took *time.Duration
		run  func() error
	}{
		{&i.Find, func() error { return a.worker.detector.Again(a.width, a.height) }},
		{&i.Embed, a.worker.embedder.Again},
		{&i.Passive, a.worker.judge.Again},
	} {
		start := time.Now()
		if err := step.run(); err != nil {
			return Inference{}, err
		}
		*step.took = time.Since(start)
	}
	return i, nil
}

// Close gives the worker back. It is called once.
func (a *Alone) Close() { a.models.queue.give(a.worker) }
