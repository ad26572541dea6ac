package stepup

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

type verificationPath struct {
	ID engine.VerificationID `path:"id" doc:"The verification, ver_…" maxLength:"64"`
}

type freshnessParams struct {
	ID            engine.VerificationID `path:"id" doc:"The verification, ver_…" maxLength:"64"`
	MaxAgeMinutes int                   `query:"maxAgeMinutes" doc:"Oldest that you accept; the tier's own limit when left out, and never more than it." minimum:"1" maximum:"1440"`
	RiskLevel     string                `query:"riskLevel" doc:"The risk level of the action at hand; the one it was made for when left out." enum:"low,medium,high"`
	Customer      string                `query:"customerId" doc:"Must be the customer that it was made for." maxLength:"256"`
}

type freshnessBody struct {
	ID            engine.VerificationID `json:"verificationId" doc:"The verification, ver_…" minLength:"1" maxLength:"64"`
	MaxAgeMinutes int                   `json:"maxAgeMinutes,omitzero" doc:"Oldest that you accept; the tier's own limit when left out, and never more than it." minimum:"1" maximum:"1440" example:"60"`
	RiskLevel     engine.RiskLevel      `json:"riskLevel,omitzero" doc:"The risk level of the action at hand; the one it was made for when left out." enum:"low,medium,high"`
	Customer      engine.CustomerID     `json:"customerId,omitzero" doc:"Must be the customer that it was made for." maxLength:"256"`
}

type freshnessAnswer struct {
	Fresh          bool                  `json:"fresh" doc:"Whether it may stand for the customer now."`
	VerificationID engine.VerificationID `json:"verificationId"`
	Reason         string                `json:"reason,omitzero" doc:"Why not, as a stable code."`
	RiskLevel      engine.RiskLevel      `json:"riskLevel,omitzero" doc:"The risk level that it was made for."`
	AgeSeconds     *int64                `json:"ageSeconds,omitzero"`
	ExpiresAt      time.Time             `json:"expiresAt,omitzero"`
}

type verificationAnswer struct {
	Verification fullVerification `json:"verification"`
}

type fullVerification struct {
	verificationView
	CustomerID engine.CustomerID `json:"customerId"`
	Method     engine.Method     `json:"method"`
	RiskLevel  engine.RiskLevel  `json:"riskLevel,omitzero" doc:"Left out when it was no step-up: it is never fresh."`
	CreatedAt  time.Time         `json:"createdAt"`
}

func (s *StepUp) verificationRoutes(r *web.Router) {
	const one = "/api/identity/verifications/{id}"
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: one, ID: "getVerification", Tag: "Verifications",
		Summary: "Read one verification", Family: web.Identity, Scope: engine.ViewVerifications,
		Faults: []*fault.Fault{ErrNoVerification, ErrErased},
	}, s.handleVerification)
	const about = "A verification may be reused by the org that made it, for the same or a lower risk level, until its time is over. One that is unknown here, or of another org, is not fresh."
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: one + "/freshness", ID: "getFreshness", Tag: "Verifications",
		Summary: "May a verification be reused?", About: about, Family: web.Identity, Scope: engine.ViewVerifications,
	}, func(ctx context.Context, p freshnessParams, _ web.None) (freshnessAnswer, error) {
		return s.freshness(ctx, p.ID, wanted{
			Customer: engine.CustomerID(p.Customer), RiskLevel: engine.RiskLevel(p.RiskLevel),
			MaxAge: time.Duration(p.MaxAgeMinutes) * time.Minute,
		})
	})
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: "/api/identity/verifications/check-freshness", ID: "checkFreshness", Tag: "Verifications",
		Summary: "May a verification be reused?", About: about, Family: web.Identity, Scope: engine.ViewVerifications, Repeatable: true,
	}, func(ctx context.Context, _ web.None, b freshnessBody) (freshnessAnswer, error) {
		return s.freshness(ctx, b.ID, wanted{
			Customer: b.Customer, RiskLevel: b.RiskLevel, MaxAge: time.Duration(b.MaxAgeMinutes) * time.Minute,
		})
	})
}

func (s *StepUp) handleVerification(ctx context.Context, p verificationPath, _ web.None) (verificationAnswer, error) {
	caller := web.CallerOf(ctx)
	v, err := s.verification(ctx, caller.Org, p.ID)
	if err != nil {
		return verificationAnswer{}, err
	}
	return verificationAnswer{Verification: fullVerification{
		verificationView: viewOf(v, caller.May(engine.ViewScores)),
		CustomerID:       v.Customer, Method: v.Method, RiskLevel: v.RiskLevel, CreatedAt: v.Created,
	}}, nil
}

// verification reads one verification of an org. One of another org is not
// there.
func (s *StepUp) verification(ctx context.Context, org engine.OrgID, id engine.VerificationID) (engine.Verification, error) {
	var v engine.Verification
	err := s.Store.View(ctx, func(view *storage.View) (err error) {
		v, err = s.verifications.Get(view, s.verificationAt(org, id))
		return err
	})
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return v, ErrNoVerification
	case errors.Is(err, storage.ErrErased):
		return v, ErrErased
	case err != nil:
		return v, fmt.Errorf("read verification: %w", err)
	}
	return v, nil
}

// freshness answers whether a verification may be reused.
func (s *StepUp) freshness(ctx context.Context, id engine.VerificationID, w wanted) (freshnessAnswer, error) {
	org := web.CallerOf(ctx).Org
	answer := freshnessAnswer{VerificationID: id}
	v, err := s.verification(ctx, org, id)
	if errors.Is(err, ErrNoVerification) || errors.Is(err, ErrErased) {
		answer.Reason = staleUnknown
		return answer, nil
	}
	if err != nil {
		return freshnessAnswer{}, err
	}
	policy, err := s.Policies.Policy(ctx, org)
	if err != nil {
		return freshnessAnswer{}, err
	}
	now := s.Now()
	age := int64(now.Sub(v.Created).Seconds())
	answer.RiskLevel, answer.AgeSeconds, answer.ExpiresAt = v.RiskLevel, &age, v.FreshUntil
	level := w.RiskLevel
	if level == "" {
		level = v.RiskLevel
	}
	if answer.Reason = stale(v, w, policy.Tiers[level], now); answer.Reason == "" {
		answer.Reason, err = s.disowned(ctx, v)
	}
	answer.Fresh = answer.Reason == ""
	return answer, err
}

// disowned says why the customer of today is not the one who was verified, or
// "". A customer whose faces are gone has nobody to be; one of whose faces
// none is as old as the verification may be somebody else by now.
func (s *StepUp) disowned(ctx context.Context, v engine.Verification) (reason string, err error) {
	err = s.Store.View(ctx, func(view *storage.View) error {
		ref, err := s.References.Reference(view, v.Org, v.Customer)
		switch {
		case len(ref.Templates) == 0:
			reason = staleErased
		case ref.Since.After(v.Created):
			reason = staleReplaced
		}
		return err
	})
	return reason, err
}

func viewOf(v engine.Verification, scores bool) verificationView {
	return verificationView{ID: v.ID, Status: v.Status, Score: entitled(scores, v.Score), FreshUntil: v.FreshUntil}
}
