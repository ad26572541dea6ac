package ring

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

type segmentQuery struct {
	Segment engine.SegmentID `query:"segment" doc:"The segment; the key's own when left out." maxLength:"64"`
}

type ringPath struct {
	ID      engine.RingID    `path:"id" doc:"The ring, ring_…" maxLength:"64"`
	Segment engine.SegmentID `query:"segment" doc:"The segment; the key's own when left out." maxLength:"64"`
}

type accountsBody struct {
	Segment  engine.SegmentID    `json:"segment,omitzero" doc:"The segment; the key's own when left out." maxLength:"64"`
	Accounts []engine.CustomerID `json:"accounts" doc:"clientReferences." minItems:"1" maxItems:"32" minLength:"1" maxLength:"256"`
}

type apartBody struct {
	Segment  engine.SegmentID  `json:"segment,omitzero" doc:"The segment; the key's own when left out." maxLength:"64"`
	Account  engine.CustomerID `json:"account" doc:"It leaves the ring, if it is in one with the other." minLength:"1" maxLength:"256"`
	From     engine.CustomerID `json:"from" doc:"The account that is another person's." minLength:"1" maxLength:"256"`
	Withdraw bool              `json:"withdraw,omitzero" doc:"Take the declaration back."`
}

type ringView struct {
	ID        engine.RingID       `json:"id,omitzero" doc:"Absent when the accounts are in no ring any more."`
	Accounts  []engine.CustomerID `json:"accounts" doc:"clientReferences."`
	Erased    int                 `json:"erased,omitzero" doc:"Accounts whose evidence was erased."`
	CreatedAt time.Time           `json:"createdAt,omitzero"`
	ChangedAt time.Time           `json:"changedAt,omitzero"`
}

type ringList struct {
	Data []ringView `json:"data"`
}

type apartAnswer struct {
	Apart bool `json:"apart"`
}

func (r *Rings) routes(to *web.Router) {
	const tag, at = "Rings", "/api/rings"
	change := []*fault.Fault{ErrNoAccount, ErrApart, ErrFull, storage.Full, storage.Failed}
	web.Handle(to, web.Operation{
		Method: http.MethodGet, Path: at, ID: "listRings", Tag: tag, Summary: "List the rings of a segment", Scope: engine.ViewRings,
	}, r.list)
	web.Handle(to, web.Operation{
		Method: http.MethodGet, Path: at + "/{id}", ID: "getRing", Tag: tag, Summary: "Read a ring", Scope: engine.ViewRings, Faults: []*fault.Fault{ErrNone},
	}, r.one)
	web.Handle(to, web.Operation{
		Method: http.MethodPost, Path: at + "/merge", ID: "mergeRings", Tag: tag, Summary: "Say that accounts are one person's",
		About: "They, and the rings they are in, become one ring.", Scope: engine.WriteRings, Faults: change,
	}, r.merge)
	web.Handle(to, web.Operation{
		Method: http.MethodPost, Path: at + "/split", ID: "splitRing", Tag: tag, Summary: "Take accounts out of their rings",
		About: "More than one become a ring of their own. A later process may find them together again; what sticks is apart.",
		Scope: engine.WriteRings, Faults: change,
	}, r.split)
	web.Handle(to, web.Operation{
		Method: http.MethodPost, Path: at + "/apart", ID: "setApart", Tag: tag, Summary: "Say that two accounts are not the same person's",
		About: "It sticks: they are never in one ring, and a face of one is no duplicate of the other.", Scope: engine.WriteRings, Faults: change,
	}, r.setApart)
}

// asked is the base of a request.
func asked(ctx context.Context, segment engine.SegmentID) engine.Base {
	by := web.CallerOf(ctx)
	if segment == "" {
		segment = by.Segment
	}
	return engine.Base{Org: by.Org, Segment: segment}
}

func (r *Rings) list(ctx context.Context, q segmentQuery, _ web.None) (ringList, error) {
	answer, b := ringList{Data: []ringView{}}, asked(ctx, q.Segment)
	err := r.Store.View(ctx, func(v *storage.View) error {
		for row, err := range r.rings.Scan(v, storage.Range{Prefix: storage.Path(r.base(b))}) {
			if err != nil {
				return err
			}
			view, err := r.view(v, b, row.Value)
			if err != nil {
				return err
			}
			answer.Data = append(answer.Data, view)
		}
		return nil
	})
	return answer, err
}

func (r *Rings) one(ctx context.Context, p ringPath, _ web.None) (view ringView, err error) {
	b := asked(ctx, p.Segment)
	err = r.Store.View(ctx, func(v *storage.View) error {
		one, err := r.rings.Get(v, r.ringAt(b, p.ID))
		if errors.Is(err, storage.ErrNotFound) {
			return ErrNone
		}
		if err == nil {
			view, err = r.view(v, b, one)
		}
		return err
	})
	return view, err
}

