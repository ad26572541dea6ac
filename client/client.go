package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Client asks one daemon with one API key. It is safe for use by many
// goroutines.
type Client struct {
	base  string
	key   string
	http  *http.Client
	tries int
}

// Option changes a client.
type Option func(*Client) error

// WithHTTPClient asks by an HTTP client of your own.
func WithHTTPClient(h *http.Client) Option {
	return func(c *Client) error {
		c.http = h
		return nil
	}
}

// WithAuthority trusts the certificates of one authority in PEM, such as the
// local one that the daemon made for itself, and no other.
func WithAuthority(pem []byte) Option {
	return func(c *Client) error {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return errors.New("rostod: there is no certificate in that PEM")
		}
		c.http = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}, Timeout: c.http.Timeout}
		return nil
	}
}

// WithTries is how often a request that may be repeated is sent at most; 3 when
// nothing is said.
func WithTries(n int) Option {
	return func(c *Client) error {
		if n < 1 {
			return errors.New("rostod: at least one try is needed")
		}
		c.tries = n
		return nil
	}
}

// New is a client of the daemon at an address such as http://127.0.0.1:8484. It
// sends nothing yet.
func New(address, apiKey string, options ...Option) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("rostod: the address must be like http://127.0.0.1:8484")
	}
	if apiKey == "" {
		return nil, errors.New("rostod: an API key is needed: rostod keys create")
	}
	c := &Client{base: strings.TrimSuffix(address, "/"), key: apiKey, http: &http.Client{Timeout: time.Minute}, tries: 3}
	for _, o := range options {
		if err := o(c); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// String is the address: the key is not shown.
func (c *Client) String() string { return "rostod client of " + c.base }

// GoString is String.
func (c *Client) GoString() string { return c.String() }

type idempotencyKey struct{}

// WithIdempotencyKey names the one call that is made with the context: another
// call with the same key and the same request, also after your program has
// started anew, gets the first one's answer.
func WithIdempotencyKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, idempotencyKey{}, key)
}

// repeat is what may be done about an operation that got no good answer.
type repeat int

const (
	never      repeat = iota
	free              // it changes nothing, or nothing more
	idempotent        // with an Idempotency-Key
)

// op is one operation, as it is sent.
type op struct {
	method, path string
	query        url.Values
	body         any // nil: none
	raw          []byte
	kind         string // Content-Type of raw
	header       map[string]string
	repeat       repeat
}

const (
	longestAnswer = 64 << 20
	longestWait   = 30 * time.Second
)

// do sends an operation, again where it may be, and reads the answer: JSON into
// a struct, or bytes into a *[]byte. nil: it is not looked at.
func (c *Client) do(ctx context.Context, o op, into any) error {
	if o.body != nil {
		b, err := json.Marshal(o.body)
		if err != nil {
			return fmt.Errorf("rostod: write the request: %w", err)
		}
		o.raw, o.kind = b, "application/json"
	}
	key := ""
	if o.repeat == idempotent {
		if key, _ = ctx.Value(idempotencyKey{}).(string); key == "" {
			key = rand.Text()
		}
	}
	for try := 1; ; try++ {
		answer, err := c.send(ctx, o, key)
		if err == nil {
			return read(answer, into)
		}
		wait, again := after(err, try)
		if !again || o.repeat == never || try >= c.tries {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(wait):
		}
	}
}

// send sends an operation once.
func (c *Client) send(ctx context.Context, o op, key string) ([]byte, error) {
	address := c.base + o.path
	if len(o.query) > 0 {
		address += "?" + o.query.Encode()
	}
	var body io.Reader
	if o.raw != nil {
		body = bytes.NewReader(o.raw)
	}
	r, err := http.NewRequestWithContext(ctx, o.method, address, body)
	if err != nil {
		return nil, fmt.Errorf("rostod: make the request: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+c.key)
	r.Header.Set("Accept", "application/json, */*;q=0.1")
	if o.kind != "" {
		r.Header.Set("Content-Type", o.kind)
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	for name, value := range o.header {
		r.Header.Set(name, value)
	}
	answered, err := c.http.Do(r)
	if err != nil {
		var named *url.Error // its text has the address, and with it the customer
		if errors.As(err, &named) {
			err = named.Err
		}
		return nil, fmt.Errorf("rostod: no answer: %w", err)
	}
	defer func() { _ = answered.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(answered.Body, longestAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("rostod: read the answer: %w", err)
	case len(b) > longestAnswer:
		return nil, errTooLong
	case answered.StatusCode >= 300:
		return nil, errorOf(answered, b)
	}
	return b, nil
}

var errTooLong = errors.New("rostod: the answer is longer than 64 MiB")

func read(answer []byte, into any) error {
	switch to := into.(type) {
	case nil:
		return nil
	case *[]byte:
		*to = answer
		return nil
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("rostod: the answer is not as it should be: %w", err)
	}
	return nil
}

// after is how long to wait before another try, and whether one may help.
func after(err error, try int) (time.Duration, bool) {
	wait := 100 * time.Millisecond << (try - 1)
	var e *Error
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, errTooLong):
		return 0, false
	case !errors.As(err, &e):
		return wait, true // no answer arrived
	case e.Status != http.StatusTooManyRequests && e.Status != http.StatusServiceUnavailable &&
		e.Status != http.StatusBadGateway && e.Status != http.StatusGatewayTimeout && e.Code != "idempotency/in-progress":
		return 0, false
	}
	wait = max(wait, e.RetryAfter)
	return wait, wait <= longestWait
}

// segment is an id as a part of a path.
func segment(id string) string { return url.PathEscape(id) }

func set(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}

func setInt(q url.Values, name string, value int) {
	if value != 0 {
		q.Set(name, strconv.Itoa(value))
	}
}
