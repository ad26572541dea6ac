package access

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

// allScopes is the word that stands for every scope.
const allScopes = "all"

type createBody struct {
	Scopes        []string         `json:"scopes" doc:"What the key may do; \"all\" means every scope." minItems:"1" maxItems:"32" example:"[\"verifications:view\",\"customers:write\"]"`
	Org           engine.OrgID     `json:"org,omitzero" doc:"The org that the key acts for; the caller's own when left out." maxLength:"64" pattern:"^[A-Za-z0-9._-]+$"`
	Segment       engine.SegmentID `json:"segment,omitzero" doc:"The part of the org's base that its duplicate searches cover." maxLength:"64" pattern:"^[A-Za-z0-9._-]+$"`
	Label         string           `json:"label,omitzero" doc:"What the key is for, in your words. No personal data." maxLength:"120"`
	Holder        engine.Holder    `json:"holder,omitzero" doc:"Who the key is for: a person or a system. A staff number says less than a name. Where two people must agree, their keys have two holders, and a key without one does not count. It is forgotten when the key is revoked." maxLength:"64" pattern:"^[A-Za-z0-9][A-Za-z0-9._@-]*$" example:"staff-4711"`
	Capabilities  []string         `json:"capabilities,omitzero" doc:"What its processes find: any of the capabilities of this daemon, such as liveness and multi-accounts. They need the scope processes:run." maxItems:"32" example:"[\"liveness\",\"multi-accounts\"]"`
	CaptureOnly   bool             `json:"captureOnly,omitzero" doc:"Its processes take the bundles of flash challenges only, no plain pictures."`
	Sandbox       bool             `json:"sandbox,omitzero" doc:"Its processes answer for the published people of the sandbox what those stand for."`
	ExpiresInDays int              `json:"expiresInDays,omitzero" doc:"The key ends after this many days; it does not end when left out." minimum:"1" maximum:"3650"`
}

type keyView struct {
	ID           engine.KeyID            `json:"id"`
	Key          string                  `json:"key,omitzero" doc:"The secret, shown only in the answer that made it."`
	Scopes       []engine.Scope          `json:"scopes"`
	Org          engine.OrgID            `json:"org"`
	Segment      engine.SegmentID        `json:"segment,omitzero"`
	Label        string                  `json:"label,omitzero"`
	Holder       engine.Holder           `json:"holder,omitzero"`
	Capabilities []engine.CapabilityName `json:"capabilities,omitzero"`
	CaptureOnly  bool                    `json:"captureOnly,omitzero"`
	Sandbox      bool                    `json:"sandbox,omitzero"`
	CreatedAt    time.Time               `json:"createdAt"`
	ExpiresAt    time.Time               `json:"expiresAt,omitzero"`
	RevokedAt    time.Time               `json:"revokedAt,omitzero"`
}

type keyList struct {
	Data []keyView `json:"data"`
}

type keyPath struct {
	ID engine.KeyID `path:"id" doc:"The key's id, key_…" maxLength:"64"`
}

func (a *Access) routes(r *web.Router) {
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: "/api/keys", ID: "createKey", Tag: "Keys",
		Summary: "Make an API key",
		About:   "The secret is in this answer and nowhere else: only its keyed hash is kept. A key gives at most the scopes of the key that makes it, and in the same org.",
		Scope:   engine.ManageKeys, Success: http.StatusCreated,
		Faults: []*fault.Fault{ErrTooMuch, storage.Full, storage.Failed},
	}, a.create)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: "/api/keys", ID: "listKeys", Tag: "Keys",
		Summary: "List the API keys of your org", Scope: engine.ManageKeys,
	}, a.list)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: "/api/keys/self", ID: "getOwnKey", Tag: "Keys",
		Summary: "Read the key that asks", About: "What it may do, for whom, and until when: any key may ask this of itself.",
		Faults: []*fault.Fault{ErrNoKey},
	}, a.self)
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: "/api/keys/{id}/revoke", ID: "revokeKey", Tag: "Keys",
		Summary: "Revoke an API key", About: "It stops working with the answer to this call. Revoking twice is no error.",
		Scope: engine.ManageKeys, Faults: []*fault.Fault{ErrNoKey, storage.Full, storage.Failed},
	}, a.revoke)
}

