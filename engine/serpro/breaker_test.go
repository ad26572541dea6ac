package serpro

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rostod/rostod/engine"
)

// wire is a network inside the process, so that time can stand still.
type wire struct {
	asked int
	say   func(ctx context.Context) (status int, body string, err error)
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body, err := http.StatusOK, `{"access_token":"t","token_type":"Bearer","expires_in":99999}`, error(nil)
	if r.URL.Path != "/token" {
		w.asked++
		status, body, err = w.say(r.Context())
	}
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: status, Request: r, Body: io.NopCloser(strings.NewReader(body)),
		Header: http.Header{"Content-Type": {"application/json"}},
	}, nil
}

func wired(t *testing.T, w *wire, change func(*Config)) *Serpro {
	t.Helper()
	c := Config{
		Base: "https://register.example/datavalid", Token: "https://register.example/token", Key: aKey, Secret: aWord, Version: V4,
		Pictures: still{width: 750, height: 750}, Client: w, Budget: 10 * time.Second,
	}
	if change != nil {
		change(&c)
	}
	return opened(t, c)
}

// The breaker closed, open and half-open: each row is one request, after a
// while, and whether the register was asked.
func TestBreaker(t *testing.T) {
	up := func(context.Context) (int, string, error) { return 200, whole, nil }
	down := func(context.Context) (int, string, error) { return 503, "", nil }
	wrong := func(context.Context) (int, string, error) { return 422, "DV045", nil }
	mute := func(ctx context.Context) (int, string, error) { <-ctx.Done(); return 0, "", ctx.Err() }
	type step struct {
		after time.Duration
		say   func(context.Context) (int, string, error)
		asked bool
		want  int
		why   string
	}
	failing := func(n int, say func(context.Context) (int, string, error), why string) []step {
		return slices.Repeat([]step{{0, say, true, -2, why}}, n)
	}
	for _, row := range []struct {
		name  string
		steps []step
	}{
		{"four failures in a row do not rest it", append(failing(4, down, "serpro-503"), step{0, up, true, 96, ""})},
		{"a success between counts from the beginning", slices.Concat(failing(4, down, "serpro-503"), []step{{0, up, true, 96, ""}}, failing(4, down, "serpro-503"), []step{{0, up, true, 96, ""}})},
		{"five rest it", append(failing(5, down, "serpro-503"), step{0, up, false, -2, reasonResting}, step{restFor - time.Second, up, false, -2, reasonResting})},
		{"after a while one is let through, and mends it", append(failing(5, down, "serpro-503"), step{restFor + time.Second, up, true, 96, ""}, step{0, up, true, 96, ""})},
		{"or rests it again", append(failing(5, down, "serpro-503"), step{restFor + time.Second, down, true, -2, "serpro-503"}, step{0, up, false, -2, reasonResting})},
		{"being late counts", append(failing(5, mute, reasonLate), step{0, up, false, -2, reasonResting})},
		{"what is wrong with one request does not", append(failing(9, wrong, "serpro-DV045"), step{0, up, true, 96, ""})},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &wire{}
				s := wired(t, w, nil)
				for i, step := range row.steps {
					time.Sleep(step.after)
					before := w.asked
					w.say = step.say
					got, why := asks(t, s, maria())
					if got != step.want || why != step.why || (w.asked > before) != step.asked {
						t.Fatalf("request %d: got %d %q, asked %v; want %d %q, asked %v", i, got, why, w.asked > before, step.want, step.why, step.asked)
					}
				}
			})
		})
	}
}

// Callers who go away are told so, and say nothing of the register.
func TestCallersWhoGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{say: func(ctx context.Context) (int, string, error) { <-ctx.Done(); return 0, "", ctx.Err() }}
		s := wired(t, w, nil)
		for range 2 * failuresThatRest {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			if _, err := s.find(ctx, maria()); !errors.Is(err, context.Canceled) {
				t.Fatalf("got %v, want that the caller has gone", err)
			}
		}
		w.say = func(context.Context) (int, string, error) { return 200, whole, nil }
		if got, why := asks(t, s, maria()); got != 96 {
			t.Errorf("got %d %q, want 96", got, why)
		}
	})
}

// The budget: the register's, or what the request around has left.
func TestBudget(t *testing.T) {
	for _, row := range []struct {
		name     string
		deadline time.Duration // of the request around; 0: none
		want     time.Duration
	}{
		{"its own", 0, 10 * time.Second},
		{"a long request", time.Minute, 10 * time.Second},
		{"a short request keeps a second for the rest", 4 * time.Second, 3 * time.Second},
		{"a request with nothing to spare", time.Second, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &wire{say: func(ctx context.Context) (int, string, error) { <-ctx.Done(); return 0, "", ctx.Err() }}
				s := wired(t, w, nil)
				ctx := t.Context()
				if row.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, row.deadline)
					defer cancel()
				}
				began := time.Now()
				f, err := s.find(ctx, maria())
				if err != nil || f.Outcome.Government.Serpro != unanswered || f.Reasons[0] != reasonLate {
					t.Errorf("got %+v, %v; want -2 and %s", f, err, reasonLate)
				}
				if took := time.Since(began); took != row.want {
					t.Errorf("took %s, want %s", took, row.want)
				}
			})
		})
	}
}

