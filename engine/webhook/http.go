package webhook

import (
	"context"
	"net/http"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

const (
	usualOverlap = 24 * time.Hour
	leastSecret  = 16   // characters, and bytes of the key
	mostCounted  = 1000 // deliveries, for a number in a list
	usualPage    = 50
)

type endpointPath struct {
	ID EndpointID `path:"id" doc:"The endpoint, whe_…" maxLength:"64"`
}

type deliveryPath struct {
	ID       EndpointID `path:"id" doc:"The endpoint, whe_…" maxLength:"64"`
	Delivery DeliveryID `path:"delivery" doc:"The delivery, dlv_…" maxLength:"64"`
}

type listParams struct {
	ID    EndpointID `path:"id" doc:"The endpoint, whe_…" maxLength:"64"`
	State string     `query:"state" doc:"Where they stand; dead when left out." enum:"pending,delivered,dead"`
	After string     `query:"cursor" doc:"Goes on behind the page that gave this cursor." maxLength:"512"`
	Limit int        `query:"limit" doc:"Rows in a page; 50 when left out." minimum:"1" maximum:"500"`
}

func (w *Webhooks) routes(r *web.Router) {
	const tag, at = "Webhooks", "/api/webhooks"
	writes := func(more ...*fault.Fault) []*fault.Fault { return append(more, storage.Full, storage.Failed) }
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at, ID: "createWebhook", Tag: tag, Summary: "Tell an address of events",
		About: "It is told of what happens from now on, at least once each. The secret is in this answer and nowhere else.",
		Scope: engine.ManageWebhooks, Success: http.StatusCreated, Faults: writes(ErrFull),
	}, w.create)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: at, ID: "listWebhooks", Tag: tag, Summary: "List the endpoints of your org", Scope: engine.ManageWebhooks,
	}, w.list)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: at + "/{id}", ID: "getWebhook", Tag: tag, Summary: "Read an endpoint", Scope: engine.ManageWebhooks, Faults: []*fault.Fault{ErrNone},
	}, w.one)
	web.Handle(r, web.Operation{
		Method: http.MethodPatch, Path: at + "/{id}", ID: "changeWebhook", Tag: tag, Summary: "Change an endpoint",
		About: "What is left out stays as it is. With a url of another host, auth must be given too where there is one.", Scope: engine.ManageWebhooks, Faults: writes(ErrNone, ErrConfigured),
	}, w.change)
	web.Handle(r, web.Operation{
		Method: http.MethodDelete, Path: at + "/{id}", ID: "removeWebhook", Tag: tag, Summary: "Remove an endpoint",
		About: "What is pending is not sent any more.", Scope: engine.ManageWebhooks, Success: http.StatusNoContent, Faults: writes(ErrNone, ErrConfigured),
	}, w.remove)
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at + "/{id}/rotate", ID: "rotateWebhookSecret", Tag: tag, Summary: "Give an endpoint another secret",
		About: "The former signs beside it for a while, so that the receiver can change over. At most two sign at one time.",
		Scope: engine.ManageWebhooks, Faults: writes(ErrNone, ErrConfigured), OptionalBody: true,
	}, w.rotate)
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at + "/{id}/test", ID: "testWebhook", Tag: tag, Summary: "Send webhook.test to an endpoint",
		About: "It goes the way of every event, whatever the endpoint is told of.", Scope: engine.ManageWebhooks, Success: http.StatusAccepted, Faults: writes(ErrNone),
	}, w.test)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: at + "/{id}/deliveries", ID: "listDeliveries", Tag: tag, Summary: "List deliveries of an endpoint",
		Scope: engine.ManageWebhooks, Faults: []*fault.Fault{ErrNone},
	}, w.deliveriesOf)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: at + "/{id}/deliveries/{delivery}", ID: "getDelivery", Tag: tag, Summary: "Read a delivery",
		Scope: engine.ManageWebhooks, Faults: []*fault.Fault{ErrNone, ErrNoDelivery},
	}, w.delivery)
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at + "/{id}/deliveries/{delivery}/resend", ID: "resendDelivery", Tag: tag, Summary: "Send a delivery anew",
		About: "It keeps its ids, so that the receiver can tell.", Scope: engine.ManageWebhooks, Success: http.StatusAccepted, Faults: writes(ErrNone, ErrNoDelivery),
	}, w.resendOne)
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at + "/{id}/resend", ID: "resendDead", Tag: tag, Summary: "Send all dead deliveries of an endpoint anew",
		Scope: engine.ManageWebhooks, Success: http.StatusAccepted, Faults: writes(ErrNone),
	}, w.resendDead)
}

func (w *Webhooks) create(ctx context.Context, _ web.None, b createBody) (view endpointView, err error) {
	by, now := web.CallerOf(ctx), w.Now().UTC().Truncate(time.Millisecond)
	e := endpoint{Org: by.Org, URL: b.URL, Label: b.Label, Events: b.Events, Auth: auth{Kind: authNone}, Concurrency: b.Concurrency, Created: now}
	if b.Auth != nil {
		e.Auth = b.Auth.auth()
	}
	if e.ID, err = engine.NewID[EndpointID]("whe", now, w.Random); err != nil {
		return view, err
	}
	word, err := w.word(b.Secret)
	if err != nil {
		return view, err
	}
	e.Secrets = []secret{{Word: word, Created: now}}
	if err := w.checked(e); err != nil {
		return view, err
	}
	_, err = w.Store.Commit(ctx, func(tx *storage.Tx) error {
		list, err := w.every(tx, by.Org)
		if err != nil {
			return err
		}
		if len(list) >= mostEndpoints {
			return ErrFull
		}
		e.Since = uint64(tx.Position())
		return w.put(tx, e, by.Key, "webhook.made")
	})
	if err != nil {
		return view, err
	}
	view = w.show(e)
	view.Secrets[0].Word = string(word)
	return view, nil
}