func (a *Access) create(ctx context.Context, _ web.None, b createBody) (keyView, error) {
	scopes, err := readScopes(b.Scopes)
	if err != nil {
		return keyView{}, err
	}
	capabilities, err := a.readCapabilities(b.Capabilities, scopes)
	if err != nil {
		return keyView{}, err
	}
	k, secret, err := a.Create(ctx, web.CallerOf(ctx), Wish{
		Scopes: scopes, Org: b.Org, Segment: b.Segment, Label: b.Label, Holder: b.Holder,
		Lifetime:     time.Duration(b.ExpiresInDays) * 24 * time.Hour,
		Capabilities: capabilities, CaptureOnly: b.CaptureOnly, Sandbox: b.Sandbox,
	})
	if err != nil {
		return keyView{}, err
	}
	v := k.view()
	v.Key = secret
	return v, nil
}

func (a *Access) list(ctx context.Context, _, _ web.None) (keyList, error) {
	keys, err := a.keys(ctx, web.CallerOf(ctx))
	if err != nil {
		return keyList{}, err
	}
	list := keyList{Data: make([]keyView, 0, len(keys))}
	for _, k := range keys {
		list.Data = append(list.Data, k.view())
	}
	return list, nil
}

// self is the key that asks. Who asks by the control socket has none.
func (a *Access) self(ctx context.Context, _, _ web.None) (keyView, error) {
	var k key
	err := a.Store.View(ctx, func(v *storage.View) (err error) {
		k, err = a.table.Get(v, storage.Key(web.CallerOf(ctx).Key))
		return err
	})
	if errors.Is(err, storage.ErrNotFound) {
		return keyView{}, ErrNoKey
	}
	return k.view(), err
}

func (a *Access) revoke(ctx context.Context, p keyPath, _ web.None) (keyView, error) {
	k, err := a.end(ctx, web.CallerOf(ctx), p.ID)
	if err != nil {
		return keyView{}, err
	}
	return k.view(), nil
}

// readCapabilities turns words into capabilities of this daemon.
func (a *Access) readCapabilities(words []string, scopes []engine.Scope) ([]engine.CapabilityName, error) {
	if len(words) > 0 && !slices.Contains(scopes, engine.RunProcesses) {
		return nil, web.ErrInvalid.Field("capabilities", "They need the scope processes:run.")
	}
	var known []engine.CapabilityName
	if a.Capabilities != nil {
		known = a.Capabilities()
	}
	var list []engine.CapabilityName
	for _, w := range words {
		name := engine.CapabilityName(w)
		if a.Capabilities != nil && !slices.Contains(known, name) {
			return nil, web.ErrInvalid.Field("capabilities", fmt.Sprintf("This daemon has: %v", known))
		}
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list, nil
}

// readScopes turns words into scopes, each once, in the order of the list of
// all.
func readScopes(words []string) ([]engine.Scope, error) {
	asked := make(map[engine.Scope]bool, len(words))
	known := make(map[string]bool)
	for _, s := range engine.Scopes() {
		known[string(s)] = true
	}
	for _, w := range words {
		switch {
		case w == allScopes:
			return engine.Scopes(), nil
		case !known[w]:
			return nil, web.ErrInvalid.Field("scopes", "must be scopes of the list in the description of this API, or \"all\"")
		}
		asked[engine.Scope(w)] = true
	}
	var scopes []engine.Scope
	for _, s := range engine.Scopes() {
		if asked[s] {
			scopes = append(scopes, s)
		}
	}
	return scopes, nil
}
