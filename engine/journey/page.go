package journey

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// stand is what a page is told of where its journey stands: never a verdict.
type stand string

const (
	going    stand = "going"    // it can go on
	received stand = "received" // the face was captured, and what it is worth is being found out
	done     stand = "done"
	late     stand = "expired"
	stuck    stand = "failed" // the house could not find out
)

func (r record) stand() stand {
	switch {
	case r.State == failed:
		return stuck
	case r.Result == expired:
		return late
	case r.State == finished:
		return done
	case r.Authentication != "":
		return received
	default:
		return going
	}
}

// pageView is what a page needs to lead through a journey.
type pageView struct {
	ID        engine.ProcessID `json:"processId"`
	State     stand            `json:"state" enum:"going,received,done,expired,failed"`
	Token     string           `json:"token,omitzero" doc:"What this page shows from now on. It voids that of any page before."`
	Locale    string           `json:"locale,omitzero"`
	Consent   bool             `json:"consent" doc:"The customer must be asked for consent, and has not given it yet."`
	Phone     bool             `json:"phone" doc:"A phone can take over."`
	Callback  string           `json:"callbackUri" doc:"Where the page goes in the end; / stays."`
	Origins   []string         `json:"origins" doc:"Of pages that may frame this one and hear what happens."`
	ExpiresAt time.Time        `json:"expiresAt"`
}

type stateView struct {
	State stand `json:"state" enum:"going,received,done,expired,failed"`
	Leads bool  `json:"leads" doc:"Whether the page that asks leads the journey."`
}

type challengeView struct {
	WhipURL string `json:"whipUrl"`
	Token   string `json:"token"`
}

type bundleBody struct {
	Bundle string `json:"bundle" doc:"As the capture gave it." minLength:"1" maxLength:"4096"`
}

// pages mounts the page and what it asks for. Authorization: Bearer is a token
// of the journey, never an API key.
func (j *Journeys) pages(r *web.Router) {
	const tag, at = "Hosted pages", "/process/{id}"
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: at, ID: "journeyPage", Tag: tag, Public: true, Produces: []string{"text/html"},
		Summary: "The page that leads a customer through a hosted process.",
		About:   "The token stands in the fragment. It may be opened by itself or in a frame of an allowed origin.",
	}, func(context.Context, processPath) (*web.Stream, error) { return j.page() })
	op := func(id, path, summary string, faults ...*fault.Fault) web.Operation {
		return web.Operation{
			Method: http.MethodPost, Path: at + path, ID: id, Tag: tag, Public: true, Repeatable: true, OptionalBody: true, Summary: summary,
			Faults: append([]*fault.Fault{ErrToken, ErrElsewhere, ErrOver, storage.Full, storage.Failed}, faults...),
		}
	}
	web.Handle(r, op("openJourney", "/open", "Take the lead of a journey, by its link, its code or the page's own token."), j.open)
	web.Handle(r, op("consentToJourney", "/consent", "The customer consents to being filmed and compared."), j.consent)
	web.Handle(r, op("challengeOfJourney", "/challenge", "A flash challenge for one try.", ErrConsent), j.challenge)
	captured := op("captureOfJourney", "/capture", "What the capture gave: the decision is made of it.", ErrConsent, ErrStale)
	captured.OptionalBody = false
	web.Handle(r, captured, j.capture)
	web.Handle(r, op("handOverJourney", "/handover", "A code by which a phone takes over, once.", ErrNoCode, ErrTooOften), j.handOver)
	web.Handle(r, op("leaveJourney", "/leave", "The customer leaves. The link opens again until it expires."), j.leave)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: at + "/state", ID: "stateOfJourney", Tag: tag, Public: true, Summary: "Where a journey stands.",
		Faults: []*fault.Fault{ErrToken},
	}, j.state)
}

// page is the page's HTML, which its files stand beside.
func (j *Journeys) page() (*web.Stream, error) {
	body, err := fs.ReadFile(j.Pages, "journey.html")
	if err != nil {
		return nil, fmt.Errorf("read the page: %w", err)
	}
	ancestors := strings.Join(append([]string{"'self'"}, j.Origins...), " ")
	return &web.Stream{
		ContentType: "text/html; charset=utf-8",
		Header: map[string]string{
			"Content-Security-Policy": "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors " + ancestors,
			"Permissions-Policy":      "camera=(self), fullscreen=(self), screen-wake-lock=(self), microphone=(), geolocation=()",
			"Cache-Control":           "no-cache",
		},
		Write: func(_ context.Context, w io.Writer) error { _, err := w.Write(body); return err },
	}, nil
}

// pageOf is what a page is told that has shown a token and is given another,
// or none.
func (j *Journeys) pageOf(r record, shown, token string) pageView {
	v := pageView{
		ID: r.ID, State: r.stand(), Token: token, Locale: r.Locale, Consent: j.Consent && r.Consented.IsZero(), Phone: reachable(j.Base()),
		Callback: r.Callback, Origins: j.Origins, ExpiresAt: r.Expires,
	}
	if v.Origins == nil {
		v.Origins = []string{}
	}
	if len(r.Watcher) > 0 && (is(token, r.Holder) || is(shown, r.Holder)) {
		v.Callback, v.Phone = Stay, false // who goes on is the page that handed over
	}
	return v
}

