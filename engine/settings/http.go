package settings

import (
	"context"
	"net/http"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

type showParams struct {
	Version int `query:"version" doc:"A version of the past; what holds now when left out." minimum:"1"`
}

type changeBody struct {
	Version   *uint64          `json:"version,omitzero" doc:"The version that you saw; when it no longer holds, nothing is changed."`
	Note      string           `json:"note,omitzero" doc:"Why, in words for the evidence. No personal data." maxLength:"256"`
	Overrides tiersOverride    `json:"tiers,omitzero" doc:"Values of your own for each tier; what you leave out has its default."`
	Lockout   *lockoutOverride `json:"lockout,omitzero" doc:"When repeated failures lock; what you leave out has its default."`
	Face      *faceOverride    `json:"behaviour,omitzero" doc:"When the behaviour alert calls it a sign of fraud; what you leave out has its default."`
}

type tiersOverride struct {
	Low    *tierOverride `json:"low,omitzero"`
	Medium *tierOverride `json:"medium,omitzero"`
	High   *tierOverride `json:"high,omitzero"`
}

type policyView struct {
	Version   uint64                        `json:"version" doc:"0 until something is changed."`
	Tiers     map[engine.RiskLevel]tierView `json:"tiers"`
	Lockout   lockoutView                   `json:"lockout"`
	Face      faceView                      `json:"behaviour"`
	Overrides overrides                     `json:"overrides,omitzero" doc:"Your org's own values among these; all others are defaults."`
	ChangedAt time.Time                     `json:"changedAt,omitzero"`
	ChangedBy engine.KeyID                  `json:"changedBy,omitzero"`
	Note      string                        `json:"note,omitzero"`
}

type tierView struct {
	Threshold                 float64              `json:"threshold"`
	GreyZone                  float64              `json:"greyZone"`
	LivenessThreshold         float64              `json:"livenessThreshold"`
	SpoofThreshold            float64              `json:"spoofThreshold"`
	Assurance                 engine.AssuranceTier `json:"assurance"`
	ReferenceMaxAgeMinutes    int                  `json:"referenceMaxAgeMinutes"`
	VerificationMaxAgeMinutes int                  `json:"verificationMaxAgeMinutes"`
}

type lockoutView struct {
	AfterFailures  int     `json:"afterFailures"`
	FirstMinutes   int     `json:"firstMinutes"`
	Factor         float64 `json:"factor"`
	LongestMinutes int     `json:"longestMinutes"`
}

type faceView struct {
	WindowDays    int `json:"windowDays"`
	Identities    int `json:"identities"`
	DeviceMinutes int `json:"deviceMinutes"`
	AtDevice      int `json:"atDevice"`
	Suspicions    int `json:"suspicions"`
}

type versionsAnswer struct {
	Data     []policyView `json:"data"`
	Defaults policyView   `json:"defaults" doc:"Version 0: what holds where nothing is overridden."`
}

func (s *Settings) routes(r *web.Router) {
	const path = "/api/identity/settings/risk-tiers"
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: path, ID: "getRiskTiers", Tag: "Settings",
		Summary: "Read your org's risk tiers", Family: web.Identity, Scope: engine.ViewSettings,
		Faults: []*fault.Fault{ErrNoVersion},
	}, s.handleShow)
	web.Handle(r, web.Operation{
		Method: http.MethodPut, Path: path, ID: "putRiskTiers", Tag: "Settings",
		Summary: "Set your org's risk tiers",
		About:   "What you send replaces all overrides of your org; values left out have their defaults. It holds from the next decision on, as a new version that each decision names.",
		Family:  web.Identity, Scope: engine.WriteSettings,
		Faults: []*fault.Fault{ErrUnsound, ErrChanged, storage.Full, storage.Failed},
	}, s.handleChange)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: path + "/versions", ID: "listRiskTierVersions", Tag: "Settings",
		Summary: "List every version of your org's risk tiers, newest first", Family: web.Identity, Scope: engine.ViewSettings,
	}, s.handleVersions)
}

func (s *Settings) handleShow(ctx context.Context, p showParams, _ web.None) (policyView, error) {
	org := web.CallerOf(ctx).Org
	if p.Version != 0 {
		v, err := s.at(ctx, org, uint64(p.Version))
		return v.view(), err
	}
	v, err := s.now(ctx, org)
	return v.view(), err
}

func (s *Settings) handleChange(ctx context.Context, _ web.None, b changeBody) (policyView, error) {
	over := overrides{Low: b.Overrides.Low, Medium: b.Overrides.Medium, High: b.Overrides.High, Lockout: b.Lockout, Face: b.Face}
	v, err := s.change(ctx, web.CallerOf(ctx), over, b.Version, b.Note)
	return v.view(), err
}

func (s *Settings) handleVersions(ctx context.Context, _, _ web.None) (versionsAnswer, error) {
	answer := versionsAnswer{Data: []policyView{}, Defaults: version{}.view()}
	list, err := s.versions(ctx, web.CallerOf(ctx).Org)
	for _, v := range list {
		answer.Data = append(answer.Data, v.view())
	}
	return answer, err
}

func (v version) view() policyView {
	p := v.policy()
	view := policyView{
		Version: p.Version, Tiers: make(map[engine.RiskLevel]tierView, len(p.Tiers)),
		Lockout: lockoutView{
			AfterFailures: p.Lockout.After, FirstMinutes: minutes(p.Lockout.First),
			Factor: p.Lockout.Factor, LongestMinutes: minutes(p.Lockout.Longest),
		},
		Face: faceView{
			WindowDays: int(p.Face.Window / (24 * time.Hour)), Identities: p.Face.Identities,
			DeviceMinutes: minutes(p.Face.DeviceWindow), AtDevice: p.Face.AtDevice, Suspicions: p.Face.Suspicions,
		},
		Overrides: v.Overrides, ChangedAt: v.At, ChangedBy: v.By, Note: v.Note,
	}
	for level, t := range p.Tiers {
		view.Tiers[level] = tierView{
			Threshold: t.Threshold, GreyZone: t.GreyZone, LivenessThreshold: t.Liveness, SpoofThreshold: t.Spoof,
			Assurance: t.Assurance, ReferenceMaxAgeMinutes: minutes(t.ReferenceMaxAge),
			VerificationMaxAgeMinutes: minutes(t.VerificationMaxAge),
		}
	}
	return view
}

func minutes(d time.Duration) int { return int(d / time.Minute) }
