package serpro

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
)

const (
	aCPF   = "52998224725"
	aName  = "Maria da Conceição"
	aKey   = "consumer-key"
	aWord  = "consumer-secret"
	aBirth = "1980-02-29"
)

// register speaks Datavalid's contract over TLS, as the pages of Serpro and the
// notes of those who use it describe it.
type register struct {
	*httptest.Server
	mu     sync.Mutex
	issued int // tokens
	ends   int // seconds until a token ends
	asked  []string
	tokens []string
	bodies [][]byte
	// token and validate answer in the place of what is usual; nil: as usual.
	token, validate http.HandlerFunc
}

func newRegister(t *testing.T) *register {
	t.Helper()
	g := &register{ends: 3295}
	g.Server = httptest.NewUnstartedServer(http.HandlerFunc(g.answer))
	g.Config.ErrorLog = log.New(io.Discard, "", 0) // it is told of every wrong certificate
	g.StartTLS()
	t.Cleanup(g.Close)
	return g
}

func (g *register) answer(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	g.mu.Lock()
	g.asked = append(g.asked, r.Method+" "+r.URL.Path)
	token, validate := g.token, g.validate
	g.mu.Unlock()
	if r.URL.Path == "/token" {
		id, word, ok := r.BasicAuth()
		switch {
		case token != nil:
			token(w, r)
		case !ok || id != aKey || word != aWord || string(body) != "grant_type=client_credentials":
			http.Error(w, `{"error":"invalid_client"}`, http.StatusUnauthorized)
		default:
			g.mu.Lock()
			g.issued++
			n, ends := g.issued, g.ends
			g.mu.Unlock()
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprintf(w, `{"scope":"default","token_type":"Bearer","expires_in":%d,"access_token":"token-%d"}`, ends, n)
		}
		return
	}
	g.mu.Lock()
	g.bodies = append(g.bodies, body)
	g.tokens = append(g.tokens, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	g.mu.Unlock()
	if validate == nil {
		validate = says(http.StatusOK, whole)
	}
	validate(w, r)
}

// whole is an answer of v4.
const whole = `{"nome":true,"nome_similaridade":1.0,"biometria_facial":{"disponivel":true,"vivacidade":"REAL","probabilidade":"Altíssima probabilidade","similaridade":0.9623}}`

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// then answers by turns, and by the last from then on.
func then(turns ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	at := 0
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		turn := turns[min(at, len(turns)-1)]
		at++
		mu.Unlock()
		turn(w, r)
	}
}

func (g *register) requests() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.bodies)
}

// config is a room that trusts the register's certificate.
func (g *register) config() Config {
	return Config{
		Base: g.URL + "/datavalid", Token: g.URL + "/token", Key: aKey, Secret: aWord, Version: V4,
		Pictures: still{width: 750, height: 750}, Client: g.Client().Transport, Budget: 5 * time.Second,
	}
}

// still writes pictures of one size.
type still struct {
	width, height, bytes int
	err                  error
}

func (s still) JPEG([]byte, int) ([]byte, int, int, error) {
	return []byte(strings.Repeat("x", max(s.bytes, 16))), s.width, s.height, s.err
}

func opened(t *testing.T, c Config) *Serpro {
	t.Helper()
	s, err := Open(c)
	if err != nil {
		t.Fatalf("open: got %v, want none", err)
	}
	return s
}

func maria() engine.Case {
	return engine.Case{
		Process: "0199", Picture: []byte("a picture"),
		Declared: engine.Declared{Kind: "BR_CPF", Number: aCPF, Name: aName, BirthDate: aBirth},
	}
}

// asks finds, and wants an answer.
func asks(t *testing.T, s *Serpro, c engine.Case) (similarity int, reason string) {
	t.Helper()
	f, err := s.find(t.Context(), c)
	if err != nil {
		t.Fatalf("find: got %v, want none", err)
	}
	if len(f.Reasons) > 0 {
		reason = f.Reasons[0]
	}
	return f.Outcome.Government.Serpro, reason
}

