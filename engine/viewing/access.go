package viewing

import (
	"context"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// handleAccess tells everything that is held about a customer, when it is
// written down who asked. Of one who is not known there is nothing to look at.
func (w *Viewings) handleAccess(ctx context.Context, q accessQuery) (*web.Stream, error) {
	caller, customer := web.CallerOf(ctx), engine.CustomerID(q.Customer)
	var known bool
	err := w.Store.View(ctx, func(v *storage.View) (err error) {
		known, err = w.Known(v, caller.Org, customer)
		return err
	})
	if err == nil && known {
		err = w.Note(ctx, engine.Viewing{By: caller, Customer: customer, What: "subject-access", Reason: q.Reason})
	}
	if err != nil {
		return nil, err
	}
	return &web.Stream{ContentType: "application/json; charset=utf-8", Filename: "subject-access.json", Write: func(ctx context.Context, to io.Writer) error {
		return w.Store.View(ctx, func(v *storage.View) error { return w.told(ctx, v, to, caller.Org, customer) })
	}}, nil
}

// told writes the document as it is read, from one snapshot.
func (w *Viewings) told(ctx context.Context, v *storage.View, to io.Writer, org engine.OrgID, customer engine.CustomerID) error {
	out := &document{to: jsontext.NewEncoder(to)}
	out.token(jsontext.BeginObject)
	out.member("customerId", string(customer))
	out.member("org", string(org))
	out.member("at", w.Now().UTC())
	out.token(jsontext.String("held"))
	out.token(jsontext.BeginObject)
	for _, h := range w.Holdings() {
		if h.Tell == nil {
			continue
		}
		out.token(jsontext.String(h.Name))
		out.token(jsontext.BeginArray)
		for one, err := range h.Tell(v, org, customer) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return fmt.Errorf("tell what is held as %s: %w", h.Name, err)
			}
			out.value(one)
		}
		out.token(jsontext.EndArray)
	}
	out.token(jsontext.EndObject)
	out.token(jsontext.EndObject)
	return out.err
}

// document writes JSON piece by piece, and remembers the first error.
type document struct {
	to  *jsontext.Encoder
	err error
}

func (d *document) token(t jsontext.Token) {
	if d.err == nil {
		d.err = d.to.WriteToken(t)
	}
}

func (d *document) value(v any) {
	if d.err == nil {
		d.err = json.MarshalEncode(d.to, v, json.Deterministic(true))
	}
}

func (d *document) member(name string, v any) {
	d.token(jsontext.String(name))
	d.value(v)
}