func (w *Webhooks) list(ctx context.Context, _, _ web.None) (endpointList, error) {
	answer := endpointList{Data: []endpointView{}}
	err := w.view(ctx, func(v *storage.View) error {
		list, err := w.every(v, web.CallerOf(ctx).Org)
		if err != nil {
			return err
		}
		for _, e := range list {
			view, err := w.counted(v, e)
			if err != nil {
				return err
			}
			answer.Data = append(answer.Data, view)
		}
		return nil
	})
	return answer, err
}

func (w *Webhooks) one(ctx context.Context, p endpointPath, _ web.None) (view endpointView, err error) {
	err = w.view(ctx, func(v *storage.View) error {
		e, err := w.endpoint(v, web.CallerOf(ctx).Org, p.ID)
		if err == nil {
			view, err = w.counted(v, e)
		}
		return err
	})
	return view, err
}

// counted is an endpoint with how many of its deliveries wait and are dead.
func (w *Webhooks) counted(r storage.Reader, e endpoint) (endpointView, error) {
	view := w.show(e)
	for in, to := range map[state]*int{pending: &view.Pending, dead: &view.Dead} {
		for _, err := range w.deliveries.Scan(r, storage.Range{Prefix: lane(in, e.ID)}) {
			if err != nil {
				return view, err
			}
			if *to++; *to == mostCounted {
				break
			}
		}
	}
	return view, nil
}

func (w *Webhooks) change(ctx context.Context, p endpointPath, b changeBody) (endpointView, error) {
	return w.edit(ctx, p.ID, "webhook.changed", func(e endpoint) (endpoint, error) {
		if b.URL != nil && b.Auth == nil && e.Auth.Kind != authNone && !sameHost(e.URL, *b.URL) {
			return e, web.ErrInvalid.Field("auth", "It must be given again with this address: what is kept was given for another host.")
		}
		set(&e.URL, b.URL)
		set(&e.Label, b.Label)
		set(&e.Events, b.Events)
		set(&e.Concurrency, b.Concurrency)
		set(&e.Paused, b.Paused)
		if b.Auth != nil {
			e.Auth = b.Auth.auth()
		}
		return e, nil
	})
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// edit changes an endpoint that does not stand in the configuration.
func (w *Webhooks) edit(ctx context.Context, id EndpointID, kind string, do func(endpoint) (endpoint, error)) (endpointView, error) {
	by := web.CallerOf(ctx)
	var e endpoint
	_, err := w.Store.Commit(ctx, func(tx *storage.Tx) (err error) {
		if e, err = w.endpoint(tx, by.Org, id); err != nil {
			return err
		}
		if id == configuredID {
			return ErrConfigured
		}
		if e, err = do(e); err != nil {
			return err
		}
		e.Changed = tx.Now().UTC().Truncate(time.Millisecond)
		if err := w.checked(e); err != nil {
			return err
		}
		return w.put(tx, e, by.Key, kind)
	})
	return w.show(e), err
}

func (w *Webhooks) remove(ctx context.Context, p endpointPath, _ web.None) (web.None, error) {
	by := web.CallerOf(ctx)
	_, err := w.Store.Commit(ctx, func(tx *storage.Tx) error {
		e, err := w.endpoint(tx, by.Org, p.ID)
		if err != nil {
			return err
		}
		if p.ID == configuredID {
			return ErrConfigured
		}
		return w.end(tx, e, by.Key)
	})
	return web.None{}, err
}

func (w *Webhooks) rotate(ctx context.Context, p endpointPath, b rotateBody) (endpointView, error) {
	word, err := w.word(b.Secret)
	if err != nil {
		return endpointView{}, err
	}
	overlap := usualOverlap
	if b.OverlapHours != nil {
		overlap = time.Duration(*b.OverlapHours) * time.Hour
	}
	view, err := w.edit(ctx, p.ID, "webhook.rotated", func(e endpoint) (endpoint, error) {
		return e.rotated(word, w.Now().UTC().Truncate(time.Millisecond), overlap), nil
	})
	if err != nil {
		return view, err
	}
	view.Secrets[0].Word = string(word)
	return view, nil
}

func (w *Webhooks) test(ctx context.Context, p endpointPath, _ web.None) (answer deliveryAnswer, err error) {
	by := web.CallerOf(ctx)
	_, err = w.Store.Commit(ctx, func(tx *storage.Tx) error {
		e, err := w.endpoint(tx, by.Org, p.ID)
		if err != nil {
			return err
		}
		index, err := tx.Log(storage.Entry{Kind: tested, Org: string(e.Org), Actor: string(by.Key), Public: map[string]any{"endpoint": e.ID}})
		if err != nil {
			return err
		}
		answer.Delivery, err = w.deliveryID(note{entry: index, at: tx.Now()}, e.ID)
		return err
	})
	return answer, err
}
