package kiosk

import (
	"context"
	"net/http"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

type devicePath struct {
	Device engine.DeviceID `path:"device" doc:"Your own name for the kiosk." maxLength:"128"`
}

type setBody struct {
	Lag       *float64    `json:"lagMs,omitzero" doc:"From a colour on the screen to its light in a frame, milliseconds. What the kiosk has taught is forgotten." minimum:"0" maximum:"1000" example:"120"`
	LagSpread *float64    `json:"lagSpread,omitzero" doc:"Standard deviation of the lag, milliseconds; 12 when left out." minimum:"1" maximum:"200"`
	Response  *float64    `json:"response,omitzero" doc:"Median response to the colours." minimum:"0" maximum:"10"`
	Sessions  *int        `json:"sessions,omitzero" doc:"How many measurements are behind the figures; 20 when left out." minimum:"1" maximum:"10000"`
	Screen    *screenView `json:"screen,omitzero" doc:"The screen as it was measured."`
}

type screenView struct {
	DiagonalInch float64 `json:"diagonalInch" doc:"Diagonal of the visible area." minimum:"3" maximum:"120" example:"24"`
	Nits         float64 `json:"nits" doc:"Luminance of full white, cd/m²." minimum:"10" maximum:"5000" example:"250"`
}

type kioskView struct {
	Device     engine.DeviceID `json:"device"`
	LagMs      float64         `json:"lagMs"`
	LagSpread  float64         `json:"lagSpread"`
	Response   float64         `json:"response"`
	Sessions   int             `json:"sessions" doc:"Accepted captures, or measurements, behind the figures; at most the newest 200 captures count."`
	Calibrated bool            `json:"calibrated" doc:"Whether the figures were set, and not yet taken over by captures."`
	DriftMs    float64         `json:"driftMs" doc:"How far the newest captures lie from lagMs, which follows by at most 20 ms a day."`
	Screen     *screenView     `json:"screen,omitzero"`
	UpdatedAt  time.Time       `json:"updatedAt"`
}

type kioskAnswer struct {
	Kiosk kioskView `json:"kiosk"`
}

type kiosksAnswer struct {
	Data []kioskView `json:"data"`
}

type forgottenAnswer struct {
	Forgotten bool `json:"forgotten" doc:"Always true: nothing is known of the kiosk any more."`
}

func (k *Kiosk) routes(r *web.Router) {
	const all, one, tag = "/api/identity/kiosks", "/api/identity/kiosks/{device}", "Kiosks"
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: all, ID: "listKiosks", Tag: tag,
		Summary: "List the kiosks that have taught something, or were calibrated",
		Family:  web.Identity, Scope: engine.ViewSettings,
	}, k.handleList)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: one, ID: "getKiosk", Tag: tag,
		Summary: "Read what is known of a kiosk", Family: web.Identity, Scope: engine.ViewSettings,
		Faults: []*fault.Fault{ErrUnknown},
	}, k.handleShow)
	web.Handle(r, web.Operation{
		Method: http.MethodPut, Path: one, ID: "putKiosk", Tag: tag,
		Summary: "Calibrate a kiosk",
		About:   "Set what was measured at it. The figures hold until 20 captures have been accepted there; from then on those do.",
		Family:  web.Identity, Scope: engine.WriteSettings, Faults: []*fault.Fault{ErrNothing, storage.Full, storage.Failed},
	}, k.handleSet)
	web.Handle(r, web.Operation{
		Method: http.MethodDelete, Path: one, ID: "resetKiosk", Tag: tag,
		Summary: "Forget what a kiosk has taught",
		About:   "After its screen or camera was exchanged.",
		Family:  web.Identity, Scope: engine.WriteSettings, Faults: []*fault.Fault{ErrUnknown, storage.Full, storage.Failed},
	}, k.handleReset)
}

func (k *Kiosk) handleList(ctx context.Context, _, _ web.None) (kiosksAnswer, error) {
	answer := kiosksAnswer{Data: []kioskView{}}
	err := k.Store.View(ctx, func(v *storage.View) error {
		owner := k.owner(web.CallerOf(ctx).Org)
		for row, err := range k.table.Scan(v, storage.Range{Prefix: storage.Path(owner)}) {
			if err != nil {
				return err
			}
			answer.Data = append(answer.Data, row.Value.view())
		}
		return nil
	})
	return answer, err
}

