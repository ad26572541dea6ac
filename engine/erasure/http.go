package erasure

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

type eraseBody struct {
	Customer engine.CustomerID `json:"customerId" doc:"Your own name for the customer." minLength:"1" maxLength:"256" example:"cus_1"`
	Reason   string            `json:"reason" doc:"Why, in words. It is forgotten with the customer." minLength:"1" maxLength:"256"`
	Basis    string            `json:"legalBasis" doc:"The law or rule, for the journal and the certificate. No personal data." minLength:"1" maxLength:"128" example:"LGPD Art. 18 VI"`
}

type erasurePath struct {
	ID ID `path:"id" doc:"The erasure, era_…" maxLength:"64"`
}

type erasureView struct {
	ID          ID           `json:"id"`
	State       state        `json:"state" doc:"requested: the key of another holder must confirm; running: nothing can be read any more, what is left is being removed; proved, done: there is a certificate; kept: as done, and evidence stays until its day; cancelled." enum:"requested,running,proved,done,kept,cancelled"`
	LegalBasis  string       `json:"legalBasis"`
	RequestedBy engine.KeyID `json:"requestedBy"`
	RequestedAt time.Time    `json:"requestedAt"`
	OtherKey    engine.KeyID `json:"otherKey,omitzero" doc:"That confirmed or cancelled it."`
	ErasedAt    time.Time    `json:"erasedAt,omitzero"`
	Journal     uint64       `json:"journal,omitzero" doc:"The entry person.erased."`
	WaitsFor    string       `json:"waitsFor,omitzero" doc:"The code of what keeps it from its end; it goes on by itself."`
	Proof       uint64       `json:"proofEntry,omitzero" doc:"The entry erasure.completed, which the certificate proves."`
	Covered     *coverage    `json:"covered,omitzero"`
	Certificate string       `json:"certificate,omitzero" doc:"The receipt of the entry, with the customer's id: a file for rostod-verify. It is answered this once and then forgotten; give it to the customer."`
}

type listAnswer struct {
	Data []erasureView `json:"data"`
}

func (e *Erasures) routes(r *web.Router) {
	const at, one, tag = "/api/erasures", "/api/erasures/{id}", "Erasures"
	faults := []*fault.Fault{ErrPending, held(), storage.Full, storage.Failed}
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at, ID: "eraseCustomer", Tag: tag, Success: http.StatusCreated,
		Summary: "Erase a customer everywhere",
		About:   "Faces, captures, index, rows of imports, and the evidence that no law keeps. Where the policy asks for four eyes it is only requested, and an API key of another holder must confirm it. The answer has the certificate.",
		Family:  web.Identity, Scope: engine.EraseCustomers, Faults: append([]*fault.Fault{ErrNothing, room.ErrNoHolder}, faults...),
	}, func(ctx context.Context, _ web.None, b eraseBody) (erasureView, error) {
		r, err := e.begin(ctx, wish{Caller: web.CallerOf(ctx), Customer: b.Customer, Reason: b.Reason, Basis: b.Basis})
		return e.carriedOut(ctx, r, err)
	})
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: one + "/confirm", ID: "confirmErasure", Tag: tag,
		Summary: "Say yes to an erasure that another holder has requested",
		Family:  web.Identity, Scope: engine.EraseCustomers, OptionalBody: true, Faults: append(append(room.FourEyesFaults(), ErrNone, ErrNotRequested, ErrSameKey), faults...),
	}, func(ctx context.Context, p erasurePath, _ web.None) (erasureView, error) {
		r, err := e.confirm(ctx, web.CallerOf(ctx), p.ID)
		return e.carriedOut(ctx, r, err)
	})
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: one + "/cancel", ID: "cancelErasure", Tag: tag, Summary: "Take back an erasure that nobody has confirmed",
		Family: web.Identity, Scope: engine.EraseCustomers, OptionalBody: true, Faults: []*fault.Fault{ErrNone, ErrNotRequested, storage.Full, storage.Failed},
	}, func(ctx context.Context, p erasurePath, _ web.None) (erasureView, error) {
		r, err := e.cancel(ctx, web.CallerOf(ctx), p.ID)
		return r.view(), err
	})
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: at, ID: "listErasures", Tag: tag, Summary: "List your org's erasures, newest first; they name nobody",
		Family: web.Identity, Scope: engine.ViewRetention,
	}, e.handleList)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: one, ID: "getErasure", Tag: tag, Summary: "Read where an erasure stands",
		Family: web.Identity, Scope: engine.ViewRetention, Faults: []*fault.Fault{ErrNone},
	}, func(ctx context.Context, p erasurePath, _ web.None) (erasureView, error) {
		r, err := e.recall(ctx, web.CallerOf(ctx).Org, p.ID)
		return r.view(), err
	})
	web.HandleRaw(r, web.Operation{
		Method: http.MethodPost, Path: at + "/repeat", ID: "repeatErasures", Tag: tag, Consumes: "application/octet-stream", Produces: []string{"application/json"},
		Summary: "Erase those again who were erased after a copy of the data was made that was put back",
		About:   "The body is a certificate, or headquarters' list (rostod hub erasures). Whoever it proves to have been erased and whose key is here is erased once more; the same file twice changes nothing.",
		Family:  web.Identity, Scope: engine.EraseCustomers, MaxBody: mostProofs, Repeatable: true,
		Faults: []*fault.Fault{ErrNotHere, ErrCertificate, ErrForeign, ErrNoErasure, ErrNoKeys, storage.Full, storage.Failed},
	}, e.handleRepeat)
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: one + "/certificate", ID: "getErasureCertificate", Tag: tag, Produces: []string{"text/plain"},
		Summary: "The proof that an erasure is in the journal, with what it covered",
		About:   "A file (c2sp.org/tlog-proof) for rostod-verify. It names nobody: the name was in the answer to the erasure, once.",
		Family:  web.Identity, Scope: engine.ViewRetention, Faults: []*fault.Fault{ErrNone, ErrNotDone, storage.Full, storage.Failed},
	}, e.handleCertificate)
}

