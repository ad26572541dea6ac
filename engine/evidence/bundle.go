package evidence

import (
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
)

const (
	bundleType = "rostod-capture+jwt"
	// bundleLife is how long a bundle may be used.
	bundleLife = 10 * time.Minute
	// clockBack is how far our own clock may have been set back since.
	clockBack = time.Minute
	// longestBundle is in bytes; ours have some 700.
	longestBundle = 4 << 10
)

// claims are what a bundle says. There is no verdict in it, and the customer
// only as a pseudonym: it leaves the house through a browser.
type claims struct {
	ID        string             `json:"jti"`
	Challenge engine.ChallengeID `json:"fc"`
	Capture   engine.CaptureID   `json:"cap"`
	Customer  string             `json:"cus"`
	Org       engine.OrgID       `json:"org"`
	Audience  string             `json:"aud"`
	Issued    int64              `json:"iat"` // Unix seconds
	Expires   int64              `json:"exp"`
	Frame     string             `json:"frame"`  // SHA-256 of the best frame, hexadecimal
	Record    string             `json:"record"` // SHA-256 of the capture, hexadecimal
}

// sign makes a compact JWS (RFC 7515) with EdDSA (RFC 8037).
func sign(k signingKey, c claims) (string, error) {
	payload, err := json.Marshal(c, json.Deterministic(true))
	if err != nil {
		return "", fmt.Errorf("write a bundle: %w", err)
	}
	by := jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: ed25519.NewKeyFromSeed(k.Seed), KeyID: k.ID}}
	signer, err := jose.NewSigner(by, (&jose.SignerOptions{}).WithType(bundleType))
	if err != nil {
		return "", fmt.Errorf("make a signer: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sign a bundle: %w", err)
	}
	return signed.CompactSerialize()
}

// letter is a bundle before its signature is checked: nothing of it is to be
// believed.
type letter struct {
	claims
	kid    string
	signed *jose.JSONWebSignature
}

// read takes a bundle apart. It knows one algorithm, so that no header can
// choose another.
func read(bundle string) (letter, error) {
	if len(bundle) > longestBundle {
		return letter{}, ErrAltered
	}
	signed, err := jose.ParseSignedCompact(bundle, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil || len(signed.Signatures) != 1 {
		return letter{}, ErrAltered
	}
	l := letter{signed: signed, kid: signed.Signatures[0].Protected.KeyID}
	kind, _ := signed.Signatures[0].Protected.ExtraHeaders[jose.HeaderType].(string)
	if kind != bundleType {
		return letter{}, ErrAltered
	}
	// It is read before it is verified only to tell a bundle of another daemon
	// from one that was altered.
	if err := json.Unmarshal(signed.UnsafePayloadWithoutVerification(), &l.claims, json.RejectUnknownMembers(true)); err != nil {
		return letter{}, ErrAltered
	}
	return l, nil
}

// signedBy says whether a key has signed exactly these claims.
func (l letter) signedBy(public []byte) bool {
	if len(public) != ed25519.PublicKeySize {
		return false
	}
	_, err := l.signed.Verify(ed25519.PublicKey(public))
	return err == nil
}

// about says whether the claims are of a customer of a caller's org, and in
// time; audience and pseudonym are this daemon's.
func (c claims) about(audience string, org engine.OrgID, customer string, now time.Time) error {
	switch {
	case c.Audience != audience, c.Org != org, c.Customer != customer:
		return ErrForeign
	case now.Unix() >= c.Expires, now.Add(clockBack).Unix() < c.Issued:
		return ErrExpired
	default:
		return nil
	}
}

// tells says whether the claims are of what is kept.
func (c claims) tells(k kept) bool {
	same := func(said string, is []byte) bool {
		b, err := hex.DecodeString(said)
		return err == nil && slices.Equal(b, is)
	}
	return c.ID == k.Bundle && c.Challenge == k.Challenge && same(c.Frame, k.Picture) && same(c.Record, k.Record)
}
