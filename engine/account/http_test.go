package account_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

const grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"

// claims are what an assertion says.
type claims = map[string]any

// signer makes assertions of one account.
type signer struct {
	t   *testing.T
	r   *enginetest.Rooms
	key *rsa.PrivateKey
	iss string
}

// make makes an account and reads its key.
func makeAccount(t *testing.T, r *enginetest.Rooms, c enginetest.Caller, body enginetest.Body) signer {
	t.Helper()
	a := c.Post(t, "/api/accounts", body).Want(t, http.StatusCreated, "")
	return signer{t, r, keyIn(t, a), a.Text("issuer")}
}

func keyIn(t *testing.T, a enginetest.Answer) *rsa.PrivateKey {
	t.Helper()
	block, _ := pem.Decode([]byte(a.Text("privateKey")))
	if block == nil {
		t.Fatalf("got %s, want a private key", a.Body)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(*rsa.PrivateKey)
	if err != nil || !ok {
		t.Fatalf("got a private key that cannot be read: %v", err)
	}
	return key
}

// assertion signs claims; change may alter them.
func (s signer) assertion(change func(claims)) string {
	now := s.r.Clock.Now().Unix()
	c := claims{"iss": s.iss, "aud": "https://identity.acesso.io", "scope": "*", "iat": now, "exp": now + 3600}
	if change != nil {
		change(c)
	}
	return s.sign(claims{"alg": "RS256", "typ": "JWT"}, c)
}

func (s signer) sign(header, c claims) string {
	s.t.Helper()
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			s.t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	text := part(header) + "." + part(c)
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, s.key, crypto.SHA256, digest[:])
	if err != nil {
		s.t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// ask sends an assertion to the token endpoint.
func ask(t *testing.T, r *enginetest.Rooms, assertion string) enginetest.Answer {
	t.Helper()
	return r.Form(t, "/oauth2/token", url.Values{"grant_type": {grant}, "assertion": {assertion}})
}

func TestTokenOpensProcesses(t *testing.T) {
	r := enginetest.Open(t)
	s := makeAccount(t, r, r.Caller(t, "bank"), enginetest.Body{"name": "teller"})
	a := ask(t, r, s.assertion(nil)).Want(t, http.StatusOK, "")
	if a.Text("token_type") != "Bearer" || a.Number("expires_in") != 3600 || a.Text("access_token") == "" {
		t.Fatalf("got %s, want a bearer token for an hour", a.Body)
	}
	token := a.Text("access_token")
	c := r.Client(t, "bank", enginetest.Wish{Capabilities: []engine.CapabilityName{engine.CapMultiAccounts}})
	use := func(token string) enginetest.Answer {
		return c.Get(t, "/processes/v1/00000000-0000-7000-8000-000000000000", "APIKEY", c.Secret, "Authorization", token)
	}
	want := func(what, token string, status int, code string) {
		t.Helper()
		if a := use(token); a.Status != status || a.Text("error.code") != code {
			t.Errorf("%s: got %d %s, want %d %s", what, a.Status, a.Body, status, code)
		}
	}
	want("a bare token", token, 404, "404")
	want("a bearer token", "bearer "+token, 404, "404")
	want("an altered token", token[:len(token)-2]+"AA", 403, "10501")
	other := makeAccount(t, r, r.Caller(t, "shop"), enginetest.Body{"name": "teller"})
	foreign := ask(t, r, other.assertion(nil)).Text("access_token")
	want("another org's token", foreign, 403, "30017")
	// The contract of hosted processes has no second header.
	hosted := func(token string) enginetest.Answer {
		return r.With(token).Post(t, "/client/v1/process", enginetest.Body{"callbackUri": "/", "flow": "idlive", "purpose": "creditprocess"})
	}
	id := hosted(token).Want(t, http.StatusOK, "").Text("process.id")
	r.With(token).Get(t, "/client/v1/process/"+id).Want(t, http.StatusOK, "")
	r.Caller(t, "bank").Get(t, "/client/v1/process/"+id).Want(t, http.StatusOK, "")
	r.With(foreign).Get(t, "/client/v1/process/"+id).Want(t, http.StatusNotFound, "")
	r.With(token).Get(t, "/api/keys").Want(t, http.StatusUnauthorized, "")
	r.Clock.Move(time.Hour)
	want("an old token", token, 403, "10502")
	if a := hosted(token); a.Status != 403 || a.Text("error.code") != "7" {
		t.Errorf("an old token creates a process: got %d %s, want 403 and 7", a.Status, a.Body)
	}
	fresh := ask(t, r, s.assertion(nil)).Text("access_token")
	r.Caller(t, "bank").Post(t, "/api/accounts/teller/disable", nil).Want(t, http.StatusOK, "")
	hosted(fresh).Want(t, http.StatusForbidden, "")
	want("a token of an account that has ended", fresh, 403, "10501")
}

func TestEveryNumber(t *testing.T) {
	r := enginetest.Open(t)
	operator := r.Caller(t, "bank")
	s := makeAccount(t, r, operator, enginetest.Body{"name": "teller"})
	made := func(body enginetest.Body) signer { return makeAccount(t, r, operator, body) }
	ended := made(enginetest.Body{"name": "renewed"})
	operator.Post(t, "/api/accounts/renewed/renew", nil).Want(t, http.StatusOK, "")
	off := made(enginetest.Body{"name": "off"})
	operator.Post(t, "/api/accounts/off/disable", nil).Want(t, http.StatusOK, "")
	away := made(enginetest.Body{"name": "away", "addresses": []string{"10.1.0.0/16"}})
	near := made(enginetest.Body{"name": "near", "addresses": []string{"127.0.0.0/8"}})
	early := made(enginetest.Body{"name": "early", "from": r.Clock.Now().Add(time.Hour)})
	late := made(enginetest.Body{"name": "late", "until": r.Clock.Now()})
	forged := s
	forged.key = near.key
	used := s.assertion(func(c claims) { c["exp"] = r.Clock.Now().Unix() + 60 })
	ask(t, r, used).Want(t, http.StatusOK, "")
	with := func(name string, value any) string { return s.assertion(func(c claims) { c[name] = value }) }
	now := r.Clock.Now().Unix()
	for _, test := range []struct{ what, assertion, number string }{
		{"an issuer that is nobody's", with("iss", "teller@bank.example"), "1.0.1"},
		{"an org without accounts", with("iss", "teller@nobody.iam.acesso.io"), "1.0.1"},
		{"no scope", s.assertion(func(c claims) { delete(c, "scope") }), "1.1.1"},
		{"expired", with("exp", now), "1.2.4"},
		{"from the future", s.assertion(func(c claims) { c["iat"], c["exp"] = now+120, now+180 }), "1.2.4"},
		{"for more than an hour", with("exp", now+3601), "1.2.4"},
		{"signed by another", forged.assertion(nil), "1.2.5"},
		{"signed by a key that has ended", ended.assertion(nil), "1.2.6"},
		{"used", used, "1.2.7"},
		{"no such account", with("iss", "nobody@bank.iam.acesso.io"), "1.2.11"},
		{"disabled", off.assertion(nil), "1.2.11"},
		{"another scope", with("scope", "admin"), "1.2.14"},
		{"for somebody else", with("sub", "x"), "1.2.19"},
		{"no JWT", "x", "1.2.20"},
		{"no base64", "a.%.c", "1.2.20"},
		{"another algorithm", s.sign(claims{"alg": "none", "typ": "JWT"}, claims{}), "1.2.21"},
		{"a further header", s.sign(claims{"alg": "RS256", "typ": "JWT", "kid": "x"}, claims{}), "1.2.21"},
		{"another audience", with("aud", "https://elsewhere.example"), "1.2.21"},
		{"an issuer without an account", with("iss", "bank"), "1.2.21"},
		{"a further claim", with("jti", "x"), "1.2.22"},
		{"from elsewhere", away.assertion(nil), "1.3.1"},
		{"before its time", early.assertion(nil), "1.3.2"},
		{"after its time", late.assertion(nil), "1.3.2"},
	} {
		t.Run(test.what, func(t *testing.T) {
			a := ask(t, r, test.assertion)
			if a.Status != 401 || a.Text("error") != "server_error" || a.Text("error_description") != "Falha na autenticação "+test.number {
				t.Errorf("got %d %s, want 401 and %s", a.Status, a.Body, test.number)
			}
		})
	}
	ask(t, r, near.assertion(nil)).Want(t, http.StatusOK, "")

	for range 20 {
		ask(t, r, forged.assertion(nil))
	}
	if a := ask(t, r, s.assertion(nil)); !strings.HasSuffix(a.Text("error_description"), " 1.2.18") {
		t.Errorf("after 20 wrong signatures: got %s, want 1.2.18", a.Body)
	}
	r.Clock.Move(5 * time.Minute)
	ask(t, r, s.assertion(nil)).Want(t, http.StatusOK, "")
}

func TestFormOfTheRequest(t *testing.T) {
	r := enginetest.Open(t)
	for _, test := range []struct {
		what  string
		form  url.Values
		error string
	}{
		{"another grant", url.Values{"grant_type": {"password"}, "assertion": {"x"}}, "unsupported_grant_type"},
		{"no grant", url.Values{"assertion": {"x"}}, "invalid_request"},
		{"no assertion", url.Values{"grant_type": {grant}}, "invalid_request"},
		{"two assertions", url.Values{"grant_type": {grant}, "assertion": {"x", "y"}}, "invalid_request"},
	} {
		t.Run(test.what, func(t *testing.T) {
			if a := r.Form(t, "/oauth2/token", test.form); a.Status != 400 || a.Text("error") != test.error {
				t.Errorf("got %d %s, want 400 %s", a.Status, a.Body, test.error)
			}
		})
	}
	if a := r.Caller(t, "bank").Post(t, "/oauth2/token", enginetest.Body{}); a.Status != 415 || a.Text("error") != "invalid_request" {
		t.Errorf("JSON: got %d %s, want 415", a.Status, a.Body)
	}
}

func TestAccountsOfAnOrg(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	made := c.Post(t, "/api/accounts", enginetest.Body{"name": "teller"}).Want(t, http.StatusCreated, "")
	public, err := x509.MarshalPKIXPublicKey(&keyIn(t, made).PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))
	own := c.Post(t, "/api/accounts", enginetest.Body{"name": "own", "publicKey": text}).Want(t, http.StatusCreated, "")
	if own.At("privateKey") != nil || own.Text("key") != made.Text("key") {
		t.Errorf("got %s, want the key that was sent", own.Body)
	}
	c.Post(t, "/api/accounts", enginetest.Body{"name": "teller"}).Want(t, http.StatusConflict, "account/name-taken")
	c.Post(t, "/api/accounts", enginetest.Body{"name": "x", "publicKey": "x"}).Want(t, http.StatusUnprocessableEntity, "account/key")
	c.Post(t, "/api/accounts", enginetest.Body{"name": "x", "org": "shop"}).Want(t, http.StatusForbidden, "account/other-org")
	c.Post(t, "/api/accounts", enginetest.Body{"name": "Much-too-long-a-name"}).Want(t, http.StatusBadRequest, "request/invalid")
	c.Post(t, "/api/accounts/nobody/disable", nil).Want(t, http.StatusNotFound, "account/no-such-account")
	if list := c.Get(t, "/api/accounts").Want(t, http.StatusOK, ""); list.Len("data") != 2 || strings.Contains(string(list.Body), "PRIVATE") {
		t.Errorf("got %s, want both accounts and no private key", list.Body)
	}
	if list := r.Caller(t, "shop").Get(t, "/api/accounts"); list.Len("data") != 0 {
		t.Errorf("got %s, want nothing of another org", list.Body)
	}
}
