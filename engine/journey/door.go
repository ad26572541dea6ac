package journey

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"strings"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/web"
)

func digest(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// is says whether a token is the one that is kept as a digest.
func is(token string, kept []byte) bool {
	return len(kept) > 0 && subtle.ConstantTimeCompare(digest(token), kept) == 1
}

// fresh is a new token of a kind.
func (j *Journeys) fresh(kind string) (string, error) {
	var b [24]byte
	if _, err := io.ReadFull(j.Random, b[:]); err != nil {
		return "", fmt.Errorf("make a token: %w", err)
	}
	return kind + base64.RawURLEncoding.EncodeToString(b[:]), nil
}

// shown is the journey of a token that opens it in whichever way, and the
// token. One that is unknown is no other answer than a token that is wrong.
func (j *Journeys) shown(ctx context.Context, id engine.ProcessID) (record, string, error) {
	token, err := web.TokenOf(ctx)
	if err != nil {
		return record{}, "", err
	}
	r, err := j.recall(ctx, id)
	if errors.Is(err, ErrNoProcess) || errors.Is(err, ErrID) {
		return record{}, "", ErrToken
	}
	if err != nil {
		return record{}, "", err
	}
	byLink := subtle.ConstantTimeCompare([]byte(token), []byte(j.link(id))) == 1
	byCode := is(token, r.Code) && j.Now().Before(r.CodeUntil)
	switch {
	case byLink, byCode, is(token, r.Holder), is(token, r.Watcher):
		return r, token, nil
	case strings.HasPrefix(token, pagePrefix) && r.State == created && len(r.Holder) > 0:
		return record{}, "", ErrElsewhere // another page has voided it
	default:
		return record{}, "", ErrToken
	}
}

// leading is the journey of the page that leads it.
func (j *Journeys) leading(ctx context.Context, id engine.ProcessID) (record, error) {
	r, token, err := j.shown(ctx, id)
	switch {
	case err != nil:
		return r, err
	case r.State != created:
		return r, ErrOver
	case !is(token, r.Holder):
		return r, ErrElsewhere
	}
	return r, nil
}

// reachable says whether a phone could open the page at an address: by https,
// and not on this machine only.
func reachable(base string) bool {
	at, err := url.Parse(base)
	if err != nil || at.Scheme != "https" {
		return false
	}
	host := at.Hostname()
	if ip, err := netip.ParseAddr(host); err == nil {
		return !ip.IsLoopback() && !ip.IsUnspecified()
	}
	return host != "localhost" && !strings.HasSuffix(host, ".localhost")
}
