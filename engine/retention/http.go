package retention

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

type showParams struct {
	Version int `query:"version" doc:"A version of the past; what holds now when left out." minimum:"1"`
}

type changeBody struct {
	Version *uint64 `json:"version,omitzero" doc:"The version that you saw; when it no longer holds, nothing is changed."`
	Note    string  `json:"note,omitzero" doc:"Why, in words for the evidence. No personal data." maxLength:"256"`
	Policy  rules   `json:"policy" doc:"The whole policy; what you leave out has its default."`
}

type policyView struct {
	Version           uint64                  `json:"version" doc:"0 until something is changed."`
	Days              map[engine.DataKind]int `json:"days" doc:"0 is for ever."`
	FourEyes          bool                    `json:"fourEyes"`
	Evidence          evidenceRule            `json:"evidence"`
	BackupDays        int                     `json:"backupDays"`
	AccessReason      bool                    `json:"accessReason"`
	EraseOnWithdrawal []string                `json:"eraseOnWithdrawal"`
	ChangedAt         time.Time               `json:"changedAt,omitzero"`
	ChangedBy         engine.KeyID            `json:"changedBy,omitzero"`
	Note              string                  `json:"note,omitzero"`
}

type versionsAnswer struct {
	Data []policyView `json:"data"`
}

type previewQuery struct {
	At    time.Time `query:"at" doc:"As of when, RFC 3339; the next run when left out."`
	Limit int       `query:"limit" doc:"How many records are named; 100 when left out. All are counted." minimum:"1" maximum:"1000"`
}

type previewAnswer struct {
	At       time.Time     `json:"at" doc:"As of when."`
	Paused   bool          `json:"paused" doc:"The daily work waits for somebody to say that the clock is right: nothing goes."`
	Due      int           `json:"due" doc:"Records that would go."`
	Held     int           `json:"held" doc:"Records that are due and stay, because of holds."`
	Holdings []holdingView `json:"holdings"`
	Records  []recordView  `json:"records"`
}

type holdingView struct {
	Name   string    `json:"name"`
	Due    int       `json:"due"`
	Held   int       `json:"held,omitzero"`
	Oldest time.Time `json:"oldest"`
}

type recordView struct {
	Holding string          `json:"holding"`
	Kind    engine.DataKind `json:"kind"`
	ID      string          `json:"id"`
	At      time.Time       `json:"at" doc:"From when on its days are counted."`
	Held    bool            `json:"held,omitzero"`
}

type stateView struct {
	State    string         `json:"state" doc:"waiting: for the day to be over; running; paused: somebody must say that the clock is right; failed: the last run was not finished and is tried again." enum:"waiting,running,paused,failed"`
	Reached  time.Time      `json:"reached,omitzero" doc:"All that was due as of then is gone."`
	NextAt   time.Time      `json:"nextAt,omitzero"`
	EndedAt  time.Time      `json:"endedAt,omitzero"`
	Removed  map[string]int `json:"removed" doc:"By the run under way, or else the last one."`
	Held     map[string]int `json:"held" doc:"What was due then and stayed, because of holds."`
	ClockNow time.Time      `json:"clock"`
	Why      string         `json:"why,omitzero"`
}

type resumeBody struct {
	Today string `json:"today" doc:"The day of today, 2026-01-31, as you read it from a calendar and not from this machine. UTC." format:"date"`
}

