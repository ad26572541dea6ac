package serpro

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
)

// Tokens: where they come from, and when another is fetched.
func TestTokens(t *testing.T) {
	refused := says(http.StatusUnauthorized, `{"fault":"Invalid Credentials"}`)
	for _, row := range []struct {
		name            string
		token, validate http.HandlerFunc
		ends            int
		want            []int // of the answers, one after another
		reason          string
		issued          int
	}{
		{name: "one for many requests", ends: 3295, want: []int{96, 96, 96}, issued: 1},
		{name: "one that ends at once is not used twice", ends: 5, want: []int{96, 96}, issued: 2},
		{name: "one that is refused is renewed", ends: 3295, validate: then(refused, says(200, whole)), want: []int{96}, issued: 2},
		{name: "one that is refused mid-way is renewed", ends: 3295, validate: then(says(200, whole), refused, says(200, whole)), want: []int{96, 96}, issued: 2},
		{name: "all are refused", ends: 3295, validate: refused, want: []int{-2}, reason: "serpro-401", issued: 2},
		{name: "none is given", token: says(401, `{"error":"invalid_client"}`), want: []int{-2}, reason: reasonToken},
		{name: "the token endpoint is broken", token: says(500, "<html>"), want: []int{-2}, reason: reasonToken},
		{name: "the token endpoint answers HTML", token: says(200, "<html>"), want: []int{-2}, reason: reasonToken},
		{name: "the token endpoint answers no token", token: says(200, `{"expires_in":3295}`), want: []int{-2}, reason: reasonToken},
		{name: "the next token is given again", token: then(says(500, ""), func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"access_token":"again","token_type":"Bearer","expires_in":3295}`)
		}), want: []int{-2, 96}},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := newRegister(t)
			g.token, g.validate, g.ends = row.token, row.validate, row.ends
			s := opened(t, g.config())
			for i, want := range row.want {
				if got, reason := asks(t, s, maria()); got != want || want == -2 && row.reason != "" && reason != row.reason {
					t.Errorf("answer %d: got %d %q, want %d %q", i, got, reason, want, row.reason)
				}
			}
			if g.issued != row.issued {
				t.Errorf("tokens: got %d, want %d", g.issued, row.issued)
			}
		})
	}
}

// A stranger with another certificate gets neither the secret nor the face.
func TestAStrangersCertificate(t *testing.T) {
	g := newRegister(t)
	c := g.config()
	c.Client = network(c.Budget)
	if got, reason := asks(t, opened(t, c), maria()); got != unanswered || reason != reasonToken {
		t.Errorf("got %d %q, want -2 %q", got, reason, reasonToken)
	}
	if len(g.asked) != 0 {
		t.Errorf("the stranger was asked: got %v, want nothing", g.asked)
	}
}

// Old TLS is refused.
func TestOldTLS(t *testing.T) {
	g := newRegister(t)
	old := httptest.NewUnstartedServer(http.HandlerFunc(g.answer))
	old.Config.ErrorLog = log.New(io.Discard, "", 0)
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	old.StartTLS()
	defer old.Close()
	c := g.config()
	c.Base, c.Token = old.URL+"/datavalid", old.URL+"/token"
	trusting, ok1 := network(c.Budget).(*http.Transport)
	knows, ok2 := old.Client().Transport.(*http.Transport)
	if !ok1 || !ok2 {
		t.Fatal("the transports are of another type")
	}
	trusting.TLSClientConfig.RootCAs = knows.TLSClientConfig.RootCAs
	c.Client = trusting
	if got, reason := asks(t, opened(t, c), maria()); got != unanswered || reason != reasonToken {
		t.Errorf("got %d %q, want -2 %q", got, reason, reasonToken)
	}
}

// The requests of both versions are as the contract has them.
func TestRequests(t *testing.T) {
	picture := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", 16)))
	claims := `"validacao":{"nome":"` + aName + `","data_nascimento":"1980-02-29","biometria_facial":{"formato":"JPG","vivacidade":false,"base64":"` + picture + `"}}`
	consent := func(context.Context, string) (engine.Secret, error) { return "a.consent.token", nil }
	for _, row := range []struct {
		name       string
		change     func(*Config)
		path, want string
	}{
		{"v4", func(*Config) {}, "/datavalid/v4/pf-facial", `{"cpf":"` + aCPF + `",` + claims + `}`},
		{"v5", func(c *Config) { c.Version, c.Template, c.Consent = V5, "tpl-1", consent }, "/datavalid/v5/pessoa-fisica/validacao",
			`{"privacidade":{"rfb":{"id_template":"tpl-1"},"senatran":{"token":"a.consent.token","cnpj_anuente":null}},"cpf":"` + aCPF + `",` + claims + `}`},
		{"v5 for somebody else", func(c *Config) { c.Version, c.Template, c.Consent, c.Anuente = V5, "tpl-1", consent, "33683111000107" }, "/datavalid/v5/pessoa-fisica/validacao",
			`{"privacidade":{"rfb":{"id_template":"tpl-1"},"senatran":{"token":"a.consent.token","cnpj_anuente":"33683111000107"}},"cpf":"` + aCPF + `",` + claims + `}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := newRegister(t)
			c := g.config()
			row.change(&c)
			if got, reason := asks(t, opened(t, c), maria()); got != 96 {
				t.Fatalf("got %d %q, want 96", got, reason)
			}
			if got := g.asked[len(g.asked)-1]; got != "POST "+row.path {
				t.Errorf("path: got %s, want POST %s", got, row.path)
			}
			if got := string(g.bodies[0]); got != row.want {
				t.Errorf("body: got\n%s\nwant\n%s", got, row.want)
			}
			var anything map[string]any
			if err := json.Unmarshal(g.bodies[0], &anything); err != nil {
				t.Error(err)
			}
		})
	}
}
