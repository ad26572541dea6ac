package web_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/internal/web"
)

// TestNothingSentComesBack puts a marker into every place of a request, and
// looks for it in every answer and every line of the log.
func TestNothingSentComesBack(t *testing.T) {
	e := newEdge(t)
	places := map[string]func(*http.Request){
		"method":              func(r *http.Request) { r.Method = marker },
		"path":                func(r *http.Request) { r.URL.Path = "/" + marker },
		"path below a prefix": func(r *http.Request) { r.URL.Path = "/identity/api/" + marker },
		"path parameter":      func(r *http.Request) { r.URL.Path = "/api/identity/customers/" + marker + "/faces" },
		"problem code":        func(r *http.Request) { r.Method, r.URL.Path = "GET", "/problems/"+marker+"/"+marker },
		"query name":          func(r *http.Request) { r.URL.RawQuery = marker + "=1" },
		"query value":         func(r *http.Request) { r.URL.RawQuery = "limit=" + marker },
		"query as a whole":    func(r *http.Request) { r.URL.RawQuery = "%" + marker },
		"fragment":            func(r *http.Request) { r.URL.Fragment = marker },
		"host":                func(r *http.Request) { r.Host = marker },
		"remote address":      func(r *http.Request) { r.RemoteAddr = marker },
		"trailer":             func(r *http.Request) { r.Trailer = http.Header{marker: {marker}} },
	}
	for _, h := range []string{
		"Authorization", "Content-Type", "Content-Encoding", "Accept", "Accept-Language", "Idempotency-Key", "User-Agent", "Referer",
		"Origin", "Cookie", "X-Forwarded-For", "X-Real-Ip", "X-Http-Method-Override", "Traceparent", "Tracestate", "Expect", marker,
	} {
		places["header "+h] = func(r *http.Request) { r.Header.Set(h, marker) }
		places["header "+h+" with a space"] = func(r *http.Request) { r.Header.Set(h, marker+" "+marker) }
	}
	places["a request id that is not safe"] = func(r *http.Request) { r.Header.Set("X-Request-Id", marker+" <b>") }
	bodies := map[string]string{
		"valid": `{"customerId":"a"}`, "value": `{"customerId":"` + marker + ` "}`, "name": `{"` + marker + `":1}`,
		"not JSON": marker, "trailing": `{"customerId":"a"}` + marker, "picture": `{"customerId":"a","image":"` + marker + `"}`,
		"deep": `{"customerId":"a","device":{"` + marker + `":{}}}`, "map": `{"customerId":"a","notes":{"` + marker + `":"` + marker + `"}}`,
	}
	paths := []string{enrolPath, "/api/things", "/api/identity/customers/x/faces", "/api/trouble/none", "/api/export", "/livez"}
	for place, put := range places {
		for kind, body := range bodies {
			for _, path := range paths {
				for _, method := range []string{"GET", "POST"} {
					r := httptest.NewRequest(method, path, strings.NewReader(body))
					r.Header.Set("Authorization", "Bearer "+key)
					put(r)
					w := httptest.NewRecorder()
					e.handler.ServeHTTP(w, r)
					if answer := fmt.Sprint(w.Code, w.Header(), w.Body); strings.Contains(answer, marker) {
						t.Fatalf("%s %s, marker in %s, body %s: %s", method, path, place, kind, answer)
					}
				}
			}
		}
	}
	for _, what := range []string{"panic", "index", "unknown", "because"} {
		if w := e.ask("GET", "/api/trouble/"+what, ""); strings.Contains(w.Body.String(), marker) {
			t.Errorf("%s: the answer has the marker", what)
		}
	}
	if log := e.log.String(); strings.Contains(log, marker) {
		at := strings.Index(log, marker)
		t.Errorf("the log has the marker: %s", log[max(0, at-300):at+40])
	}
}

