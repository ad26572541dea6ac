package web_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
)

// byClient is an edge with one by-client operation.
func byClient(t *testing.T, change ...func(*web.Config)) func(body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	change = append([]func(*web.Config){func(c *web.Config) {
		c.ByClient = func(_ context.Context, token, apiKey string) (engine.Caller, error) {
			switch {
			case token != "good":
				return engine.Caller{}, &fault.Fault{Kind: fault.Forbidden, Code: "x/expired", Number: "10502", Message: "O token informado está expirado"}
			case apiKey == "weak":
				return engine.Caller{Org: "bank"}, nil
			}
			return engine.Caller{Org: engine.OrgID(apiKey), Scopes: engine.Scopes()}, nil
		}
	}}, change...)
	e := newEdge(t, change...)
	type body struct {
		Name string `json:"personName"`
	}
	web.Handle(e.Router(), web.Operation{
		Method: "POST", Path: "/processes/v1", ID: "p", Summary: "P.", Tag: "P",
		Family: web.ByClient, Scope: engine.RunProcesses, Bucket: "processes",
	}, func(_ context.Context, _ web.None, b body) (body, error) { return b, nil })
	if err := e.Check(); err != nil {
		t.Fatal(err)
	}
	return func(body string, headers ...string) *httptest.ResponseRecorder {
		return e.ask("POST", "/processes/v1/", body, headers...)
	}
}

func TestByClientErrors(t *testing.T) {
	ask := byClient(t)
	const right = `{"personname":"x","unknown":1}`
	for _, test := range []struct {
		what, body string
		headers    []string
		status     int
		want       string
	}{
		{"both headers", right, []string{"Authorization: Bearer good", "APIKEY: bank"}, 200, `{"personName":"x"}`},
		{"a bare token", right, []string{"Authorization: good", "APIKEY: bank"}, 200, `{"personName":"x"}`},
		{"no token", right, []string{"Authorization: ", "APIKEY: bank"}, 400, `{"error":{"code":"20001","description":"O parâmetro authtoken não foi informado"}}`},
		{"a token of one word, which is Bearer", right, []string{"Authorization: Bearer ", "APIKEY: bank"}, 400, `{"error":{"code":"20001","description":"O parâmetro authtoken não foi informado"}}`},
		{"an Idempotency-Key, which the contract does not know", right, []string{"Authorization: good", "APIKEY: bank", "Idempotency-Key: 1"}, 200, `{"personName":"x"}`},
		{"no API key", right, []string{"Authorization: good"}, 400, `{"error":{"code":"20002","description":"O parâmetro APIKey não foi informado"}}`},
		{"an expired token", right, []string{"Authorization: bad", "APIKEY: bank"}, 403, `{"error":{"code":"10502","description":"O token informado está expirado"}}`},
		{"a key without the scope", right, []string{"Authorization: good", "APIKEY: weak"}, 403, `{"error":{"code":"30017","description":"O usuário não tem permissão para executar está ação"}}`},
		{"no JSON", `{`, []string{"Authorization: good", "APIKEY: bank"}, 400, `{"error":{"code":"20003","description":"The request body is missing or invalid."}}`},
		{"no body", ``, []string{"Authorization: good", "APIKEY: bank"}, 400, `{"error":{"code":"20003","description":"The request body is missing or invalid."}}`},
		{"a member of another type", `{"personName":7}`, []string{"Authorization: good", "APIKEY: bank"}, 400, `{"error":{"code":"20003","description":"The request body is missing or invalid."}}`},
		{"too much", `{"personName":"` + strings.Repeat("x", 65<<10) + `"}`, []string{"Authorization: good", "APIKEY: bank"}, 400, `{"error":{"code":"20506","description":"O base64 informado é muito grande. O tamanho máximo suportado é até 800kb."}}`},
	} {
		t.Run(test.what, func(t *testing.T) {
			if w := ask(test.body, test.headers...); w.Code != test.status || w.Body.String() != test.want {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, test.status, test.want)
			}
		})
	}
}

func TestByClientLimitIsPerSecondAndOrg(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	ask := byClient(t, func(c *web.Config) {
		c.Limits = map[string]int{"processes": 10}
		c.Now = func() time.Time { return now }
	})
	one := func(org string) *httptest.ResponseRecorder {
		return ask(`{"personName":"x"}`, "Authorization: good", "APIKEY: "+org)
	}
	for i := range 10 {
		if w := one("bank"); w.Code != 200 {
			t.Fatalf("request %d: got %d %s, want 200", i+1, w.Code, w.Body)
		}
	}
	w := one("bank")
	if w.Code != 429 || w.Header().Get("Retry-After") != "1" || !strings.Contains(w.Body.String(), `"code":"429"`) {
		t.Errorf("the eleventh: got %d %q %s, want 429 with Retry-After: 1", w.Code, w.Header().Get("Retry-After"), w.Body)
	}
	if w := one("shop"); w.Code != 200 {
		t.Errorf("another org: got %d, want 200", w.Code)
	}
	now = now.Add(100 * time.Millisecond)
	if w := one("bank"); w.Code != 200 {
		t.Errorf("a tenth of a second later: got %d, want 200", w.Code)
	}
}