// held stands for the refusal of a hold in the document.
func held() *fault.Fault {
	return &fault.Fault{
		Kind: fault.Conflict, Code: "hold/held", Title: "A legal hold stops this: what it covers must not be deleted.",
		Hint: "GET /api/holds says which, why and until when. Release it first, if the law lets you.",
	}
}

// carriedOut finishes an erasure whose keys are forgotten and answers it. From
// there on no error is the caller's: the person is erased, and the rest goes on
// by itself.
func (e *Erasures) carriedOut(ctx context.Context, r erasure, err error) (erasureView, error) {
	if err != nil || r.State != running {
		return r.view(), err
	}
	e.reached("shredded")
	ended, receipt, err := e.finish(ctx, r.Org, r.ID)
	if err != nil {
		e.Log.LogAttrs(ctx, slog.LevelError, "an erasure goes on in the background",
			slog.String("erasure", string(r.ID)), slog.String("trace", web.RequestID(ctx)), slog.String("err", err.Error()))
		return r.view(), nil
	}
	v := ended.view()
	v.Certificate = string(receipt)
	return v, nil
}

func (e *Erasures) handleList(ctx context.Context, _, _ web.None) (listAnswer, error) {
	answer := listAnswer{Data: []erasureView{}}
	err := e.Store.View(ctx, func(v *storage.View) error {
		list, err := e.all(v, e.owned(web.CallerOf(ctx).Org), func(erasure) bool { return true })
		for _, r := range slices.Backward(list) {
			answer.Data = append(answer.Data, r.view())
		}
		return err
	})
	return answer, err
}

func (e *Erasures) handleCertificate(ctx context.Context, p erasurePath) (*web.Stream, error) {
	r, err := e.recall(ctx, web.CallerOf(ctx).Org, p.ID)
	if err != nil {
		return nil, err
	}
	if r.Covered == nil {
		return nil, ErrNotDone
	}
	proof, err := e.Journal.Proof(ctx, web.CallerOf(ctx), r.Proved)
	if err != nil {
		return nil, err
	}
	return &web.Stream{ContentType: "text/plain; charset=utf-8", Filename: string(r.ID) + ".tlog-proof", Write: func(_ context.Context, w io.Writer) error {
		_, err := io.Copy(w, bytes.NewReader(proof))
		return err
	}}, nil
}

// mostProofs is how long a list of erasures may be: some ten thousand.
const mostProofs = 16 << 20

func (e *Erasures) handleRepeat(ctx context.Context, _ web.None, body []byte) (*web.Stream, error) {
	by := web.CallerOf(ctx)
	if by.Key != engine.Operator {
		return nil, ErrNotHere // the erasures are those of every org
	}
	out, err := e.Repeat(ctx, by, bytes.Clone(body))
	if err != nil {
		return nil, err
	}
	return web.JSON(out), nil
}

func (r erasure) view() erasureView {
	return erasureView{
		ID: r.ID, State: r.State, LegalBasis: r.Basis, RequestedBy: r.By, RequestedAt: r.Requested, OtherKey: r.Other,
		ErasedAt: r.Erased, Journal: r.Entry, WaitsFor: r.Waits, Proof: r.Proved, Covered: r.Covered,
	}
}

// OnWithdrawal erases a customer, or requests it, because a consent was
// withdrawn.
func (e *Erasures) OnWithdrawal(ctx context.Context, by engine.Caller, customer engine.CustomerID, basis string) (engine.Erasure, error) {
	r, err := e.begin(ctx, wish{Caller: by, Customer: customer, Reason: "withdrawal of consent", Basis: basis, Withdrawal: true})
	if err != nil {
		return engine.Erasure{}, err
	}
	v, err := e.carriedOut(ctx, r, nil)
	return engine.Erasure{ID: string(v.ID), State: string(v.State), Certificate: v.Certificate}, err
}
