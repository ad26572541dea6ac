package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/internal/web"
)

const enrolPath = "/api/identity/face/enroll"

func TestWhoMayAsk(t *testing.T) {
	for _, test := range []struct {
		what, header string
		status       int
		code, says   string
		challenge    string
	}{
		{"a valid key", "Authorization: Bearer " + key, 200, "", "", ""},
		{"the scheme in another case", "Authorization: bEARER " + key, 200, "", "", ""},
		{"spaces around the key", "Authorization: Bearer   " + key + "  ", 200, "", "", ""},
		{"no key", "Authorization: ", 401, "auth/missing", "missing or invalid Bearer", `Bearer realm="rostod"`},
		{"another scheme", "Authorization: Basic " + key, 401, "auth/malformed", "missing or invalid Bearer", `Bearer realm="rostod", error="invalid_token"`},
		{"no scheme", "Authorization: " + key, 401, "auth/malformed", "missing or invalid Bearer", `Bearer realm="rostod", error="invalid_token"`},
		{"a key with a space in it", "Authorization: Bearer a b", 401, "auth/malformed", "missing or invalid Bearer", `Bearer realm="rostod", error="invalid_token"`},
		{"a key that is far too long", "Authorization: Bearer " + strings.Repeat("k", 513), 401, "auth/malformed", "missing or invalid Bearer", `Bearer realm="rostod", error="invalid_token"`},
		{"an unknown key", "Authorization: Bearer " + marker, 401, "access/unknown", "missing or invalid Bearer", `Bearer realm="rostod", error="invalid_token"`},
		{"an expired key", "Authorization: Bearer rk_expired", 401, "access/expired", "missing or invalid Bearer", `Bearer realm="rostod", error="invalid_token"`},
		{"a key without the scope", "Authorization: Bearer rk_no_scopes", 403, "auth/missing-scope", "missing scope: customers:write", ""},
		{"a key store that is down", "Authorization: Bearer rk_store_broken", 500, "internal/error", "Something went wrong on our side.", ""},
	} {
		t.Run(test.what, func(t *testing.T) {
			e := newEdge(t)
			w := e.ask("POST", enrolPath, `{"customerId":"a"}`, test.header)
			got := said(t, w)
			code, _ := got["code"].(string)
			says, _ := got["error"].(string)
			if w.Code != test.status || code != test.code || says != test.says {
				t.Errorf("got %d %s %q, want %d %s %q", w.Code, code, says, test.status, test.code, test.says)
			}
			// In our own family the hint is what names the scope.
			if hint, _ := got["hint"].(string); code == "auth/missing-scope" && !strings.Contains(hint, "--scopes customers:write.") {
				t.Errorf("got the hint %q, want the scope in it", hint)
			}
			if got := w.Header().Get("WWW-Authenticate"); got != test.challenge {
				t.Errorf("challenge: got %q, want %q", got, test.challenge)
			}
			if strings.Contains(w.Body.String()+e.log.String(), marker) {
				t.Error("the key was repeated")
			}
		})
	}
}

func TestAKeyInTheAddressIsRefused(t *testing.T) {
	e := newEdge(t)
	for _, name := range []string{"access_token", "api_key", "token", "Access_Token"} {
		for _, header := range []string{"X-Nothing: x", "Authorization: "} {
			w := e.ask("POST", enrolPath+"?"+name+"="+marker, `{"customerId":"a"}`, header)
			if got := said(t, w)["code"]; w.Code != 400 || got != "auth/in-query" {
				t.Errorf("%s: got %d %s, want 400 auth/in-query", name, w.Code, got)
			}
		}
	}
	if strings.Contains(e.log.String(), marker) {
		t.Error("the log has the key")
	}
}

func TestTwoAuthorizationHeadersAreNone(t *testing.T) {
	e := newEdge(t)
	r := httptest.NewRequest("GET", "/api/trouble/none", nil)
	r.Header["Authorization"] = []string{"Bearer " + key, "Bearer rk_no_scopes"}
	w := httptest.NewRecorder()
	e.handler.ServeHTTP(w, r)
	if w.Code != 401 {
		t.Errorf("got %d, want 401", w.Code)
	}
}

func limited(read, enrol int) func(*web.Config) {
	return func(c *web.Config) { c.Limits = map[string]int{"read": read, "enrol": enrol, "auth": 2} }
}

