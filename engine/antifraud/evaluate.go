package antifraud

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// request is one request as it was sent. Two with one lane and externalId must
// be the same.
type request struct {
	Customer   engine.CustomerID `json:"customer"`
	Lane       string            `json:"lane"`
	ExternalID string            `json:"externalId"`
	Session    string            `json:"session,omitzero"`
	Amount     int64             `json:"amount"`
	Currency   string            `json:"currency"`
	Data       requestData       `json:"data"`
}

// evaluate answers a request, once: a repetition gets what was answered then.
// What happened before is read inside the transaction, so that of two requests
// at one moment the second counts the first.
func (a *AntiFraud) evaluate(ctx context.Context, by engine.Caller, q request) (evaluation, error) {
	var e evaluation
	var done bool
	err := a.Store.View(ctx, func(v *storage.View) (err error) {
		e, done, err = a.earlier(v, by.Org, q)
		return err
	})
	if err != nil || done {
		return e, err
	}
	now := a.Now().UTC().Truncate(time.Millisecond)
	id, err := engine.NewID[engine.EvaluationID]("alt", now, a.Random)
	if err != nil {
		return e, err
	}
	_, err = a.Store.Commit(ctx, func(tx *storage.Tx) (err error) {
		if e, done, err = a.earlier(tx, by.Org, q); err != nil || done {
			return err
		}
		rules, err := a.newest(tx, by.Org)
		if err != nil {
			return err
		}
		device, err := a.device(tx, by.Org, q.Session, now)
		if err != nil {
			return err
		}
		who := a.parties(by.Org, q, device)
		before, err := a.recall(tx, by.Org, q, who, now)
		if err != nil {
			return err
		}
		me := trace{Customer: engine.Person(who.Customer), Amount: q.Amount, Currency: q.Currency, At: now}
		signals := sight(q, device, before, me)
		e = evaluation{
			ID: id, Org: by.Org, Asked: q, Signals: signals, Device: device, Version: rules.Number, Key: by.Key, Created: now,
			Finding: decide(asked{q.Lane, q.Data.Channel, signals, rules.Book}), ModelVer: modelName,
		}
		me.Blocked = e.Finding.Decision == block
		return a.write(tx, &e, who, me)
	})
	if err != nil {
		return evaluation{}, fmt.Errorf("keep the evaluation: %w", err)
	}
	return e, nil
}

// write puts an evaluation into its transaction: the journal entry, the record,
// its place in the list, and the traces.
func (a *AntiFraud) write(tx *storage.Tx, e *evaluation, who parties, me trace) (err error) {
	subject := a.Subject(e.Org, e.Asked.Customer)
	if e.Journal, err = tx.Log(e.entry(subject)); err != nil {
		return err
	}
	external := a.external(e.Org, e.Asked.Lane, e.Asked.ExternalID)
	if err := a.evaluations.Put(tx, subject, a.evaluationAt(e.Org, external), *e); err != nil {
		return err
	}
	place := append(a.listAt(e.Org), storage.Path(storage.At(e.Created), external)...)
	if err := a.evaluations.Put(tx, storage.Subject{}, place, evaluation{}); err != nil {
		return err
	}
	var traces []storage.Key
	for _, one := range who.all() {
		at := append(a.tracesAt(one), storage.Path(storage.At(e.Created), storage.Text(e.ID))...)
		if err := a.known.Put(tx, storage.Subject{}, at, kept{Trace: &me}); err != nil {
			return err
		}
		traces = append(traces, at)
	}
	heap := heapAt(subject, place[len(a.listAt(e.Org)):])
	return a.known.Put(tx, storage.Subject{}, heap, kept{Traces: traces})
}

// entry is the journal entry: what was decided and by what in the open, about
// whom and how much only as commitments.
func (e evaluation) entry(subject storage.Subject) storage.Entry {
	codes := []string{}
	for _, r := range e.Finding.Applied {
		codes = append(codes, r.Code)
	}
	return storage.Entry{
		Kind: "fraud.evaluated", Org: string(e.Org), Actor: string(e.Key), Subject: subject,
		Public: map[string]any{
			"evaluation": e.ID, "lane": e.Asked.Lane, "decision": e.Finding.Decision, "score": e.Finding.Score,
			"rules": codes, "rulesVersion": e.Version, "model": e.ModelVer,
		},
		Private: map[string]string{
			"customer": string(e.Asked.Customer), "externalId": e.Asked.ExternalID, "amount": strconv.FormatInt(e.Asked.Amount, 10),
			"currency": e.Asked.Currency, "beneficiary": e.Asked.Data.BeneficiaryAccount, "bank": e.Asked.Data.BeneficiaryBank,
		},
	}
}