func (r *Retention) routes(router *web.Router) {
	const path, tag = "/api/retention", "Retention"
	web.Handle(router, web.Operation{
		Method: http.MethodGet, Path: path + "/policy", ID: "getRetentionPolicy", Tag: tag,
		Summary: "Read your org's retention policy", Family: web.Identity, Scope: engine.ViewRetention, Faults: []*fault.Fault{ErrNoVersion},
	}, r.handleShow)
	web.Handle(router, web.Operation{
		Method: http.MethodPut, Path: path + "/policy", ID: "putRetentionPolicy", Tag: tag,
		Summary: "Set your org's retention policy",
		About:   "What you send replaces all of it; values left out have their defaults. Look at the preview before the next run.",
		Family:  web.Identity, Scope: engine.WriteRetention, Faults: []*fault.Fault{ErrUnsound, ErrChanged, storage.Full, storage.Failed},
	}, func(ctx context.Context, _ web.None, b changeBody) (policyView, error) {
		v, err := r.change(ctx, web.CallerOf(ctx), b.Policy, b.Version, b.Note)
		return r.view(v), err
	})
	web.Handle(router, web.Operation{
		Method: http.MethodGet, Path: path + "/policy/versions", ID: "listRetentionPolicies", Tag: tag,
		Summary: "List every version of your org's retention policy, newest first", Family: web.Identity, Scope: engine.ViewRetention,
	}, func(ctx context.Context, _, _ web.None) (versionsAnswer, error) {
		answer := versionsAnswer{Data: []policyView{}}
		list, err := r.versions(ctx, web.CallerOf(ctx).Org)
		for _, v := range list {
			answer.Data = append(answer.Data, r.view(v))
		}
		return answer, err
	})
	web.Handle(router, web.Operation{
		Method: http.MethodGet, Path: path + "/preview", ID: "previewRetention", Tag: tag,
		Summary: "What of your org would go tonight", About: "It walks the same way as the daily work, and removes nothing.",
		Family: web.Identity, Scope: engine.ViewRetention,
	}, r.handlePreview)
	web.Handle(router, web.Operation{
		Method: http.MethodGet, Path: path + "/state", ID: "retentionState", Tag: tag,
		Summary: "How far the daily work is", Family: web.Identity, Scope: engine.ViewRetention,
	}, func(ctx context.Context, _, _ web.None) (stateView, error) { return r.State(ctx) })
	web.Handle(router, web.Operation{
		Method: http.MethodPost, Path: path + "/resume", ID: "resumeRetention", Tag: tag,
		Summary: "Say that the clock is right, and let the daily work go on",
		About:   "It waits when the clock is more than 14 days from its last run: a clock that jumped ahead would delete everything at once, and behind a run that was ahead nothing would go.",
		Family:  web.Identity, Scope: engine.WriteRetention, Faults: []*fault.Fault{ErrNotHere, ErrNotToday, ErrNotPaused, storage.Full, storage.Failed},
	}, r.handleResume)
}

func (r *Retention) handleShow(ctx context.Context, p showParams, _ web.None) (policyView, error) {
	org := web.CallerOf(ctx).Org
	var shown version
	err := r.Store.View(ctx, func(v *storage.View) (err error) {
		if p.Version == 0 {
			shown, err = r.newest(v, org)
			return err
		}
		row, err := r.table.Get(v, r.versionAt(org, uint64(p.Version)))
		if errors.Is(err, storage.ErrNotFound) {
			return ErrNoVersion
		}
		if err == nil {
			shown = *row.Version
		}
		return err
	})
	return r.view(shown), err
}

func (r *Retention) handlePreview(ctx context.Context, q previewQuery, _ web.None) (previewAnswer, error) {
	limit := q.Limit
	if limit == 0 {
		limit = 100
	}
	answer := previewAnswer{Holdings: []holdingView{}, Records: []recordView{}}
	err := r.Store.View(ctx, func(v *storage.View) error {
		s, began, err := r.state(v)
		if err != nil {
			return err
		}
		if answer.At = q.At.UTC(); q.At.IsZero() {
			answer.At = tonight(r.Now().UTC(), s.Reached)
		}
		answer.Paused = began && next(r.Now(), s.Reached, s.Vouched) == pause
		for _, h := range r.Holdings() {
			if h.Due == nil {
				continue
			}
			one := holdingView{Name: h.Name}
			for k, err := range r.due(v, h, answer.At) {
				if err = errors.Join(err, ctx.Err()); err != nil {
					return err
				}
				if k.Org == web.CallerOf(ctx).Org {
					one.add(k)
					if len(answer.Records) < limit {
						answer.Records = append(answer.Records, recordView{h.Name, k.Kind, k.ID, k.At, k.held})
					}
				}
			}
			if one.Due+one.Held > 0 {
				answer.Holdings = append(answer.Holdings, one)
			}
			answer.Due, answer.Held = answer.Due+one.Due, answer.Held+one.Held
		}
		return nil
	})
	return answer, err
}

