package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/internal/web"
)

func TestReadiness(t *testing.T) {
	for _, test := range []struct {
		what   string
		checks []web.Check
		status int
		want   string
	}{
		{"nothing to say", nil, 200, `{"status":"ok","checks":[]}`},
		{"all is well", []web.Check{{Name: "storage", State: web.OK, Matters: true}}, 200, `{"status":"ok","checks":[{"name":"storage","state":"ok","matters":true}]}`},
		{"degraded says which and why", []web.Check{{Name: "disk", State: web.Degraded, Reason: "Less than 1 GiB is free.", Matters: true}}, 200,
			`{"status":"degraded","checks":[{"name":"disk","state":"degraded","reason":"Less than 1 GiB is free.","matters":true}]}`},
		{"something failed that does not matter so much", []web.Check{{Name: "upstream", State: web.Failed}}, 200,
			`{"status":"degraded","checks":[{"name":"upstream","state":"failed","matters":false}]}`},
		{"something failed that matters", []web.Check{{Name: "models", State: web.Failed, Matters: true}, {Name: "disk", State: web.Degraded}}, 503,
			`{"status":"failed","checks":[{"name":"models","state":"failed","matters":true},{"name":"disk","state":"degraded","matters":false}]}`},
	} {
		t.Run(test.what, func(t *testing.T) {
			e := newEdge(t, func(c *web.Config) {
				c.Ready = func(context.Context) web.Readiness { return web.Readiness{Checks: test.checks} }
			})
			if w := e.ask("GET", "/readyz", "", "Authorization: "); w.Code != test.status || w.Body.String() != test.want {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, test.status, test.want)
			}
		})
	}
}

func TestOffLoopbackTheInsideIsForKeysOnly(t *testing.T) {
	e := newEdge(t, func(c *web.Config) { c.Guarded = true })
	for _, test := range []struct {
		path, header string
		want         int
	}{
		{"/readyz", "Authorization: ", 401}, {"/metrics", "Authorization: ", 401},
		{"/readyz", "Authorization: Bearer rk_no_scopes", 403}, {"/metrics", "Authorization: Bearer " + key, 200},
		{"/livez", "Authorization: ", 200}, {"/openapi.json", "Authorization: ", 200}, {"/", "Authorization: ", 200},
	} {
		if w := e.ask("GET", test.path, "", test.header); w.Code != test.want {
			t.Errorf("%s with %q: got %d, want %d", test.path, test.header, w.Code, test.want)
		}
	}
}

func TestMistakesAreNamedBeforeServing(t *testing.T) {
	right := web.Operation{Method: "POST", Path: "/api/x", ID: "x", Summary: "X.", Tag: "X"}
	plain := func(context.Context, web.None, web.None) (web.None, error) { return web.None{}, nil }
	with := func(change func(*web.Operation)) func(*web.Router) {
		return func(r *web.Router) {
			op := right
			change(&op)
			web.Handle(r, op, plain)
		}
	}
	for _, test := range []struct {
		what  string
		mount func(*web.Router)
		want  string
	}{
		{"right", with(func(*web.Operation) {}), ""},
		{"no such method", with(func(o *web.Operation) { o.Method = "BREW" }), "BREW"},
		{"a slash at the end", with(func(o *web.Operation) { o.Path = "/api/x/" }), "must begin with a slash"},
		{"no summary", with(func(o *web.Operation) { o.Summary = "" }), "Summary"},
		{"a scope that is none", with(func(o *web.Operation) { o.Scope = "x:y" }), "no scope"},
		{"a public operation with a scope", with(func(o *web.Operation) { o.Public, o.Scope = true, "status:view" }), "public"},
		{"a public operation with Idempotency-Key", with(func(o *web.Operation) { o.Public, o.Idempotent = true, true }), "belongs to a caller"},
		{"the same path twice", func(r *web.Router) { with(func(*web.Operation) {})(r); with(func(o *web.Operation) { o.ID = "y" })(r) }, "already registered"},
		{"the same id twice", func(r *web.Router) {
			with(func(*web.Operation) {})(r)
			with(func(o *web.Operation) { o.Path = "/api/y" })(r)
		}, "duplicate operation ID"},
		{"a body that is no struct", func(r *web.Router) {
			web.Handle(r, right, func(context.Context, web.None, []string) (web.None, error) { return web.None{}, nil })
		}, "must be a struct"},
		{"bytes that are not Base64", func(r *web.Router) {
			web.Handle(r, right, func(context.Context, web.None, struct {
				A []byte `json:"a"`
			}) (web.None, error) {
				return web.None{}, nil
			})
		}, "web.Base64"},
		{"a rule that nothing enforces", func(r *web.Router) {
			web.Handle(r, right, func(context.Context, web.None, struct {
				A string `json:"a" format:"email"`
			}) (web.None, error) {
				return web.None{}, nil
			})
		}, "email is not enforced"},
		{"a rule for another kind", func(r *web.Router) {
			web.Handle(r, right, func(context.Context, web.None, struct {
				A string `json:"a" minimum:"1"`
			}) (web.None, error) {
				return web.None{}, nil
			})
		}, "minimum"},
		{"a length of time", func(r *web.Router) {
			web.Handle(r, right, func(context.Context, web.None, struct {
				A time.Duration `json:"a"`
			}) (web.None, error) {
				return web.None{}, nil
			})
		}, "time.Duration"},
		{"a parameter that is a pointer", func(r *web.Router) {
			web.Handle(r, right, func(context.Context, struct {
				A *string `query:"a"`
			}, web.None) (web.None, error) {
				return web.None{}, nil
			})
		}, "a *string, cannot be a parameter"},
		{"a parameter of a type that cannot be read", func(r *web.Router) {
			web.Handle(r, right, func(context.Context, struct {
				A map[string]string `query:"a"`
			}, web.None) (web.None, error) {
				return web.None{}, nil
			})
		}, "cannot be a parameter"},
	} {
		t.Run(test.what, func(t *testing.T) {
			e := newEdge(t)
			test.mount(e.Router())
			err := e.Check()
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	if _, err := web.New(web.Config{}); err == nil {
		t.Error("an edge without keys: got no error, want one")
	}
}
