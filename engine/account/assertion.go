package account

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
)

const (
	// issuers is what follows the org in the issuer of an assertion.
	issuers = ".iam.acesso.io"
	// longestLife is how long an assertion may be valid, and for how long a
	// token is.
	longestLife = time.Hour
	// skew is how far the caller's clock may be ahead.
	skew = time.Minute
	// longestAssertion is in bytes.
	longestAssertion = 8 << 10
)

// header is all that an assertion's header may say: one algorithm, so that
// nobody chooses another.
type header struct {
	Algorithm string `json:"alg"`
	Type      string `json:"typ"`
}

// claims are all that an assertion may say.
type claims struct {
	Issuer   string `json:"iss"`
	Audience string `json:"aud"`
	Scope    string `json:"scope"`
	Issued   int64  `json:"iat"` // Unix seconds
	Expires  int64  `json:"exp"`
}

// assertion is one before its signature is checked: nothing of it is to be
// believed.
type assertion struct {
	claims
	account string
	org     engine.OrgID
	signed  *jose.JSONWebSignature
	digest  [32]byte // of the whole, for taking it once
}

// read takes an assertion apart.
func read(text string) (assertion, error) {
	a := assertion{digest: sha256.Sum256([]byte(text))}
	parts := strings.Split(text, ".")
	if len(parts) != 3 || len(text) > longestAssertion {
		return a, ErrUndecodable
	}
	var raw [2][]byte
	for i, part := range parts[:2] {
		b, err := base64.RawURLEncoding.Strict().DecodeString(part)
		if err != nil {
			return a, ErrUndecodable
		}
		raw[i] = b
	}
	var h header
	var members map[string]any
	switch {
	case json.Unmarshal(raw[0], &h, json.RejectUnknownMembers(true)) != nil, h != (header{"RS256", "JWT"}):
		return a, ErrMalformed
	case json.Unmarshal(raw[1], &members) != nil:
		return a, ErrUndecodable
	}
	if _, on := members["sub"]; on {
		return a, ErrImpersonate
	}
	for name := range members {
		switch name {
		case "iss", "aud", "scope", "iat", "exp":
		default:
			return a, ErrExtra
		}
	}
	if json.Unmarshal(raw[1], &a.claims) != nil {
		return a, ErrMalformed
	}
	var err error
	if a.signed, err = jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{jose.RS256}); err != nil {
		return a, ErrUndecodable
	}
	return a, a.named()
}

// named finds the account and the org in the issuer.
func (a *assertion) named() error {
	name, rest, ok := strings.Cut(a.Issuer, "@")
	org, ours := strings.CutSuffix(rest, issuers)
	switch {
	case !ok || name == "":
		return ErrMalformed
	case !ours || org == "":
		return ErrTenant
	}
	a.account, a.org = name, engine.OrgID(org)
	return nil
}

// timely says whether the claims hold now, for this audience.
func (c claims) timely(now time.Time, audience string) error {
	issued, expires := time.Unix(c.Issued, 0), time.Unix(c.Expires, 0)
	switch {
	case c.Issued <= 0, c.Expires <= 0, c.Audience != audience:
		return ErrMalformed
	case !now.Before(expires), issued.After(now.Add(skew)), expires.Sub(issued) > longestLife:
		return ErrOld
	case c.Scope == "":
		return ErrScope
	case c.Scope != "*":
		return ErrPermission
	default:
		return nil
	}
}

// signedBy says whether a key has signed the assertion.
func (a assertion) signedBy(key *rsa.PublicKey) bool {
	_, err := a.signed.Verify(key)
	return err == nil
}