func (k *Kiosk) handleShow(ctx context.Context, p devicePath, _ web.None) (kioskAnswer, error) {
	var h history
	err := k.Store.View(ctx, func(v *storage.View) error {
		known, ok, err := k.history(v, web.CallerOf(ctx).Org, p.Device)
		if err == nil && !ok {
			return ErrUnknown
		}
		h = known
		return err
	})
	return kioskAnswer{h.view()}, err
}

func (k *Kiosk) handleSet(ctx context.Context, p devicePath, b setBody) (kioskAnswer, error) {
	if b.Lag == nil && b.Screen == nil {
		if b.Response != nil || b.LagSpread != nil || b.Sessions != nil {
			return kioskAnswer{}, ErrNothing.Field("lagMs", "is needed beside the other figures")
		}
		return kioskAnswer{}, ErrNothing
	}
	caller := web.CallerOf(ctx)
	var h history
	_, err := k.Store.Commit(ctx, func(tx *storage.Tx) (err error) {
		if h, _, err = k.history(tx, caller.Org, p.Device); err != nil {
			return err
		}
		h = b.on(h, p.Device, tx.Now())
		if err := k.table.Put(tx, storage.Subject{}, k.place(caller.Org, p.Device), h); err != nil {
			return err
		}
		return k.log(tx, caller, "kiosk.set", p.Device, map[string]any{"set": b})
	})
	return kioskAnswer{h.view()}, err
}

// on is the history with what the body sets. A new lag begins a new history:
// what was taught before was of another screen or camera.
func (b setBody) on(h history, device engine.DeviceID, now time.Time) history {
	h.Device, h.Updated = device, now
	if b.Screen != nil {
		h.Screen = Screen(*b.Screen)
	}
	if b.Lag == nil {
		return h
	}
	const usualSpread = 12 // milliseconds: a frame at 30 a second is 33 long
	set := &baseline{Lag: *b.Lag, LagSpread: usualSpread, Sessions: leastSessions}
	if b.LagSpread != nil {
		set.LagSpread = *b.LagSpread
	}
	if b.Response != nil {
		set.Response = *b.Response
	}
	if b.Sessions != nil {
		set.Sessions = *b.Sessions
	}
	h.Sessions, h.Set, h.Lag, h.Moved, h.Beyond = nil, set, set.Lag, now, 0
	return h
}

func (k *Kiosk) handleReset(ctx context.Context, p devicePath, _ web.None) (forgottenAnswer, error) {
	caller := web.CallerOf(ctx)
	_, err := k.Store.Commit(ctx, func(tx *storage.Tx) error {
		h, ok, err := k.history(tx, caller.Org, p.Device)
		if err != nil {
			return err
		}
		if !ok {
			return ErrUnknown
		}
		if err := k.table.Delete(tx, k.place(caller.Org, p.Device)); err != nil {
			return err
		}
		return k.log(tx, caller, "kiosk.reset", p.Device, map[string]any{"sessions": len(h.Sessions)})
	})
	return forgottenAnswer{err == nil}, err
}

// log says who changed what is known of a kiosk. Its name is not in the open:
// it can point at a person.
func (k *Kiosk) log(tx *storage.Tx, by engine.Caller, kind string, device engine.DeviceID, public map[string]any) error {
	_, err := tx.Log(storage.Entry{
		Kind: kind, Org: string(by.Org), Actor: string(by.Key), Public: public,
		Private: map[string]string{"device": string(device)},
	})
	return err
}

func (h history) view() kioskView {
	s := h.site()
	v := kioskView{
		Device: h.Device, LagMs: tenth(s.Lag), LagSpread: tenth(s.LagSpread), Response: s.Response, Sessions: s.Sessions,
		Calibrated: h.Set != nil && len(h.Sessions) < leastSessions, DriftMs: tenth(h.Beyond), UpdatedAt: h.Updated.UTC().Truncate(time.Millisecond),
	}
	if h.Screen != (Screen{}) {
		s := screenView(h.Screen)
		v.Screen = &s
	}
	return v
}
