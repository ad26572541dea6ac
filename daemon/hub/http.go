package hub

import (
	"context"
	"io"
	"net/http"
	"strconv"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/upstream"
	"github.com/rostod/rostod/engine/upstream/batch"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

type namePath struct {
	Name string `path:"name" doc:"The branch's name." maxLength:"64"`
}

type entryPath struct {
	Name  string `path:"name" doc:"The branch's name." maxLength:"64"`
	Index int    `path:"index" doc:"The entry." minimum:"0"`
}

type branchesAnswer struct {
	Branches []View `json:"branches"`
}

type enrolBody struct {
	Name string `json:"name" maxLength:"64"`
	Key  string `json:"key" doc:"What rostod audit key prints at the branch." maxLength:"512"`
}

type restartBody struct {
	Why string `json:"why" doc:"The reason; it stays in the hub's journal." maxLength:"500"`
}

type keyAnswer struct {
	Key string `json:"key" doc:"The file for upstream.hubKeyFile at the branches."`
}

type privateAnswer struct {
	Values map[string]string `json:"values" doc:"Private values that the entry commits to."`
}

const octets = "application/octet-stream"

// Routes are what the hub answers.
func (h *Hub) Routes(r *web.Router) {
	const at, tag = "/api/hub", "Hub"
	web.HandleRaw(r, web.Operation{
		Method: http.MethodPost, Path: upstream.BatchesPath, ID: "takeBatch", Tag: tag, Public: true, Consumes: octets, Produces: []string{octets},
		Summary: "Take entries of a branch, or an alarm, and answer the receipt",
		About:   "Whoever sends it: the branch's signature is in it. A listener that asks for certificates keeps strangers away.",
		Family:  web.Identity, MaxBody: batch.Most, Repeatable: true,
		Faults: []*fault.Fault{ErrUnknownBranch, ErrMalformed, ErrNotSigned, ErrProof, ErrTooFar, ErrArchive, storage.Full, storage.Failed},
	}, func(ctx context.Context, _ web.None, body []byte) (*web.Stream, error) {
		receipt, err := h.Take(ctx, append([]byte(nil), body...))
		return bytesOf(receipt, nil, err)
	})
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: at + "/branches", ID: "listBranches", Tag: tag,
		Summary: "Every branch and how it stands", Family: web.Identity, Scope: engine.ViewStatus, Faults: []*fault.Fault{storage.Failed},
	}, func(ctx context.Context, _, _ web.None) (branchesAnswer, error) {
		list, err := h.Branches(ctx)
		return branchesAnswer{list}, err
	})
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: at + "/branches/{name}", ID: "getBranch", Tag: tag,
		Summary: "Is everything from this branch here?", Family: web.Identity, Scope: engine.ViewStatus, Faults: []*fault.Fault{ErrUnknownBranch, storage.Failed},
	}, func(ctx context.Context, p namePath, _ web.None) (View, error) { return h.Branch(ctx, p.Name) })
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at + "/branches", ID: "enrolBranch", Tag: tag, Success: http.StatusCreated,
		Summary: "Enrol a branch by its log's key", Family: web.Identity, Scope: engine.ManageKeys,
		Faults: []*fault.Fault{ErrKey, ErrName, ErrEnrolled, storage.Full, storage.Failed},
	}, func(ctx context.Context, _ web.None, b enrolBody) (View, error) {
		if err := h.Enrol(ctx, b.Name, b.Key); err != nil {
			return View{}, err
		}
		return h.Branch(ctx, b.Name)
	})
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at + "/branches/{name}/verify", ID: "verifyBranch", Tag: tag, Repeatable: true, OptionalBody: true,
		Summary: "Read all that is kept of a branch again, every signature, proof and hash",
		Family:  web.Identity, Scope: engine.ViewAudit, Faults: []*fault.Fault{ErrUnknownBranch, ErrArchive, storage.Failed},
	}, func(ctx context.Context, p namePath, _ web.None) (View, error) { return h.Verify(ctx, p.Name) })
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at + "/branches/{name}/restart", ID: "restartBranch", Tag: tag,
		Summary: "Let a branch that was named begin anew, and keep what is here of it",
		Family:  web.Identity, Scope: engine.ManageKeys, Faults: []*fault.Fault{ErrUnknownBranch, ErrSound, ErrReason, storage.Full, storage.Failed},
	}, func(ctx context.Context, p namePath, b restartBody) (View, error) {
		return h.Restart(ctx, p.Name, b.Why)
	})
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at + "/branches/{name}/entries/{index}/open", ID: "openEntry", Tag: tag, OptionalBody: true,
		Summary: "The private values of an entry that headquarters may know",
		Family:  web.Identity, Scope: engine.ManageKeys, Faults: []*fault.Fault{ErrUnknownBranch, ErrNoEntry, ErrArchive, storage.Full, storage.Failed},
	}, func(ctx context.Context, p entryPath, _ web.None) (privateAnswer, error) {
		values, err := h.Private(ctx, p.Name, uint64(p.Index))
		return privateAnswer{values}, err
	})
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: at + "/branches/{name}/entries", ID: "exportBranch", Tag: tag, Produces: []string{"application/jsonl"},
		Summary: "A branch's entries as they are, one a line", Family: web.Identity, Scope: engine.ViewAudit, Faults: []*fault.Fault{ErrUnknownBranch, ErrArchive},
	}, func(_ context.Context, p namePath) (*web.Stream, error) {
		return &web.Stream{ContentType: "application/jsonl", Filename: "entries.jsonl", Write: func(ctx context.Context, w io.Writer) error { return h.Export(ctx, p.Name, w) }}, nil
	})
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: at + "/branches/{name}/erasures", ID: "listBranchErasures", Tag: tag, Produces: []string{octets},
		Summary: "Every erasure of a branch, proved: what it must repeat when an older copy was put back there",
		Family:  web.Identity, Scope: engine.ViewAudit, Faults: []*fault.Fault{ErrUnknownBranch, ErrArchive, storage.Failed},
	}, func(ctx context.Context, p namePath) (*web.Stream, error) {
		list, err := h.Erasures(ctx, p.Name)
		return bytesOf(list, nil, err)
	})
	web.HandleRaw(r, web.Operation{
		Method: http.MethodPost, Path: at + "/parcels", ID: "takeParcel", Tag: tag, Consumes: octets, Produces: []string{octets},
		Summary: "Take a parcel from a medium, and answer the receipt", Family: web.Identity, Scope: engine.ManageKeys, MaxBody: batch.MostParcel, Repeatable: true,
		Faults: []*fault.Fault{ErrUnknownBranch, ErrMalformed, ErrNotSigned, ErrProof, ErrTooFar, ErrArchive, storage.Full, storage.Failed},
	}, func(ctx context.Context, _ web.None, body []byte) (*web.Stream, error) {
		c, err := h.CarryIn(ctx, append([]byte(nil), body...))
		return bytesOf(c.Receipt, map[string]string{
			"X-Branch": c.Branch.Name, "X-Parcel": strconv.FormatUint(c.Parcel.Number, 10), "X-Entries": strconv.FormatUint(c.Branch.Size, 10),
			"X-Again": strconv.FormatBool(c.Again), "X-Standing": string(c.Branch.Standing),
		}, err)
	})
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: at + "/key", ID: "getHubKey", Tag: tag,
		Summary: "What branches must know of this hub", Family: web.Identity, Scope: engine.ViewStatus,
	}, func(context.Context, web.None, web.None) (keyAnswer, error) { return keyAnswer{h.Key()}, nil })
}

func bytesOf(b []byte, header map[string]string, err error) (*web.Stream, error) {
	if err != nil {
		return nil, err
	}
	return &web.Stream{ContentType: octets, Header: header, Write: func(_ context.Context, w io.Writer) error {
		_, err := w.Write(b)
		return err
	}}, nil
}
