package access_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

// probe is an operation that any valid key with attempts:view may call.
const probe = "/api/identity/attempts"

// A key's secret is in the answer that made it and nowhere else.
func TestCreate(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	before := r.Journal(t)
	a := c.Post(t, "/api/keys", enginetest.Body{
		"scopes": []string{"scores:view", "attempts:view", "scores:view"}, "segment": "retail", "label": "Examiner's desk", "expiresInDays": 30,
	}).Want(t, http.StatusCreated, "")
	for at, want := range map[string]any{
		"org": "bank", "segment": "retail", "label": "Examiner's desk", "scopes.0": "attempts:view", "scopes.1": "scores:view", "scopes.2": nil,
		"createdAt": "2026-11-22T12:00:00Z", "expiresAt": "2026-12-22T12:00:00Z", "revokedAt": nil,
	} {
		if got := a.At(at); got != want {
			t.Errorf("%s: got %v, want %v", at, got, want)
		}
	}
	id, secret := a.Text("id"), a.Text("key")
	if !strings.HasPrefix(secret, "rk_"+strings.TrimPrefix(id, "key_")+"_") || len(secret) != 73 {
		t.Errorf("got a secret of %d characters, want 73 that name the key's id", len(secret))
	}
	made := r.With(secret)
	made.Get(t, probe).Want(t, http.StatusOK, "")
	made.Get(t, "/api/keys").Want(t, http.StatusForbidden, "auth/missing-scope")

	list := c.Get(t, "/api/keys").Want(t, http.StatusOK, "")
	if list.Len("data") != 2 || !bytes.Contains(list.Body, []byte(id)) || bytes.Contains(list.Body, []byte(secret)) || bytes.Contains(list.Body, []byte(`"key":`)) {
		t.Errorf("got %s, want both keys without a secret", list.Body)
	}
	leaf := r.Leaves(t, before)[0]
	if leaf.Kind != "key.created" || leaf.Actor != string(c.ID) || !bytes.Contains(leaf.Public, []byte(id)) {
		t.Errorf("got the journal entry %s, want key.created by the maker", leaf.Raw)
	}
	for _, secret := range []string{secret[30:], "Examiner"} {
		if bytes.Contains(leaf.Raw, []byte(secret)) {
			t.Errorf("the journal entry has %q", secret)
		}
	}
}

// Any key may read what it is, and nobody else's.
func TestSelf(t *testing.T) {
	r := enginetest.Open(t)
	made := r.Caller(t, "bank").Post(t, "/api/keys", enginetest.Body{
		"scopes": []string{"status:view"}, "label": "Wall", "expiresInDays": 30,
	}).Want(t, http.StatusCreated, "")
	a := r.With(made.Text("key")).Get(t, "/api/keys/self").Want(t, http.StatusOK, "")
	for at, want := range map[string]any{
		"id": made.Text("id"), "org": "bank", "label": "Wall", "scopes.0": "status:view", "scopes.1": nil, "expiresAt": "2026-12-22T12:00:00Z", "key": nil,
	} {
		if got := a.At(at); got != want {
			t.Errorf("%s: got %v, want %v", at, got, want)
		}
	}
	r.With("rk_nobody").Get(t, "/api/keys/self").Want(t, http.StatusUnauthorized, "access/unknown-key")
}

func TestAllScopes(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	a := c.Post(t, "/api/keys", enginetest.Body{"scopes": []string{"all"}}).Want(t, http.StatusCreated, "")
	if got := a.Len("scopes"); got != len(engine.Scopes()) {
		t.Errorf("got %d scopes, want %d", got, len(engine.Scopes()))
	}
}