func TestTrouble(t *testing.T) {
	for _, test := range []struct {
		what   string
		status int
		code   string
		log    []string // all of these
	}{
		{"none", 200, "", nil},
		{"panic", 500, "internal/error", []string{"panic while answering", "a value that is not logged", "edge_test.go", `"trace":"abab`}},
		{"index", 500, "internal/error", []string{"panic while answering", "index out of range [5] with length 0"}},
		{"unknown", 500, "internal/error", []string{"request failed", "the disk is on fire"}},
		{"because", 503, "test/busy", []string{"request failed", "all three sessions in use"}},
		{"late", 503, "request/timeout", []string{"request failed"}},
	} {
		t.Run(test.what, func(t *testing.T) {
			e := newEdge(t, func(c *web.Config) { c.Timeout = 20 * time.Millisecond })
			w := e.ask("GET", "/api/trouble/"+test.what, "")
			got := said(t, w)
			code, _ := got["code"].(string)
			if w.Code != test.status || code != test.code {
				t.Errorf("got %d %s, want %d %s", w.Code, code, test.status, test.code)
			}
			for _, want := range test.log {
				if n := strings.Count(e.log.String(), want); n == 0 {
					t.Errorf("log: got %s, want %q in it", e.log, want)
				}
			}
			if n := strings.Count(e.log.String(), `"msg":"request"`); n != 1 {
				t.Errorf("got %d request lines, want 1", n)
			}
			if n := strings.Count(e.log.String(), `"level":"ERROR"`); test.log != nil && n != 1 {
				t.Errorf("got %d error lines, want 1: %s", n, e.log)
			}
			if test.what == "because" && w.Header().Get("Retry-After") != "2" {
				t.Errorf("got Retry-After %q, want 1.5 s rounded up", w.Header().Get("Retry-After"))
			}
			metrics := e.ask("GET", "/metrics", "").Body.String()
			want := fmt.Sprintf(`rostod_http_requests_total{method="GET",route="/api/trouble/{what}",status="%d"} 1`, test.status)
			if !strings.Contains(metrics, want) {
				t.Errorf("got %s, want %s", metrics, want)
			}
			if test.status == 500 && test.code == "internal/error" && len(test.log) != 2 || test.what == "panic" {
				if !strings.Contains(metrics, "rostod_http_panics_total 1") {
					t.Error("the panic was not counted")
				}
			}
			if !strings.Contains(metrics, "rostod_http_requests_in_flight 1") {
				t.Error("requests in flight: want only the one that asks")
			}
		})
	}
}

func TestACallerWhoLeavesIsNotOurError(t *testing.T) {
	e := newEdge(t)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	r := httptest.NewRequest("GET", "/api/trouble/late", nil).WithContext(ctx)
	r.Header.Set("Authorization", "Bearer "+key)
	w := httptest.NewRecorder()
	e.handler.ServeHTTP(w, r)
	if strings.Contains(e.log.String(), "ERROR") || !strings.Contains(e.log.String(), "request/abandoned") {
		t.Errorf("got %s, want the request abandoned and no error", e.log)
	}
}

func TestWhereThingsAre(t *testing.T) {
	e := newEdge(t)
	for _, test := range []struct {
		what, method, path string
		status             int
		kind, allow        string
	}{
		{"an operation", "GET", "/api/identity/customers/x/faces", 200, "application/json; charset=utf-8", ""},
		{"under the contract's prefix", "GET", "/identity/api/identity/customers/x/faces", 200, "application/json; charset=utf-8", ""},
		{"with a slash at the end", "GET", "/api/identity/customers/x/faces/", 200, "application/json; charset=utf-8", ""},
		{"both", "GET", "/identity/api/identity/customers/x/faces/", 200, "application/json; charset=utf-8", ""},
		{"an escaped slash in an id", "GET", "/api/identity/customers/a%2Fb/faces/", 200, "application/json; charset=utf-8", ""},
		{"HEAD is a GET without its body", "HEAD", "/api/identity/customers/x/faces", 200, "application/json; charset=utf-8", ""},
		{"our own family has no other prefix", "GET", "/identity/api/trouble/none", 404, "application/json; charset=utf-8", ""},
		{"nothing", "GET", "/nothing", 404, "application/problem+json", ""},
		{"nothing below the contract's path", "GET", "/api/identity/nothing", 404, "application/json; charset=utf-8", ""},
		{"two slashes", "GET", "//api/identity/customers/x/faces", 404, "application/problem+json", ""},
		{"a path that climbs", "GET", "/api/identity/../identity/customers/x/faces", 404, "application/json; charset=utf-8", ""},
		{"another method", "GET", enrolPath, 405, "application/json; charset=utf-8", "POST"},
		{"another method where GET is", "PATCH", "/api/trouble/none", 405, "application/problem+json", "GET, HEAD"},
		{"OPTIONS: no other site may call", "OPTIONS", enrolPath, 405, "application/json; charset=utf-8", "POST"},
		{"TRACE", "TRACE", enrolPath, 405, "application/json; charset=utf-8", "POST"},
		{"an overridden method", "GET", enrolPath, 405, "application/json; charset=utf-8", "POST"},
	} {
		t.Run(test.what, func(t *testing.T) {
			w := e.ask(test.method, test.path, "", "X-HTTP-Method-Override: POST", "Origin: https://evil.example")
			if w.Code != test.status || w.Header().Get("Content-Type") != test.kind || w.Header().Get("Allow") != test.allow {
				t.Errorf("got %d %q allow %q, want %d %q %q", w.Code, w.Header().Get("Content-Type"), w.Header().Get("Allow"), test.status, test.kind, test.allow)
			}
			if test.method == "HEAD" && (w.Body.Len() > 0 || w.Header().Get("Content-Length") == "0") {
				t.Errorf("got %q, length %s, want no body but its length", w.Body, w.Header().Get("Content-Length"))
			}
			for name := range w.Header() {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("got %s, want no CORS", name)
				}
			}
			if test.status >= 400 {
				if got := said(t, w); got["status"] != float64(test.status) || got["traceId"] != w.Header().Get("X-Request-Id") {
					t.Errorf("got %v, want status and trace id in it", got)
				}
			}
		})
	}
}