// While one fetches a token that does not come, others end with their own time.
func TestWaitingForATokenEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := roundTrip(func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() })
		s := wired(t, &wire{}, func(c *Config) { c.Client = stuck })
		done := make(chan string, 3)
		for range 3 {
			go func() { _, why := asks(t, s, maria()); done <- why }()
		}
		for range 3 {
			if why := <-done; why != reasonLate {
				t.Errorf("got %q, want %q", why, reasonLate)
			}
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Nothing personal and no secret is in a log, a reason, an error or a print.
func TestNothingPersonalIsSaid(t *testing.T) {
	var logged bytes.Buffer
	for _, say := range []func(context.Context) (int, string, error){
		func(context.Context) (int, string, error) { return 400, aCPF + " " + aName + " : valor inválido", nil },
		func(context.Context) (int, string, error) {
			return 422, `{"codigo":"DV010","valor":"` + aCPF + `"}`, nil
		},
		func(context.Context) (int, string, error) {
			return 0, "", fmt.Errorf("post %s %s %s", aCPF, aName, aWord)
		},
		func(context.Context) (int, string, error) { return 200, `{"biometria_facial":"` + aCPF + `"}`, nil },
	} {
		s := wired(t, &wire{say: say}, func(c *Config) {
			c.Log = slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
		f, err := s.find(t.Context(), maria())
		_, _ = fmt.Fprintf(&logged, "%+v %v %+v %v %#v\n", f, err, s.Config, s.Key, s.Secret)
	}
	if n := strings.Count(logged.String(), "the register gave no similarity"); n != 4 {
		t.Errorf("log lines: got %d, want 4:\n%s", n, &logged)
	}
	for _, secret := range []string{aCPF, aName, "Maria", aWord, aKey, "a picture"} {
		if strings.Contains(logged.String(), secret) {
			t.Errorf("%q is in:\n%s", secret, &logged)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, row := range []struct {
		name, want string
		change     func(*Config)
	}{
		{"plain HTTP", "base address must begin with https://", func(c *Config) { c.Base = "http://register.example" }},
		{"a token over plain HTTP", "token address must begin with https://", func(c *Config) { c.Token = "http://register.example/token" }},
		{"a password in the address", "base address", func(c *Config) { c.Base = "https://a:b@register.example" }},
		{"no secret", "no consumer key and secret", func(c *Config) { c.Secret = "" }},
		{"another version", "4 or 5", func(c *Config) { c.Version = 3 }},
		{"v5 without a template", "template", func(c *Config) { c.Version, c.Consent = V5, ConsentFile("x") }},
		{"v5 without consent", "consent", func(c *Config) { c.Version, c.Template = V5, "tpl-1" }},
		{"half a CNPJ", "14 digits", func(c *Config) { c.Anuente = "33683111" }},
		{"no budget", "budget", func(c *Config) { c.Budget = 0 }},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := Config{
				Base: "https://register.example", Token: "https://register.example/token", Key: aKey, Secret: aWord,
				Version: V4, Pictures: still{}, Budget: time.Second,
			}
			row.change(&c)
			_, err := Open(c)
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %q in it", err, row.want)
			}
		})
	}
}

// Where the consent token of an operation comes from.
func TestConsent(t *testing.T) {
	file := filepath.Join(t.TempDir(), "consent")
	if err := os.WriteFile(file, []byte(" from.a.file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	serving := func(do http.HandlerFunc) Consent {
		server := httptest.NewTLSServer(do)
		t.Cleanup(server.Close)
		return ConsentFrom(server.URL, server.Client().Transport, time.Second)
	}
	for _, row := range []struct {
		name string
		from Consent
		want engine.Secret
	}{
		{"a file", ConsentFile(file), "from.a.file"},
		{"a file that is not there", ConsentFile(file + "x"), ""},
		{"a service", serving(func(w http.ResponseWriter, r *http.Request) {
			if body, err := io.ReadAll(r.Body); err != nil || string(body) != `{"cpf":"`+aCPF+`"}` {
				t.Errorf("the service was asked %s, %v", body, err)
			}
			_, _ = io.WriteString(w, `{"token":"of.the.service"}`)
		}), "of.the.service"},
		{"a service that knows no consent", serving(says(404, `{"token":"x"}`)), ""},
		{"a service that answers HTML", serving(says(200, "<html>")), ""},
		{"a service without a token", serving(says(200, `{}`)), ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := row.from(t.Context(), aCPF)
			if string(got) != string(row.want) || (err == nil) != (row.want != "") {
				t.Errorf("got %q, %v; want %q", string(got), err, string(row.want))
			}
		})
	}
}