// What the register says, and what becomes of it. Each row is one answer of the
// documented contract, or one that no contract has.
func TestAnswers(t *testing.T) {
	block := func(b string) http.HandlerFunc { return says(http.StatusOK, `{"biometria_facial":`+b+`}`) }
	hangs := func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
	drips := func(w http.ResponseWriter, r *http.Request) {
		for i := 0; r.Context().Err() == nil; i = (i + 1) % len(whole) {
			if _, err := io.WriteString(w, " "); err != nil {
				return
			}
			_ = http.NewResponseController(w).Flush()
			select {
			case <-time.After(10 * time.Millisecond):
			case <-r.Context().Done():
			}
		}
	}
	half := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "500")
		_, _ = io.WriteString(w, whole[:40])
	}
	cut := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	for _, row := range []struct {
		name   string
		says   http.HandlerFunc
		want   int
		reason string
	}{
		{"very likely", says(200, whole), 96, ""},
		{"no likeness at all", block(`{"disponivel":true,"similaridade":0}`), 0, ""},
		{"the same picture", block(`{"disponivel":true,"similaridade":1}`), 100, ""},
		{"half a hundredth is rounded up", block(`{"disponivel":true,"similaridade":0.925}`), 93, ""},
		{"a v5 answer below the licence", says(200, `{"rfb_existe":true,"cnh_existe":true,"cnh":{"biometria_facial":{"disponivel":true,"similaridade":0.5}}}`), 50, ""},
		{"no face on file", block(`{"disponivel":false}`), -1, reasonNotFound},
		{"no content", says(204, ""), -1, reasonNotFound},
		{"DV040 in JSON", says(422, `[{"codigo":"DV040","mensagem":"face inexistente na base"}]`), -1, reasonNotFound},
		{"DV040 in text", says(422, "DV040 - face inexistente"), -1, reasonNotFound},
		{"DV040 among others", says(422, "DV040 DV045"), -2, "serpro-DV040"},
		{"DV000", says(422, `{"codigo":"DV000"}`), -2, "serpro-DV000"},
		{"DV001, a minor", says(422, `{"codigo":"DV001"}`), -2, "serpro-DV001"},
		{"DV002", says(422, `{"codigo":"DV002"}`), -2, "serpro-DV002"},
		{"DV010, a wrong CPF", says(422, `{"codigo":"DV010"}`), -2, "serpro-DV010"},
		{"DV041, no face in the picture", says(422, `{"codigo":"DV041"}`), -2, "serpro-DV041"},
		{"DV042, its size", says(422, `{"codigo":"DV042"}`), -2, "serpro-DV042"},
		{"DV043, corrupt", says(422, `{"codigo":"DV043"}`), -2, "serpro-DV043"},
		{"DV044, base64", says(422, `{"codigo":"DV044"}`), -2, "serpro-DV044"},
		{"DV045, poor", says(422, `{"codigo":"DV045"}`), -2, "serpro-DV045"},
		{"422 without a number", says(422, "?"), -2, "serpro-422"},
		{"400 as bare text", says(400, "cpf : valor inválido"), -2, "serpro-400"},
		{"403", says(403, `{"fault":"no subscription"}`), -2, "serpro-403"},
		{"404", says(404, ""), -2, "serpro-404"},
		{"413", says(413, "<html>413</html>"), -2, "serpro-413"},
		{"429", says(429, `{"message":"throttled"}`), -2, "serpro-429"},
		{"500", says(500, ""), -2, "serpro-500"},
		{"502", says(502, "<html>Bad Gateway</html>"), -2, "serpro-502"},
		{"503", says(503, ""), -2, "serpro-503"},
		{"504", says(504, ""), -2, "serpro-504"},
		{"a redirect", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://example.com/")
			w.WriteHeader(http.StatusTemporaryRedirect)
		}, -2, "serpro-307"},
		{"HTML with status 200", says(200, "<!doctype html><title>Manutenção</title>"), -2, reasonWords},
		{"an empty body", says(200, ""), -2, reasonWords},
		{"no block about the face", says(200, `{"nome":true}`), -2, reasonWords},
		{"no similarity", block(`{"disponivel":true}`), -2, reasonWords},
		{"a similarity as a word", block(`{"disponivel":true,"similaridade":"0.9"}`), -2, reasonWords},
		{"a similarity in hundredths", block(`{"disponivel":true,"similaridade":96}`), -2, reasonWords},
		{"a negative similarity", block(`{"disponivel":true,"similaridade":-0.1}`), -2, reasonWords},
		{"not said whether there is a face", block(`{"similaridade":0.9}`), -2, reasonWords},
		{"half a body", half, -2, reasonNetwork},
		{"no answer at all", cut, -2, reasonNetwork},
		{"a body that never ends", says(200, strings.Repeat(" ", mostAnswer+1)), -2, reasonWords},
		{"a body that never begins", hangs, -2, reasonLate},
		{"a body by drips", drips, -2, reasonLate},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := newRegister(t)
			g.validate = row.says
			c := g.config()
			if row.reason == reasonLate {
				c.Budget = 300 * time.Millisecond
			}
			if got, reason := asks(t, opened(t, c), maria()); got != row.want || reason != row.reason {
				t.Errorf("got %d %q, want %d %q", got, reason, row.want, row.reason)
			}
			if got := g.requests(); got != 1 {
				t.Errorf("requests: got %d, want 1", got)
			}
		})
	}
}

// What goes wrong before anything was asked.
func TestNotAsked(t *testing.T) {
	other := func(change func(*engine.Case)) engine.Case {
		c := maria()
		change(&c)
		return c
	}
	for _, row := range []struct {
		name   string
		c      engine.Case
		still  still
		reason string
	}{
		{"a CURP", other(func(c *engine.Case) { c.Declared.Kind = "MX_CURP" }), still{width: 750, height: 750}, reasonNotCPF},
		{"wrong check digits", other(func(c *engine.Case) { c.Declared.Number = "52998224724" }), still{width: 750, height: 750}, reasonNotCPF},
		{"eleven times one digit", other(func(c *engine.Case) { c.Declared.Number = "11111111111" }), still{width: 750, height: 750}, reasonNotCPF},
		{"no picture", other(func(c *engine.Case) { c.Picture = nil }), still{width: 750, height: 750}, reasonPicture},
		{"a picture that cannot be read", maria(), still{err: io.ErrUnexpectedEOF}, reasonPicture},
		{"a narrow picture", maria(), still{width: 249, height: 1280}, reasonSmall},
		{"a picture that stays too large", maria(), still{width: 750, height: 750, bytes: mostRequest}, reasonPicture},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := newRegister(t)
			c := g.config()
			c.Pictures = row.still
			if got, reason := asks(t, opened(t, c), row.c); got != unanswered || reason != row.reason {
				t.Errorf("got %d %q, want -2 %q", got, reason, row.reason)
			}
			if len(g.asked) != 0 {
				t.Errorf("asked: got %v, want nothing", g.asked)
			}
		})
	}
}

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
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10} //nolint:gosec // that is what is tested
	old.StartTLS()
	defer old.Close()
	c := g.config()
	c.Base, c.Token = old.URL+"/datavalid", old.URL+"/token"
	if trusting, ok := network(c.Budget).(*http.Transport); ok {
		trusting.TLSClientConfig.RootCAs = old.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
		c.Client = trusting
	}
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
