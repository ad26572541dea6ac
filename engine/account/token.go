package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/storage"
)

// tokenPrefix begins every access token.
const tokenPrefix = "rt_"

// word is what an access token says.
type word struct {
	Account string       `json:"a"`
	Org     engine.OrgID `json:"o"`
	Expires int64        `json:"e"` // Unix seconds
}

// exchange takes an assertion and answers an access token.
func (a *Accounts) exchange(ctx context.Context, text string, from netip.Addr) (string, error) {
	s, err := read(text)
	if err != nil {
		return "", err
	}
	now := a.Now()
	w := who{s.org, s.account}
	if a.failures.locked(w, now) {
		return "", ErrLocked
	}
	var one account
	err = a.Store.View(ctx, func(v *storage.View) (err error) {
		one, err = a.known(v, s.org, s.account)
		return err
	})
	if err != nil {
		return "", err
	}
	if err := one.admits(s, now, from); err != nil {
		if errors.Is(err, ErrSignature) {
			a.failures.failed(w, now)
		}
		return "", err
	}
	a.failures.passed(w)
	_, err = a.Store.Commit(ctx, func(tx *storage.Tx) error {
		if err := a.take(tx, s); err != nil {
			return err
		}
		_, err := tx.Log(storage.Entry{
			Kind: "token.given", Org: string(one.Org), Actor: one.Name, Public: map[string]any{"account": one.Name},
		})
		return err
	})
	if err != nil {
		return "", fmt.Errorf("take an assertion: %w", err)
	}
	return a.sealed(word{one.Name, one.Org, now.Add(longestLife).Unix()})
}

// admits says whether an assertion of the account holds. The signature comes
// first: whoever cannot sign learns nothing else about the account.
func (one account) admits(s assertion, now time.Time, from netip.Addr) error {
	if err := one.signed(s); err != nil {
		return err
	}
	switch {
	case !one.Disabled.IsZero():
		return ErrInactive
	case len(one.Addresses) > 0 && !slices.ContainsFunc(one.Addresses, func(p netip.Prefix) bool { return p.Contains(from) }):
		return ErrAddress
	case now.Before(one.From), !one.Until.IsZero() && !now.Before(one.Until):
		return ErrTimes
	default:
		return s.timely(now, one.Audience)
	}
}

// signed says whether a key of the account, which has not ended, signed.
func (one account) signed(s assertion) error {
	for _, k := range slices.Backward(one.Keys) {
		public, err := rsaKey(k.DER)
		switch {
		case err != nil:
			return fmt.Errorf("key of a service account: %w", err)
		case !s.signedBy(public):
		case !k.Ended.IsZero():
			return ErrKeyEnded
		default:
			return nil
		}
	}
	return ErrSignature
}

func (a *Accounts) sealed(w word) (string, error) {
	b, err := json.Marshal(w, json.Deterministic(true))
	if err != nil {
		return "", fmt.Errorf("write an access token: %w", err)
	}
	return tokenPrefix + base64.RawURLEncoding.EncodeToString(append(b, a.mac(b)...)), nil
}

func (a *Accounts) mac(b []byte) []byte {
	mac := hmac.New(sha256.New, a.seal)
	mac.Write(b)
	return mac.Sum(nil)
}

// Bearer is the org of the account that holds an access token; false when it
// does not look like one of ours.
func (a *Accounts) Bearer(ctx context.Context, token string) (org engine.OrgID, ours bool, err error) {
	text, ours := strings.CutPrefix(token, tokenPrefix)
	if !ours {
		return "", false, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) < sha256.Size {
		return "", true, ErrToken
	}
	said, mac := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	var w word
	switch {
	case !hmac.Equal(mac, a.mac(said)), json.Unmarshal(said, &w) != nil:
		return "", true, ErrToken
	case a.Now().Unix() >= w.Expires:
		return "", true, ErrTokenOld
	}
	var one account
	err = a.Store.View(ctx, func(v *storage.View) (err error) {
		one, err = a.known(v, w.Org, w.Account)
		return err
	})
	switch {
	case fault.Of(err) != nil || err == nil && !one.Disabled.IsZero():
		return "", true, ErrToken
	case err != nil:
		return "", true, fmt.Errorf("read the account of a token: %w", err)
	}
	return w.Org, true, nil
}
