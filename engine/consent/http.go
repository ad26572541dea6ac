package consent

import (
	"context"
	"net/http"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

type giveBody struct {
	Customer engine.CustomerID `json:"customerId" doc:"Your own name for the customer." minLength:"1" maxLength:"256" pattern:"^[^\\s\\x00-\\x1f\\x7f-\\x9f]+$"`
	Purpose  string            `json:"purpose" doc:"What it is for, a word of your own." minLength:"1" maxLength:"64" pattern:"^[a-z0-9][a-z0-9_.-]*$" example:"face-verification"`
	Text     string            `json:"textSha256" doc:"SHA-256 of the text that was shown, hexadecimal." pattern:"^[0-9a-f]{64}$"`
	Version  string            `json:"textVersion,omitzero" doc:"Your own name for the text's version." maxLength:"64"`
	Language string            `json:"language" doc:"The language it was shown in, BCP 47." pattern:"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$" example:"pt-BR"`
	Channel  string            `json:"channel" doc:"Where: kiosk, branch, app, web, phone, paper, or a word of your own." minLength:"1" maxLength:"32" pattern:"^[a-z0-9][a-z0-9_.-]*$" example:"kiosk"`
	Given    time.Time         `json:"givenAt,omitzero" doc:"When, RFC 3339; now when left out."`
}

type withdrawBody struct {
	Customer engine.CustomerID `json:"customerId" doc:"Your own name for the customer." minLength:"1" maxLength:"256"`
	Purpose  string            `json:"purpose" doc:"Of which purpose." minLength:"1" maxLength:"64"`
	Channel  string            `json:"channel" doc:"Where it was withdrawn." minLength:"1" maxLength:"32" pattern:"^[a-z0-9][a-z0-9_.-]*$"`
}

type listQuery struct {
	Customer string `query:"customerId" doc:"Your own name for the customer." required:"true" minLength:"1" maxLength:"256"`
	Purpose  string `query:"purpose" doc:"Of this purpose only." maxLength:"64"`
}

type consentView struct {
	ID          ID           `json:"id"`
	Purpose     string       `json:"purpose"`
	Stands      bool         `json:"stands" doc:"It has not been withdrawn."`
	TextSha256  string       `json:"textSha256"`
	TextVersion string       `json:"textVersion,omitzero"`
	Language    string       `json:"language"`
	Channel     string       `json:"channel"`
	GivenAt     time.Time    `json:"givenAt"`
	By          engine.KeyID `json:"by"`
	Journal     uint64       `json:"journal"`
	WithdrawnAt time.Time    `json:"withdrawnAt,omitzero"`
	Through     string       `json:"withdrawnThrough,omitzero"`
	EndJournal  uint64       `json:"withdrawalJournal,omitzero"`
}

type listAnswer struct {
	Data []consentView `json:"data"`
}

type withdrawAnswer struct {
	Withdrawn []consentView `json:"withdrawn"`
	Follows   *followed     `json:"follows,omitzero" doc:"What the policy asks for; left out when it asks for nothing."`
}

type followed struct {
	Erasure     string `json:"erasure,omitzero" doc:"The erasure that it requested: GET /api/erasures/{id}."`
	State       string `json:"state,omitzero"`
	Certificate string `json:"certificate,omitzero" doc:"Its certificate, with the customer's id; answered this once."`
	Refused     string `json:"refused,omitzero" doc:"The code of what stopped the erasure, hold/held or erasure/pending. The withdrawal stands."`
}

func (c *Consents) routes(r *web.Router) {
	const at, tag = "/api/consents", "Consents"
	full := []*fault.Fault{storage.Full, storage.Failed}
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at, ID: "giveConsent", Tag: tag, Success: http.StatusCreated,
		Summary: "Keep that a customer was shown a text and agreed",
		Family:  web.Identity, Scope: engine.WriteConsents, Faults: append(full, ErrFuture),
	}, func(ctx context.Context, _ web.None, b giveBody) (consentView, error) {
		const skew = 5 * time.Minute
		if b.Given.After(c.Now().Add(skew)) {
			return consentView{}, ErrFuture.Field("givenAt", ErrFuture.Title)
		}
		made, err := c.give(ctx, web.CallerOf(ctx), record{
			Customer: b.Customer, Purpose: b.Purpose, Text: b.Text, Version: b.Version, Language: b.Language, Channel: b.Channel, Given: b.Given.UTC(),
		})
		return made.view(), err
	})
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at + "/withdraw", ID: "withdrawConsent", Tag: tag,
		Summary: "End a customer's consents to a purpose",
		About:   "Where the policy lists the purpose in eraseOnWithdrawal, an erasure of the customer is requested with it.",
		Family:  web.Identity, Scope: engine.WriteConsents, Faults: append(full, ErrNone),
	}, func(ctx context.Context, _ web.None, b withdrawBody) (withdrawAnswer, error) {
		by, answer := web.CallerOf(ctx), withdrawAnswer{}
		list, err := c.withdraw(ctx, by, b.Customer, b.Purpose, b.Channel)
		if err != nil {
			return answer, err
		}
		for _, r := range list {
			answer.Withdrawn = append(answer.Withdrawn, r.view())
		}
		answer.Follows, err = c.follows(ctx, by, b.Customer, b.Purpose)
		return answer, err
	})
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: at, ID: "listConsents", Tag: tag, Summary: "List a customer's consents, oldest first",
		Family: web.Identity, Scope: engine.ViewConsents,
	}, c.handleList)
}

func (c *Consents) handleList(ctx context.Context, q listQuery, _ web.None) (listAnswer, error) {
	answer := listAnswer{Data: []consentView{}}
	err := c.Store.View(ctx, func(v *storage.View) error {
		for r, err := range c.of(v, web.CallerOf(ctx).Org, engine.CustomerID(q.Customer)) {
			if err != nil {
				return err
			}
			if q.Purpose == "" || q.Purpose == r.Purpose {
				answer.Data = append(answer.Data, r.view())
			}
		}
		return nil
	})
	return answer, err
}

func (r record) view() consentView {
	return consentView{
		ID: r.ID, Purpose: r.Purpose, Stands: r.Withdrawn.IsZero(), TextSha256: r.Text, TextVersion: r.Version, Language: r.Language,
		Channel: r.Channel, GivenAt: r.Given, By: r.By, Journal: r.Journal, WithdrawnAt: r.Withdrawn, Through: r.Through, EndJournal: r.Ended,
	}
}
