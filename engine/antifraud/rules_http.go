package antifraud

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

// longestBook keeps a version within one record and one journal entry, in bytes.
const longestBook = 40 << 10

type versionParams struct {
	Version int `query:"version" doc:"A version of the past; what holds now when left out." minimum:"1"`
}

type rulesBody struct {
	Version *uint64 `json:"version,omitzero" doc:"The version that you saw; when it no longer holds, nothing is changed."`
	Note    string  `json:"note,omitzero" doc:"Why, in words for the evidence. No personal data." maxLength:"256"`
	Bars    bars    `json:"thresholds" doc:"The fraudScore from which a decision is at least this hard."`
	Rules   []rule  `json:"rules" doc:"All of them: what is not sent is no rule any more." maxItems:"100"`
}

type rulesView struct {
	Version   uint64       `json:"version" doc:"0: the defaults."`
	Bars      bars         `json:"thresholds"`
	Rules     []rule       `json:"rules"`
	ChangedAt time.Time    `json:"changedAt,omitzero"`
	ChangedBy engine.KeyID `json:"changedBy,omitzero"`
	Note      string       `json:"note,omitzero"`
}

type versionsAnswer struct {
	Data []rulesView `json:"data"`
}

func (a *AntiFraud) ruleRoutes(r *web.Router) {
	const path, tag = "/api/evaluate/rules", "Anti-fraud"
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: path, Prefix: prefix, ID: "getFraudRules", Tag: tag, Summary: "Read your org's anti-fraud rules",
		Family: web.Identity, Scope: engine.ViewRules, Faults: []*fault.Fault{ErrNoVersion},
	}, a.handleRules)
	web.Handle(r, web.Operation{
		Method: http.MethodPut, Path: path, Prefix: prefix, ID: "putFraudRules", Tag: tag, Summary: "Set your org's anti-fraud rules",
		About:  "What you send replaces all rules, also the defaults, and holds from the next evaluation on, as a new version that each evaluation names.",
		Family: web.Identity, Scope: engine.WriteRules, MaxBody: longestBook, Faults: []*fault.Fault{ErrUnsound, ErrChanged, storage.Full, storage.Failed},
	}, a.handleChange)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: path + "/versions", Prefix: prefix, ID: "listFraudRuleVersions", Tag: tag,
		Summary: "List every version of your org's anti-fraud rules, newest first", Family: web.Identity, Scope: engine.ViewRules,
	}, a.handleVersions)
}

func (a *AntiFraud) handleRules(ctx context.Context, p versionParams, _ web.None) (rulesView, error) {
	org := web.CallerOf(ctx).Org
	var held version
	err := a.Store.View(ctx, func(v *storage.View) (err error) {
		if p.Version == 0 {
			held, err = a.newest(v, org)
			return err
		}
		k, err := a.known.Get(v, append(a.booksAt(org), storage.Path(storage.U64(p.Version))...))
		if errors.Is(err, storage.ErrNotFound) {
			return ErrNoVersion
		}
		if err == nil {
			held = *k.Book
		}
		return err
	})
	return held.view(), err
}

func (a *AntiFraud) handleVersions(ctx context.Context, _, _ web.None) (versionsAnswer, error) {
	answer := versionsAnswer{Data: []rulesView{}}
	err := a.Store.View(ctx, func(v *storage.View) error {
		for row, err := range a.known.Scan(v, storage.Range{Prefix: a.booksAt(web.CallerOf(ctx).Org), Reverse: true}) {
			if err != nil {
				return err
			}
			answer.Data = append(answer.Data, row.Value.Book.view())
		}
		return nil
	})
	return answer, err
}

// handleChange makes a new version, unless somebody else did since the one that
// the caller saw.
func (a *AntiFraud) handleChange(ctx context.Context, _ web.None, b rulesBody) (rulesView, error) {
	by, set := web.CallerOf(ctx), book{Bars: b.Bars, Rules: b.Rules}
	if bad := set.sound(); bad != nil {
		return rulesView{}, bad
	}
	var made version
	_, err := a.Store.Commit(ctx, func(tx *storage.Tx) error {
		last, err := a.newest(tx, by.Org)
		if err != nil {
			return err
		}
		if b.Version != nil && *b.Version != last.Number {
			return ErrChanged
		}
		made = version{Number: last.Number + 1, Book: set, By: by.Key, At: tx.Now().UTC().Truncate(time.Millisecond), Note: b.Note}
		at := append(a.booksAt(by.Org), storage.Path(storage.U64(made.Number))...)
		if err := a.known.Put(tx, storage.Subject{}, at, kept{Book: &made}); err != nil {
			return err
		}
		_, err = tx.Log(storage.Entry{
			Kind: "fraud.rules-changed", Org: string(by.Org), Actor: string(by.Key), Public: map[string]any{"version": made.Number, "book": set},
		})
		return err
	})
	if err != nil {
		return rulesView{}, fmt.Errorf("change the rules: %w", err)
	}
	return made.view(), nil
}

func (v version) view() rulesView {
	list := v.Book.Rules
	if list == nil {
		list = []rule{}
	}
	return rulesView{Version: v.Number, Bars: v.Book.Bars, Rules: list, ChangedAt: v.At, ChangedBy: v.By, Note: v.Note}
}
