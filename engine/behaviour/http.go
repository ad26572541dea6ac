package behaviour

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// longestBody is the most that a proposal may have, in bytes.
const longestBody = 8 << 20

type proposalBody struct {
	Process engine.ProcessID `json:"processId,omitzero" doc:"The process whose face it is." maxLength:"64"`
	Image   web.Base64       `json:"image,omitzero" doc:"Or a picture of it: JPEG, PNG or WebP in base64."`
	Reason  string           `json:"reason" doc:"Why the face is watched for." minLength:"1" maxLength:"256" example:"account takeover, case 118"`
	Source  string           `json:"source" doc:"Where that is known from." minLength:"1" maxLength:"128" example:"fraud desk"`
	Days    int              `json:"expiresInDays" doc:"How long it is watched for." minimum:"1" maximum:"1830" example:"365"`
}

type entryPath struct {
	ID string `path:"id" doc:"The entry, wl_…" maxLength:"64"`
}

type entryView struct {
	ID          string           `json:"id"`
	State       string           `json:"state" doc:"Only an active entry is searched for." enum:"proposed,active,expired"`
	Reason      string           `json:"reason"`
	Source      string           `json:"source"`
	Process     engine.ProcessID `json:"processId,omitzero"`
	ProposedAt  time.Time        `json:"proposedAt"`
	ProposedBy  engine.KeyID     `json:"proposedBy"`
	ConfirmedAt time.Time        `json:"confirmedAt,omitzero"`
	ConfirmedBy engine.KeyID     `json:"confirmedBy,omitzero"`
	ExpiresAt   time.Time        `json:"expiresAt"`
}

type entryList struct {
	Data []entryView `json:"data"`
}

type withdrawnAnswer struct {
	Withdrawn string `json:"withdrawn"`
}

func (b *Behaviour) routes(r *web.Router) {
	const tag, at = "Watchlist", "/api/watchlist"
	full := []*fault.Fault{storage.Full, storage.Failed}
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at, ID: "proposeForWatchlist", Tag: tag, Summary: "Propose a face for the watchlist",
		About: "It is searched for once somebody else has confirmed it. A picture is looked at and not kept.",
		Scope: engine.WriteWatchlist, Success: http.StatusCreated, MaxBody: longestBody,
		Faults: append(append(full, ErrOneFace, ErrPoorPicture, ErrNoFace), b.Refusals...),
	}, b.handlePropose)
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at + "/{id}/confirm", ID: "confirmForWatchlist", Tag: tag, Summary: "Confirm an entry of the watchlist",
		About: "It takes an API key of another holder than the one that proposed it. A key that does not say who holds it is neither.",
		Scope: engine.WriteWatchlist, Faults: append(append(full, ErrNoEntry, ErrSameKey, ErrConfirmed), room.FourEyesFaults()...),
	}, func(ctx context.Context, p entryPath, _ web.None) (entryView, error) {
		e, err := b.confirm(ctx, web.CallerOf(ctx), p.ID)
		return e.view(b.Now()), err
	})
	web.Handle(r, web.Operation{
		Method: http.MethodDelete, Path: at + "/{id}", ID: "withdrawFromWatchlist", Tag: tag, Summary: "Take an entry off the watchlist",
		About: "The key that seals it is forgotten.",
		Scope: engine.WriteWatchlist, Faults: append(full, ErrNoEntry),
	}, func(ctx context.Context, p entryPath, _ web.None) (withdrawnAnswer, error) {
		return withdrawnAnswer{p.ID}, b.withdraw(ctx, web.CallerOf(ctx), p.ID)
	})
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: at, ID: "listWatchlist", Tag: tag, Summary: "List the watchlist", Scope: engine.ViewWatchlist,
	}, b.handleList)
}

func (b *Behaviour) handlePropose(ctx context.Context, _ web.None, p proposalBody) (entryView, error) {
	if (p.Process == "") == (len(p.Image) == 0) {
		return entryView{}, ErrOneFace
	}
	e, err := b.propose(ctx, proposal{
		Caller: web.CallerOf(ctx), Process: p.Process, Picture: p.Image, Reason: p.Reason, Source: p.Source, Days: p.Days,
	})
	return e.view(b.Now()), err
}

func (b *Behaviour) handleList(ctx context.Context, _ web.None, _ web.None) (entryList, error) {
	answer, now := entryList{Data: []entryView{}}, b.Now()
	org := b.Store.Pseudonym("watchlist", string(web.CallerOf(ctx).Org))
	err := b.Store.View(ctx, func(v *storage.View) error {
		for row, err := range b.entries.Scan(v, storage.Range{Prefix: storage.Path(org)}) {
			if errors.Is(err, storage.ErrErased) {
				continue
			}
			if err != nil {
				return err
			}
			answer.Data = append(answer.Data, row.Value.view(now))
		}
		return nil
	})
	return answer, err
}

func (e entry) view(now time.Time) entryView {
	state := "proposed"
	switch {
	case !now.Before(e.Expires):
		state = "expired"
	case !e.Confirmed.IsZero():
		state = "active"
	}
	return entryView{
		ID: e.ID, State: state, Reason: e.Reason, Source: e.Source, Process: e.Process, ProposedAt: e.Proposed, ProposedBy: e.By,
		ConfirmedAt: e.Confirmed, ConfirmedBy: e.Seconder, ExpiresAt: e.Expires,
	}
}
