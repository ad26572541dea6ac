package antifraud

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// prefix is the contract's own, beside /api.
const prefix = "/anti-fraud"

type evaluateBody struct {
	Customer   engine.CustomerID `json:"customerId" doc:"Your own name for the customer." minLength:"1" maxLength:"256" pattern:"^[^\\s\\x00-\\x1f\\x7f-\\x9f]+$" example:"cus_1"`
	Lane       string            `json:"lane" doc:"What is evaluated." enum:"onboarding,transaction"`
	Org        engine.OrgID      `json:"orgId,omitzero" doc:"The key's own, when it is sent." maxLength:"64"`
	Session    string            `json:"sessionToken,omitzero" doc:"Of a device session; ds_…" maxLength:"64"`
	ExternalID string            `json:"externalId" doc:"Your own name for the transaction. Sent again it gets the same answer, and nothing is counted twice." minLength:"1" maxLength:"128"`
	Amount     int64             `json:"amount,omitzero" doc:"In the currency's smallest unit; rupiah for IDR." minimum:"0" maximum:"9007199254740991"`
	Currency   string            `json:"currency,omitzero" doc:"ISO 4217; IDR when left out." pattern:"^[A-Z]{3}$"`
	Data       requestData       `json:"data,omitzero"`
}

type requestData struct {
	Channel            string `json:"channel,omitzero" enum:"transfer,qris,card,atm,topup,withdrawal"`
	BeneficiaryName    string `json:"beneficiaryName,omitzero" maxLength:"256"`
	BeneficiaryAccount string `json:"beneficiaryAccount,omitzero" maxLength:"64"`
	BeneficiaryBank    string `json:"beneficiaryBank,omitzero" maxLength:"64"`
	MerchantCategory   string `json:"merchantCategory,omitzero" maxLength:"64"`
	IPAddress          string `json:"ipAddress,omitzero" maxLength:"64"`
	UserAgent          string `json:"userAgent,omitzero" maxLength:"512"`
}

type evaluateAnswer struct {
	Data evaluationView `json:"data"`
	OK   bool           `json:"ok" doc:"Always true: there is an answer. The decision is in data."`
}

type evaluationView struct {
	Decision decision            `json:"decision" enum:"allow,flag,review,block"`
	Score    int                 `json:"fraudScore" doc:"0..100."`
	Sub      scores              `json:"subScores"`
	Applied  []appliedView       `json:"appliedRules"`
	ID       engine.EvaluationID `json:"sessionId" doc:"Of the evaluation, alt_…"`
	StepUp   engine.RiskLevel    `json:"stepUpRiskLevel,omitzero" doc:"Ask for the customer's face at this risk level before it goes on." enum:"medium,high"`
	Device   string              `json:"deviceSession" doc:"What the sessionToken was worth." enum:"none,valid,unknown,expired"`
	Version  uint64              `json:"rulesVersion" doc:"0: the defaults."`
	Created  time.Time           `json:"evaluatedAt"`
}

type appliedView struct {
	Code     string   `json:"code"`
	Name     string   `json:"name"`
	Action   decision `json:"action" enum:"flag,review,block"`
	Severity string   `json:"severity"`
	Score    int      `json:"score"`
}

type sessionBody struct {
	Device deviceInfo  `json:"device" doc:"What the app says of its device. Nothing but deviceId, as a pseudonym, and platform is kept."`
	Risk   riskSignals `json:"riskSignals,omitzero" doc:"What the app found on it."`
}

type sessionAnswer struct {
	Data sessionView `json:"data"`
	OK   bool        `json:"ok"`
}

type sessionView struct {
	Token       string  `json:"sessionToken"`
	ExpiresIn   int     `json:"expiresIn" doc:"Seconds."`
	Attestation *string `json:"attestationVerdict" doc:"Always null: no attestation of a device is checked here."`
}

func (a *AntiFraud) routes(r *web.Router) {
	const tag = "Anti-fraud"
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: "/api/evaluate", Prefix: prefix, ID: "evaluate", Tag: tag, Summary: "How doubtful is a transaction?",
		About:  "The decision follows from the org's rules, from how much happened of late, and from an additive model whose weights were not fitted to data. externalId makes a repetition harmless, so that an Idempotency-Key has nothing to do.",
		Family: web.Identity, Scope: engine.WriteEvaluations, Bucket: "evaluate", Repeatable: true,
		Faults: []*fault.Fault{ErrOtherRequest, ErrErased, storage.Full, storage.Failed},
	}, a.handleEvaluate)
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: "/api/device-session", Prefix: prefix, ID: "createDeviceSession", Tag: tag, Summary: "Say what device a customer is on",
		About:  "The token stands for it in evaluations for 30 minutes. What an app says of its own device can speak against it, never for it.",
		Family: web.Identity, Scope: engine.WriteEvaluations, Bucket: "evaluate", Faults: []*fault.Fault{storage.Full, storage.Failed},
	}, a.handleSession)
	a.listRoutes(r)
	a.ruleRoutes(r)
}

func (a *AntiFraud) handleEvaluate(ctx context.Context, _ web.None, b evaluateBody) (evaluateAnswer, error) {
	by := web.CallerOf(ctx)
	if b.Org != "" && b.Org != by.Org {
		return evaluateAnswer{}, web.ErrInvalid.Field("orgId", "must be the API key's own")
	}
	e, err := a.evaluate(ctx, by, request{
		Customer: b.Customer, Lane: b.Lane, ExternalID: b.ExternalID, Session: b.Session,
		Amount: b.Amount, Currency: cmp.Or(b.Currency, "IDR"), Data: b.Data,
	})
	if err != nil {
		return evaluateAnswer{}, err
	}
	return evaluateAnswer{e.view(), true}, nil
}

func (a *AntiFraud) handleSession(ctx context.Context, _ web.None, b sessionBody) (sessionAnswer, error) {
	token, err := a.begin(ctx, web.CallerOf(ctx), b.Device, b.Risk)
	return sessionAnswer{sessionView{Token: token, ExpiresIn: int(sessionTime / time.Second)}, true}, err
}

func (e evaluation) view() evaluationView {
	v := evaluationView{
		Decision: e.Finding.Decision, Score: e.Finding.Score, Sub: e.Finding.Sub, Applied: []appliedView{}, ID: e.ID,
		StepUp: e.Finding.Decision.stepUp(), Device: e.Device.State, Version: e.Version, Created: e.Created,
	}
	for _, r := range e.Finding.Applied {
		v.Applied = append(v.Applied, appliedView{r.Code, r.Name, r.Action, r.Severity, r.Score})
	}
	return v
}
