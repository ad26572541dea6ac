package hub

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/access"
	"github.com/rostod/rostod/engine/upstream"
	"github.com/rostod/rostod/internal/web"
)

// nobody has a key of the hub.
func nobody(context.Context, string) (engine.Caller, error) {
	return engine.Caller{}, access.ErrUnknown
}

// Over HTTPS a branch is told by a code why it is refused, and everything arrives.
func TestOverHTTPS(t *testing.T) {
	hq := openHub(t, t.TempDir())
	way := overHTTPS(t, hq)
	s := openSite(t, t.TempDir(), hq, func(c *upstream.Config) { c.Courier = way })
	st := s.until(t, "a refusal", func(st upstream.Status) bool { return st.Problem != "" })
	if want := "headquarters answered 404 " + ErrUnknownBranch.Code; st.Problem != want {
		t.Errorf("got %q, want %q", st.Problem, want)
	}
	if err := hq.Enrol(t.Context(), "branch-17", s.key(t)); err != nil {
		t.Fatal(err)
	}
	s.write(t, 500, "test")
	s.sent(t)
	same(t, hq, s)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, way.URL+"/api/hub/branches", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer guess")
	a, err := way.Client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusUnauthorized {
		t.Errorf("a stranger who asks how branches stand: got %d, want 401", a.StatusCode)
	}
}

// overHTTPS is a way to the hub by TLS on loopback.
func overHTTPS(t testing.TB, hq *headquarters) upstream.HTTPS {
	t.Helper()
	edge, err := web.New(web.Config{Authenticate: nobody, Metrics: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	hq.Routes(edge.Router())
	if err := edge.Check(); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(edge.Handler())
	t.Cleanup(server.Close)
	return upstream.HTTPS{URL: server.URL, Client: server.Client()}
}
