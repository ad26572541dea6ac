package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/rostod/rostod/internal/fault"
)

// Problem is an error as RFC 9457 writes it, with what a program and a
// person need beside it.
type Problem struct {
	Type    string              `json:"type" doc:"Where this daemon explains the error, relative to its own address." example:"/problems/request/invalid"`
	Title   string              `json:"title" doc:"What is wrong, in one sentence."`
	Status  int                 `json:"status" doc:"The HTTP status."`
	Code    string              `json:"code" doc:"A stable name of the error." example:"request/invalid"`
	Hint    string              `json:"hint,omitzero" doc:"What to do next."`
	TraceID string              `json:"traceId" doc:"The request's id, also in X-Request-Id. The operator's log has it."`
	Fields  map[string][]string `json:"fields,omitzero" doc:"For each member or parameter at fault, what it must be."`
	Bucket  string              `json:"bucket,omitzero" doc:"The rate limit that was exceeded."`
	Limit   int                 `json:"limit,omitzero" doc:"Requests per minute that it allows."`
}

// IdentityError is a [Problem] in the form of the step-up contract.
type IdentityError struct {
	Error   string   `json:"error" doc:"What is wrong, in the words of the contract." example:"validation failed"`
	Details *Details `json:"details,omitzero"`
	Problem
}

// Details is what an [IdentityError] says beyond its sentence.
type Details struct {
	FieldErrors       map[string][]string `json:"fieldErrors,omitzero" doc:"For each member or parameter at fault, what it must be."`
	RetryAfterSeconds int64               `json:"retryAfterSeconds,omitzero" doc:"When to try again, as in Retry-After."`
	Hint              string              `json:"hint,omitzero" doc:"What to do next."`
}

// refuse answers an error: its fault, or that it is our own mistake.
func (c *call) refuse(err error) { c.answer(c.face(err)) }

// answer sends a fault, unless an answer has begun.
func (c *call) answer(f *fault.Fault) {
	c.code = f.Code
	if c.w.status != 0 {
		return // too late to say it; the log has it
	}
	status, contentType, body := c.problem(f)
	c.send(status, contentType, body)
}

// face finds what may be said of an error, and logs those that the operator
// must hear of, once, with the whole chain.
func (c *call) face(err error) *fault.Fault {
	f := fault.Of(err)
	ctx := c.r.Context()
	switch {
	case f != nil:
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		f = errGone
	case errors.Is(err, context.DeadlineExceeded):
		f = errTimeout.After(time.Second)
	default:
		f = errInternal
	}
	if f.Kind.Status() >= 500 && f != errGone {
		c.server.c.Log.LogAttrs(ctx, slog.LevelError, "request failed",
			slog.String("trace", c.id), slog.String("route", c.route()), slog.String("err", err.Error()))
	}
	return f
}

// problem writes a fault in the family of the operation, with its headers.
func (c *call) problem(f *fault.Fault) (status int, contentType string, body []byte) {
	f = spoken(c.family, f)
	p := c.asProblem(f)
	status = p.Status
	if c.over != nil {
		p.Bucket, p.Limit = c.over.bucket, c.over.limit
	}
	h := c.w.Header()
	seconds := int64((f.RetryAfter + time.Second - 1) / time.Second)
	if seconds > 0 {
		h.Set("Retry-After", strconv.FormatInt(seconds, 10))
	}
	switch {
	case status == http.StatusUnauthorized && f.Code == errBearerMissing.Code:
		h.Set("WWW-Authenticate", `Bearer realm="rostod"`)
	case status == http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="rostod", error="invalid_token"`)
	case f.Code == errBodyTooSlow.Code || f.Code == errBodyBroken.Code || status == http.StatusRequestEntityTooLarge:
		h.Set("Connection", "close") // what is left of the body is not waited for
	}
	switch c.family {
	case Identity:
		return status, jsonType, mustEncode(IdentityError{Error: sentence(f), Details: details(f, seconds), Problem: p})
	case ByClient:
		return status, jsonType, mustEncode(ByClientError{Numbered{f.Number, f.Message}})
	case OAuth:
		return status, jsonType, mustEncode(oauthError(f))
	case Hosted:
		return status, jsonType, mustEncode(hostedError(f))
	default:
		return status, "application/problem+json", mustEncode(p)
	}
}

func (c *call) asProblem(f *fault.Fault) Problem {
	return Problem{
		Type: "/problems/" + f.Code, Title: f.Title, Status: statusOf(f), Code: f.Code, Hint: f.Hint,
		TraceID: c.id, Fields: f.Fields,
	}
}

// Refuse answers an operation of our own family with a fault and the members
// that extend makes of its problem: RFC 9457, section 3.2.
func Refuse(ctx context.Context, f *fault.Fault, extend func(Problem) any) *Stream {
	c := callOf(ctx)
	c.code = f.Code
	p := c.asProblem(f)
	s := JSON(extend(p))
	s.ContentType, s.Status = "application/problem+json", p.Status
	return s
}

// mustEncode is for our own plain structs of strings and numbers, which
// cannot fail to be JSON: our texts are UTF-8, and a test writes them all.
func mustEncode(v any) []byte {
	b, err := encode(v)
	if err != nil {
		return []byte(`{"error":"internal error","code":"internal/error","status":500}`)
	}
	return b
}

// statusOf is the status of a fault. One is finer than its kind.
func statusOf(f *fault.Fault) int {
	if f.Code == errBodyTooSlow.Code {
		return http.StatusRequestTimeout
	}
	return f.Kind.Status()
}

// sentence is the "error" member: the contract's string where it fixes one.
func sentence(f *fault.Fault) string {
	switch {
	case f.Message != "":
		return f.Message
	case f.Kind == fault.Unauthenticated:
		return "missing or invalid Bearer"
	case f.Kind == fault.Invalid && len(f.Fields) > 0:
		return "validation failed"
	default:
		return f.Title
	}
}

func details(f *fault.Fault, seconds int64) *Details {
	if len(f.Fields) == 0 && seconds == 0 && f.Hint == "" {
		return nil
	}
	return &Details{FieldErrors: f.Fields, RetryAfterSeconds: seconds, Hint: f.Hint}
}

// notAllowed answers 405. gin has set Allow; where GET is, HEAD is too.
func (c *call) notAllowed() {
	h := c.w.Header()
	if allow := h.Get("Allow"); allow != "" {
		h.Set("Allow", withHead(allow))
	}
	c.refuse(errNoMethod)
}
