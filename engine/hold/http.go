package hold

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

type recordBody struct {
	Kind engine.DataKind `json:"kind" doc:"What sort of record." enum:"captures,templates,documents,attempts,processes"`
	ID   string          `json:"id" doc:"As the lists have it." minLength:"1" maxLength:"64"`
}

type holdBody struct {
	Customer engine.CustomerID `json:"customerId,omitzero" doc:"Your own name for the customer: everything about them is held." maxLength:"256"`
	Record   *recordBody       `json:"record,omitzero" doc:"One record, instead of a customer."`
	Reason   string            `json:"reason" doc:"Why, in words for the evidence; the number of a case is best." minLength:"1" maxLength:"256"`
	Until    time.Time         `json:"until,omitzero" doc:"When it ends by itself, RFC 3339; when left out, not before it is released."`
}

type restrictionBody struct {
	Customer engine.CustomerID `json:"customerId" doc:"Your own name for the customer." minLength:"1" maxLength:"256"`
	Reason   string            `json:"reason" doc:"Why, in words for the evidence." minLength:"1" maxLength:"256"`
}

type listQuery struct {
	All bool `query:"all" doc:"Those that have ended, too."`
}

type barPath struct {
	ID ID `path:"id" doc:"The hold or restriction." maxLength:"64"`
}

type barView struct {
	ID         ID                `json:"id"`
	CustomerID engine.CustomerID `json:"customerId"`
	Record     *recordBody       `json:"record,omitzero"`
	Reason     string            `json:"reason"`
	By         engine.KeyID      `json:"by"`
	Since      time.Time         `json:"since"`
	Until      time.Time         `json:"until,omitzero"`
	ReleasedAt time.Time         `json:"releasedAt,omitzero"`
	ReleasedBy engine.KeyID      `json:"releasedBy,omitzero"`
	Stands     bool              `json:"stands" doc:"Whether it stops anything now."`
}

type listAnswer struct {
	Data []barView `json:"data"`
}

func (h *Holds) routes(r *web.Router) {
	full := []*fault.Fault{storage.Full, storage.Failed}
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: "/api/holds", ID: "createHold", Tag: "Holds", Success: http.StatusCreated,
		Summary: "Put a legal hold on a customer or a record",
		About:   "While it stands nothing that it covers is deleted: not by the daily work, not by an erasure, not by the removal of faces.",
		Family:  web.Identity, Scope: engine.WriteHolds, Faults: append(full, ErrAbout, ErrPast, ErrNoRecord),
	}, h.handleHold)
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: "/api/restrictions", ID: "createRestriction", Tag: "Holds", Success: http.StatusCreated,
		Summary: "Freeze a customer: keep the data, and do not process it",
		About:   "Step-ups, enrolments, processes and challenges of the customer answer hold/restricted until it is released.",
		Family:  web.Identity, Scope: engine.WriteHolds, Faults: full,
	}, func(ctx context.Context, _ web.None, b restrictionBody) (barView, error) {
		return h.create(ctx, Bar{What: aRestriction, Customer: b.Customer, Reason: b.Reason}, "rest", "restriction.put")
	})
	for what, path := range map[string]string{aHold: "/api/holds", aRestriction: "/api/restrictions"} {
		id := map[string]string{aHold: "Hold", aRestriction: "Restriction"}[what]
		web.Handle(r, web.Operation{
			Method: http.MethodGet, Path: path, ID: "list" + id + "s", Tag: "Holds", Summary: "List the org's " + what + "s",
			Family: web.Identity, Scope: engine.ViewRetention,
		}, func(ctx context.Context, q listQuery, _ web.None) (listAnswer, error) {
			answer := listAnswer{Data: []barView{}}
			list, err := h.list(ctx, web.CallerOf(ctx).Org, what, q.All)
			for _, b := range list {
				answer.Data = append(answer.Data, h.view(b))
			}
			return answer, err
		})
		web.Handle(r, web.Operation{
			Method: http.MethodPost, Path: path + "/{id}/release", ID: "release" + id, Tag: "Holds", Summary: "End a " + what,
			Family: web.Identity, Scope: engine.WriteHolds, Faults: append(full, ErrNone, ErrReleased),
		}, func(ctx context.Context, p barPath, _ web.None) (barView, error) { return h.release(ctx, p.ID, what) })
	}
}

func (h *Holds) handleHold(ctx context.Context, _ web.None, b holdBody) (barView, error) {
	bar := Bar{What: aHold, Customer: b.Customer, Reason: b.Reason, Until: b.Until.UTC()}
	switch {
	case (b.Customer == "") == (b.Record == nil):
		return barView{}, ErrAbout
	case !b.Until.IsZero() && !b.Until.After(h.Now()):
		return barView{}, ErrPast.Field("until", ErrPast.Title)
	case b.Record != nil:
		k, err := h.find(ctx, web.CallerOf(ctx).Org, *b.Record)
		if err != nil {
			return barView{}, err
		}
		bar.Customer, bar.Kind, bar.Record = k.Customer, k.Kind, k.ID
	}
	return h.create(ctx, bar, "hold", "hold.put")
}

// find is the record that is to be held, and whose it is.
func (h *Holds) find(ctx context.Context, org engine.OrgID, b recordBody) (k engine.Kept, err error) {
	err = h.Store.View(ctx, func(v *storage.View) error {
		for _, holding := range h.Holdings() {
			if holding.Kind != b.Kind || holding.Find == nil {
				continue
			}
			k, err = holding.Find(v, org, b.ID)
			if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrErased) {
				continue
			}
			return err
		}
		return ErrNoRecord
	})
	return k, err
}

// create writes a new bar of the caller's org.
func (h *Holds) create(ctx context.Context, b Bar, prefix, kind string) (barView, error) {
	caller := web.CallerOf(ctx)
	_, err := h.Store.Commit(ctx, func(tx *storage.Tx) (err error) {
		b.Org, b.By, b.Since = caller.Org, caller.Key, tx.Now().Truncate(time.Millisecond)
		if b.ID, err = engine.NewID[ID](prefix, tx.Now(), h.Random); err != nil {
			return err
		}
		return h.put(tx, b, kind)
	})
	if err != nil {
		return barView{}, fmt.Errorf("put a %s: %w", b.What, err)
	}
	return h.view(b), nil
}

// release ends a bar.
func (h *Holds) release(ctx context.Context, id ID, what string) (barView, error) {
	caller, owner := web.CallerOf(ctx), h.orgAt(web.CallerOf(ctx).Org)
	var found Bar
	_, err := h.Store.Commit(ctx, func(tx *storage.Tx) error {
		for b, err := range h.bars(tx, storage.Key(owner[:])) {
			if err != nil {
				return err
			}
			if b.ID != id || b.What != what {
				continue
			}
			if !b.Released.IsZero() {
				return ErrReleased
			}
			b.Released, b.Releaser = tx.Now().Truncate(time.Millisecond), caller.Key
			found = b
			return h.put(tx, found, what+".released")
		}
		return ErrNone
	})
	if err != nil {
		return barView{}, fmt.Errorf("release a %s: %w", what, err)
	}
	return h.view(found), nil
}

func (h *Holds) view(b Bar) barView {
	v := barView{
		ID: b.ID, CustomerID: b.Customer, Reason: b.Reason, By: b.By, Since: b.Since, Until: b.Until,
		ReleasedAt: b.Released, ReleasedBy: b.Releaser, Stands: b.stands(h.Now()),
	}
	if b.Record != "" {
		v.Record = &recordBody{b.Kind, b.Record}
	}
	return v
}
