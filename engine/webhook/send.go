package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/bearer"
	"github.com/rostod/rostod/storage"
)

// problem is why an attempt failed, in one word: the text of an error may hold
// an address with a word in it, or what the other side wrote.
type problem string

// The problems.
const (
	badStatus      problem = "status" // the status says which
	badTime        problem = "timeout"
	badAddress     problem = "address-not-allowed"
	badCertificate problem = "certificate"
	badName        problem = "name-not-resolved"
	badConnection  problem = "connection"
	badToken       problem = "no-access-token"
	badErased      problem = "erased"  // the person was: there is nothing to tell any more
	badAge         problem = "expired" // it has waited for as long as deliveries are kept
)

// mostRead is how much of an answer is read, in bytes, so that its connection
// can be used again. What it says is nothing to rostod.
const mostRead = 16 << 10

// outcome is what came of one attempt.
type outcome struct {
	Status  int
	Problem problem // empty: it was taken
	// Later is what the other side asked for, in Retry-After.
	Later time.Duration
}

func (o outcome) ok() bool { return o.Problem == "" }

// sick says whether an outcome says something of the endpoint, and not of the
// one event.
func (o outcome) sick() bool {
	switch {
	case o.ok(), o.Problem == badErased:
		return false
	case o.Problem != badStatus:
		return true
	}
	switch o.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusRequestTimeout, http.StatusGone, http.StatusTooManyRequests:
		return true
	}
	return o.Status >= 500 || o.Status < 400
}

// envelope is the body of the step-up contract.
type envelope struct {
	ID       EventID          `json:"id"`
	Event    engine.EventName `json:"event"`
	Occurred time.Time        `json:"occurredAt"`
	Org      engine.OrgID     `json:"orgId"`
	Data     any              `json:"data"`
}

// body is what a delivery says, from the journal; none when its person was
// erased.
func (w *Webhooks) body(ctx context.Context, d delivery) (body []byte, err error) {
	err = w.view(ctx, func(v *storage.View) error {
		leaves, err := v.Leaves(d.Entry, 1)
		if err != nil || len(leaves) == 0 {
			return errors.Join(err, errMissing(len(leaves)))
		}
		events, err := w.events(v, leaves[0])
		if err != nil || d.Part >= len(events) {
			return err
		}
		e := events[d.Part]
		if e.Bare {
			body, err = json.Marshal(e.Data, json.Deterministic(true))
			return err
		}
		body, err = json.Marshal(envelope{d.Event, e.Name, leaves[0].Time, engine.OrgID(leaves[0].Org), e.Data}, json.Deterministic(true))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("make the body of a notification: %w", err)
	}
	return body, nil
}

func errMissing(n int) error {
	if n == 0 {
		return storage.ErrNotFound
	}
	return nil
}

// attempt sends one delivery once. An error is a part of rostod that does not
// work: the delivery is as it was.
func (l *line) attempt(ctx context.Context, e endpoint, d delivery) (outcome, error) {
	body, err := l.w.body(ctx, d)
	if err != nil {
		return outcome{}, err
	}
	if body == nil {
		return outcome{Problem: badErased}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, l.w.Timeout)
	defer cancel()
	m := message{event: d.Event, delivery: d.ID, name: d.Name, attempt: d.Attempts + 1, body: body, at: l.w.Now()}
	tokens := l.tokens(e)
	o, used := l.post(ctx, e, m, tokens)
	if o.Status == http.StatusUnauthorized && used != "" {
		tokens.Drop(ctx, used)
		o, _ = l.post(ctx, e, m, tokens)
	}
	return o, nil
}

// post sends a message and reads what status it got. No redirect is followed.
func (l *line) post(ctx context.Context, e endpoint, m message, tokens *bearer.Tokens) (o outcome, used engine.Secret) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(m.body))
	if err != nil {
		return outcome{Problem: badAddress}, ""
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "rostod")
	if used, err = e.Auth.show(ctx, r.Header, tokens); err != nil {
		return outcome{Problem: badToken}, ""
	}
	m.sign(r.Header, e.words(m.at))
	answered, err := l.w.client.Do(r)
	if err != nil {
		return outcome{Problem: problemOf(err)}, used
	}
	defer answered.Body.Close()
	// It answered: what follows the status decides nothing.
	_, _ = io.Copy(io.Discard, io.LimitReader(answered.Body, mostRead))
	o = outcome{Status: answered.StatusCode}
	if o.Status < 200 || o.Status > 299 {
		o.Problem, o.Later = badStatus, retryAfter(answered.Header.Get("Retry-After"))
	}
	return o, used
}

// retryAfter reads the delay in seconds (RFC 9110, 10.2.3); a date is not read.
func retryAfter(text string) time.Duration {
	n, err := strconv.ParseUint(text, 10, 24)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}

// problemOf is an error in one word.
func problemOf(err error) problem {
	var certificate *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var name *net.DNSError
	var network net.Error
	switch {
	case errors.Is(err, errRefusedAddress):
		return badAddress
	case errors.As(err, &certificate), errors.As(err, &unknown):
		return badCertificate
	case errors.As(err, &name):
		return badName
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return badTime
	default:
		return badConnection
	}
}
