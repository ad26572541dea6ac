package web

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
)

// Handler serves every operation that is mounted by now.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

// serve is what happens around every request, matched or not.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	c := &call{
		server: s,
		w:      &response{ResponseWriter: w, head: r.Method == http.MethodHead},
		id:     s.requestID(r),
		start:  s.c.Now(),
		method: knownMethod(r.Method),
		family: familyOf(r.URL.Path),
	}
	c.r = prepared(context.WithValue(r.Context(), callKey{}, c), r)
	secure(w.Header())
	w.Header().Set("X-Request-Id", c.id)
	s.metrics.flying.Inc()
	defer c.end()
	s.gin.ServeHTTP(c.w, c.r)
}

// prepared is the request as the routes see it: HEAD is a GET whose body is
// not sent, a slash at the end makes no difference, and a plus in a path is a
// plus (gin unescapes parameters of an escaped path as if they were a query).
func prepared(ctx context.Context, r *http.Request) *http.Request {
	r = r.WithContext(ctx)
	if r.Method == http.MethodHead {
		r.Method = http.MethodGet
	}
	if r.URL.RawPath != "" || len(r.URL.Path) > 1 && strings.HasSuffix(r.URL.Path, "/") {
		u := *r.URL
		u.Path = "/" + strings.TrimSuffix(strings.TrimPrefix(u.Path, "/"), "/")
		u.RawPath = strings.ReplaceAll(strings.TrimSuffix(u.RawPath, "/"), "+", "%2B")
		r.URL = &u
	}
	return r
}

// end recovers a panic, and leaves one log line and the metrics.
func (c *call) end() {
	s := c.server
	s.metrics.flying.Dec()
	broken := recover()
	if err, ok := broken.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		broken, c.cut = nil, true
	}
	if broken != nil {
		s.metrics.panics.Inc()
		s.c.Log.Error("panic while answering", "trace", c.id, "route", c.route(),
			"panic", panicText(broken), "stack", string(debug.Stack()))
		if c.w.status == 0 {
			c.answer(errInternal)
		} else {
			c.cut = true
		}
	}
	took := s.c.Now().Sub(c.start)
	s.metrics.answered(c, took)
	s.c.Log.LogAttrs(c.r.Context(), slog.LevelInfo, "request",
		slog.String("method", c.method), slog.String("route", c.route()), slog.Int("status", c.w.status),
		slog.String("code", c.code), slog.Float64("took_ms", float64(took.Microseconds())/1000),
		slog.String("trace", c.id), slog.String("key", string(c.caller.Key)), slog.Int64("bytes", c.w.bytes))
	if c.cut {
		// The answer had begun: cutting the connection is the only way to
		// say that it is not complete.
		panic(http.ErrAbortHandler)
	}
}

// route is the path as it was registered, never as it was sent.
func (c *call) route() string {
	if c.op == nil {
		return "unmatched"
	}
	return c.op.Path
}

// panicText says what broke. Values that rooms panicked with may hold what
// was sent, so only the runtime's own texts are kept.
func panicText(v any) string {
	switch v := v.(type) {
	case runtime.Error:
		return v.Error()
	case error:
		return "an error of a type that is not logged"
	default:
		return "a value that is not logged"
	}
}

// secure forbids every use of an answer in a browser but reading it.
func secure(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// requestID is the caller's X-Request-Id, else the trace of its W3C
// traceparent, else a new one.
func (s *Server) requestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); safeID(id) {
		return id
	}
	if id, ok := traceOf(r.Header.Get("Traceparent")); ok {
		return id
	}
	var b [16]byte
	if _, err := io.ReadFull(s.c.Random, b[:]); err != nil {
		return "unnumbered" // a request is worth more than its number
	}
	return hex.EncodeToString(b[:])
}

// safeID says whether an id may be logged and sent back: 1 to 64 letters,
// digits, and - _ . :
func safeID(id string) bool {
	for i := range len(id) {
		switch b := id[i]; {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9':
		case b == '-', b == '_', b == '.', b == ':':
		default:
			return false
		}
	}
	return 0 < len(id) && len(id) <= 64
}

// traceOf is the trace-id of a W3C traceparent, version 00 or later:
// https://www.w3.org/TR/trace-context/#traceparent-header
func traceOf(parent string) (string, bool) {
	parts := strings.Split(parent, "-")
	if len(parts) < 4 || len(parts[0]) != 2 || len(parts[1]) != 32 || parts[0] == "ff" {
		return "", false
	}
	trace := parts[1]
	for i := range len(trace) {
		if b := trace[i]; !('0' <= b && b <= '9' || 'a' <= b && b <= 'f') {
			return "", false
		}
	}
	return trace, trace != strings.Repeat("0", 32)
}

// knownMethod keeps made-up methods out of logs and metric labels.
func knownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodOptions, http.MethodTrace, http.MethodConnect:
		return m
	default:
		return "other"
	}
}
