package web

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
)

// admit stands before an operation: who asks, how often, may they, and is the
// address one that can be understood. In that order, so that a stranger
// learns nothing but that a key is needed.
func (s *Server) admit(op *Operation) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		c := callOf(ctx.Context())
		c.op, c.family = op, op.Family
		c.share(op)
		query, f := c.query()
		if f == nil {
			f = c.identify()
		}
		if f == nil {
			f = c.parametersOf(query, ctx.Operation().Parameters)
		}
		if f != nil {
			c.refuse(f)
			return
		}
		next(ctx)
	}
}

// identify finds the caller, and what it may do. It answers an error of the
// key store as it is.
func (c *call) identify() error {
	switch {
	case c.op.Public:
		return nil
	case c.family == ByClient:
		return c.identifyByClient()
	}
	secret, f := bearerOf(c.r.Header)
	if f != nil {
		return c.stranger(f)
	}
	authenticate := c.server.c.Authenticate
	if c.family == Hosted && c.server.c.Hosted != nil {
		authenticate = c.server.c.Hosted
	}
	caller, err := authenticate(c.r.Context(), secret)
	if err != nil {
		if f := fault.Of(err); f != nil && f.Kind == fault.Unauthenticated {
			return c.stranger(err)
		}
		return err
	}
	c.caller = caller
	count := c.count
	if c.family == Hosted {
		count = c.countByClient
	}
	if f := count(); f != nil {
		return f
	}
	if c.op.Scope != "" && !caller.May(c.op.Scope) {
		return missingScope(c.op.Scope)
	}
	return nil
}

func missingScope(s engine.Scope) *fault.Fault {
	f := *errScope
	f.Message = "missing scope: " + string(s)
	f.Hint = fmt.Sprintf("Use a key with the scope %s, or create one: rostod keys create --scopes %[1]s.", s)
	return &f
}

// bearerOf reads the key from the one place where it may stand.
func bearerOf(h http.Header) (string, *fault.Fault) {
	values := h.Values("Authorization")
	if len(values) == 0 {
		return "", errBearerMissing
	}
	scheme, secret, _ := strings.Cut(values[0], " ")
	secret = strings.Trim(secret, " ")
	if len(values) > 1 || !strings.EqualFold(scheme, "Bearer") || secret == "" || len(secret) > 512 ||
		strings.ContainsFunc(secret, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", errBearerMalformed
	}
	return secret, nil
}

// stranger counts a failed key against its address. A valid key is not held
// up by others behind the same address: guessing one of 2^256 is hopeless
// anyway, the limit only keeps a broken client from filling log and store.
func (c *call) stranger(err error) error {
	limit := c.server.c.Limits["auth"]
	if limit == 0 {
		return err
	}
	v := c.server.failed.take(addressOf(c.r.RemoteAddr), limit, time.Minute, c.start)
	if v.ok {
		return err
	}
	c.over = &exceeded{bucket: "auth", limit: limit}
	return errRateFailed.After(v.retry)
}

// addressOf is the part of an address that one host cannot change at will.
func addressOf(remote string) limitKey {
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return limitKey{} // a socket of this machine
	}
	addr := ap.Addr().Unmap().WithZone("")
	if addr.Is6() {
		p, _ := addr.Prefix(64)
		addr = p.Addr()
	}
	return limitKey{who: addr.String()}
}

// count takes the request from the key's bucket and writes the headers of it.
func (c *call) count() error {
	limit, named := c.server.c.Limits[c.op.Bucket]
	if !named {
		limit = c.server.c.Limits[c.op.rate()]
	}
	if limit == 0 {
		return nil
	}
	v := c.server.limits.take(limitKey{string(c.caller.Key), c.op.Bucket}, limit, time.Minute, c.start)
	h := c.w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(v.remaining))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(v.reset, 10))
	if v.ok {
		return nil
	}
	c.server.metrics.limited.WithLabelValues(c.op.Bucket).Inc()
	c.over = &exceeded{bucket: c.op.Bucket, limit: limit}
	return errRate.After(v.retry)
}

// query reads the part of the address after the question mark.
func (c *call) query() (url.Values, error) {
	if c.r.URL.RawQuery == "" {
		return nil, nil
	}
	query, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return nil, errQuery // the error itself repeats what was sent
	}
	for name := range query {
		switch strings.ToLower(name) {
		case "access_token", "api_key", "apikey", "token", "bearer", "authorization":
			return nil, errBearerInQuery
		}
	}
	return query, nil
}

// parametersOf refuses parameters that the operation does not know, since a
// misspelt filter that is ignored answers far too much; repeated ones; and
// those that are not text, which nothing behind this could write as JSON.
func (c *call) parametersOf(query url.Values, known []*huma.Param) error {
	if !printable(c.r.URL.Path) {
		return errNotText
	}
	var names []string
	for _, p := range known {
		switch p.In {
		case "query":
			names = append(names, p.Name)
		case "header":
			if !printable(c.r.Header.Get(p.Name)) {
				return errNotText.Field(p.Name, errNotText.Title)
			}
		}
	}
	for name, values := range query {
		switch {
		case !slices.Contains(names, name) && c.family == ByClient: // passed over, as members are
		case !slices.Contains(names, name):
			return unknown(errUnknownParameter, names)
		case len(values) > 1:
			return errRepeatedParameter.Field(name, "Send it once.")
		case !printable(values[0]):
			return errNotText.Field(name, errNotText.Title)
		}
	}
	return nil
}

// unknown is f with the names that would have been understood.
func unknown(f *fault.Fault, names []string) *fault.Fault {
	c := *f
	c.Hint = "It knows none."
	if len(names) > 0 {
		c.Hint = "It knows: " + strings.Join(names, ", ") + "."
	}
	return &c
}
