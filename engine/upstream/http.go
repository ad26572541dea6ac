package upstream

import (
	"context"
	"io"
	"net/http"
	"strconv"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

type parcelQuery struct {
	After int `query:"after" doc:"Entries that are on the medium already." minimum:"0"`
}

const octets = "application/octet-stream"

func (u *Upstream) routes(r *web.Router) {
	const at, tag = "/api/upstream", "Upstream"
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: at, ID: "getUpstream", Tag: tag,
		Summary: "What headquarters has not received yet",
		Family:  web.Identity, Scope: engine.ViewStatus, Faults: []*fault.Fault{storage.Failed},
	}, func(ctx context.Context, _, _ web.None) (Status, error) { return u.Status(ctx) })
	web.HandleStream(r, web.Operation{
		Method: http.MethodPost, Path: at + "/parcels", ID: "makeParcel", Tag: tag, Produces: []string{octets},
		Summary: "Pack what is unsent for a medium",
		About:   "One parcel of at most 40 MiB: signed, sealed to headquarters, numbered. Ask again, with the end of the last one, until there is nothing left.",
		Family:  web.Identity, Scope: engine.ViewAudit, Faults: []*fault.Fault{ErrOff, ErrNothing, ErrNotSound, ErrNotHere, storage.Failed},
	}, u.handleParcel)
	web.HandleRaw(r, web.Operation{
		Method: http.MethodPost, Path: at + "/receipts", ID: "takeReceipt", Tag: tag, Consumes: octets, Produces: []string{"application/json"},
		Summary: "Take headquarters' receipt of a parcel",
		Family:  web.Identity, Scope: engine.ViewAudit, MaxBody: 64 << 10, Faults: []*fault.Fault{ErrOff, ErrReceipt, ErrForeign, ErrNotHere, storage.Failed},
	}, u.handleReceipt)
}

func (u *Upstream) handleParcel(ctx context.Context, q parcelQuery) (*web.Stream, error) {
	if web.CallerOf(ctx).Key != engine.Operator {
		return nil, ErrNotHere
	}
	p, file, err := u.parcel(ctx, uint64(q.After))
	if err != nil {
		return nil, err
	}
	return &web.Stream{
		ContentType: octets, Filename: p.File(), Header: map[string]string{"X-Entries-To": strconv.FormatUint(p.To, 10)},
		Write: func(_ context.Context, w io.Writer) error {
			_, err := w.Write(file)
			return err
		},
	}, nil
}

func (u *Upstream) handleReceipt(ctx context.Context, _ web.None, body []byte) (*web.Stream, error) {
	if web.CallerOf(ctx).Key != engine.Operator {
		return nil, ErrNotHere
	}
	s, err := u.returned(ctx, append([]byte(nil), body...))
	if err != nil {
		return nil, err
	}
	return web.JSON(s), nil
}
