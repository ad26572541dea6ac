package serpro

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// tokens are access tokens for the contract's key and secret, one at a time: it
// is used until shortly before it ends, or until it is dropped.
type tokens struct {
	client *http.Client
	from   clientcredentials.Config
	turn   chan *oauth2.Token // holds the token that there is; nil: none. Who takes it puts one back
}

func newTokens(c Config, client *http.Client) *tokens {
	t := &tokens{client: client, turn: make(chan *oauth2.Token, 1), from: clientcredentials.Config{
		ClientID: string(c.Key), ClientSecret: string(c.Secret), TokenURL: c.Token, AuthStyle: oauth2.AuthStyleInHeader,
	}}
	t.turn <- nil
	return t
}

// token is a token that is valid; one caller fetches it for all who wait, each
// for as long as its own context lets it.
func (t *tokens) token(ctx context.Context) (Secret, error) {
	var held *oauth2.Token
	select {
	case held = <-t.turn:
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	defer func() { t.turn <- held }()
	if held.Valid() {
		return Secret(held.AccessToken), nil
	}
	fresh, err := t.from.Token(context.WithValue(ctx, oauth2.HTTPClient, t.client))
	if err != nil {
		// Its text may hold what the other side wrote.
		return "", errors.Join(errToken, ended(ctx))
	}
	held = fresh
	return Secret(held.AccessToken), nil
}

// drop forgets a token that was refused, unless another has taken its place.
func (t *tokens) drop(ctx context.Context, token Secret) {
	var held *oauth2.Token
	select {
	case held = <-t.turn:
	case <-ctx.Done():
		return
	}
	if held != nil && held.AccessToken == string(token) {
		held = nil
	}
	t.turn <- held
}

// ended is why a context ended, if it did.
func ended(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return fmt.Errorf("fetch a token: %w", context.Cause(ctx))
}
