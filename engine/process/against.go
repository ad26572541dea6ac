package process

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"math"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// longestID is the longest id of a process that is looked up, in bytes.
const longestID = 64

// mostReferences is how many references one process may be validated against.
const mostReferences = 8

// referenceBody is one reference of a validation as the contract has it.
type referenceBody struct {
	Type    string `json:"referenceType,omitzero" doc:"REFERENCE_TYPE_PROCESS_ID or REFERENCE_TYPE_IMAGE_BASE64."`
	Content string `json:"referenceContent,omitzero" doc:"The process, or the picture in base64."`
}

// The types of a reference.
const (
	byProcess = "REFERENCE_TYPE_PROCESS_ID"
	byPicture = "REFERENCE_TYPE_IMAGE_BASE64"
)

// against is what a body says that the person is to be validated against: the
// list, or the older member for one process.
func (b createBody) against(by engine.Caller) ([]engine.Against, error) {
	if !by.Runs(engine.CapValidation) {
		return nil, nil
	}
	if len(b.References) == 0 && b.ReferenceProcess != "" {
		b.References = []referenceBody{{byProcess, b.ReferenceProcess}}
	}
	switch n := len(b.References); {
	case n == 0:
		return nil, ErrAgainst
	case n > mostReferences:
		return nil, ErrAgainstMany
	}
	var list []engine.Against
	for _, r := range b.References {
		switch {
		case r.Type != byProcess && r.Type != byPicture:
			return nil, ErrAgainstType
		case r.Content == "":
			return nil, ErrAgainstEmpty
		case r.Type == byProcess && len(r.Content) > longestID:
			return nil, ErrAgainstUnknown
		case r.Type == byProcess:
			list = append(list, engine.Against{Process: engine.ProcessID(r.Content)})
			continue
		}
		picture, err := web.DecodeBase64(r.Content)
		if err != nil {
			return nil, err
		}
		list = append(list, engine.Against{Picture: picture})
	}
	return list, nil
}

// know finds out whom the case is about and recalls the faces of the processes
// that it is validated against, from one snapshot.
func (p *Processes) know(ctx context.Context, q question, c *engine.Case) error {
	c.Reference, c.Unnamed = q.Reference, q.Unnamed
	if c.Reference == "" && q.Declared.Number != "" {
		c.Reference = engine.CustomerID("code:" + q.Declared.Number)
	}
	c.Against = make([]engine.KnownFace, len(q.Against))
	err := p.Store.View(ctx, func(v *storage.View) error {
		for i, a := range q.Against {
			if a.Process == "" {
				continue
			}
			r, err := p.kept(v, q.Caller.Org, a.Process)
			if err != nil {
				return unknown(err)
			}
			if c.Reference == "" {
				c.Reference = r.Reference
			}
			if c.Against[i], err = p.knownFace(v, r); err != nil {
				return err
			}
		}
		return nil
	})
	if c.Reference == "" {
		c.Reference, c.Unnamed = engine.CustomerID("process:"+c.Process), true
	}
	return err
}

// unknown is the error of a process that is no reference.
func unknown(err error) error {
	switch {
	case errors.Is(err, ErrNoProcess):
		return ErrAgainstUnknown
	case errors.Is(err, ErrGone):
		return ErrAgainstGone
	default:
		return err
	}
}

// facesPrefix owns the faces of processes: pseudonym of the person's faces,
// process id -> face. They are sealed with the key of the person's faces, so
// that erasing those takes them along, and leaves the evidence.
const facesPrefix = 'j'

// face is the face that a process saw.
type face struct {
	Model    []byte                 `json:"model"`  // SHA-256
	Vector   []byte                 `json:"vector"` // float32, little endian
	Issues   []engine.Issue         `json:"issues,omitempty"`
	Liveness engine.LivenessVerdict `json:"liveness,omitzero"`
}

func (p *Processes) faceAt(org engine.OrgID, customer engine.CustomerID, id engine.ProcessID) storage.Key {
	return storage.Path(p.Faces(org, customer), storage.Text(id))
}

