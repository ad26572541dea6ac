package engine

import (
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"math"
)

// Digest is the SHA-256 of a model's file.
type Digest [32]byte

// String is the digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// Template is a face as numbers, and which model made it. Two templates are
// comparable only when Model is the same. It is biometric data: it prints as
// its type.
type Template struct {
	Model  Digest
	Vector []float32 // unit length
}

// Format hides a template from every verb.
func (Template) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(template)") }

// LogValue hides a template from slog.
func (Template) LogValue() slog.Value { return slog.StringValue("(template)") }

// Empty says whether there is nothing to compare.
func (t Template) Empty() bool { return len(t.Vector) == 0 }

// Cosine is the cosine of the angle between a and b, in [-1, 1]. Templates of
// different models, of different sizes, or without direction, resemble
// nothing: it returns -1.
func Cosine(a, b Template) float64 {
	if a.Model != b.Model || len(a.Vector) != len(b.Vector) || len(a.Vector) == 0 {
		return -1
	}
	var dot, aa, bb float64
	for i, x := range a.Vector {
		y := b.Vector[i]
		dot += float64(x) * float64(y)
		aa += float64(x) * float64(x)
		bb += float64(y) * float64(y)
	}
	c := dot / math.Sqrt(aa*bb)
	if math.IsNaN(c) || math.IsInf(c, 0) {
		return -1
	}
	return max(-1, min(1, c))
}

// Mean is the direction between templates of one model, of unit length. It is
// empty when there are none, when models or sizes differ, or when the
// templates cancel out.
func Mean(templates ...Template) Template {
	if len(templates) == 0 {
		return Template{}
	}
	sum := make([]float64, len(templates[0].Vector))
	for _, t := range templates {
		if t.Model != templates[0].Model || len(t.Vector) != len(sum) {
			return Template{}
		}
		for i, x := range t.Vector {
			sum[i] += float64(x)
		}
	}
	var norm float64
	for _, x := range sum {
		norm += x * x
	}
	norm = math.Sqrt(norm)
	if !(norm > 1e-6) || math.IsInf(norm, 0) {
		return Template{}
	}
	mean := Template{Model: templates[0].Model, Vector: make([]float32, len(sum))}
	for i, x := range sum {
		mean.Vector[i] = float32(x / norm)
	}
	return mean
}

// Knot is one point of a calibration: a raw cosine and the comparison score
// it stands for.
type Knot struct {
	Cosine float64 `json:"cosine"`
	Score  float64 `json:"score"`
}

// Calibration turns a model's cosine into a comparison score in [0, 1] that
// thresholds are written in. It is piecewise linear between its knots, which
// rise strictly in both members; below the first knot and above the last it
// is flat.
type Calibration []Knot

// Score is the comparison score of a cosine.
func (c Calibration) Score(cosine float64) float64 {
	if len(c) == 0 || math.IsNaN(cosine) || cosine <= c[0].Cosine {
		return 0
	}
	for i := 1; i < len(c); i++ {
		if cosine <= c[i].Cosine {
			a, b := c[i-1], c[i]
			return a.Score + (b.Score-a.Score)*(cosine-a.Cosine)/(b.Cosine-a.Cosine)
		}
	}
	return c[len(c)-1].Score
}

// Cosine is the cosine from which a score is reached: the least one whose
// Score is at least that, and more than 1 when none is.
func (c Calibration) Cosine(score float64) float64 {
	if score <= 0 {
		return -1
	}
	for i := 1; i < len(c); i++ {
		if a, b := c[i-1], c[i]; score <= b.Score {
			return a.Cosine + (b.Cosine-a.Cosine)*max(0, score-a.Score)/(b.Score-a.Score)
		}
	}
	return 2
}

// Point is a place in a picture, in pixels from its top left corner.
type Point struct{ X, Y float64 }

// Box is a rectangle in a picture, in pixels.
type Box struct{ X, Y, W, H float64 }

// Area is the box's area in pixels.
func (b Box) Area() float64 { return b.W * b.H }

// Issue is a stable code for what is wrong with a picture of a face.
type Issue string

// The issues of a picture, worst first.
const (
	NoFace       Issue = "no_face"
	SeveralFaces Issue = "several_faces"
	TooSmall     Issue = "too_small"
	TooDark      Issue = "too_dark"
	TooBright    Issue = "too_bright"
	Blurred      Issue = "blurred"
	TurnedAway   Issue = "turned_away"
	Covered      Issue = "covered"
	AtTheBorder  Issue = "at_the_border"
)

// Sentence is what a customer is told: what to do, in one line.
func (i Issue) Sentence() string {
	switch i {
	case NoFace:
		return "We cannot see a face. Look straight into the camera."
	case SeveralFaces:
		return "There is more than one face. Please make sure only you are in the picture."
	case TooSmall:
		return "You are too far away. Please come closer."
	case TooDark:
		return "It is too dark. Please face a light."
	case TooBright:
		return "There is too much light. Please turn away from the window or lamp."
	case Blurred:
		return "The picture is blurred. Please hold still and wipe the camera."
	case TurnedAway:
		return "Please turn your face to the camera."
	case Covered:
		return "Part of your face is covered. Please take off mask, cap or dark glasses."
	case AtTheBorder:
		return "Your face is cut off. Please move to the middle."
	default:
		return "Please take the picture again."
	}
}

// Measures are the numbers behind the issues, so that a rule that says no can
// be explained. Units are in the names or beside them.
type Measures struct {
	Detection   float64 `json:"detection"`   // detector's confidence, 0..1
	FaceWidth   float64 `json:"faceWidth"`   // pixels of the original picture
	EyeDistance float64 `json:"eyeDistance"` // pixels of the original picture
	Brightness  float64 `json:"brightness"`  // mean luma of the face, 0..255
	Contrast    float64 `json:"contrast"`    // standard deviation of luma
	Sharpness   float64 `json:"sharpness"`   // see models/quality
	Yaw         float64 `json:"yaw"`         // -1..1, 0 is frontal
	Pitch       float64 `json:"pitch"`       // -1..1, 0 is frontal
	Roll        float64 `json:"roll"`        // degrees
	Inside      float64 `json:"inside"`      // share of the face inside the picture, 0..1
}

// Face is all that is known of one picture, computed once: the primary face
// found in it, what is wrong with it, its template and how alive it looks.
// Faces is 0 and everything else empty when no face was found.
type Face struct {
	Faces     int      // how many were found
	Box       Box      // of the primary face, in the upright picture
	Landmarks [5]Point // image-left eye, image-right eye, nose, image-left and image-right mouth corner
	Turned    int      // degrees the picture was turned clockwise to stand upright: 0, 90, 180, 270
	Issues    []Issue  // worst first; empty when the picture is good
	Measures  Measures
	Template  Template
	Passive   float64  // passive liveness, 0 attack .. 1 genuine; a signal, not a verdict
	Models    []Digest // the models that looked, detector first
	Picture   Digest   // SHA-256 of the picture's bytes as they were sent
	Width     int      // of the upright picture, pixels
	Height    int
}

// Has says whether the picture has an issue.
func (f Face) Has(i Issue) bool {
	for _, x := range f.Issues {
		if x == i {
			return true
		}
	}
	return false
}

// Format hides a face from every verb: it is biometric data.
func (Face) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(face)") }

// LogValue hides a face from slog.
func (Face) LogValue() slog.Value { return slog.StringValue("(face)") }