func TestRequestIDs(t *testing.T) {
	const made = "abababababababababababababababab"
	for _, test := range []struct{ what, id, parent, want string }{
		{"none", "", "", made},
		{"the caller's", "Order-17_a.b:c", "", "Order-17_a.b:c"},
		{"64 characters", strings.Repeat("i", 64), "", strings.Repeat("i", 64)},
		{"65 characters", strings.Repeat("i", 65), "", made},
		{"characters that do not belong in a log", "a\tb", "", made},
		{"not ASCII", "ä", "", made},
		{"a trace of W3C", "", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "4bf92f3577b34da6a3ce929d0e0e4736"},
		{"both: the caller's own is nearer", "mine", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "mine"},
		{"a trace of zeros", "", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", made},
		{"a trace in capitals", "", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", made},
		{"a broken trace", "", "00-4bf9-01", made},
	} {
		t.Run(test.what, func(t *testing.T) {
			e := newEdge(t)
			w := e.ask("GET", "/api/trouble/none", "", "X-Request-Id: "+test.id, "Traceparent: "+test.parent)
			if got := w.Header().Get("X-Request-Id"); got != test.want {
				t.Errorf("header: got %q, want %q", got, test.want)
			}
			if got := said(t, w)["id"]; got != test.want {
				t.Errorf("in the room: got %q, want %q", got, test.want)
			}
			if !strings.Contains(e.log.String(), `"trace":"`+test.want+`"`) {
				t.Errorf("log: got %s, want the id in it", e.log)
			}
		})
	}
}

func TestEveryAnswerIsSafeToBeSeenByABrowser(t *testing.T) {
	e := newEdge(t)
	for _, path := range []string{"/", "/nothing", "/api/trouble/none", "/api/trouble/panic", "/problems", "/api/export", "/metrics"} {
		h := e.ask("GET", path, "").Header()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: got %s %q, want %q", path, name, got, want)
			}
		}
		if h.Get("Server") != "" {
			t.Errorf("%s: got Server %q, want none", path, h.Get("Server"))
		}
	}
}

func TestStreams(t *testing.T) {
	e := newEdge(t)
	s := httptest.NewServer(e.handler)
	defer s.Close()
	for _, test := range []struct {
		what, query string
		status      int
		kind        string
		bytes       int
		whole       bool
	}{
		{"a short one", "?rows=2", 200, "text/csv", 200, true},
		{"a long one", "?rows=5000", 200, "text/csv", 500_000, true},
		{"an error at the beginning is a proper answer", "?fail=early", 503, "application/problem+json", 0, true},
		{"an error at the end of a short one too", "?rows=2&fail=late", 500, "application/problem+json", 0, true},
		{"an error in the middle cuts the connection", "?rows=5000&fail=late", 200, "text/csv", 0, false},
	} {
		t.Run(test.what, func(t *testing.T) {
			r, _ := http.NewRequest("GET", s.URL+"/api/export"+test.query, nil)
			r.Header.Set("Authorization", "Bearer "+key)
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = answer.Body.Close() }()
			body, err := io.ReadAll(answer.Body)
			if answer.StatusCode != test.status || answer.Header.Get("Content-Type") != test.kind || (err == nil) != test.whole {
				t.Errorf("got %d %s %v, want %d %s, whole %v", answer.StatusCode, answer.Header.Get("Content-Type"), err, test.status, test.kind, test.whole)
			}
			if test.bytes > 0 && (len(body) != test.bytes || answer.Header.Get("Content-Disposition") != "attachment; filename=rows.csv") {
				t.Errorf("got %d bytes, %q, want %d", len(body), answer.Header.Get("Content-Disposition"), test.bytes)
			}
		})
	}
}

func TestABodyThatComesTooSlowly(t *testing.T) {
	e := newEdge(t)
	server := e.HTTP("")
	if server.ReadHeaderTimeout == 0 || server.ReadTimeout == 0 || server.WriteTimeout == 0 || server.IdleTimeout == 0 || server.MaxHeaderBytes == 0 {
		t.Errorf("got %+v, want every limit set", server)
	}
	server.ReadTimeout = 50 * time.Millisecond
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(l) }()
	defer func() { _ = server.Close() }()
	for _, test := range []struct {
		what   string
		leave  bool
		status int
		code   string
	}{
		{"waits", false, 408, "request/too-slow"},
		{"ends too early", true, 400, "request/body-cut-off"},
	} {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 100\r\n\r\n{", enrolPath, key)
		if test.leave {
			if half, ok := c.(*net.TCPConn); ok {
				_ = half.CloseWrite()
			}
		}
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if answer.StatusCode != test.status || !strings.Contains(string(body), test.code) || !answer.Close {
			t.Errorf("%s: got %d %s, close %v, want %d %s and the connection closed", test.what, answer.StatusCode, body, answer.Close, test.status, test.code)
		}
		_ = c.Close()
	}
}
