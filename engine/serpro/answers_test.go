package serpro

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
)

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
