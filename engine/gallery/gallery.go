package gallery

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// wish is one face to enrol.
type wish struct {
	Caller   engine.Caller
	Customer engine.CustomerID
	Picture  []byte
	Bundle   jsontext.Value // stands where Picture may stand
	Source   engine.Source
	Captured time.Time // zero: now
	Replace  bool      // the customer's other faces go
}

// member is what the face came in.
func (w wish) member() string {
	if len(w.Bundle) > 0 {
		return "bundle"
	}
	return "image"
}

// enrol looks at the picture or capture, judges it, and keeps the face.
func (g *Gallery) enrol(ctx context.Context, w wish) (enrolmentAnswer, error) {
	policy, err := g.Policies.Policy(ctx, w.Caller.Org)
	if err != nil {
		return enrolmentAnswer{}, err
	}
	tier := policy.Tiers[engine.RiskLow]
	seen, err := g.look(ctx, w, tier)
	if err != nil {
		return enrolmentAnswer{}, err
	}
	if bad := enrollable(w.member(), seen.Face, seen.Liveness); bad != nil {
		return enrolmentAnswer{}, bad
	}
	e, err := g.entry(w, seen)
	if err != nil {
		return enrolmentAnswer{}, err
	}
	var answer enrolmentAnswer
	_, err = g.Store.Commit(ctx, func(tx *storage.Tx) error {
		subject := g.subject(e.Org, e.Customer)
		faces, err := g.faces(tx, subject)
		if err != nil {
			return err
		}
		var gone []engine.EnrolmentID
		if err := g.Bars.Restricted(tx, e.Org, e.Customer); err != nil {
			return err
		}
		if w.Replace {
			if err := g.held(tx, e.Org, e.Customer, ""); err != nil {
				return err
			}
			if err := g.removeAll(tx, subject, faces); err != nil {
				return err
			}
			faces, gone = nil, ids(faces)
		} else if bad := g.joins(seen.Face.Template, faces, tier); bad != nil {
			return bad
		}
		if seen.Capture != nil {
			if err := g.Captures.Use(tx, *seen.Capture, seen.Liveness); err != nil {
				return err
			}
		}
		answer = enrolmentAnswer{Enrolment: e.view(), Faces: len(faces) + 1, Seen: seen.Face.Faces}
		return g.add(ctx, tx, subject, e, entered{Policy: policy.Version, Replace: w.Replace, Gone: gone}, answer)
	})
	if err != nil {
		return enrolmentAnswer{}, fmt.Errorf("keep enrolment: %w", err)
	}
	return answer, nil
}

// probe is a face to enrol, and how alive it looks.
type probe struct {
	Face     engine.Face
	Liveness engine.LivenessFinding
	Capture  *engine.Capture // nil: it was a plain picture
}

// look sees and judges. A bundle is only opened: it is used up when the face is
// enrolled.
func (g *Gallery) look(ctx context.Context, w wish, tier engine.Tier) (probe, error) {
	if len(w.Bundle) == 0 {
		face, err := g.Eyes.Look(ctx, w.Picture)
		if err != nil {
			return probe{}, fmt.Errorf("look at the picture to enrol: %w", err)
		}
		return probe{Face: face, Liveness: g.Liveness.Picture(face, tier)}, nil
	}
	c, err := g.Captures.Behind(ctx, w.Caller, w.Customer, w.Bundle)
	if err != nil {
		return probe{}, err
	}
	var site engine.Site
	err = g.Store.View(ctx, func(v *storage.View) (err error) {
		site, err = g.Kiosks.Site(v, c.Org, c.Device)
		return err
	})
	if err != nil {
		return probe{}, fmt.Errorf("recall the kiosk: %w", err)
	}
	return probe{Face: c.Best, Liveness: g.Liveness.Judge(c, site, tier), Capture: &c}, nil
}