// A key gives at most what it has, in its own org.
func TestNotMoreThanTheMaker(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank", engine.ManageKeys, engine.ViewAttempts)
	before := r.Journal(t)
	for name, tt := range map[string]struct {
		body   enginetest.Body
		status int
		code   string
	}{
		"another scope": {enginetest.Body{"scopes": []string{"scores:view"}}, 403, "access/more-than-yours"},
		"one of two":    {enginetest.Body{"scopes": []string{"attempts:view", "scores:view"}}, 403, "access/more-than-yours"},
		"all":           {enginetest.Body{"scopes": []string{"all"}}, 403, "access/more-than-yours"},
		"another org":   {enginetest.Body{"scopes": []string{"attempts:view"}, "org": "shop"}, 403, "access/more-than-yours"},
		"unknown scope": {enginetest.Body{"scopes": []string{"attempts:burn"}}, 400, "request/invalid"},
		"no scope":      {enginetest.Body{"scopes": []string{}}, 400, "request/invalid"},
		"for no day":    {enginetest.Body{"scopes": []string{"attempts:view"}, "expiresInDays": 0}, 400, "request/invalid"},
		"an odd org":    {enginetest.Body{"scopes": []string{"attempts:view"}, "org": "a b"}, 400, "request/invalid"},
	} {
		if a := c.Post(t, "/api/keys", tt.body); a.Status != tt.status || a.Text("code") != tt.code {
			t.Errorf("%s: got %d %s, want %d %s", name, a.Status, a.Text("code"), tt.status, tt.code)
		}
	}
	if got := r.Journal(t); got != before {
		t.Errorf("got %d journal entries, want %d", got, before)
	}
	c.Post(t, "/api/keys", enginetest.Body{"scopes": []string{"attempts:view"}, "org": "bank"}).Want(t, http.StatusCreated, "")
}

// A key ends at its time, to the moment, and by being revoked, at once.
func TestKeysEnd(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	day := r.With(c.Post(t, "/api/keys", enginetest.Body{"scopes": []string{"attempts:view"}, "expiresInDays": 1}).Text("key"))
	r.Clock.Move(24*time.Hour - time.Millisecond)
	day.Get(t, probe).Want(t, http.StatusOK, "")
	r.Clock.Move(time.Millisecond)
	expired := day.Get(t, probe).Want(t, http.StatusUnauthorized, "access/expired-key")
	if got := expired.Text("error"); got != "missing or invalid Bearer" {
		t.Errorf("got error %q, want the contract's", got)
	}
	if got := expired.Header.Get("WWW-Authenticate"); !strings.Contains(got, "invalid_token") {
		t.Errorf("got WWW-Authenticate %q, want invalid_token", got)
	}

	made := c.Post(t, "/api/keys", enginetest.Body{"scopes": []string{"attempts:view"}})
	other, revoke := r.With(made.Text("key")), "/api/keys/"+made.Text("id")+"/revoke"
	other.Get(t, probe).Want(t, http.StatusOK, "")
	r.Caller(t, "shop").Post(t, revoke, nil).Want(t, http.StatusNotFound, "access/no-such-key")
	other.Get(t, probe).Want(t, http.StatusOK, "")
	before := r.Journal(t)
	first := c.Post(t, revoke, nil).Want(t, http.StatusOK, "").Text("revokedAt")
	other.Get(t, probe).Want(t, http.StatusUnauthorized, "access/revoked-key")
	r.Clock.Move(time.Hour)
	if got := c.Post(t, revoke, nil).Want(t, http.StatusOK, "").Text("revokedAt"); got != first || first == "" {
		t.Errorf("revoked twice: got %q, want the first time, %q", got, first)
	}
	if leaves := r.Leaves(t, before); len(leaves) != 1 || leaves[0].Kind != "key.revoked" {
		t.Errorf("got %d journal entries, want one key.revoked", len(leaves))
	}
	c.Post(t, "/api/keys/key_00000000000000000000000000/revoke", nil).Want(t, http.StatusNotFound, "access/no-such-key")
}

func TestKeysOfAnotherOrgAreNotSeen(t *testing.T) {
	r := enginetest.Open(t)
	bank, shop := r.Caller(t, "bank"), r.Caller(t, "shop")
	for c, org := range map[enginetest.Caller]string{bank: "bank", shop: "shop"} {
		list := c.Get(t, "/api/keys").Want(t, http.StatusOK, "")
		if list.Len("data") != 1 || list.Text("data.0.org") != org {
			t.Errorf("got %s, want the one key of %s", list.Body, org)
		}
	}
}

