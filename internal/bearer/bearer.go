package bearer

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/rostod/rostod/engine"
)

// ErrNone is that the other side gave no token. What it said is not repeated:
// it may hold anything.
var ErrNone = errors.New("no access token was given")

// Client is who asks for tokens, and where.
type Client struct {
	ID     engine.Secret
	Secret engine.Secret
	URL    string // of the token endpoint
	Scopes []string
	HTTP   *http.Client
}

// Tokens are a client's access tokens, one at a time: it is used until shortly
// before it ends, or until it is dropped.
type Tokens struct {
	http *http.Client
	from clientcredentials.Config
	turn chan *oauth2.Token // holds the token that there is, or nil. Who takes it puts one back
}

// New asks for nothing yet. The client's name goes in the Authorization header.
func New(c Client) *Tokens {
	t := &Tokens{http: c.HTTP, turn: make(chan *oauth2.Token, 1), from: clientcredentials.Config{
		ClientID: string(c.ID), ClientSecret: string(c.Secret), TokenURL: c.URL, Scopes: c.Scopes, AuthStyle: oauth2.AuthStyleInHeader,
	}}
	t.turn <- nil
	return t
}

// Token is a token that is valid; one caller fetches it for all who wait, each
// for as long as its own context lets it.
func (t *Tokens) Token(ctx context.Context) (engine.Secret, error) {
	var held *oauth2.Token
	select {
	case held = <-t.turn:
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	defer func() { t.turn <- held }()
	if held.Valid() {
		return engine.Secret(held.AccessToken), nil
	}
	fresh, err := t.from.Token(context.WithValue(ctx, oauth2.HTTPClient, t.http))
	if err != nil {
		if ctx.Err() != nil {
			return "", fmt.Errorf("%w: %w", ErrNone, context.Cause(ctx))
		}
		return "", ErrNone
	}
	held = fresh
	return engine.Secret(held.AccessToken), nil
}

// Drop forgets a token that was refused, unless another has taken its place.
func (t *Tokens) Drop(ctx context.Context, token engine.Secret) {
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
