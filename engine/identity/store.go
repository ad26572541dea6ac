package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// The room's records. A number is nowhere but as the HMAC of itself; what is
// known of it is sealed with the key of the faces of the person who came with
// it, and goes with them.
//
//	bindings:  number                     -> binding
//	portraits: number, person, portrait   -> kept
//	numbers:   person, number             -> nothing: where there is something to erase
const (
	bindingsPrefix  = 'J'
	portraitsPrefix = 'g'
	numbersPrefix   = 'G'
)

// binding is who is bound to a number. It holds for as long as its enrolment
// does.
type binding struct {
	Person    engine.Person      `json:"person"`
	Enrolment engine.EnrolmentID `json:"enrolment"`
	Process   engine.ProcessID   `json:"process"`
	Bound     time.Time          `json:"bound"`
}

// kept is the portrait of a document as it is kept.
type kept struct {
	Model    []byte    `json:"model"`  // SHA-256
	Vector   []byte    `json:"vector"` // float32, little endian
	Document string    `json:"document"`
	Vouched  bool      `json:"vouched"`
	Captured time.Time `json:"captured"`
}

func (k kept) template() (t engine.Template) {
	copy(t.Model[:], k.Model)
	for i := 0; i+4 <= len(k.Vector); i += 4 {
		t.Vector = append(t.Vector, math.Float32frombits(binary.LittleEndian.Uint32(k.Vector[i:])))
	}
	return t
}

type pointer struct{}

// number is a declared number as the records know it: the HMAC-SHA-256 of its
// kind and digits under a key of the org, cut to 128 bits.
func (i *Identity) number(org engine.OrgID, d engine.Declared) storage.Subject {
	mac := hmac.New(sha256.New, i.Store.Secret("identity/numbers/"+string(org)))
	_, _ = io.WriteString(mac, d.Kind+"\x00"+d.Number)
	return storage.Subject(mac.Sum(nil)[:16])
}

// base is where the faces bound to numbers of a kind are searched. The colon
// keeps it apart from every segment that an API key can name.
func base(org engine.OrgID, kind string) engine.Base {
	return engine.Base{Org: org, Segment: engine.SegmentID("number:" + kind)}
}

// bound is the binding of a number and the template that it stands on; false
// when nobody is bound, or not any more.
func (i *Identity) bound(r storage.Reader, number storage.Subject) (binding, engine.Template, bool, error) {
	b, err := i.bindings.Get(r, storage.Path(number))
	switch {
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrErased):
		return binding{}, engine.Template{}, false, nil
	case err != nil:
		return binding{}, engine.Template{}, false, fmt.Errorf("read who is bound to a number: %w", err)
	}
	t, err := i.Gallery.Enrolled(r, b.Person, b.Enrolment)
	return b, t, err == nil && !t.Empty(), err
}

// bind writes who is bound to a number.
func (i *Identity) bind(tx *storage.Tx, c engine.Case, number storage.Subject, e engine.EnrolmentID) error {
	faces := i.Faces(c.Caller.Org, c.Reference)
	b := binding{engine.Person(faces), e, c.Process, tx.Now().UTC().Truncate(time.Millisecond)}
	if err := errors.Join(
		i.bindings.Put(tx, faces, storage.Path(number), b),
		i.numbers.Put(tx, storage.Subject{}, storage.Path(faces, number), pointer{}),
	); err != nil {
		return err
	}
	_, err := tx.Log(storage.Entry{
		Kind: "number.bound", Org: string(c.Caller.Org), Actor: string(c.Caller.Key),
		Public: map[string]any{"process": c.Process, "enrolment": e, "kind": c.Declared.Kind},
	})
	return err
}

// Portrait is the portrait of a captured document. The one who captured it
// says so, and whether the document itself bears looking at.
type Portrait struct {
	Org      engine.OrgID
	Customer engine.CustomerID // who came with it
	Declared engine.Declared   // the number that is read in the document
	Face     engine.Face
	Document string // its type
	Vouched  bool   // it is whole, of its type, and its number is the declared one
	Key      engine.KeyID
}

// Format hides a portrait from every verb: it is biometric data.
func (Portrait) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(portrait)") }

// LogValue hides a portrait from slog.
func (Portrait) LogValue() slog.Value { return slog.StringValue("(portrait)") }

// mostPortraits is how many portraits of one number are compared with, and kept
// of one person.
const mostPortraits = 8

// KeepPortrait keeps the portrait of a document, in the transaction of whoever
// captured it. One without a face is not kept; of too many of one person the
// oldest goes.
func (i *Identity) KeepPortrait(tx *storage.Tx, p Portrait) error {
	if p.Face.Template.Empty() || p.Declared.Number == "" {
		return nil
	}
	number, faces := i.number(p.Org, p.Declared), i.Faces(p.Org, p.Customer)
	now := tx.Now().UTC().Truncate(time.Millisecond)
	id, err := engine.NewID[string]("prt", now, i.Random)
	if err != nil {
		return err
	}
	var own []storage.Key
	for row, err := range i.portraits.Scan(tx, storage.Range{Prefix: storage.Path(number, faces)}) {
		if err != nil && !errors.Is(err, storage.ErrErased) {
			return fmt.Errorf("list portraits: %w", err)
		}
		own = append(own, row.Key)
	}
	if len(own) >= mostPortraits {
		if err := i.portraits.Delete(tx, own[0]); err != nil {
			return err
		}
	}
	k := kept{Model: p.Face.Template.Model[:], Document: p.Document, Vouched: p.Vouched, Captured: now}
	for _, x := range p.Face.Template.Vector {
		k.Vector = binary.LittleEndian.AppendUint32(k.Vector, math.Float32bits(x))
	}
	if err := errors.Join(
		i.portraits.Put(tx, faces, storage.Path(number, faces, storage.Text(id)), k),
		i.numbers.Put(tx, storage.Subject{}, storage.Path(faces, number), pointer{}),
	); err != nil {
		return err
	}
	_, err = tx.Log(storage.Entry{
		Kind: "portrait.kept", Org: string(p.Org), Actor: string(p.Key),
		Public: map[string]any{"portrait": id, "document": p.Document, "vouched": p.Vouched},
	})
	return err
}

// erase takes away what is known of the numbers that a customer came with.
func (i *Identity) erase(tx *storage.Tx, e room.Erased) (int, error) {
	faces, n := e.Faces, 0
	for row, err := range i.numbers.Scan(tx, storage.Range{Prefix: storage.Path(faces)}) {
		if err != nil {
			return 0, fmt.Errorf("list a customer's numbers: %w", err)
		}
		number := storage.Subject(row.Key[len(faces):])
		b, err := i.bindings.Get(tx, storage.Path(number))
		switch {
		case err == nil && b.Person == engine.Person(faces):
			n++
			err = i.bindings.Delete(tx, storage.Path(number))
		case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrErased):
			err = nil
		}
		if err != nil {
			return 0, fmt.Errorf("remove who is bound to a number: %w", err)
		}
		for p, err := range i.portraits.Scan(tx, storage.Range{Prefix: storage.Path(number, faces)}) {
			if err != nil && !errors.Is(err, storage.ErrErased) {
				return 0, fmt.Errorf("list portraits: %w", err)
			}
			if err := i.portraits.Delete(tx, p.Key); err != nil {
				return 0, err
			}
			n++
		}
		if err := i.numbers.Delete(tx, row.Key); err != nil {
			return 0, err
		}
	}
	return n, nil
}