func (g *Gallery) joins(t engine.Template, faces []enrolment, tier engine.Tier) error {
	knots, _ := g.Eyes.Calibration(t.Model)
	if bad := joins(t, reference(faces), knots, tier.Threshold); bad != nil {
		return bad
	}
	return nil
}

// entry is the record of a face that may be enrolled.
func (g *Gallery) entry(w wish, seen probe) (enrolment, error) {
	now := g.Now().UTC().Truncate(time.Millisecond)
	id, err := engine.NewID[engine.EnrolmentID]("fe", now, g.Random)
	if err != nil {
		return enrolment{}, err
	}
	face, capture := seen.Face, engine.CaptureID("")
	if c := seen.Capture; c != nil { // when it was captured is known better than it could be said
		capture, w.Captured = c.ID, c.Created
	}
	if w.Captured.IsZero() {
		w.Captured = now
	}
	return enrolment{
		ID: id, Org: w.Caller.Org, Segment: w.Caller.Segment, Customer: w.Customer,
		Source: w.Source, Captured: w.Captured, Created: now,
		Model: face.Template.Model[:], Vector: pack(face.Template), Picture: face.Picture[:],
		Measures: face.Measures, Capture: capture, Key: w.Caller.Key,
	}, nil
}

// add writes an enrolment, its journal entry and the answer.
func (g *Gallery) add(ctx context.Context, tx *storage.Tx, subject storage.Subject, e enrolment, by entered, answer enrolmentAnswer) error {
	if err := g.table.Put(tx, subject, place(subject, e.ID), e); err != nil {
		return err
	}
	entry, err := g.log(tx, subject, e, by)
	if err != nil {
		return err
	}
	web.Entered(ctx, entry)
	return g.Answers.Keep(ctx, tx, subject, answer)
}

// entered is by what an enrolment came about.
type entered struct {
	Policy  uint64
	Replace bool
	Gone    []engine.EnrolmentID // that it replaced
	Why     map[string]any       // names what enrolled it by the way
}

// log writes an enrolment's journal entry and answers which it is.
func (g *Gallery) log(tx *storage.Tx, subject storage.Subject, e enrolment, by entered) (uint64, error) {
	public := map[string]any{
		"enrolment": e.ID, "source": e.Source, "replaced": by.Replace,
		"model": fmt.Sprintf("%x", e.Model), "policyVersion": by.Policy,
	}
	if e.Capture != "" {
		public["capture"] = e.Capture
	}
	maps.Copy(public, by.Why)
	index, err := tx.Log(storage.Entry{
		Kind: "face.enrolled", Org: string(e.Org), Actor: string(e.Key), Subject: subject, Public: public,
		Private: map[string]string{
			"customer": string(e.Customer), "segment": string(e.Segment), "picture": fmt.Sprintf("%x", e.Picture),
		},
	})
	if err != nil {
		return 0, err
	}
	return index, g.changed(tx, subject, index, by.Gone)
}

func (g *Gallery) removeAll(tx *storage.Tx, subject storage.Subject, faces []enrolment) error {
	for _, e := range faces {
		if err := g.table.Delete(tx, place(subject, e.ID)); err != nil {
			return err
		}
	}
	return nil
}

// remove takes one face away from a customer. With the last one goes the key
// that sealed them, as in erase.
func (g *Gallery) remove(ctx context.Context, by engine.Caller, customer engine.CustomerID, id engine.EnrolmentID) error {
	subject := g.subject(by.Org, customer)
	_, err := g.Store.Commit(ctx, func(tx *storage.Tx) error {
		if _, err := g.table.Get(tx, place(subject, id)); errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrErased) {
			return ErrNoSuchFace
		} else if err != nil {
			return err
		}
		if err := g.held(tx, by.Org, customer, id); err != nil {
			return err
		}
		if err := g.table.Delete(tx, place(subject, id)); err != nil {
			return err
		}
		left, err := g.faces(tx, subject)
		if err != nil {
			return err
		}
		if len(left) == 0 {
			if err := g.Bars.Held(tx, by.Org, customer, engine.DataCaptures, ""); err != nil {
				return err
			}
			if _, _, err := g.eraseOthers(tx, by.Org, customer); err != nil {
				return err
			}
			if err := tx.Forget(subject); err != nil {
				return err
			}
		}
		index, err := tx.Log(storage.Entry{
			Kind: "face.removed", Org: string(by.Org), Actor: string(by.Key),
			Public: map[string]any{"enrolment": id, "last": len(left) == 0},
		})
		if err != nil {
			return err
		}
		web.Entered(ctx, index)
		return g.changed(tx, subject, index, []engine.EnrolmentID{id})
	})
	if err != nil {
		return fmt.Errorf("remove enrolment: %w", err)
	}
	g.unindex(ctx)
	return nil
}

