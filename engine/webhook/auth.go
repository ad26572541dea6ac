package webhook

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/bearer"
)

// authKind is how rostod shows an endpoint who it is.
type authKind string

// The kinds, which are those of the Web & SDK contract.
const (
	authNone   authKind = "none"
	authOAuth2 authKind = "oauth2"
	authBasic  authKind = "basic"
	authAPIKey authKind = "apiKey"
)

// auth is what an endpoint asks for. Credential is "user:password", an API key
// as "header:value" or bare, or "client:secret".
type auth struct {
	Kind       authKind      `json:"kind"`
	Credential engine.Secret `json:"credential,omitzero"`
	TokenURL   string        `json:"tokenUrl,omitzero"`
	Scopes     []string      `json:"scopes,omitempty"`
}

// pair is a credential in two at its first colon.
func (a auth) pair() (before, behind string, ok bool) { return strings.Cut(string(a.Credential), ":") }

// header is the header of an API key: what is bare stands in Authorization.
func (a auth) header() (name, value string) {
	name, value, ok := a.pair()
	if !ok {
		return "Authorization", string(a.Credential)
	}
	return strings.TrimSpace(name), strings.TrimSpace(value)
}

// ours are headers that an API key may not take the place of.
var ours = []string{"Host", "Content-Type", "Content-Length", "Transfer-Encoding", "Connection", "Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"}

// isToken says whether a word can name a header (RFC 9110, 5.6.2).
func isToken(s string) bool {
	return s != "" && strings.Trim(s, "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == ""
}

// wrong is what is wrong with a way to show who one is; empty: nothing.
func (a auth) wrong() (field, sentence string) {
	name, value, paired := a.pair()
	switch a.Kind {
	case authNone:
		if a.Credential != "" {
			return "auth.credential", "It goes with oauth2, basic or apiKey."
		}
	case authBasic:
		if !paired || name == "" {
			return "auth.credential", "It must be user:password."
		}
	case authOAuth2:
		if !paired || name == "" || value == "" {
			return "auth.credential", "It must be client:secret."
		}
		if address(a.TokenURL) == nil {
			return "auth.tokenUrl", "It must be an address that begins with https://."
		}
	case authAPIKey:
		name, value := a.header()
		if !isToken(name) || value == "" || strings.ContainsFunc(value, unicode.IsControl) || slices.Contains(ours, http.CanonicalHeaderKey(name)) {
			return "auth.credential", "It must be header:value, or the value of Authorization."
		}
	}
	return "", ""
}

// show puts who rostod is into a request. tokens are the endpoint's.
func (a auth) show(ctx context.Context, h http.Header, tokens *bearer.Tokens) (used engine.Secret, err error) {
	switch a.Kind {
	case authBasic:
		user, password, _ := a.pair()
		(&http.Request{Header: h}).SetBasicAuth(user, password)
	case authAPIKey:
		name, value := a.header()
		h.Set(name, value)
	case authOAuth2:
		if used, err = tokens.Token(ctx); err != nil {
			return "", err
		}
		h.Set("Authorization", "Bearer "+string(used))
	}
	return used, nil
}
