package web

import (
	"context"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/rostod/rostod/internal/fault"
)

// HandleRaw mounts an operation that takes a body which is not JSON, of the
// one media type in op.Consumes, and answers a [Stream]. P is as in [Handle].
// The body is not to be kept: it is the next request's.
func HandleRaw[P any](r *Router, op Operation, answer func(ctx context.Context, params P, body []byte) (*Stream, error)) {
	op.withDefaults()
	t := route{op: &op, door: &door{none: true}, answer: reflect.TypeFor[Stream]()}
	mount(r, t, func(ctx context.Context, params *P) {
		c := callOf(ctx)
		ctx, cancel := c.deadline(ctx)
		defer cancel()
		raw, release, err := c.readBody()
		defer release()
		var s *Stream
		if err == nil {
			s, err = answer(ctx, *params, raw)
		}
		if err != nil {
			c.refuse(err)
			return
		}
		c.stream(ctx, s)
	})
}

// TokenOf is the bearer token of a public operation that asks for one of its
// own in place of an API key. What it is worth is the room's to say.
func TokenOf(ctx context.Context) (string, error) {
	c := callOf(ctx)
	if c == nil || len(c.r.Header.Values("Authorization")) == 0 {
		return "", errTokenMissing
	}
	secret, f := bearerOf(c.r.Header)
	if f != nil {
		return "", f
	}
	return secret, nil
}

// consumed refuses a body of another media type than the operation takes.
func (c *call) consumed() *fault.Fault {
	if e := c.r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return errContentEncoding
	}
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err == nil && kind == c.op.Consumes {
		return nil
	}
	f := *errMediaType
	f.Hint = "Send Content-Type: " + c.op.Consumes + "."
	c.w.Header().Set("Accept-Post", c.op.Consumes)
	return &f
}

// exposed are the headers of an answer that a page of another origin may read.
const exposed = "Location, ETag, Retry-After, X-Request-Id"

// share lets pages of the origins that are allowed read the answers of an
// operation that is made for pages.
// https://fetch.spec.whatwg.org/#http-cors-protocol
func (c *call) share(op *Operation) bool {
	origin := c.r.Header.Get("Origin")
	if !op.CrossOrigin || !slices.Contains(c.server.c.Origins, origin) {
		return false
	}
	h := c.w.Header()
	h.Add("Vary", "Origin")
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", exposed)
	return true
}

// preflight answers a browser that asks whether a page may use an operation.
// It says whether that was the question.
func (c *call) preflight() bool {
	if c.method != http.MethodOptions || c.r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	for _, t := range c.server.router.routes {
		if !along(t.op.Path, c.r.URL.Path) || !c.share(t.op) {
			continue
		}
		h := c.w.Header()
		h.Set("Access-Control-Allow-Methods", "GET, POST, PATCH, DELETE")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match")
		h.Set("Access-Control-Max-Age", "600")
		if t.op.Consumes != "" {
			h.Set("Accept-Post", t.op.Consumes)
		}
		c.op = t.op
		c.send(http.StatusNoContent, "", nil)
		return true
	}
	return false
}

// along says whether an address is one of a path with parameters.
func along(path, address string) bool {
	a, b := strings.Split(path, "/"), strings.Split(address, "/")
	return slices.EqualFunc(a, b, func(x, y string) bool { return x == y || strings.HasPrefix(x, "{") && y != "" })
}
