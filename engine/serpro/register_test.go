package serpro

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

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
