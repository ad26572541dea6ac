package manifest

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
)

// Role is what a network does for a face.
type Role string

// The roles. A manifest has one model for each.
const (
	Detector Role = "detector" // finds faces and their five landmarks
	Embedder Role = "embedder" // turns an aligned face into a template
	Passive  Role = "passive"  // says how alive a face looks
)

// Roles lists the roles in the order in which a picture meets them.
func Roles() []Role { return []Role{Detector, Embedder, Passive} }

// Manifest is the models and the library that runs them.
type Manifest struct {
	Version int     `json:"version"` // 1
	Runtime Runtime `json:"runtime"`
	Models  []Model `json:"models"`

	raw []byte
}

// Runtime is ONNX Runtime's shared library, which is distributed inside an npm
// package.
type Runtime struct {
	Version string  `json:"version"`
	Licence string  `json:"licence"`
	Package string  `json:"package"` // npm package
	File    string  `json:"file"`    // name in the models folder
	Builds  []Build `json:"builds"`
}

// Build is the library for one platform.
type Build struct {
	OS     string `json:"os"`   // runtime.GOOS
	Arch   string `json:"arch"` // runtime.GOARCH
	Path   string `json:"path"` // inside the package
	Bytes  int64  `json:"bytes"`
	SHA256 Digest `json:"sha256"`
}

// Model is one network: its file and its contract. Exactly one of the last
// three members is set, the one of its role.
type Model struct {
	Name    string `json:"name"`
	Role    Role   `json:"role"`
	File    string `json:"file"`
	Bytes   int64  `json:"bytes"`
	SHA256  Digest `json:"sha256"`
	Licence string `json:"licence"`
	Terms   string `json:"terms,omitzero"` // of the training data
	URL     string `json:"url,omitzero"`   // pinned; empty when the operator brings the file
	Input   Input  `json:"input"`

	Detector *DetectorContract `json:"detector,omitzero"`
	Embedder *EmbedderContract `json:"embedder,omitzero"`
	Passive  *PassiveContract  `json:"passive,omitzero"`
}

// Input is a network's one input, float32 [1,3,Height,Width]. A plane's value
// is (level*Scale - Mean) / Std with level 0..255; Mean and Std are in the
// order of the planes.
type Input struct {
	Name     string     `json:"name"`
	Width    int        `json:"width,omitzero"`    // pixels; a detector has none
	Height   int        `json:"height,omitzero"`   // pixels; a detector has none
	Multiple int        `json:"multiple,omitzero"` // a detector's sides are multiples of this
	Order    string     `json:"order"`             // "RGB" or "BGR"
	Scale    float64    `json:"scale"`
	Mean     [3]float64 `json:"mean"`
	Std      [3]float64 `json:"std"`
}

// DetectorContract is how a network of YuNet's kind is read: per stride S and
// cell, outputs Class+S and Object+S (0..1), Box+S (4), Landmarks+S (10).
type DetectorContract struct {
	Class     string  `json:"class"`     // prefix of an output's name
	Object    string  `json:"object"`    // prefix of an output's name
	Box       string  `json:"box"`       // prefix of an output's name
	Landmarks string  `json:"landmarks"` // prefix of an output's name
	Strides   []int   `json:"strides"`   // pixels
	Score     float64 `json:"score"`     // least score of a face, 0..1
	Overlap   float64 `json:"overlap"`   // intersection over union from which two boxes are one face
	LongSides []int   `json:"longSides"` // pixels of the longer side, tried in this order
	TurnBelow float64 `json:"turnBelow"` // below this best score the picture is also tried turned

	Refine *Refine `json:"refine,omitzero"` // a closer look at the primary face's landmarks; may be missing
}

// Refine is the closer look that places the landmarks.
type Refine struct {
	Crop float64 `json:"crop"` // side of the square, in longer sides of the face's box
	Side int     `json:"side"` // pixels that the square is brought to
}

// EmbedderContract is how a face is aligned and what comes out.
type EmbedderContract struct {
	Output      string        `json:"output"`
	Size        int           `json:"size"`      // numbers of a template
	Normalise   bool          `json:"normalise"` // false when the network's output has unit length already
	Points      [5][2]float64 `json:"points"`    // where the landmarks go, pixels of the input
	Calibration [][2]float64  `json:"calibration"`
}

// PassiveContract is how a face is cut out and how the classes are read.
type PassiveContract struct {
	Output  string  `json:"output"`
	Classes int     `json:"classes"`
	Softmax bool    `json:"softmax"` // false when the output is probabilities already
	Live    int     `json:"live"`    // index of the class of genuine faces
	Crop    float64 `json:"crop"`    // side of the square, in longer sides of the face's box
	Border  string  `json:"border"`  // "reflect-101"
}

// Knots is the calibration as the engine reads it.
func (e EmbedderContract) Knots() engine.Calibration {
	c := make(engine.Calibration, len(e.Calibration))
	for i, k := range e.Calibration {
		c[i] = engine.Knot{Cosine: k[0], Score: k[1]}
	}
	return c
}

// Digest is a SHA-256, in hexadecimal in JSON.
type Digest engine.Digest

// UnmarshalText reads 64 hexadecimal digits.
func (d *Digest) UnmarshalText(text []byte) error {
	if len(text) != 2*len(d) {
		return fmt.Errorf("a SHA-256 has 64 hexadecimal digits, this one %d", len(text))
	}
	_, err := hex.Decode(d[:], text)
	return err
}

// MarshalText writes 64 hexadecimal digits.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String is the digest in hexadecimal.
func (d Digest) String() string { return engine.Digest(d).String() }

// Parse reads a manifest. It refuses unknown, repeated and misspelt members,
// and names every mistake in what the members say.
func Parse(text []byte) (*Manifest, error) {
	m := &Manifest{raw: text}
	if err := json.Unmarshal(text, m, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	if err := errors.Join(m.mistakes()...); err != nil {
		return nil, fmt.Errorf("the manifest has mistakes:\n%w", err)
	}
	return m, nil
}

// Load is Parse of a file: an operator's own manifest.
func Load(path string) (*Manifest, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	m, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// Model is the model of a role.
func (m *Manifest) Model(r Role) Model {
	for _, x := range m.Models {
		if x.Role == r {
			return x
		}
	}
	return Model{}
}

// Build is the library's build for a platform.
func (r Runtime) Build(os, arch string) (Build, bool) {
	for _, b := range r.Builds {
		if b.OS == os && b.Arch == arch {
			return b, true
		}
	}
	return Build{}, false
}

// WithoutRefine is the manifest with a detector that looks once.
func (m *Manifest) WithoutRefine() *Manifest {
	c := *m
	c.Models = slices.Clone(m.Models)
	for i, x := range c.Models {
		if x.Detector != nil {
			once := *x.Detector
			once.Refine = nil
			c.Models[i].Detector = &once
		}
	}
	return &c
}
