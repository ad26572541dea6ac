package web

import (
	"context"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"reflect"
	"time"
)

// Stream is an answer that is written as it is made: an export, a page, or
// JSON when the kind of answer is chosen at run time ([JSON]).
type Stream struct {
	ContentType string
	Filename    string // offered to the person who saves it; empty: shown, not saved
	Header      map[string]string
	Status      int // 0: the operation's Success
	// Live sends each piece as soon as it is written, and ends the context of
	// Write when the server closes.
	Live bool
	// Write writes the body. An error before the first 32 KiB becomes a
	// proper error answer; after that the connection is cut, so that nobody
	// takes half an export for a whole one.
	Write func(ctx context.Context, w io.Writer) error
}

// JSON is a Stream of one JSON value, written like every JSON answer.
func JSON(v any) *Stream {
	return &Stream{ContentType: jsonType, Write: func(_ context.Context, w io.Writer) error {
		body, err := encode(v)
		if err != nil {
			return err
		}
		_, err = w.Write(body)
		return err
	}}
}

// HandleStream mounts an operation that answers a [Stream]. P is as in
// [Handle]; a body is not read.
func HandleStream[P any](r *Router, op Operation, answer func(ctx context.Context, params P) (*Stream, error)) {
	op.withDefaults()
	t := route{op: &op, door: &door{none: true}, answer: reflect.TypeFor[Stream]()}
	mount(r, t, func(ctx context.Context, params *P) {
		c := callOf(ctx)
		s, err := answer(ctx, *params)
		if err != nil {
			c.refuse(err)
			return
		}
		c.stream(ctx, s)
	})
}

// HandleAsked mounts an operation that takes a JSON body and answers a [Stream]:
// what is asked for does not belong into an address. P and B are as in [Handle].
func HandleAsked[P, B any](r *Router, op Operation, answer func(ctx context.Context, params P, body B) (*Stream, error)) {
	op.withDefaults()
	door, err := newDoor(reflect.TypeFor[B](), op.Method)
	if err != nil {
		r.mistake(op, err)
		return
	}
	door.optional = door.optional || op.OptionalBody
	t := route{op: &op, door: door, body: reflect.TypeFor[B](), answer: reflect.TypeFor[Stream]()}
	mount(r, t, func(ctx context.Context, params *P) {
		c := callOf(ctx)
		raw, release, err := c.readBody()
		defer release()
		var body B
		if err == nil {
			err = door.decode(raw, &body)
		}
		var s *Stream
		if err == nil {
			s, err = answer(ctx, *params, body)
		}
		if err != nil {
			c.refuse(err)
			return
		}
		c.stream(ctx, s)
	})
}

func (c *call) stream(ctx context.Context, s *Stream) {
	if s.Live {
		var cancel context.CancelFunc
		ctx, cancel = c.server.open(ctx)
		defer cancel()
	}
	w := &lateWriter{c: c, s: s, patience: http.NewResponseController(c.w)}
	if s.Live {
		// The server's deadline for reading would end the context, too.
		_ = w.patience.SetReadDeadline(time.Time{})
	}
	if err := s.Write(ctx, w); err != nil {
		c.refuse(err)
		if w.begun {
			c.cut = true
			c.server.c.Log.LogAttrs(ctx, slog.LevelWarn, "stream cut off",
				slog.String("trace", c.id), slog.String("route", c.route()), slog.String("err", err.Error()))
		}
		return
	}
	if !w.begun {
		w.head()
		c.send(w.status(), s.ContentType, w.held)
	}
}

// lateWriter holds the beginning of a stream back until it is long enough to
// be worth a connection, and gives each write its own deadline.
type lateWriter struct {
	c        *call
	s        *Stream
	patience *http.ResponseController
	held     []byte
	begun    bool
}

const heldBack = 32 << 10

func (w *lateWriter) status() int {
	if w.s.Status != 0 {
		return w.s.Status
	}
	return w.c.op.Success
}

// head sets the headers of the stream.
func (w *lateWriter) head() {
	h := w.c.w.Header()
	h.Set("Content-Type", w.s.ContentType)
	for name, value := range w.s.Header {
		h.Set(name, value)
	}
	if w.s.Filename != "" {
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": w.s.Filename}))
	}
}

// Write is for the room.
func (w *lateWriter) Write(b []byte) (int, error) {
	if !w.begun && !w.s.Live && len(w.held)+len(b) <= heldBack {
		w.held = append(w.held, b...)
		return len(b), nil
	}
	// The server's own deadline is for whole answers. Where there is no
	// connection under it (tests), there is nothing to set.
	_ = w.patience.SetWriteDeadline(time.Now().Add(w.c.server.c.Timeout))
	if !w.begun {
		w.begun = true
		w.head()
		w.c.w.WriteHeader(w.status())
		if _, err := w.c.w.Write(w.held); err != nil {
			return 0, err
		}
		w.held = nil
	}
	n, err := w.c.w.Write(b)
	if w.s.Live {
		_ = w.patience.Flush() // what does not arrive shows at the next write
	}
	return n, err
}

// open is a context that ends when the server closes, too.
func (s *Server) open(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-s.closing:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
