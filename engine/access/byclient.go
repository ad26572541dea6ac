package access

import (
	"context"
	"errors"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
)

// Tokens know access tokens of service accounts.
type Tokens interface {
	// Bearer is the org of the account that holds a token; false when it does
	// not look like a token at all.
	Bearer(ctx context.Context, token string) (org engine.OrgID, ours bool, err error)
}

// ByClient finds the caller of the by-client contract: token says who asks, an
// access token or, for software that has no service account, an API key; apiKey
// selects what its processes do. Both must be of one org.
func (a *Access) ByClient(ctx context.Context, token, apiKey string) (engine.Caller, error) {
	org, err := a.bearer(ctx, token)
	if err != nil {
		return engine.Caller{}, err
	}
	caller, err := a.Authenticate(ctx, apiKey)
	switch {
	case refused(err):
		return engine.Caller{}, fault.Because(ErrAPIKey, err)
	case err != nil:
		return engine.Caller{}, err
	case caller.Org != org:
		return engine.Caller{}, ErrOtherOrg
	}
	return caller, nil
}

// bearer is the org of whoever has a token.
func (a *Access) bearer(ctx context.Context, token string) (engine.OrgID, error) {
	if a.Tokens != nil {
		if org, ours, err := a.Tokens.Bearer(ctx, token); ours || err != nil {
			return org, err
		}
	}
	caller, err := a.Authenticate(ctx, token)
	switch {
	case errors.Is(err, ErrExpired):
		return "", fault.Because(ErrTokenExpired, err)
	case refused(err):
		return "", fault.Because(ErrToken, err)
	}
	return caller.Org, err
}

// refused says whether an error is about the key and not about looking.
func refused(err error) bool {
	return errors.Is(err, ErrUnknown) || errors.Is(err, ErrRevoked) || errors.Is(err, ErrExpired)
}

// TokenKey stands for the API key where the holder of an access token asks
// without one.
const TokenKey engine.KeyID = "token"

// Hosted finds the caller of the contract of hosted processes, which has one
// header: an API key, or an access token, which lets its holder run processes
// of its org and nothing else.
func (a *Access) Hosted(ctx context.Context, bearer string) (engine.Caller, error) {
	if a.Tokens != nil {
		if org, ours, err := a.Tokens.Bearer(ctx, bearer); ours || err != nil {
			return engine.Caller{Key: TokenKey, Org: org, Scopes: []engine.Scope{engine.RunProcesses}}, err
		}
	}
	return a.Authenticate(ctx, bearer)
}