func TestRateLimitsSayWhatIsLeft(t *testing.T) {
	e := newEdge(t, limited(600, 2))
	enrol := func(bearer string) (int, string) {
		w := e.ask("POST", enrolPath, `{"customerId":"a"}`, "Authorization: Bearer "+bearer)
		h := w.Header()
		return w.Code, fmt.Sprintf("%s %s %s %s", h.Get("X-RateLimit-Limit"), h.Get("X-RateLimit-Remaining"), h.Get("X-RateLimit-Reset"), h.Get("Retry-After"))
	}
	noon := e.now.Unix()
	for _, step := range []struct {
		what   string
		wait   time.Duration
		bearer string
		status int
		want   string // limit, remaining, reset, retry after
	}{
		{"the first", 0, key, 200, fmt.Sprintf("2 1 %d ", noon+30)},
		{"the second", 0, key, 200, fmt.Sprintf("2 0 %d ", noon+60)},
		{"the third", 0, key, 429, fmt.Sprintf("2 0 %d 30", noon+60)},
		{"another key", 0, "rk_other_key", 200, fmt.Sprintf("2 1 %d ", noon+30)},
		{"ten seconds later", 10 * time.Second, key, 429, fmt.Sprintf("2 0 %d 20", noon+60)},
		{"half a minute later", 20 * time.Second, key, 200, fmt.Sprintf("2 0 %d ", noon+90)},
		{"and at once again", 0, key, 429, fmt.Sprintf("2 0 %d 30", noon+90)},
		{"when all is full again", time.Minute, key, 200, fmt.Sprintf("2 1 %d ", noon+120)},
		{"a refusal for its scope counts too", 0, "rk_no_scopes", 403, fmt.Sprintf("2 1 %d ", noon+120)},
	} {
		e.now = e.now.Add(step.wait)
		if status, got := enrol(step.bearer); status != step.status || got != step.want {
			t.Errorf("%s: got %d %q, want %d %q", step.what, status, got, step.status, step.want)
		}
	}
	w := e.ask("GET", "/api/trouble/none", "")
	if got := w.Header().Get("X-RateLimit-Limit"); w.Code != 200 || got != "600" {
		t.Errorf("another bucket: got %d, limit %s, want 200, 600", w.Code, got)
	}
}

func TestWhatACallerOverItsLimitIsTold(t *testing.T) {
	e := newEdge(t, limited(1, 1))
	for _, test := range []struct{ method, path, body, want string }{
		{"POST", enrolPath, `{"customerId":"a"}`, `{"error":"rate limit exceeded","details":{"retryAfterSeconds":60,"hint":"Wait for the seconds in Retry-After. X-RateLimit-Remaining says how many are left."},` +
			`"type":"/problems/rate/exceeded","title":"Too many requests with this API key.","status":429,"code":"rate/exceeded","hint":"Wait for the seconds in Retry-After. X-RateLimit-Remaining says how many are left.","traceId":"abababababababababababababababab","bucket":"enrol","limit":1}`},
		{"GET", "/api/trouble/none", "", `{"type":"/problems/rate/exceeded","title":"Too many requests with this API key.","status":429,"code":"rate/exceeded","hint":"Wait for the seconds in Retry-After. X-RateLimit-Remaining says how many are left.","traceId":"abababababababababababababababab","bucket":"read","limit":1}`},
	} {
		e.ask(test.method, test.path, test.body)
		w := e.ask(test.method, test.path, test.body)
		if got := w.Body.String(); w.Code != 429 || got != test.want {
			t.Errorf("%s: got %d\n%s, want 429\n%s", test.path, w.Code, got, test.want)
		}
	}
	if got := e.ask("GET", "/metrics", "").Body.String(); !strings.Contains(got, `rostod_http_rate_limited_total{bucket="enrol"} 1`) {
		t.Errorf("got %s, want one limited request", got)
	}
}

func TestNoLimitIsNoHeader(t *testing.T) {
	e := newEdge(t, limited(600, 0))
	for range 200 {
		if w := e.ask("POST", enrolPath, `{"customerId":"a"}`); w.Code != 200 || w.Header().Get("X-RateLimit-Limit") != "" {
			t.Fatalf("got %d %v, want 200 without a limit", w.Code, w.Header())
		}
	}
}

func TestFailedKeysAreLimitedByAddress(t *testing.T) {
	e := newEdge(t, limited(600, 600))
	try := func(remote, bearer string) int {
		r := httptest.NewRequest("GET", "/api/trouble/none", nil)
		r.RemoteAddr = remote
		r.Header.Set("Authorization", "Bearer "+bearer)
		w := httptest.NewRecorder()
		e.handler.ServeHTTP(w, r)
		return w.Code
	}
	for _, step := range []struct {
		what, remote, bearer string
		want                 int
	}{
		{"the first", "192.0.2.1:1000", "x", 401},
		{"the second, from another port", "192.0.2.1:2000", "y", 401},
		{"the third", "192.0.2.1:3000", "z", 429},
		{"a valid key is not held up by them", "192.0.2.1:4000", key, 200},
		{"another address", "192.0.2.2:1000", "x", 401},
		{"IPv6", "[2001:db8::1]:1", "x", 401},
		{"the same host, another of its addresses", "[2001:db8::2]:1", "x", 401},
		{"and a third", "[2001:db8:0:0:ffff::1]:1", "x", 429},
		{"another network", "[2001:db8:1::1]:1", "x", 401},
		{"an IPv4 address written as IPv6 is the same", "[::ffff:192.0.2.1]:9", "x", 429},
	} {
		if got := try(step.remote, step.bearer); got != step.want {
			t.Errorf("%s: got %d, want %d", step.what, got, step.want)
		}
	}
	if strings.Contains(e.log.String(), "192.0.2.") {
		t.Error("the log has an address")
	}
}

