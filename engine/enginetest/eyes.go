package enginetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"sync"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
)

// Picture is a picture that says what is to be seen in it. Its bytes are JSON.
type Picture struct {
	Vector  []float32      // of the template; empty: no face
	Model   byte           // the first byte of the digest of the model that made it
	Passive float64        // passive liveness, 0..1
	Issues  []engine.Issue // what is wrong with it
	Broken  bool           // it cannot be decoded
}

// Ana is one person. Her template and those below have whole numbers for
// length, so that the similarities are numbers that can be written down.
func Ana() Picture { return Picture{Vector: []float32{1, 0, 0, 0}, Passive: 0.98} }

// Budi is another person: his similarity to Ana is 0.
func Budi() Picture { return Picture{Vector: []float32{0, 1, 0, 0}, Passive: 0.98} }

// LikeAna has similarity 0.6 to Ana: above every default threshold.
func LikeAna() Picture { return Picture{Vector: []float32{3, 4, 0, 0}, Passive: 0.98} }

// HardlyAna has similarity 0.52 to Ana: in the grey zone of high.
func HardlyAna() Picture { return Picture{Vector: []float32{13, 16, 14, 2}, Passive: 0.98} }

// Nobody is a picture without a face.
func Nobody() Picture { return Picture{Issues: []engine.Issue{engine.NoFace}} }

// Passively is the picture with another passive liveness.
func (p Picture) Passively(score float64) Picture {
	p.Passive = score
	return p
}

// With is the picture with something wrong.
func (p Picture) With(issues ...engine.Issue) Picture {
	p.Issues = issues
	return p
}

// By is the picture as another model sees it.
func (p Picture) By(model byte) Picture {
	p.Model = model
	return p
}

// Bytes is the picture as it is sent.
func (p Picture) Bytes() []byte {
	b, err := json.Marshal(p)
	if err != nil {
		return nil // not of these types
	}
	return b
}

// ErrBroken is what the eyes say of a broken picture.
var ErrBroken = &fault.Fault{Kind: fault.Invalid, Code: "picture/broken", Title: "The picture is broken.", Hint: "Take it again."}

// ErrBusy is what busy eyes say.
var ErrBusy = &fault.Fault{
	Kind: fault.Unavailable, Code: "models/busy", Title: "Too many pictures are waiting.", Hint: "Try again in a second.",
	RetryAfter: time.Second,
}

// Eyes see what a [Picture] says.
type Eyes struct {
	mu     sync.Mutex
	looks  int
	before func(context.Context) error
}

// Before is called in every look from now on, and ends it with its error.
func (e *Eyes) Before(do func(context.Context) error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.before = do
}

// Fail makes every look from now on end with an error; nil mends the eyes.
func (e *Eyes) Fail(err error) { e.Before(func(context.Context) error { return err }) }

// Looks is how many pictures were looked at.
func (e *Eyes) Looks() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.looks
}

func (e *Eyes) begin() func(context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.looks++
	return e.before
}

// Look reads what the picture says.
func (e *Eyes) Look(ctx context.Context, picture []byte) (engine.Face, error) {
	if before := e.begin(); before != nil {
		if err := before(ctx); err != nil {
			return engine.Face{}, err
		}
	}
	var p Picture
	if err := json.Unmarshal(bytes.TrimSpace(picture), &p); err != nil || p.Broken {
		return engine.Face{}, ErrBroken
	}
	model := engine.Digest{p.Model}
	face := engine.Face{
		Issues: p.Issues, Passive: p.Passive, Picture: sha256.Sum256(picture), Width: 640, Height: 480,
		Models: []engine.Digest{{0xDE}, model}, Measures: engine.Measures{Detection: 0.9, Inside: 1},
	}
	if len(p.Vector) > 0 {
		face.Faces, face.Template = 1, engine.Template{Model: model, Vector: p.Vector}
	}
	return face, nil
}

// Calibration makes the score of every model its cosine.
func (e *Eyes) Calibration(engine.Digest) (engine.Calibration, bool) {
	return engine.Calibration{{Cosine: 0, Score: 0}, {Cosine: 1, Score: 1}}, true
}
