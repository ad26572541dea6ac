package webhook

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/web"
)

// address is an address that can be called; nil when it cannot.
func address(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return nil
	}
	return u
}

// sameHost says whether two addresses lead to one host and port by one scheme: a
// credential that is kept for one goes to no other.
func sameHost(a, b string) bool {
	one, two := address(a), address(b)
	return one != nil && two != nil && one.Scheme == two.Scheme && strings.EqualFold(one.Host, two.Host)
}

// wrong is what is wrong with an address; empty: nothing. A name is looked at
// when it is dialled.
func (e Egress) wrong(text string) string {
	u := address(text)
	if u == nil {
		return "It must be an address such as https://core.bank.example/rostod, without a password."
	}
	ip, err := netip.ParseAddr(u.Hostname())
	switch {
	case err != nil && u.Scheme == "http" && len(e.Allow) == 0:
		return "It must begin with https://: plain HTTP is for networks of webhooks.allow."
	case err == nil && (!e.permits(ip) || u.Scheme == "http" && !e.allows(ip)):
		return "This address is not called: the operator may name its network in webhooks.allow."
	}
	return ""
}

// checked is what a caller wrote, or the faults in it.
func (w *Webhooks) checked(e endpoint) error {
	f := web.ErrInvalid
	bad := false
	blame := func(field, sentence string) {
		if field != "" && sentence != "" {
			f, bad = f.Field(field, sentence), true
		}
	}
	blame("url", w.Egress.wrong(e.URL))
	blame(e.Auth.wrong())
	if e.Auth.Kind == authOAuth2 && address(e.Auth.TokenURL) != nil {
		blame("auth.tokenUrl", w.Egress.wrong(e.Auth.TokenURL))
	}
	if len(e.Secrets) == 0 || min(len(e.Secrets[0].Word), len(keyOf(e.Secrets[0].Word))) < leastSecret {
		blame("secret", "It must have at least 16 characters, or 16 bytes in base64 behind whsec_.")
	}
	if bad {
		return f
	}
	return nil
}

// word is a secret that was given, or a new one.
func (w *Webhooks) word(given engine.Secret) (engine.Secret, error) {
	if given != "" {
		return given, nil
	}
	return newSecret(w.Random)
}
