package models

import (
	"context"
	_ "embed"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/models/manifest"
	"github.com/rostod/rostod/models/onnx"
	"github.com/rostod/rostod/models/picture"
	"github.com/rostod/rostod/models/quality"
)

//go:embed manifest.json
var embedded []byte

// Manifest is which models there are; see package manifest.
type Manifest = manifest.Manifest

// Embedded is the manifest that the program was built with.
func Embedded() (*Manifest, error) { return manifest.Parse(embedded) }

// ErrUnavailable says that a file did not verify or a network did not load.
var ErrUnavailable = &fault.Fault{
	Kind:  fault.Unavailable,
	Code:  "models/unavailable",
	Title: "The face models are not available.",
	Hint:  "An operator sees why at /readyz and with: rostod models verify.",
}

// Faults lists every fault of this package and of those that it is made of, but
// for those of package picture.
func Faults() []*fault.Fault {
	return []*fault.Fault{
		ErrBusy, ErrUnavailable, onnx.ErrNoLibrary,
		manifest.ErrMissing, manifest.ErrAltered, manifest.ErrPlatform, manifest.ErrFetch,
	}
}

// Config is what Models need.
type Config struct {
	Dir      string              // folder of the model files
	Manifest *Manifest           // nil: the embedded one
	Library  string              // ONNX Runtime's library; empty: looked for beside the program and in Dir
	Sessions int                 // pictures looked at side by side; 0: one per core
	Queue    int                 // pictures that wait; 0: 16 per session
	Quality  *quality.Thresholds // nil: the defaults
	AsIs     bool                // run the pinned files as they are, without a second look: to measure against
	Log      *slog.Logger        // nil: silent
	// Observe is told of each run of a network by its name, from many
	// goroutines; nil tells nobody.
	Observe func(name string, took time.Duration)
}

// Models looks at pictures. It is safe for use by many goroutines.
type Models struct {
	status      []Status
	calibration map[engine.Digest]engine.Calibration
	looked      []engine.Digest // the networks' digests, detector first
	runtime     *onnx.Runtime
	queue       *queue // nil when something is unavailable
}

// Status is how one part does.
type Status struct {
	Name   string        // of the model, or "onnxruntime"
	Role   manifest.Role // empty for the library
	File   string
	Digest string // SHA-256 that is pinned, hexadecimal
	Err    error  // nil: ready. Its fault says what to run.
}

// Close waits for the pictures that are being looked at and frees the
// networks. It is called once.
func (m *Models) Close() error {
	var errs []error
	if m.queue != nil {
		errs = append(errs, m.queue.close())
	}
	if m.runtime != nil {
		errs = append(errs, m.runtime.Close())
	}
	return errors.Join(errs...)
}

// Status is how every part does: each model, then the library.
func (m *Models) Status() []Status { return m.status }

// Calibration turns cosines of a model's templates into comparison scores. It
// is false for templates of a model that is not in use.
func (m *Models) Calibration(d engine.Digest) (engine.Calibration, bool) {
	c, ok := m.calibration[d]
	return c, ok
}

// Look is all that can be read from a picture. A picture without a face is a
// Face with the issue no_face. Errors are faults of package picture, ErrBusy,
// ErrUnavailable, or the context's.
func (m *Models) Look(ctx context.Context, pic []byte, limits picture.Limits) (engine.Face, error) {
	if m.queue == nil {
		return engine.Face{}, ErrUnavailable
	}
	h, err := picture.Inspect(pic, limits)
	if err != nil {
		return engine.Face{}, err
	}
	w, err := m.queue.take(ctx)
	if err != nil {
		return engine.Face{}, err
	}
	defer m.queue.give(w)
	face, err := w.look(ctx, pic, h)
	if err != nil {
		return engine.Face{}, err
	}
	face.Models = slices.Clone(m.looked)
	if face.Faces == 0 {
		face.Models = face.Models[:1] // only the detector looked
	}
	return face, nil
}