func TestParameters(t *testing.T) {
	e := newEdge(t)
	for _, test := range []struct {
		what, path string
		status     int
		code       string
		field      string
		says       string // in the body
	}{
		{"none", "/api/identity/customers/x/faces", 200, "", "", `"limit":20`},
		{"one", "/api/identity/customers/x/faces?limit=3", 200, "", "", `"limit":3`},
		{"a time", "/api/identity/customers/x/faces?from=2026-01-31", 200, "", "", ""},
		{"a time that is none", "/api/identity/customers/x/faces?from=" + marker, 400, "request/invalid-parameter", "from", "Invalid date/time"},
		{"not a number", "/api/identity/customers/x/faces?limit=" + marker, 400, "request/invalid-parameter", "limit", "Invalid integer."},
		{"below the minimum", "/api/identity/customers/x/faces?limit=0", 400, "request/invalid-parameter", "limit", "Expected number >= 1."},
		{"above the maximum", "/api/identity/customers/x/faces?limit=101", 400, "request/invalid-parameter", "limit", "Expected number <= 100."},
		{"not one of the list", "/api/identity/customers/x/faces?level=" + marker, 400, "request/invalid-parameter", "level", "low, high"},
		{"a path that is too long", "/api/identity/customers/" + marker + marker + "/faces", 400, "request/invalid-parameter", "id", "Expected length <= 20."},
		{"unknown", "/api/identity/customers/x/faces?" + marker + "=1", 400, "request/unknown-parameter", "", "It knows: limit, from, level."},
		{"unknown where there are none", "/api/trouble/none?" + marker + "=1", 400, "request/unknown-parameter", "", "It knows none."},
		{"twice", "/api/identity/customers/x/faces?limit=1&limit=2", 400, "request/repeated-parameter", "limit", ""},
		{"not encoded", "/api/identity/customers/x/faces?limit=%zz", 400, "request/bad-query", "", ""},
		{"bytes that are not UTF-8 in the path", "/api/identity/customers/a%ff/faces", 400, "request/parameter-not-text", "", ""},
		{"a NUL in the path", "/api/identity/customers/a%00/faces", 400, "request/parameter-not-text", "", ""},
		{"bytes that are not UTF-8 in the query", "/api/identity/customers/x/faces?level=%ff", 400, "request/parameter-not-text", "level", ""},
		{"a line break in the query", "/api/identity/customers/x/faces?level=a%0Ab", 400, "request/parameter-not-text", "level", ""},
		{"a plus and a slash in the path", "/api/identity/customers/a+b%2Fc/faces", 200, "", "", `"plus":true,"slash":true`},
		{"a semicolon", "/api/identity/customers/x/faces?limit=1;level=low", 400, "request/bad-query", "", ""},
	} {
		t.Run(test.what, func(t *testing.T) {
			w := e.ask("GET", test.path, "")
			got := said(t, w)
			code, _ := got["code"].(string)
			if w.Code != test.status || code != test.code {
				t.Errorf("got %d %s, want %d %s", w.Code, code, test.status, test.code)
			}
			fields, _ := got["fields"].(map[string]any)
			if _, ok := fields[test.field]; test.field != "" && !ok || len(fields) > 1 {
				t.Errorf("fields: got %v, want %q", fields, test.field)
			}
			if !strings.Contains(w.Body.String(), test.says) {
				t.Errorf("got %s, want %q in it", w.Body, test.says)
			}
			if strings.Contains(w.Body.String()+e.log.String(), marker) {
				t.Error("what was sent is repeated")
			}
			if kind := w.Header().Get("Content-Type"); strings.HasPrefix(test.path, "/api/identity") && kind != "application/json; charset=utf-8" {
				t.Errorf("got content type %q, want JSON", kind)
			}
		})
	}
}

func TestARefusalIsJSONWhateverIsAskedFor(t *testing.T) {
	e := newEdge(t)
	for _, accept := range []string{"application/xml", "text/html;q=0.9", "image/*", marker, "*/*;q=0"} {
		w := e.ask("GET", "/api/identity/customers/x/faces?limit=x", "", "Accept: "+accept)
		if got := said(t, w)["code"]; w.Code != 400 || got != "request/invalid-parameter" || w.Header().Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("%s: got %d %v %s, want 400 request/invalid-parameter as JSON", accept, w.Code, got, w.Header().Get("Content-Type"))
		}
	}
}

func TestManyAddressesDoNotFillTheMemory(t *testing.T) {
	e := newEdge(t, limited(600, 600))
	codes := map[int]int{}
	for i := range 40_000 {
		r := httptest.NewRequest("GET", "/api/trouble/none", nil)
		r.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255)
		w := httptest.NewRecorder()
		e.handler.ServeHTTP(w, r)
		codes[w.Code]++
	}
	if codes[http.StatusUnauthorized] > 1<<14+2 || codes[http.StatusTooManyRequests] == 0 {
		t.Errorf("got %v, want those beyond the room for addresses to share one limit", codes)
	}
}
