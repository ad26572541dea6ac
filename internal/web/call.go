package web

import (
	"context"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
)

// call is one request on its way through the edge.
type call struct {
	server *Server
	w      *response
	r      *http.Request
	id     string // of the request: safe to log
	start  time.Time
	method string // as it was sent, or "other"
	op     *Operation
	family Family
	caller engine.Caller
	code   string    // of the fault that was answered, for the log
	over   *exceeded // the rate limit that was exceeded
	key    keyed     // its Idempotency-Key, if it has one
	entry  *uint64   // of the journal, that says what was decided
	cut    bool      // the answer began and cannot be finished
}

type callKey struct{}

// callOf finds the call of a request's context. Every request that gin sees
// has one: [Server.Handler] puts it there.
func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// CallerOf is who asks: the API key of the request. It is empty in public
// operations.
func CallerOf(ctx context.Context) engine.Caller {
	if c := callOf(ctx); c != nil {
		return c.caller
	}
	return engine.Caller{}
}

// RequestID is the id of the request, under which its log line and its errors
// are found; empty outside of one.
func RequestID(ctx context.Context) string {
	if c := callOf(ctx); c != nil {
		return c.id
	}
	return ""
}

// entryHeader names the entry of the journal that a decision left, where the
// contract of its answer has no member for it.
const entryHeader = "Rostod-Journal-Entry"

// Entered says that what is answered left an entry of the journal, whose receipt
// the caller may ask for. The last one counts, and only when nothing is refused.
func Entered(ctx context.Context, entry uint64) {
	if c := callOf(ctx); c != nil {
		c.entry = &entry
	}
}

// AddressOf is where the request came from; not valid when that is no network.
func AddressOf(ctx context.Context) netip.Addr {
	c := callOf(ctx)
	if c == nil {
		return netip.Addr{}
	}
	at, err := netip.ParseAddrPort(c.r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap().WithZone("")
}

// deadline bounds how long a room may take.
func (c *call) deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, c.server.c.Timeout)
}

const jsonType = "application/json; charset=utf-8"

// encode is how every answer is written: maps in order, so that an answer
// that is stored and one that is sent are the same bytes.
func encode(v any) ([]byte, error) { return json.Marshal(v, json.Deterministic(true)) }

// reply sends a room's answer, or the bytes that it has stored for it.
func (c *call) reply(answer any) {
	if c.entry != nil {
		c.w.Header().Set(entryHeader, strconv.FormatUint(*c.entry, 10))
	}
	if c.key.pending != nil {
		c.send(c.op.Success, jsonType, c.key.pending)
		return
	}
	if _, none := answer.(None); none {
		c.send(c.op.Success, "", nil)
		return
	}
	body, err := encode(answer)
	if err != nil {
		c.refuse(err)
		return
	}
	c.send(c.op.Success, jsonType, body)
}

// send writes a whole answer.
func (c *call) send(status int, contentType string, body []byte) {
	h := c.w.Header()
	if contentType != "" {
		h.Set("Content-Type", contentType)
	}
	if status != http.StatusNoContent {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	c.w.WriteHeader(status)
	// The caller may have gone: there is nobody left to tell.
	_, _ = c.w.Write(body)
}

// response counts what is sent, sends the status once, and keeps the body of
// a HEAD to itself.
type response struct {
	http.ResponseWriter
	head   bool
	status int
	bytes  int64
}

// WriteHeader sends the first status; later ones are gin tidying up.
func (w *response) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Write sends the body, or drops that of a HEAD.
func (w *response) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.head || len(b) == 0 {
		return len(b), nil
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }
