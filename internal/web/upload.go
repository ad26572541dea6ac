package web

import (
	"context"
	"io"
	"net/http"
	"reflect"
	"time"
)

// patience is how long an upload may bring nothing.
const patience = 20 * time.Second

// HandleUpload mounts an operation that takes a body of any length up to
// op.MaxBody, of the media type in op.Consumes, as it arrives. It may take as
// long as something comes. Errors of the reader are for the caller to return.
func HandleUpload[P, A any](r *Router, op Operation, answer func(ctx context.Context, params P, body io.Reader) (A, error)) {
	op.withDefaults()
	t := route{op: &op, door: &door{none: true}, answer: reflect.TypeFor[A]()}
	mount(r, t, func(ctx context.Context, params *P) {
		c := callOf(ctx)
		if f := c.content(); f != nil {
			c.refuse(f)
			return
		}
		if c.r.ContentLength > c.op.MaxBody {
			c.refuse(tooLarge(c.op.MaxBody))
			return
		}
		given, err := answer(ctx, *params, &upload{c, http.MaxBytesReader(c.w, c.r.Body, c.op.MaxBody), http.NewResponseController(c.w)})
		if err != nil {
			c.refuse(err)
			return
		}
		c.reply(given)
	})
}

// upload reads a body and gives each piece its own deadline.
type upload struct {
	c    *call
	body io.Reader
	wait *http.ResponseController
}

// Read is for the room.
func (u *upload) Read(b []byte) (int, error) {
	now := time.Now()
	// The server's own deadlines are for short requests. Where there is no
	// connection under it (tests), there is nothing to set.
	_ = u.wait.SetReadDeadline(now.Add(patience))
	_ = u.wait.SetWriteDeadline(now.Add(patience + u.c.server.c.Timeout))
	n, err := u.body.Read(b)
	if err != nil && err != io.EOF { //nolint:errorlint // a reader's end is this very value
		err = bodyFault(err, u.c.op.MaxBody)
	}
	return n, err
}