// open makes the page that asks the one that leads. A code is used up by it,
// and the page that showed it goes on watching.
func (j *Journeys) open(ctx context.Context, p processPath, _ web.None) (pageView, error) {
	r, token, err := j.shown(ctx, p.ID)
	if err != nil {
		return pageView{}, err
	}
	if r.State != created || is(token, r.Holder) {
		return j.pageOf(r, token, ""), nil
	}
	made, err := j.fresh(pagePrefix)
	if err != nil {
		return pageView{}, err
	}
	r, err = j.change(ctx, p.ID, "journey.opened", func(tx *storage.Tx, r *record) (map[string]any, error) {
		by := "link"
		switch {
		case is(token, r.Code) && tx.Now().Before(r.CodeUntil):
			by, r.Event, r.Watcher = "code", wasRead, r.Holder
		case is(token, r.Watcher):
			by, r.Watcher = "page", nil
		case strings.HasPrefix(token, codePrefix):
			return nil, ErrToken // somebody else was faster
		default:
			r.Watcher = nil
		}
		r.Holder, r.Code = digest(made), nil
		return map[string]any{"by": by}, nil
	})
	if errors.Is(err, ErrOver) {
		return j.pageOf(r, token, ""), nil
	}
	return j.pageOf(r, "", made), err
}

func (j *Journeys) state(ctx context.Context, p processPath, _ web.None) (stateView, error) {
	r, token, err := j.shown(ctx, p.ID)
	return stateView{r.stand(), r.State == created && is(token, r.Holder)}, err
}

func (j *Journeys) consent(ctx context.Context, p processPath, _ web.None) (stateView, error) {
	if _, err := j.leading(ctx, p.ID); err != nil {
		return stateView{}, err
	}
	r, err := j.change(ctx, p.ID, "journey.consented", func(tx *storage.Tx, r *record) (map[string]any, error) {
		r.Consented = tx.Now().UTC().Truncate(time.Millisecond)
		return nil, nil
	})
	return stateView{r.stand(), true}, err
}

// challenge makes a flash challenge for the next try.
func (j *Journeys) challenge(ctx context.Context, p processPath, _ web.None) (challengeView, error) {
	r, err := j.leading(ctx, p.ID)
	switch {
	case err != nil:
		return challengeView{}, err
	case r.Authentication != "":
		return challengeView{}, ErrOver
	case j.Consent && r.Consented.IsZero():
		return challengeView{}, ErrConsent
	}
	c, err := j.Challenges.Challenge(ctx, Wish{Caller: r.caller(), Customer: r.Customer, Device: r.Device, Locale: r.Locale})
	if err != nil {
		return challengeView{}, fmt.Errorf("make a challenge: %w", err)
	}
	_, err = j.change(ctx, p.ID, "journey.challenged", func(_ *storage.Tx, r *record) (map[string]any, error) {
		r.Challenge, r.Event = c.ID, wasStarted
		return map[string]any{"challenge": c.ID}, nil
	})
	return challengeView{c.WhipURL, c.Token}, err
}

// capture decides a journey by what its page has captured. A customer who
// closes the page now is decided about nevertheless.
func (j *Journeys) capture(ctx context.Context, p processPath, b bundleBody) (stateView, error) {
	r, err := j.leading(ctx, p.ID)
	switch {
	case err != nil:
		return stateView{}, err
	case j.Consent && r.Consented.IsZero():
		return stateView{}, ErrConsent
	case r.Authentication != "":
		return stateView{}, ErrOver
	}
	by := r.caller()
	c, err := j.Captures.Open(ctx, by, r.Customer, b.Bundle)
	if err != nil {
		return stateView{}, fmt.Errorf("open the bundle of a journey: %w", err)
	}
	if c.Challenge != r.Challenge {
		return stateView{}, ErrStale
	}
	against, err := j.against(ctx, r)
	if err != nil {
		return stateView{}, err
	}
	q := engine.Question{
		Caller: by, Plan: r.Plan, Reference: r.Customer, Unnamed: r.Customer == r.nobody(), Declared: r.Person.declared(), Against: against, Capture: &c,
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	_, err = j.Processes.Run(ctx, q, func(tx *storage.Tx, a engine.ProcessAnswer) error {
		now, err := j.kept(tx, r.ID)
		if err != nil {
			return err
		}
		if now.State != created || now.Authentication != "" || !bytes.Equal(now.Holder, r.Holder) {
			return ErrOver
		}
		r = now
		return j.decide(tx, &r, a)
	})
	if err != nil {
		return stateView{}, fmt.Errorf("decide a journey: %w", err)
	}
	return stateView{r.stand(), true}, nil
}

// patience is how long a decision may take.
const patience = time.Minute

func (j *Journeys) leave(ctx context.Context, p processPath, _ web.None) (stateView, error) {
	if _, err := j.leading(ctx, p.ID); err != nil {
		return stateView{}, err
	}
	r, err := j.change(ctx, p.ID, "journey.left", func(_ *storage.Tx, r *record) (map[string]any, error) {
		r.Holder, r.Watcher, r.Code, r.Event = nil, nil, nil, wasLeft
		return nil, nil
	})
	return stateView{r.stand(), false}, err
}