// unindex brings what was taken out of the records out of the index's files
// before the caller is answered. The records decide: should it fail, no search
// finds who is not in them, and Work tries again.
func (g *Gallery) unindex(ctx context.Context) { _ = g.index.erased(context.WithoutCancel(ctx)) }

// erase forgets the key that seals a customer's faces and captures, and
// removes the records. What is left on any disk or backup of them cannot be
// read.
func (g *Gallery) erase(ctx context.Context, by engine.Caller, customer engine.CustomerID) (erasedAnswer, error) {
	subject := g.subject(by.Org, customer)
	var answer erasedAnswer
	_, err := g.Store.Commit(ctx, func(tx *storage.Tx) error {
		faces, err := g.faces(tx, subject)
		if err != nil {
			return err
		}
		captures, others, err := g.eraseOthers(tx, by.Org, customer)
		if err != nil {
			return err
		}
		if len(faces)+captures+others == 0 {
			return ErrNoFaces
		}
		if err := g.held(tx, by.Org, customer, ""); err != nil {
			return err
		}
		if err := g.Bars.Held(tx, by.Org, customer, engine.DataCaptures, ""); err != nil {
			return err
		}
		if err := g.removeAll(tx, subject, faces); err != nil {
			return err
		}
		if err := tx.Forget(subject); err != nil {
			return err
		}
		index, err := tx.Log(storage.Entry{
			Kind: "faces.erased", Org: string(by.Org), Actor: string(by.Key),
			Public: map[string]any{"enrolments": ids(faces), "captures": captures, "others": others},
		})
		if err != nil {
			return err
		}
		answer = erasedAnswer{Erased: len(faces), Captures: captures, ErasedAt: tx.Now().UTC().Truncate(time.Millisecond), Journal: index}
		web.Entered(ctx, index)
		return g.changed(tx, subject, index, ids(faces))
	})
	if err != nil {
		return erasedAnswer{}, fmt.Errorf("erase enrolments: %w", err)
	}
	g.unindex(ctx)
	return answer, nil
}

// eraseOthers takes away what is sealed with the key of a customer's faces
// besides the faces: captures, and what other rooms keep.
func (g *Gallery) eraseOthers(tx *storage.Tx, org engine.OrgID, customer engine.CustomerID) (captures, others int, err error) {
	if captures, err = g.Captures.Erase(tx, org, customer); err != nil || g.Holdings == nil {
		return captures, 0, err
	}
	for _, h := range g.Holdings() {
		if !h.WithFaces {
			continue
		}
		n, err := h.Erase(tx, room.Erased{Org: org, Customer: customer, Faces: g.subject(org, customer)})
		if err != nil {
			return captures, others, err
		}
		others += n
	}
	return captures, others, nil
}

// held says whether a hold stops the removal of a face, or of all.
func (g *Gallery) held(r storage.Reader, org engine.OrgID, customer engine.CustomerID, id engine.EnrolmentID) error {
	return g.Bars.Held(r, org, customer, engine.DataTemplates, string(id))
}

func ids(faces []enrolment) []engine.EnrolmentID {
	list := make([]engine.EnrolmentID, len(faces))
	for i, e := range faces {
		list[i] = e.ID
	}
	return list
}
