package antifraud

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// usualPage is how many evaluations a page has when nothing is said.
const usualPage = 50

// placeInList is the length of a cursor: a time and a pseudonym.
const placeInList = 8 + len(storage.Subject{})

type listParams struct {
	Customer string `query:"customerId" doc:"Your own name for the customer." maxLength:"256"`
	Decision string `query:"decision" enum:"allow,flag,review,block"`
	From     string `query:"from" doc:"The first moment, RFC 3339." maxLength:"40"`
	To       string `query:"to" doc:"The moment before which, RFC 3339." maxLength:"40"`
	Limit    int    `query:"limit" doc:"Evaluations in a page; 50 when left out." minimum:"1" maximum:"500"`
	Cursor   string `query:"cursor" doc:"Goes on behind the page that gave this cursor." maxLength:"128"`
}

type rowView struct {
	evaluationView
	Customer   engine.CustomerID `json:"customerId"`
	Lane       string            `json:"lane"`
	ExternalID string            `json:"externalId"`
	Amount     int64             `json:"amount"`
	Currency   string            `json:"currency"`
	Data       requestData       `json:"data"`
	Signals    seen              `json:"signals" doc:"What was known; what is left out was 0."`
	Parts      []part            `json:"model,omitzero" doc:"What each signal added to the model's log-odds."`
	ModelName  string            `json:"modelName"`
	Journal    uint64            `json:"journal" doc:"The entry of the journal: GET /api/audit/entries/{index}/receipt proves it."`
	Key        engine.KeyID      `json:"key"`
}

type listAnswer struct {
	Data  []rowView `json:"data"`
	Limit int       `json:"limit"`
	Meta  listMeta  `json:"meta"`
}

type listMeta struct {
	Next string `json:"next,omitzero" doc:"The cursor of the next page; left out behind the last one."`
}

func (a *AntiFraud) listRoutes(r *web.Router) {
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: "/api/evaluations", Prefix: prefix, ID: "listEvaluations", Tag: "Anti-fraud",
		Summary: "List evaluations with what they rest on, newest first", About: "Those of customers whose evidence was erased are left out.",
		Family: web.Identity, Scope: engine.ViewAttempts, Faults: []*fault.Fault{ErrBadQuery},
	}, a.handleList)
}

// span is the part of the list that a caller wants.
type span struct {
	From, To time.Time
	After    storage.Key
}

func (p listParams) span() (s span, err error) {
	bad := ErrBadQuery
	for _, one := range []struct {
		name, word string
		to         *time.Time
	}{{"from", p.From, &s.From}, {"to", p.To, &s.To}} {
		if one.word == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339, one.word)
		if err != nil || at.Year() < 1970 || at.Year() > 2261 {
			bad = bad.Field(one.name, "must be a time in RFC 3339")
		}
		*one.to = at
	}
	if p.Cursor != "" {
		place, err := base64.RawURLEncoding.DecodeString(p.Cursor)
		if err != nil || len(place) != placeInList {
			bad = bad.Field("cursor", "must be a cursor that an earlier page gave")
		}
		s.After = place
	}
	if len(bad.Fields) > 0 {
		return s, bad
	}
	return s, nil
}

func (a *AntiFraud) handleList(ctx context.Context, p listParams, _ web.None) (listAnswer, error) {
	wanted, err := p.span()
	if err != nil {
		return listAnswer{}, err
	}
	if p.Limit == 0 {
		p.Limit = usualPage
	}
	org := web.CallerOf(ctx).Org
	list := a.listAt(org)
	within := storage.Range{Prefix: list, Reverse: true}
	switch {
	case wanted.After != nil:
		within.After = append(a.listAt(org), wanted.After...)
	case !wanted.To.IsZero():
		within.From = append(a.listAt(org), storage.Path(storage.At(wanted.To))...)
	}
	answer := listAnswer{Data: []rowView{}, Limit: p.Limit}
	err = a.Store.View(ctx, func(v *storage.View) error {
		var last storage.Key
		for row, err := range a.evaluations.Scan(v, within) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			place := row.Key[len(list):]
			e, err := a.evaluations.Get(v, a.evaluationAt(org, storage.Subject(place[8:])))
			switch {
			case errors.Is(err, storage.ErrErased):
				continue
			case err != nil:
				return err
			case e.Created.Before(wanted.From):
				return nil
			case !p.wants(e):
				continue
			case len(answer.Data) == p.Limit:
				answer.Meta.Next = base64.RawURLEncoding.EncodeToString(last)
				return nil
			}
			answer.Data, last = append(answer.Data, e.row()), place
		}
		return nil
	})
	return answer, err
}

func (p listParams) wants(e evaluation) bool {
	return (p.Customer == "" || p.Customer == string(e.Asked.Customer)) && (p.Decision == "" || p.Decision == string(e.Finding.Decision))
}

func (e evaluation) row() rowView {
	return rowView{
		evaluationView: e.view(), Customer: e.Asked.Customer, Lane: e.Asked.Lane, ExternalID: e.Asked.ExternalID,
		Amount: e.Asked.Amount, Currency: e.Asked.Currency, Data: e.Asked.Data, Signals: e.Signals,
		Parts: e.Finding.Parts, ModelName: e.ModelVer, Journal: e.Journal, Key: e.Key,
	}
}
