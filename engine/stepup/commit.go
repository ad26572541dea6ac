package stepup

import (
	"context"
	"fmt"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// conclusion is a decision with what it has to be kept with.
type conclusion struct {
	Policy    engine.Policy
	Probe     probe
	Found     finding
	Reference *engine.Reference // enrolled faces that were compared with; nil: none were
	Counts    bool              // a failure counts towards a lockout, and a lock refuses it
	Clears    bool              // a success ends the counting
}

// commit keeps a decision with all its consequences, or none of it, and gives
// the answer that it made of it. The lock is looked at again inside: of two
// guesses made at one moment the second must not slip past the lock that the
// first one earned. So is what was compared with: faces may have been erased or
// replaced during the look. And of two uses of one bundle, the second is
// refused.
func commit[A any](ctx context.Context, s *StepUp, q question, c conclusion, answer func(question, entry) A) (A, error) {
	var none A
	kept, err := s.entry(q, c)
	if err != nil {
		return none, err
	}
	q.Device = kept.row.Device
	var given A
	var locked time.Duration
	_, err = s.Store.Commit(ctx, func(tx *storage.Tx) (err error) {
		if err = s.Bars.Restricted(tx, q.Caller.Org, q.Customer); err != nil {
			return err
		}
		if c.Counts {
			if locked, err = s.locked(tx, s.watching(q), kept.row.Created); err != nil || locked > 0 {
				return err
			}
		}
		if c.Reference != nil {
			if err = s.unchanged(tx, q, *c.Reference); err != nil {
				return err
			}
		}
		if c.Counts {
			if err = s.count(tx, s.watching(q), c, kept.row.Created); err != nil {
				return err
			}
		}
		if err = s.used(tx, c.Probe); err != nil {
			return err
		}
		return s.write(ctx, tx, kept, func(kept entry) any {
			given = answer(q, kept)
			return given
		})
	})
	if err != nil {
		return none, fmt.Errorf("keep the decision: %w", err)
	}
	if locked > 0 {
		return none, s.refuse(ctx, q, recalled{Policy: c.Policy, Locked: locked})
	}
	return given, nil
}

// entry is what one decision leaves behind.
type entry struct {
	row          engine.Attempt
	verification *engine.Verification // nil when nothing was verified
	kind         string               // of the journal entry
}

func (s *StepUp) entry(q question, c conclusion) (entry, error) {
	now := s.Now().UTC().Truncate(time.Millisecond)
	id, err := engine.NewID[engine.AttemptID]("att", now, s.Random)
	if err != nil {
		return entry{}, err
	}
	found, face := c.Found, c.Probe.Face
	row := engine.Attempt{
		ID: id, Org: q.Caller.Org, Customer: q.Customer, Device: c.Probe.device(q.Device), Method: q.Method,
		Status: found.Status, Allow: found.Allow, Score: found.Score, RiskLevel: q.RiskLevel,
		Trigger: q.Trigger, ActionLabel: q.ActionLabel, Liveness: found.Liveness, Match: found.Match,
		Issues: face.Issues, Reasons: found.Reasons, PolicyVersion: c.Policy.Version, Key: q.Caller.Key, Created: now,
	}
	if c.Probe.Capture != nil {
		row.Capture = c.Probe.Capture.ID
	}
	if face.Width > 0 {
		row.Faces, row.Measures, row.Picture = face.Faces, &face.Measures, face.Picture.String()
		for _, m := range face.Models {
			row.Models = append(row.Models, m.String())
		}
	}
	e := entry{row: row, kind: q.Kind}
	if found.Status == engine.NotRequired {
		return e, nil
	}
	v := engine.Verification{
		Org: q.Caller.Org, Customer: q.Customer, Method: q.Method, Status: found.Status,
		Score: found.Score, RiskLevel: q.RiskLevel, Created: now,
	}
	if v.ID, err = engine.NewID[engine.VerificationID]("ver", now, s.Random); err != nil {
		return entry{}, err
	}
	if found.Status == engine.Verified && q.RiskLevel != "" {
		v.FreshUntil = now.Add(c.Policy.Tiers[q.RiskLevel].VerificationMaxAge)
	}
	e.row.Verification, e.verification = v.ID, &v
	return e, nil
}

// write puts one decision into a transaction: the attempt, the verification,
// the journal entry, and the answer for a caller that asks again.
func (s *StepUp) write(ctx context.Context, tx *storage.Tx, e entry, answer func(entry) any) error {
	subject := s.Attempts.Subject(e.row.Org, e.row.Customer)
	var err error
	if e.row.Journal, err = tx.Log(s.leaf(subject, e)); err != nil {
		return err
	}
	web.Entered(ctx, e.row.Journal)
	if err := s.Attempts.Add(tx, e.row); err != nil {
		return err
	}
	if e.verification != nil {
		at := s.verificationAt(e.row.Org, e.verification.ID)
		if err := s.verifications.Put(tx, subject, at, *e.verification); err != nil {
			return err
		}
	}
	if answer == nil {
		return nil
	}
	return s.Answers.Keep(ctx, tx, subject, answer(e))
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
	if e.row.Capture != "" {
		public["capture"] = e.row.Capture
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
		Kind: e.kind, Org: string(e.row.Org), Actor: string(e.row.Key), Subject: subject,
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