func (h *holdingView) add(k dueRecord) {
	if k.held {
		h.Held++
	} else {
		h.Due++
	}
	if h.Oldest.IsZero() || k.At.Before(h.Oldest) {
		h.Oldest = k.At
	}
}

// State is how far the daily work is, and why it waits.
func (r *Retention) State(ctx context.Context) (stateView, error) {
	s, began, err := r.now(ctx)
	now := r.Now().UTC()
	v := stateView{State: "waiting", Reached: s.Reached, EndedAt: s.Ended, Removed: s.Removed, Held: s.Held, ClockNow: now}
	if v.Removed == nil {
		v.Removed = map[string]int{}
	}
	if v.Held == nil {
		v.Held = map[string]int{}
	}
	r.mu.Lock()
	failed := r.failed
	r.mu.Unlock()
	switch {
	case err != nil || !began:
		return v, err
	case next(now, s.Reached, s.Vouched) == pause:
		// The command comes without the day: who copies it has not looked.
		v.State, v.Why = "paused", fmt.Sprintf("the clock says %s, more than 14 days from the last run (%s), and nothing is removed: look at a calendar, and when the clock is right, rostod retention resume DAY",
			now.Format(time.DateOnly), s.Reached.UTC().Format(time.DateOnly))
	case failed != nil:
		v.State, v.Why = "failed", "the last run was not finished and is tried again; the log says why"
	case !s.AsOf.IsZero():
		v.State = "running"
	}
	v.NextAt = tonight(now, s.Reached)
	return v, nil
}

func (r *Retention) handleResume(ctx context.Context, _ web.None, b resumeBody) (stateView, error) {
	caller := web.CallerOf(ctx)
	if caller.Key != engine.Operator {
		return stateView{}, ErrNotHere
	}
	_, err := r.Store.Commit(ctx, func(tx *storage.Tx) error {
		s, began, err := r.state(tx)
		now := r.Now().UTC()
		switch {
		case err != nil:
			return err
		case !began || next(now, s.Reached, s.Vouched) != pause:
			return ErrNotPaused
		case b.Today != now.Format(time.DateOnly):
			return ErrNotToday
		}
		if s.Vouched = now; s.Reached.After(now) {
			s.Reached = now
		}
		if err := r.put(tx, s); err != nil {
			return err
		}
		_, err = tx.Log(storage.Entry{Kind: "retention.resumed", Org: string(caller.Org), Actor: string(caller.Key), Public: map[string]any{
			"today": b.Today, "reached": s.Reached,
		}})
		return err
	})
	if err != nil {
		return stateView{}, err
	}
	select {
	case r.wake <- struct{}{}:
	default:
	}
	return r.State(ctx)
}

func (r *Retention) view(v version) policyView {
	p := v.Rules.policy(v.Number, r.CaptureDays)
	view := policyView{
		Version: p.Version, Days: map[engine.DataKind]int{}, FourEyes: p.FourEyes, Evidence: evidenceRule{p.EvidenceDays, p.EvidenceBasis},
		BackupDays: p.BackupDays, AccessReason: p.AccessReason, EraseOnWithdrawal: []string{}, ChangedAt: v.At, ChangedBy: v.By, Note: v.Note,
	}
	view.EraseOnWithdrawal = append(view.EraseOnWithdrawal, p.Withdrawal...)
	for _, kind := range engine.DataKinds() {
		view.Days[kind] = p.Days[kind]
	}
	return view
}
