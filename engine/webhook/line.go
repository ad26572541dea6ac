package webhook

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/bearer"
	"github.com/rostod/rostod/storage"
)

// grace is how long what is under way may take when the daemon closes. What
// takes longer is sent again by the next one.
const grace = 2 * time.Second

// line sends to one endpoint. One goroutine owns it; attempts run beside it.
type line struct {
	w    *Webhooks
	org  engine.OrgID
	id   EndpointID
	wake chan struct{} // something may be due

	busy     map[DeliveryID]bool // under way, or not written yet
	results  chan result
	done     []result // what has come back and is not written
	failures int      // in a row, of the endpoint
	rests    time.Time
	from     time.Time // nothing that is pending is due before
	looked   time.Time // when that was found out from the beginning

	access struct {
		sync.Mutex
		as   auth
		held *bearer.Tokens
	}
}

// result is what came of one delivery.
type result struct {
	delivery delivery
	outcome  outcome
	err      error // rostod itself could not
	at       time.Time
}

func (w *Webhooks) newLine(org engine.OrgID, id EndpointID) *line {
	return &line{w: w, org: org, id: id, wake: make(chan struct{}, 1), busy: map[DeliveryID]bool{}, results: make(chan result, mostConcurrent)}
}

// run sends until the endpoint or the context ends.
func (l *line) run(ctx context.Context) error {
	sending, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer l.settle(ctx, cancel)
	for ctx.Err() == nil {
		next, err := l.fill(ctx, sending)
		switch {
		case errors.Is(err, ErrNone):
			return nil
		case err != nil && ctx.Err() == nil:
			l.w.complain(ctx, err)
			next = l.w.Now().Add(again)
		}
		timer := time.NewTimer(max(next.Sub(l.w.Now()), 0))
		if next.IsZero() {
			timer.Stop()
		}
		select {
		case r := <-l.results:
			l.take(r)
			l.keepTrying(ctx)
		case <-timer.C:
		case <-l.wake:
		case <-ctx.Done():
		}
		timer.Stop()
	}
	return nil
}

// fill starts as many deliveries as are due and have a place, and answers when
// the next is due; zero: when something else happens.
func (l *line) fill(ctx, sending context.Context) (next time.Time, err error) {
	var e endpoint
	var due []delivery
	err = l.w.view(ctx, func(v *storage.View) (err error) {
		if e, err = l.w.endpoint(v, l.org, l.id); err != nil {
			return err
		}
		if now := l.w.Now(); e.Paused || now.Before(l.rests) {
			if !e.Paused {
				next = l.rests
			}
			return nil
		}
		due, next, err = l.due(v, l.places(e)-len(l.busy))
		return err
	})
	for _, d := range due {
		l.busy[d.ID] = true
		go func() {
			o, err := l.attempt(sending, e, d)
			l.results <- result{d, o, err, l.w.Now()}
		}()
	}
	return next, err
}

// places is how many deliveries may be under way: one when the endpoint fails.
func (l *line) places(e endpoint) int {
	if l.failures >= failuresThatSlow {
		return 1
	}
	if e.Concurrency > 0 {
		return e.Concurrency
	}
	return l.w.Concurrency
}

// lookAnew is how often all that is pending is passed from the beginning, should
// a clock that was put back have made something due before the others.
const (
	lookAnew = time.Minute
	inFlight = 10 * time.Second
)

// due are the first deliveries that are due and not under way, and when the
// next will be. What was delivered leaves marks in Badger that a scan must
// pass, so it begins where there was something last.
func (l *line) due(r storage.Reader, most int) (list []delivery, next time.Time, err error) {
	now := l.w.Now()
	within := storage.Range{Prefix: lane(pending, l.id)}
	if now.Sub(l.looked) >= lookAnew || now.Before(l.looked) {
		l.looked, l.from = now, time.Time{}
	}
	if !l.from.IsZero() {
		within.From = append(lane(pending, l.id), storage.Path(storage.At(l.from))...)
	}
	// What is queued from now on is due from then on, give or take what is on its
	// way into the store at this moment.
	l.from = now.Add(-inFlight)
	first := true
	for row, err := range l.w.deliveries.Scan(r, within) {
		if err != nil {
			return nil, next, err
		}
		if first && row.Value.Due.Before(l.from) {
			l.from = row.Value.Due
		}
		first = false
		switch {
		case l.busy[row.Value.ID]:
			continue
		case row.Value.Due.After(now):
			return list, row.Value.Due, nil
		case len(list) >= most:
			return list, next, nil // a result will make room
		}
		list = append(list, row.Value)
	}
	return list, next, nil
}