// view is a ring with its accounts by name.
func (r *Rings) view(from storage.Reader, b engine.Base, one ring) (ringView, error) {
	view := ringView{ID: one.ID, Accounts: []engine.CustomerID{}, CreatedAt: one.Created, ChangedAt: one.Changed}
	for _, p := range one.People {
		m, err := r.members.Get(from, r.memberAt(b, p))
		switch {
		case errors.Is(err, storage.ErrErased), errors.Is(err, storage.ErrNotFound):
			view.Erased++
		case err != nil:
			return view, fmt.Errorf("read an account's ring: %w", err)
		default:
			view.Accounts = append(view.Accounts, m.Reference)
		}
	}
	slices.Sort(view.Accounts)
	return view, nil
}

func (r *Rings) merge(ctx context.Context, _ web.None, body accountsBody) (ringView, error) {
	return r.change(ctx, "ring.merged", body, func(tx *storage.Tx, b engine.Base, accounts []engine.Account) (one ring, err error) {
		for _, a := range accounts[1:] {
			if one, err = r.join(tx, b, accounts[0], a); err != nil {
				return one, err
			}
		}
		return one, nil
	})
}

func (r *Rings) split(ctx context.Context, _ web.None, body accountsBody) (ringView, error) {
	return r.change(ctx, "ring.split", body, r.leave)
}

// change changes rings by accounts that a person has named.
func (r *Rings) change(ctx context.Context, kind string, body accountsBody, do func(*storage.Tx, engine.Base, []engine.Account) (ring, error)) (view ringView, err error) {
	b := asked(ctx, body.Segment)
	_, err = r.Store.Commit(ctx, func(tx *storage.Tx) error {
		accounts, err := r.known(tx, b, body.Accounts)
		if err != nil {
			return err
		}
		one, err := do(tx, b, accounts)
		if err != nil {
			return err
		}
		if view, err = r.view(tx, b, one); err != nil {
			return err
		}
		return r.log(ctx, tx, kind, b, map[string]any{"ring": one.ID, "accounts": len(accounts)})
	})
	return view, err
}

func (r *Rings) setApart(ctx context.Context, _ web.None, body apartBody) (apartAnswer, error) {
	b := asked(ctx, body.Segment)
	if body.Account == body.From {
		return apartAnswer{}, web.ErrInvalid.Field("from", "must be another account")
	}
	_, err := r.Store.Commit(ctx, func(tx *storage.Tx) error {
		two, err := r.known(tx, b, []engine.CustomerID{body.Account, body.From})
		if err != nil {
			return err
		}
		at := r.apartAt(b, two[0].Person, two[1].Person)
		if body.Withdraw {
			return errors.Join(r.aparts.Delete(tx, at), r.log(ctx, tx, "ring.apart-withdrawn", b, map[string]any{}))
		}
		mine, err1 := r.ringOf(tx, b, two[0].Person)
		other, err2 := r.ringOf(tx, b, two[1].Person)
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		if mine.ID != "" && mine.ID == other.ID {
			if _, err := r.leave(tx, b, two[:1]); err != nil {
				return err
			}
		}
		said := apart{By: web.CallerOf(ctx).Key, At: tx.Now().UTC().Truncate(time.Millisecond)}
		if err := r.aparts.Put(tx, storage.Subject{}, at, said); err != nil {
			return err
		}
		return r.log(ctx, tx, "ring.apart", b, map[string]any{"ring": mine.ID})
	})
	return apartAnswer{Apart: !body.Withdraw}, err
}

// known are accounts by their references: each has a face or a ring here.
func (r *Rings) known(from storage.Reader, b engine.Base, references []engine.CustomerID) ([]engine.Account, error) {
	var list []engine.Account
	for _, ref := range references {
		a := engine.Account{Person: r.Gallery.Person(b.Org, ref), Reference: ref}
		_, err := r.members.Get(from, r.memberAt(b, a.Person))
		if errors.Is(err, storage.ErrNotFound) {
			faces, err := r.Gallery.Reference(from, b.Org, ref)
			if err != nil {
				return nil, err
			}
			if len(faces.Templates) == 0 {
				return nil, ErrNoAccount
			}
		} else if err != nil && !errors.Is(err, storage.ErrErased) {
			return nil, fmt.Errorf("read an account's ring: %w", err)
		}
		list = append(list, a)
	}
	return list, nil
}

func (r *Rings) log(ctx context.Context, tx *storage.Tx, kind string, b engine.Base, public map[string]any) error {
	entry, err := tx.Log(storage.Entry{Kind: kind, Org: string(b.Org), Actor: string(web.CallerOf(ctx).Key), Public: public})
	web.Entered(ctx, entry)
	return err
}