// keepFace keeps the face of a decided process, for those that will be
// validated against it.
func (p *Processes) keepFace(tx *storage.Tx, c engine.Case, r record) error {
	if c.Face.Template.Empty() {
		return nil
	}
	f := face{Model: c.Face.Template.Model[:], Issues: c.Face.Issues}
	for _, x := range c.Face.Template.Vector {
		f.Vector = binary.LittleEndian.AppendUint32(f.Vector, math.Float32bits(x))
	}
	if alive := r.Findings.Of(engine.CapLiveness); alive != nil && alive.Liveness != nil {
		f.Liveness = alive.Liveness.Verdict
	}
	return p.faces.Put(tx, p.Faces(r.Org, r.Reference), p.faceAt(r.Org, r.Reference, r.ID), f)
}

// knownFace is the face of a process. A process that saw none has an empty one;
// one whose person's faces were erased is gone.
func (p *Processes) knownFace(from storage.Reader, r record) (engine.KnownFace, error) {
	known := engine.KnownFace{Process: r.ID}
	f, err := p.faces.Get(from, p.faceAt(r.Org, r.Reference, r.ID))
	switch {
	case errors.Is(err, storage.ErrErased), errors.Is(err, storage.ErrNotFound) && r.Face:
		return known, ErrAgainstGone
	case errors.Is(err, storage.ErrNotFound):
		return known, nil
	case err != nil:
		return known, fmt.Errorf("read the face of a process: %w", err)
	}
	copy(known.Template.Model[:], f.Model)
	for i := 0; i+4 <= len(f.Vector); i += 4 {
		known.Template.Vector = append(known.Template.Vector, math.Float32frombits(binary.LittleEndian.Uint32(f.Vector[i:])))
	}
	known.Issues, known.Liveness = f.Issues, f.Liveness
	return known, nil
}

// Face is the face that a process of an org saw; empty when it saw none.
func (p *Processes) Face(ctx context.Context, org engine.OrgID, id engine.ProcessID) (known engine.KnownFace, err error) {
	err = p.Store.View(ctx, func(v *storage.View) error {
		r, err := p.kept(v, org, id)
		if err == nil {
			known, err = p.knownFace(v, r)
		}
		return err
	})
	return known, err
}

// eraseFaces takes away the faces of a customer's processes.
func (p *Processes) eraseFaces(tx *storage.Tx, e room.Erased) (int, error) {
	n := 0
	for row, err := range p.faces.Scan(tx, storage.Range{Prefix: storage.Path(e.Faces)}) {
		if err != nil && !errors.Is(err, storage.ErrErased) {
			return 0, fmt.Errorf("list the faces of processes: %w", err)
		}
		if err := p.faces.Delete(tx, row.Key); err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// toldFace is the face of a process as subject access has it, without the template.
type toldFace struct {
	Process  engine.ProcessID       `json:"process"`
	Model    string                 `json:"model"` // SHA-256, hexadecimal
	Issues   []engine.Issue         `json:"issues,omitempty"`
	Liveness engine.LivenessVerdict `json:"liveness,omitzero"`
}

// tellFaces passes the faces of a customer's processes.
func (p *Processes) tellFaces(r storage.Reader, org engine.OrgID, customer engine.CustomerID) iter.Seq2[any, error] {
	prefix := storage.Path(p.Faces(org, customer))
	return func(yield func(any, error) bool) {
		for row, err := range p.faces.Scan(r, storage.Range{Prefix: prefix}) {
			const end = 2 // of a text in a key
			if errors.Is(err, storage.ErrErased) {
				continue
			}
			if err != nil || len(row.Key) < len(prefix)+end {
				yield(nil, fmt.Errorf("list the faces of processes: %w", err))
				return
			}
			id := engine.ProcessID(row.Key[len(prefix) : len(row.Key)-end])
			if !yield(toldFace{id, hex.EncodeToString(row.Value.Model), row.Value.Issues, row.Value.Liveness}, nil) {
				return
			}
		}
	}
}
