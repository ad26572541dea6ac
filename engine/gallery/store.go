package gallery

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// tablePrefix owns the enrolments' records: pseudonym of org and customer,
// enrolment id -> enrolment.
const tablePrefix = 'f'

// enrolment is the record of one enrolled face.
type enrolment struct {
	ID       engine.EnrolmentID `json:"id"`
	Org      engine.OrgID       `json:"org"`
	Segment  engine.SegmentID   `json:"segment,omitzero"`
	Customer engine.CustomerID  `json:"customer"`
	Source   engine.Source      `json:"source"`
	Captured time.Time          `json:"captured"`
	Created  time.Time          `json:"created"`
	Model    []byte             `json:"model"`   // SHA-256
	Vector   []byte             `json:"vector"`  // float32, little endian
	Picture  []byte             `json:"picture"` // SHA-256 of the bytes that were sent
	Capture  engine.CaptureID   `json:"capture,omitzero"`
	Measures engine.Measures    `json:"measures"`
	Key      engine.KeyID       `json:"key"`
}

// template is the enrolment's template; empty when the record holds none.
func (e enrolment) template() engine.Template {
	var t engine.Template
	if len(e.Model) != len(t.Model) || len(e.Vector)%4 != 0 {
		return t
	}
	copy(t.Model[:], e.Model)
	t.Vector = make([]float32, len(e.Vector)/4)
	for i := range t.Vector {
		t.Vector[i] = math.Float32frombits(binary.LittleEndian.Uint32(e.Vector[4*i:]))
	}
	return t
}

// pack is a template's vector as bytes.
func pack(t engine.Template) []byte {
	b := make([]byte, 0, 4*len(t.Vector))
	for _, x := range t.Vector {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

// Subject is whose key seals a customer's faces, and whatever else shows them.
// It is not the one that seals the customer's attempts: faces can be erased
// while evidence must be kept.
func Subject(s *storage.Store, org engine.OrgID, customer engine.CustomerID) storage.Subject {
	return s.Pseudonym("faces", string(org), string(customer))
}

func (g *Gallery) subject(org engine.OrgID, customer engine.CustomerID) storage.Subject {
	return Subject(g.Store, org, customer)
}

// faces are a customer's enrolments, oldest first.
func (g *Gallery) faces(r storage.Reader, subject storage.Subject) ([]enrolment, error) {
	var list []enrolment
	for row, err := range g.table.Scan(r, storage.Range{Prefix: storage.Key(subject[:])}) {
		if errors.Is(err, storage.ErrErased) {
			continue // an erased face is no face; its record goes with the erasure
		}
		if err != nil {
			return nil, fmt.Errorf("read enrolments: %w", err)
		}
		list = append(list, row.Value)
	}
	return list, nil
}

// Named is the customer whose faces a key seals; empty when there are none.
func (g *Gallery) Named(r storage.Reader, subject storage.Subject) (engine.CustomerID, error) {
	faces, err := g.faces(r, subject)
	if err != nil || len(faces) == 0 {
		return "", err
	}
	return faces[0].Customer, nil
}

// place is where an enrolment lies.
func place(subject storage.Subject, id engine.EnrolmentID) storage.Key {
	return append(append(storage.Key(nil), subject[:]...), id...)
}

// reference is what a probe is compared with.
func reference(faces []enrolment) engine.Reference {
	var r engine.Reference
	for _, e := range faces {
		r.Templates = append(r.Templates, e.template())
		if e.Captured.After(r.Newest) {
			r.Newest = e.Captured
		}
		if r.Since.IsZero() || e.Created.Before(r.Since) {
			r.Since = e.Created
		}
	}
	return r
}
