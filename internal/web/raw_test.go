package web_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/rostod/rostod/internal/web"
)

type one struct {
	ID string `path:"id"`
}

// withRaw is an edge with one operation that takes text and asks for a token
// of its own, for pages of one origin.
func withRaw(t *testing.T) *edge {
	t.Helper()
	e := newEdge(t, func(c *web.Config) { c.Origins = []string{"https://teller.example"} })
	op := web.Operation{
		Method: "POST", Path: "/raw/{id}", ID: "raw", Summary: "Takes text.", Tag: "X", Public: true,
		Consumes: "text/x-raw", Success: 201, MaxBody: 64, CrossOrigin: true, Repeatable: true,
	}
	web.HandleRaw(e.Server.Router(), op, func(ctx context.Context, p one, body []byte) (*web.Stream, error) {
		token, err := web.TokenOf(ctx)
		if err != nil {
			return nil, err
		}
		text := p.ID + " " + token + " " + string(body)
		return &web.Stream{
			ContentType: "text/x-raw", Header: map[string]string{"Location": "/raw/1/2"},
			Write: func(_ context.Context, w io.Writer) error { _, err := io.WriteString(w, text); return err },
		}, nil
	})
	if err := e.Server.Check(); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestRaw(t *testing.T) {
	e := withRaw(t)
	kind, token := "Content-Type: text/x-raw", "Authorization: Bearer ct_1"
	for _, tt := range []struct {
		what, method, body string
		headers            []string
		status             int
		want               string
	}{
		{"as it should be", "POST", "v=0", []string{kind, token}, 201, "7 ct_1 v=0"},
		{"with parameters of its type", "POST", "v=0", []string{kind + "; charset=utf-8", token}, 201, "7 ct_1 v=0"},
		{"another type", "POST", "{}", []string{"Content-Type: application/json", token}, 415, "request/media-type"},
		{"no type", "POST", "{}", []string{"Content-Type: ", token}, 415, "request/media-type"},
		{"compressed", "POST", "x", []string{kind, token, "Content-Encoding: gzip"}, 415, "request/content-encoding"},
		{"too large", "POST", strings.Repeat("x", 65), []string{kind, token}, 413, "request/too-large"},
		{"no token", "POST", "v=0", []string{kind, "Authorization: "}, 401, "auth/token-missing"},
		{"two words", "POST", "v=0", []string{kind, "Authorization: Bearer a b"}, 401, "auth/malformed"},
		{"another method", "PATCH", "v=0", []string{kind, token}, 405, "request/method-not-allowed"},
	} {
		w := e.ask(tt.method, "/raw/7", tt.body, tt.headers...)
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("%s: got %d %s, want %d %s", tt.what, w.Code, w.Body, tt.status, tt.want)
		}
	}
}

func TestCrossOrigin(t *testing.T) {
	e := withRaw(t)
	ask := "Access-Control-Request-Method: POST"
	for _, tt := range []struct {
		what, method, path string
		headers            []string
		status             int
		origin             string
	}{
		{"a preflight of an allowed page", "OPTIONS", "/raw/7", []string{"Origin: https://teller.example", ask}, 204, "https://teller.example"},
		{"a preflight of another page", "OPTIONS", "/raw/7", []string{"Origin: https://evil.example", ask}, 405, ""},
		{"no preflight", "OPTIONS", "/raw/7", []string{"Origin: https://teller.example"}, 405, ""},
		{"an operation for programs", "OPTIONS", "/livez", []string{"Origin: https://teller.example", ask}, 405, ""},
		{"an error that the page may read", "POST", "/raw/7", []string{"Origin: https://teller.example", "Content-Type: text/plain"}, 415, "https://teller.example"},
		{"an error for another page", "POST", "/raw/7", []string{"Origin: https://evil.example", "Content-Type: text/plain"}, 415, ""},
		{"no page at all", "POST", "/raw/7", []string{"Content-Type: text/plain"}, 415, ""},
	} {
		w := e.ask(tt.method, tt.path, "x", tt.headers...)
		if got := w.Header().Get("Access-Control-Allow-Origin"); w.Code != tt.status || got != tt.origin {
			t.Errorf("%s: got %d for %q, want %d for %q", tt.what, w.Code, got, tt.status, tt.origin)
		}
	}
}