// TestUnknownSecrets are secrets that are almost right. All get one answer.
func TestUnknownSecrets(t *testing.T) {
	r := enginetest.Open(t)
	right := r.Caller(t, "bank").Secret
	last := right[len(right)-1]
	for name, secret := range map[string]string{
		"the right id, one digit wrong": right[:len(right)-1] + string('0'+(last-'0'+1)%10),
		"the right id, another secret":  right[:30] + strings.Repeat("A", 43),
		"no such id":                    "rk_" + strings.Repeat("0", 26) + right[29:],
		"too short":                     right[:len(right)-1],
		"too long":                      right + "A",
		"only the id":                   right[:29],
		"the id of the key":             "key_" + right[3:29],
		"other letters":                 strings.ToLower(right),
		"somebody else's":               "qe_sk_live_ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
	} {
		if secret == right {
			t.Fatalf("%s: the secret is right", name)
		}
		a := r.With(secret).Get(t, probe)
		if a.Status != http.StatusUnauthorized || a.Text("code") != "access/unknown-key" {
			t.Errorf("%s: got %d %s, want 401 access/unknown-key", name, a.Status, a.Text("code"))
		}
	}
	r.With(right).Get(t, probe).Want(t, http.StatusOK, "")
}

// Who holds a key is shown to whoever manages keys, stands in no journal entry, and
// is forgotten when the key ends; a key without a holder works as before.
func TestHolder(t *testing.T) {
	r := enginetest.Open(t)
	c := r.CallerFor(t, "bank", "")
	before := r.Journal(t)
	made := c.Post(t, "/api/keys", enginetest.Body{"scopes": []string{"attempts:view"}, "holder": "MARKER-4711"}).Want(t, http.StatusCreated, "")
	id := made.Text("id")
	if got := made.Text("holder"); got != "MARKER-4711" {
		t.Errorf("got holder %q, want it as it was given", got)
	}
	if list := c.Get(t, "/api/keys").Want(t, http.StatusOK, ""); !bytes.Contains(list.Body, []byte("MARKER-4711")) {
		t.Errorf("got %s, want the holder in the list", list.Body)
	}
	r.With(made.Text("key")).Get(t, probe).Want(t, http.StatusOK, "")
	for _, wrong := range []string{" ", "Ana Souza", "-ana", strings.Repeat("a", 65)} {
		c.Post(t, "/api/keys", enginetest.Body{"scopes": []string{"attempts:view"}, "holder": wrong}).Want(t, http.StatusBadRequest, "request/invalid")
	}
	if ended := c.Post(t, "/api/keys/"+id+"/revoke", nil).Want(t, http.StatusOK, ""); ended.Text("holder") != "" {
		t.Errorf("got %s, want the holder forgotten", ended.Body)
	}
	if list := c.Get(t, "/api/keys").Want(t, http.StatusOK, ""); bytes.Contains(list.Body, []byte("MARKER")) || !bytes.Contains(list.Body, []byte(id)) {
		t.Errorf("got %s, want the key without its holder", list.Body)
	}
	r.With(made.Text("key")).Get(t, probe).Want(t, http.StatusUnauthorized, "access/revoked-key")
	for _, leaf := range r.Leaves(t, before) {
		if bytes.Contains(leaf.Raw, []byte("MARKER")) {
			t.Errorf("the journal entry %s names the holder", leaf.Raw)
		}
	}
}

// Keys outlive a restart.
func TestKeysOutliveARestart(t *testing.T) {
	dir, clock := t.TempDir(), enginetest.NewClock()
	r := enginetest.OpenIn(t, dir, clock)
	secret := r.Caller(t, "bank").Secret
	if err := r.Store.Close(); err != nil {
		t.Fatal(err)
	}
	r = enginetest.OpenIn(t, dir, clock)
	r.With(secret).Get(t, probe).Want(t, http.StatusOK, "")
}
