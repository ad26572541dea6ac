package web

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/rostod/rostod/internal/fault"
)

// readBody reads the whole body, at most the operation's bytes. The caller
// releases it when nothing points into it any more.
func (c *call) readBody() (body []byte, release func(), err error) {
	release = func() {}
	if c.r.Body == nil || c.r.Body == http.NoBody || c.r.Method == http.MethodGet {
		return nil, release, nil
	}
	if f := c.content(); f != nil {
		return nil, release, f
	}
	if c.r.ContentLength > c.op.MaxBody {
		return nil, release, tooLarge(c.op.MaxBody)
	}
	buf, _ := c.server.bodies.Get().(*bytes.Buffer)
	if buf == nil {
		buf = new(bytes.Buffer)
	}
	release = func() {
		buf.Reset()
		c.server.bodies.Put(buf)
	}
	if c.r.ContentLength > 0 {
		buf.Grow(int(c.r.ContentLength) + bytes.MinRead)
	}
	if _, err := buf.ReadFrom(http.MaxBytesReader(c.w, c.r.Body, c.op.MaxBody)); err != nil {
		return nil, release, bodyFault(err, c.op.MaxBody)
	}
	return buf.Bytes(), release, nil
}

// bodyFault says why a body could not be read.
func bodyFault(err error, most int64) error {
	var large *http.MaxBytesError
	var network net.Error
	switch {
	case errors.As(err, &large):
		return tooLarge(most)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return errBodyTooSlow
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errBodyBroken
	default:
		return fault.Because(errBodyBroken, err)
	}
}

func tooLarge(most int64) *fault.Fault {
	f := *errBodyTooLarge
	f.Hint = "Send at most " + size(most) + "."
	return &f
}

// content refuses bodies of another kind than the operation takes.
func (c *call) content() *fault.Fault {
	if c.op.Consumes != "" {
		return c.consumed()
	}
	return contentOf(c.r.Header)
}

// contentOf refuses bodies that are declared to be something else than JSON.
// A body without a declaration is taken at its word.
func contentOf(h http.Header) *fault.Fault {
	if e := h.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return errContentEncoding
	}
	declared := h.Get("Content-Type")
	if declared == "" || declared == "application/json" {
		return nil
	}
	kind, params, err := mime.ParseMediaType(declared)
	if err != nil || (kind != "application/json" && !strings.HasSuffix(kind, "+json")) {
		return errContentType
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") && !strings.EqualFold(charset, "utf8") {
		return errContentType
	}
	return nil
}
