package stepup

import (
	"context"
	"fmt"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// question is one step-up as it was asked.
type question struct {
	Caller      engine.Caller
	Customer    engine.CustomerID
	Device      engine.DeviceID
	RiskLevel   engine.RiskLevel
	ActionLabel string
	Trigger     string
	Picture     []byte
}

// recalled is what was stored before the question.
type recalled struct {
	Policy    engine.Policy
	Reference engine.Reference
	Locked    time.Duration
}

// answer looks, recalls, decides and commits, once each and in that order;
// only that a locked customer's picture is not even looked at.
func (s *StepUp) answer(ctx context.Context, q question) (stepUpAnswer, error) {
	if q.RiskLevel == engine.RiskNone {
		policy, err := s.Policies.Policy(ctx, q.Caller.Org)
		if err != nil {
			return stepUpAnswer{}, err
		}
		return s.commit(ctx, q, recalled{Policy: policy}, engine.Face{}, notRequired())
	}
	known, err := s.recall(ctx, q)
	if err != nil {
		return stepUpAnswer{}, err
	}
	if known.Locked > 0 {
		return stepUpAnswer{}, s.refuse(ctx, q, known)
	}
	if len(known.Reference.Templates) == 0 {
		return stepUpAnswer{}, ErrNoEnrolment
	}
	face, err := s.Eyes.Look(ctx, q.Picture)
	if err != nil {
		return stepUpAnswer{}, fmt.Errorf("look at the picture: %w", err)
	}
	if !face.Template.Empty() && known.Reference.Of(face.Template.Model).Empty() {
		return stepUpAnswer{}, ErrOtherModel
	}
	tier := known.Policy.Tiers[q.RiskLevel]
	knots, _ := s.Eyes.Calibration(face.Template.Model)
	found := decide(asked{
		Tier: tier, Face: face, Liveness: s.Liveness.Picture(face, tier),
		Reference: known.Reference, Knots: knots, Now: s.Now(),
	})
	return s.commit(ctx, q, known, face, found)
}

// recall fetches what is stored about a question, from one snapshot.
func (s *StepUp) recall(ctx context.Context, q question) (recalled, error) {
	policy, err := s.Policies.Policy(ctx, q.Caller.Org)
	if err != nil {
		return recalled{}, err
	}
	known := recalled{Policy: policy}
	err = s.Store.View(ctx, func(v *storage.View) (err error) {
		if known.Locked, err = s.locked(v, s.watching(q), s.Now()); err != nil {
			return err
		}
		known.Reference, err = s.References.Reference(v, q.Caller.Org, q.Customer)
		return err
	})
	if err != nil {
		return recalled{}, fmt.Errorf("recall the customer: %w", err)
	}
	return known, nil
}

// commit keeps a decision with all its consequences, or none of it. The lock
// is looked at again inside: of two guesses made at one moment the second must
// not slip past the lock that the first one earned. So is what was compared
// with: faces may have been erased or replaced during the look.
func (s *StepUp) commit(ctx context.Context, q question, known recalled, face engine.Face, found finding) (stepUpAnswer, error) {
	kept, err := s.entry(q, known.Policy, face, found)
	if err != nil {
		return stepUpAnswer{}, err
	}
	answer := answerOf(q, kept)
	var locked time.Duration
	_, err = s.Store.Commit(ctx, func(tx *storage.Tx) (err error) {
		if q.RiskLevel != engine.RiskNone {
			if locked, err = s.locked(tx, s.watching(q), kept.row.Created); err != nil || locked > 0 {
				return err
			}
			if err = s.unchanged(tx, q, known.Reference); err != nil {
				return err
			}
			if _, err = s.count(tx, s.watching(q), found, known.Policy.Lockout, kept.row.Created); err != nil {
				return err
			}
		}
		return s.write(ctx, tx, kept, answer)
	})
	if err != nil {
		return stepUpAnswer{}, fmt.Errorf("keep the decision: %w", err)
	}
	if locked > 0 {
		return stepUpAnswer{}, s.refuse(ctx, q, recalled{Policy: known.Policy, Locked: locked})
	}
	s.Count(q.RiskLevel, outcome(found))
	return answer, nil
}

// unchanged says whether a customer's faces are still those that were compared
// with.
func (s *StepUp) unchanged(tx *storage.Tx, q question, compared engine.Reference) error {
	now, err := s.References.Reference(tx, q.Caller.Org, q.Customer)
	switch {
	case err != nil:
		return fmt.Errorf("recall the customer again: %w", err)
	case len(now.Templates) == 0:
		return ErrNoEnrolment
	case !now.Since.Equal(compared.Since) || len(now.Templates) != len(compared.Templates):
		return ErrFacesChanged
	default:
		return nil
	}
}

// refuse keeps that a locked customer or device was tried again, and says how
// long the lock still holds.
func (s *StepUp) refuse(ctx context.Context, q question, known recalled) error {
	found := finding{Status: engine.Failed, Reasons: []string{"locked"}}
	kept, err := s.entry(q, known.Policy, engine.Face{}, found)
	if err != nil {
		return err
	}
	kept.verification = nil
	kept.row.Verification = ""
	_, err = s.Store.Commit(ctx, func(tx *storage.Tx) error { return s.write(ctx, tx, kept, nil) })
	if err != nil {
		return fmt.Errorf("keep the refusal: %w", err)
	}
	s.Count(q.RiskLevel, "locked")
	return ErrLocked.After(known.Locked)
}

// entry is what one decision leaves behind.
type entry struct {
	row          engine.Attempt
	verification *engine.Verification // nil when nothing was verified
}

func (s *StepUp) entry(q question, policy engine.Policy, face engine.Face, found finding) (entry, error) {
	now := s.Now().UTC().Truncate(time.Millisecond)
	id, err := engine.NewID[engine.AttemptID]("att", now, s.Random)
	if err != nil {
		return entry{}, err
	}
	row := engine.Attempt{
		ID: id, Org: q.Caller.Org, Customer: q.Customer, Device: q.Device, Method: engine.FaceMatch,
		Status: found.Status, Allow: found.Allow, Score: found.Score, RiskLevel: q.RiskLevel,
		Trigger: q.Trigger, ActionLabel: q.ActionLabel, Liveness: found.Liveness, Match: found.Match,
		Issues: face.Issues, Reasons: found.Reasons, PolicyVersion: policy.Version, Key: q.Caller.Key, Created: now,
	}
	if face.Width > 0 {
		row.Faces, row.Measures, row.Picture = face.Faces, &face.Measures, face.Picture.String()
		for _, m := range face.Models {
			row.Models = append(row.Models, m.String())
		}
	}
	if found.Status == engine.NotRequired {
		return entry{row: row}, nil
	}
	v := engine.Verification{
		Org: q.Caller.Org, Customer: q.Customer, Method: engine.FaceMatch, Status: found.Status,
		Score: found.Score, RiskLevel: q.RiskLevel, Created: now,
	}
	if v.ID, err = engine.NewID[engine.VerificationID]("ver", now, s.Random); err != nil {
		return entry{}, err
	}
	if found.Status == engine.Verified {
		v.FreshUntil = now.Add(policy.Tiers[q.RiskLevel].VerificationMaxAge)
	}
	row.Verification = v.ID
	return entry{row: row, verification: &v}, nil
}

// write puts one decision into a transaction: the attempt, the verification,
// the journal entry, and the answer for a caller that asks again.
func (s *StepUp) write(ctx context.Context, tx *storage.Tx, e entry, answer any) error {
	subject := s.Attempts.Subject(e.row.Org, e.row.Customer)
	if err := s.Attempts.Add(tx, e.row); err != nil {
		return err
	}
	if e.verification != nil {
		at := s.verificationAt(e.row.Org, e.verification.ID)
		if err := s.verifications.Put(tx, subject, at, *e.verification); err != nil {
			return err
		}
	}
	if _, err := tx.Log(s.leaf(subject, e)); err != nil {
		return err
	}
	if answer == nil {
		return nil
	}
	return s.Answers.Keep(ctx, tx, subject, answer)
}

// leaf is the journal entry of a decision: what was decided and by what, in
// the open; about whom and for what, only as commitments.
func (s *StepUp) leaf(subject storage.Subject, e entry) storage.Entry {
	public := map[string]any{
		"attempt": e.row.ID, "allow": e.row.Allow, "status": e.row.Status, "riskLevel": e.row.RiskLevel,
		"reasons": e.row.Reasons, "policyVersion": e.row.PolicyVersion, "models": e.row.Models,
	}
	if e.verification != nil {
		public["verification"] = e.verification.ID
	}
	private := map[string]string{
		"customer": string(e.row.Customer), "device": string(e.row.Device),
		"action": e.row.ActionLabel, "trigger": e.row.Trigger, "picture": e.row.Picture,
	}
	if l := e.row.Liveness; l != nil {
		public["liveness"] = l.Verdict
		public["assurance"] = l.Assurance
		private["livenessScore"] = fmt.Sprint(l.Score)
	}
	if m := e.row.Match; m != nil {
		public["match"] = m.Verdict
		public["threshold"] = m.Threshold
		private["similarity"] = fmt.Sprint(m.Similarity)
	}
	return storage.Entry{
		Kind: "stepup.decided", Org: string(e.row.Org), Actor: string(e.row.Key), Subject: subject,
		Public: public, Private: private,
	}
}

// outcome is a finding in one word, for the metrics.
func outcome(f finding) string {
	switch {
	case f.Allow:
		return "allow"
	case f.Liveness != nil && f.Liveness.Verdict == engine.Spoof:
		return string(engine.Spoof)
	case f.Match != nil:
		return string(f.Match.Verdict)
	default:
		return string(engine.Unclear)
	}
}
