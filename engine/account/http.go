package account

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

const (
	formType  = "application/x-www-form-urlencoded"
	grantType = "urn:ietf:params:oauth:grant-type:jwt-bearer"
)

type tokenAnswer struct {
	Token   string `json:"access_token"`
	Type    string `json:"token_type"`
	Seconds int    `json:"expires_in"`
}

type createBody struct {
	Name      string       `json:"name" doc:"At most 12 characters. Its assertions are issued by name@org.iam.acesso.io." pattern:"^[a-z][a-z0-9-]{0,11}$" example:"teller"`
	Org       engine.OrgID `json:"org,omitzero" doc:"The org; the caller's own when left out." maxLength:"64" pattern:"^[A-Za-z0-9._-]+$"`
	PublicKey string       `json:"publicKey,omitzero" doc:"An RSA key of at least 2048 bits in PEM. A pair is made when it is left out." maxLength:"8192"`
	Audience  string       `json:"audience,omitzero" doc:"What its assertions say in aud; https://identity.acesso.io when left out." maxLength:"256"`
	Addresses []string     `json:"addresses,omitzero" doc:"Networks from which tokens are given, such as 10.1.0.0/16; any when left out." maxItems:"32"`
	From      time.Time    `json:"from,omitzero" doc:"No token before."`
	Until     time.Time    `json:"until,omitzero" doc:"No token from then on."`
}

type renewBody struct {
	PublicKey string `json:"publicKey,omitzero" doc:"The new key; a pair is made when it is left out." maxLength:"8192"`
}

type accountView struct {
	Name       string       `json:"name"`
	Org        engine.OrgID `json:"org"`
	Issuer     string       `json:"issuer" doc:"What its assertions say in iss."`
	Audience   string       `json:"audience"`
	Key        string       `json:"key" doc:"SHA-256 of the public key in use."`
	PrivateKey string       `json:"privateKey,omitzero" doc:"PEM, PKCS #8; in the answer that made it and nowhere else."`
	Addresses  []string     `json:"addresses,omitzero"`
	From       time.Time    `json:"from,omitzero"`
	Until      time.Time    `json:"until,omitzero"`
	CreatedAt  time.Time    `json:"createdAt"`
	DisabledAt time.Time    `json:"disabledAt,omitzero"`
}

type accountList struct {
	Data []accountView `json:"data"`
}

type accountPath struct {
	Name string `path:"name" doc:"The account's name." maxLength:"64"`
}

func (a *Accounts) routes(r *web.Router) {
	const tag, at = "Service accounts", "/api/accounts"
	web.HandleRaw(r, web.Operation{
		Method: http.MethodPost, Path: "/oauth2/token", ID: "token", Tag: tag,
		Summary: "Get an access token for an assertion",
		About:   "RFC 7523: grant_type=" + grantType + " and assertion, a JWT by RS256 with exactly iss, aud, scope (*), iat and exp. It is taken once.",
		Family:  web.OAuth, Public: true, Consumes: formType, Produces: []string{"application/json"}, Repeatable: true,
		Faults: append(numbers(), ErrGrant, ErrForm, storage.Full, storage.Failed),
	}, a.token)
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at, ID: "createAccount", Tag: tag, Summary: "Make a service account",
		Scope: engine.ManageKeys, Success: http.StatusCreated, Faults: []*fault.Fault{ErrTaken, ErrKey, ErrOtherOrg, storage.Full, storage.Failed},
	}, a.create)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: at, ID: "listAccounts", Tag: tag, Summary: "List the service accounts of your org", Scope: engine.ManageKeys,
	}, a.list)
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at + "/{name}/renew", ID: "renewAccount", Tag: tag, Summary: "Give a service account another key",
		About: "The former keys end at once.", Scope: engine.ManageKeys, Faults: []*fault.Fault{ErrNone, ErrKey, storage.Full, storage.Failed},
		OptionalBody: true,
	}, a.renew)
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at + "/{name}/disable", ID: "disableAccount", Tag: tag, Summary: "End a service account and its tokens",
		Scope: engine.ManageKeys, Faults: []*fault.Fault{ErrNone, storage.Full, storage.Failed},
	}, a.disable)
}

func (a *Accounts) token(ctx context.Context, _ web.None, body []byte) (*web.Stream, error) {
	form, err := url.ParseQuery(string(body))
	switch {
	case err != nil, len(form["grant_type"]) != 1, len(form["assertion"]) > 1:
		return nil, ErrForm
	case form.Get("grant_type") != grantType:
		return nil, ErrGrant
	case form.Get("assertion") == "":
		return nil, ErrForm
	}
	token, err := a.exchange(ctx, form.Get("assertion"), web.AddressOf(ctx))
	if err != nil {
		return nil, err
	}
	return web.JSON(tokenAnswer{Token: token, Type: "Bearer", Seconds: int(longestLife / time.Second)}), nil
}

func (a *Accounts) create(ctx context.Context, _ web.None, b createBody) (accountView, error) {
	return a.add(ctx, web.CallerOf(ctx), b)
}

func (a *Accounts) list(ctx context.Context, _, _ web.None) (accountList, error) {
	list := accountList{Data: []accountView{}}
	by := web.CallerOf(ctx)
	err := a.Store.View(ctx, func(v *storage.View) error {
		for row, err := range a.accounts.Scan(v, storage.Range{}) {
			if err != nil {
				return err
			}
			if by.Key == engine.Operator || row.Value.Org == by.Org {
				list.Data = append(list.Data, row.Value.view())
			}
		}
		return nil
	})
	return list, err
}

func (a *Accounts) renew(ctx context.Context, p accountPath, b renewBody) (accountView, error) {
	der, private, err := a.keyPair(b.PublicKey)
	if err != nil {
		return accountView{}, err
	}
	one, err := a.change(ctx, p.Name, "account.renewed", func(one *account, now time.Time) {
		for i := range one.Keys {
			if one.Keys[i].Ended.IsZero() {
				one.Keys[i].Ended = now
			}
		}
		one.Keys = append(one.Keys[max(0, len(one.Keys)-mostKeys+1):], key{DER: der, Created: now})
	})
	view := one.view()
	view.PrivateKey = private
	return view, err
}

func (a *Accounts) disable(ctx context.Context, p accountPath, _ web.None) (accountView, error) {
	one, err := a.change(ctx, p.Name, "account.disabled", func(one *account, now time.Time) {
		if one.Disabled.IsZero() {
			one.Disabled = now
		}
	})
	return one.view(), err
}

func (one account) view() accountView {
	v := accountView{
		Name: one.Name, Org: one.Org, Issuer: one.Name + "@" + string(one.Org) + issuers, Audience: one.Audience,
		From: one.From, Until: one.Until, CreatedAt: one.Created, DisabledAt: one.Disabled,
	}
	if n := len(one.Keys); n > 0 {
		sum := sha256.Sum256(one.Keys[n-1].DER)
		v.Key = hex.EncodeToString(sum[:])
	}
	for _, p := range one.Addresses {
		v.Addresses = append(v.Addresses, p.String())
	}
	return v
}
