package webhook

import (
	"time"

	"github.com/rostod/rostod/engine"
)

type authBody struct {
	Kind       string        `json:"kind" doc:"How rostod shows who it is." enum:"none,oauth2,basic,apiKey"`
	Credential engine.Secret `json:"credential,omitzero" doc:"basic: user:password. apiKey: header:value, or the value of Authorization. oauth2: client:secret. It is not shown again." maxLength:"4096"`
	TokenURL   string        `json:"tokenUrl,omitzero" doc:"oauth2: where tokens are given for client credentials." maxLength:"2048"`
	Scopes     []string      `json:"scopes,omitzero" doc:"oauth2: what is asked for." maxItems:"16" maxLength:"256"`
}

func (b authBody) auth() auth {
	return auth{Kind: authKind(b.Kind), Credential: b.Credential, TokenURL: b.TokenURL, Scopes: b.Scopes}
}

type createBody struct {
	URL         string             `json:"url" doc:"Where events are sent, by POST. http:// only to networks that the configuration allows." maxLength:"2048" example:"https://core.bank.example/rostod"`
	Label       string             `json:"label,omitzero" doc:"Your own name for it." maxLength:"128"`
	Events      []engine.EventName `json:"events,omitzero" doc:"What it is told of; everything when left out." enum:"verification.created,customer.kyc_updated,review.overridden,webhook.test,process.decided,process.ended" maxItems:"16"`
	Auth        *authBody          `json:"auth,omitzero" doc:"None when left out."`
	Secret      engine.Secret      `json:"secret,omitzero" doc:"What signs; one is made when it is left out. whsec_ and base64, or any text." maxLength:"256"`
	Concurrency int                `json:"concurrency,omitzero" doc:"Deliveries under way at one time; the configuration's number when left out." minimum:"1" maximum:"500"`
}

type changeBody struct {
	URL         *string             `json:"url,omitzero" maxLength:"2048"`
	Label       *string             `json:"label,omitzero" maxLength:"128"`
	Events      *[]engine.EventName `json:"events,omitzero" doc:"An empty list is everything." enum:"verification.created,customer.kyc_updated,review.overridden,webhook.test,process.decided,process.ended" maxItems:"16"`
	Auth        *authBody           `json:"auth,omitzero"`
	Concurrency *int                `json:"concurrency,omitzero" minimum:"1" maximum:"500"`
	Paused      *bool               `json:"paused,omitzero" doc:"A paused endpoint is sent nothing. What happens meanwhile waits, for as long as deliveries are kept."`
}

type rotateBody struct {
	Secret       engine.Secret `json:"secret,omitzero" doc:"The new secret; one is made when it is left out." maxLength:"256"`
	OverlapHours *int          `json:"overlapHours,omitzero" doc:"How long the former signs beside it; 24 when left out, 0 ends it at once." minimum:"0" maximum:"720"`
}

type endpointView struct {
	ID          EndpointID         `json:"id"`
	Label       string             `json:"label,omitzero"`
	URL         string             `json:"url"`
	Events      []engine.EventName `json:"events" doc:"Empty: everything."`
	Auth        string             `json:"auth" enum:"none,oauth2,basic,apiKey"`
	Concurrency int                `json:"concurrency"`
	Paused      bool               `json:"paused,omitzero"`
	Secrets     []secretView       `json:"secrets" doc:"Newest first; at most two."`
	Pending     int                `json:"pending" doc:"Deliveries that wait; 1000 stands for more."`
	Dead        int                `json:"dead" doc:"Deliveries that were given up; 1000 stands for more."`
	CreatedAt   time.Time          `json:"createdAt"`
	ChangedAt   time.Time          `json:"changedAt,omitzero"`
}

type secretView struct {
	// Word is a string, because a secret does not print, and here it must.
	Word      string    `json:"secret,omitzero" doc:"Only in the answer that made it."`
	CreatedAt time.Time `json:"createdAt"`
	EndsAt    time.Time `json:"endsAt,omitzero"`
}

type endpointList struct {
	Data []endpointView `json:"data"`
}

type deliveryView struct {
	ID        DeliveryID       `json:"id" doc:"As in X-Quantum-Delivery."`
	Event     EventID          `json:"eventId" doc:"As in webhook-id."`
	Name      engine.EventName `json:"event"`
	State     string           `json:"state" enum:"pending,delivered,dead"`
	Attempts  int              `json:"attempts"`
	Resent    int              `json:"resent,omitzero" doc:"How often it was sent anew by hand."`
	Status    int              `json:"status,omitzero" doc:"What the last attempt was answered with."`
	Problem   problem          `json:"problem,omitzero" doc:"Why the last attempt failed: status, timeout, address-not-allowed, certificate, name-not-resolved, connection, no-access-token, erased, expired."`
	Journal   uint64           `json:"journal" doc:"The entry of the journal that it tells of."`
	QueuedAt  time.Time        `json:"queuedAt"`
	TriedAt   time.Time        `json:"triedAt,omitzero"`
	NextTryAt time.Time        `json:"nextTryAt,omitzero"`
}

type deliveryList struct {
	Data []deliveryView `json:"data"`
	Next string         `json:"next,omitzero" doc:"The cursor of the next page; absent behind the last."`
}

type deliveryAnswer struct {
	Delivery DeliveryID `json:"delivery"`
}

type resentAnswer struct {
	Resent int `json:"resent" doc:"How many are pending again."`
	More   int `json:"more,omitzero" doc:"1 when there are more: ask again."`
}

// show is an endpoint as callers read it: without a secret.
func (w *Webhooks) show(e endpoint) endpointView {
	v := endpointView{
		ID: e.ID, Label: e.Label, URL: e.URL, Events: e.Events, Auth: string(e.Auth.Kind), Concurrency: e.Concurrency,
		Paused: e.Paused, Secrets: []secretView{}, CreatedAt: e.Created, ChangedAt: e.Changed,
	}
	if v.Events == nil {
		v.Events = []engine.EventName{}
	}
	if v.Concurrency == 0 {
		v.Concurrency = w.Concurrency
	}
	for _, s := range e.Secrets {
		if s.Ends.IsZero() || w.Now().Before(s.Ends) {
			v.Secrets = append(v.Secrets, secretView{CreatedAt: s.Created, EndsAt: s.Ends})
		}
	}
	return v
}

func (d delivery) show(in state) deliveryView {
	v := deliveryView{
		ID: d.ID, Event: d.Event, Name: d.Name, State: stateNames[in], Attempts: d.Attempts, Resent: d.Resent, Status: d.Status,
		Problem: d.Problem, Journal: d.Entry, QueuedAt: d.Queued, TriedAt: d.Last,
	}
	if in == pending {
		v.NextTryAt = d.Due
	}
	return v
}
