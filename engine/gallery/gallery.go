package gallery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// wish is one face to enrol.
type wish struct {
	Caller   engine.Caller
	Customer engine.CustomerID
	Picture  []byte
	Source   engine.Source
	Captured time.Time // zero: now
	Replace  bool      // the customer's other faces go
}

// enrol looks at the picture, judges it, and keeps the face.
func (g *Gallery) enrol(ctx context.Context, w wish) (enrolmentAnswer, error) {
	policy, err := g.Policies.Policy(ctx, w.Caller.Org)
	if err != nil {
		return enrolmentAnswer{}, err
	}
	face, err := g.Eyes.Look(ctx, w.Picture)
	if err != nil {
		return enrolmentAnswer{}, fmt.Errorf("look at the picture to enrol: %w", err)
	}
	tier := policy.Tiers[engine.RiskLow]
	if bad := enrollable(face, g.Liveness.Picture(face, tier)); bad != nil {
		return enrolmentAnswer{}, bad
	}
	e, err := g.entry(w, face)
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
		if w.Replace {
			if err := g.removeAll(tx, subject, faces); err != nil {
				return err
			}
			faces = nil
		} else if bad := g.joins(face.Template, faces, tier); bad != nil {
			return bad
		}
		answer = enrolmentAnswer{Enrolment: e.view(), Faces: len(faces) + 1, Seen: face.Faces}
		return g.add(ctx, tx, subject, e, policy.Version, w.Replace, answer)
	})
	if err != nil {
		return enrolmentAnswer{}, fmt.Errorf("keep enrolment: %w", err)
	}
	return answer, nil
}

func (g *Gallery) joins(t engine.Template, faces []enrolment, tier engine.Tier) error {
	knots, _ := g.Eyes.Calibration(t.Model)
	if bad := joins(t, reference(faces), knots, tier.Threshold); bad != nil {
		return bad
	}
	return nil
}

// entry is the record of a face that may be enrolled.
func (g *Gallery) entry(w wish, face engine.Face) (enrolment, error) {
	now := g.Now().UTC().Truncate(time.Millisecond)
	id, err := engine.NewID[engine.EnrolmentID]("fe", now, g.Random)
	if err != nil {
		return enrolment{}, err
	}
	if w.Captured.IsZero() {
		w.Captured = now
	}
	return enrolment{
		ID: id, Org: w.Caller.Org, Segment: w.Caller.Segment, Customer: w.Customer,
		Source: w.Source, Captured: w.Captured, Created: now,
		Model: face.Template.Model[:], Vector: pack(face.Template), Picture: face.Picture[:],
		Measures: face.Measures, Key: w.Caller.Key,
	}, nil
}

// add writes an enrolment, its journal entry and the answer.
func (g *Gallery) add(ctx context.Context, tx *storage.Tx, subject storage.Subject, e enrolment, policy uint64, replace bool, answer enrolmentAnswer) error {
	if err := g.table.Put(tx, subject, place(subject, e.ID), e); err != nil {
		return err
	}
	_, err := tx.Log(storage.Entry{
		Kind: "face.enrolled", Org: string(e.Org), Actor: string(e.Key), Subject: subject,
		Public: map[string]any{
			"enrolment": e.ID, "source": e.Source, "replaced": replace,
			"model": fmt.Sprintf("%x", e.Model), "policyVersion": policy,
		},
		Private: map[string]string{
			"customer": string(e.Customer), "segment": string(e.Segment), "picture": fmt.Sprintf("%x", e.Picture),
		},
	})
	if err != nil {
		return err
	}
	return g.Answers.Keep(ctx, tx, subject, answer)
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
		if err := g.table.Delete(tx, place(subject, id)); err != nil {
			return err
		}
		left, err := g.faces(tx, subject)
		if err != nil {
			return err
		}
		if len(left) == 0 {
			if err := tx.Forget(subject); err != nil {
				return err
			}
		}
		_, err = tx.Log(storage.Entry{
			Kind: "face.removed", Org: string(by.Org), Actor: string(by.Key),
			Public: map[string]any{"enrolment": id, "last": len(left) == 0},
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("remove enrolment: %w", err)
	}
	return nil
}

// erase forgets the key that seals a customer's faces, and removes the
// records. What is left on any disk or backup of them cannot be read.
func (g *Gallery) erase(ctx context.Context, by engine.Caller, customer engine.CustomerID) (erasedAnswer, error) {
	subject := g.subject(by.Org, customer)
	var answer erasedAnswer
	_, err := g.Store.Commit(ctx, func(tx *storage.Tx) error {
		faces, err := g.faces(tx, subject)
		if err != nil {
			return err
		}
		if len(faces) == 0 {
			return ErrNoFaces
		}
		if err := g.removeAll(tx, subject, faces); err != nil {
			return err
		}
		if err := tx.Forget(subject); err != nil {
			return err
		}
		index, err := tx.Log(storage.Entry{
			Kind: "faces.erased", Org: string(by.Org), Actor: string(by.Key),
			Public: map[string]any{"enrolments": ids(faces)},
		})
		answer = erasedAnswer{Erased: len(faces), ErasedAt: tx.Now().UTC().Truncate(time.Millisecond), Journal: index}
		return err
	})
	if err != nil {
		return erasedAnswer{}, fmt.Errorf("erase enrolments: %w", err)
	}
	return answer, nil
}

func ids(faces []enrolment) []engine.EnrolmentID {
	list := make([]engine.EnrolmentID, len(faces))
	for i, e := range faces {
		list[i] = e.ID
	}
	return list
}