// take learns from a result.
func (l *line) take(r result) {
	if r.err != nil {
		delete(l.busy, r.delivery.ID)
		l.rests = r.at.Add(again)
		return
	}
	l.done = append(l.done, r)
	switch {
	case r.outcome.ok():
		l.failures, l.rests = 0, time.Time{}
	case r.outcome.sick():
		l.failures++
		if rest := l.w.Backoff.rest(l.failures, l.w.Roll()); rest > 0 {
			l.rests = r.at.Add(rest)
		}
	}
}

// keepTrying writes all results that are there, and tries until they are
// written or the context ends: what was delivered and not written would be
// sent again and again.
func (l *line) keepTrying(ctx context.Context) {
	for {
		for more := true; more; {
			select {
			case r := <-l.results:
				l.take(r)
			default:
				more = false
			}
		}
		err := l.keep(ctx)
		if err == nil {
			return
		}
		l.w.complain(ctx, err)
		select {
		case <-time.After(again):
		case <-ctx.Done():
			return
		}
	}
}

// settle ends the line: what is under way may come to its end, and what came of
// it is written.
func (l *line) settle(ctx context.Context, cancel context.CancelFunc) {
	timer := time.AfterFunc(grace, cancel)
	defer timer.Stop()
	for len(l.busy) > len(l.done) {
		r := <-l.results
		if r.err == nil && !r.outcome.ok() {
			delete(l.busy, r.delivery.ID) // it may have failed because it was cut: it is as it was
			continue
		}
		l.take(r)
	}
	if err := l.keep(context.WithoutCancel(ctx)); err != nil {
		l.w.complain(ctx, err)
	}
}

// keep writes what came of deliveries, in one transaction.
func (l *line) keep(ctx context.Context) error {
	if len(l.done) == 0 {
		return nil
	}
	counts := map[string]int{}
	_, err := l.w.Store.Commit(ctx, func(tx *storage.Tx) error {
		clear(counts)
		for _, r := range l.done {
			if err := l.write(ctx, tx, r, counts); err != nil {
				return err
			}
		}
		if len(counts) == 0 {
			return nil
		}
		public := map[string]any{"endpoint": l.id}
		for name, n := range counts {
			public[name] = n
		}
		return l.w.log(tx, l.org, "system", "webhook.sent", public)
	})
	if err != nil {
		return err
	}
	for name, n := range counts {
		l.w.Count(name, n)
	}
	for _, r := range l.done {
		delete(l.busy, r.delivery.ID)
	}
	l.done = nil
	return nil
}

// write moves one delivery to where it belongs now. One whose endpoint was
// removed is not there any more.
func (l *line) write(ctx context.Context, tx *storage.Tx, r result, counts map[string]int) error {
	at := r.delivery.at(pending, l.id)
	d, err := l.w.deliveries.Get(tx, at)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := l.w.deliveries.Delete(tx, at); err != nil {
		return err
	}
	next, in := l.w.after(d, r)
	counts[[]string{"failed", "delivered", "dead"}[in]]++
	if in == dead {
		l.w.Log.LogAttrs(ctx, slog.LevelWarn, "a notification is given up", slog.String("room", "webhook"),
			slog.String("endpoint", string(l.id)), slog.String("delivery", string(d.ID)), slog.String("code", string(next.Problem)))
	}
	return l.w.deliveries.Put(tx, storage.Subject{}, next.at(in, l.id), next)
}

// after is a delivery after an attempt, and where it stands then.
func (w *Webhooks) after(d delivery, r result) (delivery, state) {
	o := r.outcome
	d.Attempts, d.Last, d.Status, d.Problem = d.Attempts+1, r.at, o.Status, o.Problem
	switch {
	case o.ok():
		return d, delivered
	case o.Problem == badErased, d.Attempts >= w.Attempts:
		return d, dead
	}
	d.Due = r.at.Add(max(w.Backoff.after(d.Attempts, w.Roll()), min(o.Later, w.Backoff.Longest)))
	return d, pending
}

// tokens are the access tokens of the endpoint as it is now.
func (l *line) tokens(e endpoint) *bearer.Tokens {
	if e.Auth.Kind != authOAuth2 {
		return nil
	}
	l.access.Lock()
	defer l.access.Unlock()
	if as := l.access.as; l.access.held == nil || as.Credential != e.Auth.Credential || as.TokenURL != e.Auth.TokenURL || !slices.Equal(as.Scopes, e.Auth.Scopes) {
		id, word, _ := e.Auth.pair()
		l.access.as = e.Auth
		l.access.held = bearer.New(bearer.Client{
			ID: engine.Secret(id), Secret: engine.Secret(word), URL: e.Auth.TokenURL, Scopes: e.Auth.Scopes, HTTP: l.w.client,
		})
	}
	return l.access.held
}
