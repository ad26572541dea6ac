package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// in walks a JSON document: objects by name.
func in(t *testing.T, v any, path ...string) any {
	t.Helper()
	for _, name := range path {
		m, _ := v.(map[string]any)
		next, ok := m[name]
		if !ok {
			t.Fatalf("there is no %s in %v", name, path)
		}
		v = next
	}
	return v
}

func document(t *testing.T, e *edge) (map[string]any, []byte) {
	t.Helper()
	raw, err := e.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var d map[string]any
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	return d, raw
}

func TestTheDocumentIsTheSameEveryTime(t *testing.T) {
	_, first := document(t, newEdge(t))
	e := newEdge(t)
	e.ask("POST", enrolPath, `{"customerId":"a"}`)
	_, second := document(t, e)
	if !bytes.Equal(first, second) {
		t.Error("two servers of one build wrote different documents")
	}
	if w := e.ask("GET", "/openapi.json", "", "Authorization: "); w.Code != 200 || !bytes.Equal(w.Body.Bytes(), first) {
		t.Errorf("got %d and other bytes, want what OpenAPI returns", w.Code)
	}
}

func TestTheDocumentSaysWhatIsEnforced(t *testing.T) {
	d, raw := document(t, newEdge(t))
	if got := in(t, d, "openapi"); got != "3.1.0" {
		t.Errorf("got OpenAPI %v, want 3.1.0", got)
	}
	if got := in(t, d, "components", "securitySchemes", "apiKey", "scheme"); got != "bearer" {
		t.Errorf("got scheme %v, want bearer", got)
	}
	enrol := in(t, d, "paths", enrolPath, "post")
	ref, _ := in(t, enrol, "requestBody", "content", "application/json", "schema", "$ref").(string)
	body := in(t, d, "components", "schemas", strings.TrimPrefix(ref, "#/components/schemas/"))
	for _, test := range []struct{ path, want string }{
		{"properties customerId pattern", "^[A-Za-z0-9_-]+$"},
		{"properties customerId maxLength", "64"},
		{"properties customerId description", "Your name for the customer."},
		{"properties customerId examples", "[cus_1]"},
		{"properties riskLevel enum", "[none low medium high]"},
		{"properties image contentEncoding", "base64"},
		{"properties image type", "string"},
		{"properties count minimum", "1"},
		{"properties at format", "date-time"},
		{"properties born format", "date"},
		{"additionalProperties", "false"},
		{"required", "[customerId]"},
	} {
		if got := fmt.Sprint(in(t, body, strings.Fields(test.path)...)); got != test.want {
			t.Errorf("%s: got %s, want %s", test.path, got, test.want)
		}
	}
	if got := fmt.Sprint(in(t, enrol, "security")); got != "[map[apiKey:[customers:write]]]" {
		t.Errorf("security: got %s", got)
	}
	for status, codes := range map[string]string{
		"400": "request/unknown-member image/data-prefix idempotency/invalid-key", "401": "auth/missing", "403": "auth/missing-scope",
		"408": "request/too-slow", "409": "idempotency/in-progress", "413": "request/too-large", "415": "request/content-type",
		"422": "test/seven idempotency/other-request", "429": "rate/exceeded", "500": "internal/error", "503": "test/busy request/timeout",
	} {
		answer := in(t, enrol, "responses", status)
		listed := fmt.Sprint(in(t, answer, "x-codes"))
		for _, code := range strings.Fields(codes) {
			if !strings.Contains(listed, code) {
				t.Errorf("%s: got %s, want %s in it", status, listed, code)
			}
		}
		if got := in(t, answer, "content", "application/json", "schema", "$ref"); got != "#/components/schemas/IdentityError" {
			t.Errorf("%s: got schema %v, want IdentityError", status, got)
		}
	}
	if got := in(t, enrol, "responses", "422", "content", "application/json", "examples", "test/seven", "value", "error"); got != "Seven is not taken." {
		t.Errorf("example: got %v", got)
	}
	in(t, d, "paths", "/api/things", "post", "responses", "400", "content", "application/problem+json")
	in(t, d, "paths", "/api/export", "get", "responses", "200", "content", "text/csv")
	if bytes.Contains(raw, []byte(`"/identity/api`)) {
		t.Error("the second prefix is in the document, want only the first")
	}
}

func TestEveryReferenceOfTheDocumentLeadsSomewhere(t *testing.T) {
	d, raw := document(t, newEdge(t))
	for _, m := range regexp.MustCompile(`"\$ref": "#/([^"]+)"`).FindAllSubmatch(raw, -1) {
		in(t, d, strings.Split(string(m[1]), "/")...)
	}
	if got := bytes.Count(raw, []byte(`"operationId"`)); got != 14 {
		t.Errorf("got %d operations, want 14", got)
	}
	if bytes.Contains(raw, []byte("efusal")) {
		t.Error("an inner type is in the document")
	}
}

func TestEveryErrorHasAPage(t *testing.T) {
	e := newEdge(t)
	var all []struct {
		Code, Title, Hint string
		Status            int
	}
	if err := json.Unmarshal(e.ask("GET", "/problems", "", "Accept: application/json", "Authorization: ").Body.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for _, p := range all {
		codes[p.Code] = true
		page := e.ask("GET", "/problems/"+p.Code, "", "Accept: text/html")
		if page.Code != 200 || !strings.Contains(page.Body.String(), "<h1>"+p.Code) {
			t.Errorf("%s: got %d %s, want its page", p.Code, page.Code, page.Body)
		}
		if p.Title == "" || (p.Hint == "" && !strings.HasPrefix(p.Code, "test/") && p.Code != "request/too-large" &&
			p.Code != "request/unknown-member" && p.Code != "request/unknown-parameter") {
			t.Errorf("%s has no title or no hint", p.Code)
		}
	}
	// Every code that the document names, and every type that is answered.
	_, raw := document(t, e)
	var named []string
	for _, m := range regexp.MustCompile("`([a-z-]+/[a-z0-9-]+)`:").FindAllSubmatch(raw, -1) {
		named = append(named, string(m[1]))
	}
	for _, w := range []*httptest.ResponseRecorder{e.ask("GET", "/nothing", ""), e.ask("POST", enrolPath, "{"), e.ask("POST", enrolPath, "{}", "Authorization: ")} {
		named = append(named, strings.TrimPrefix(fmt.Sprint(said(t, w)["type"]), "/problems/"))
	}
	slices.Sort(named)
	for _, code := range slices.Compact(named) {
		if !codes[code] {
			t.Errorf("%s has no page", code)
		}
	}
	w := e.ask("GET", "/problems/no/such", "")
	if got := said(t, w)["code"]; w.Code != 404 || got != "problems/no-such-code" {
		t.Errorf("got %d %v, want 404 problems/no-such-code", w.Code, got)
	}
}

func TestTheFrontSaysWhereToLook(t *testing.T) {
	e := newEdge(t)
	front := said(t, e.ask("GET", "/", "", "Authorization: "))
	for _, name := range []string{"document", "errors"} {
		if w := e.ask("GET", fmt.Sprint(front[name]), "", "Authorization: "); w.Code != 200 {
			t.Errorf("%s: got %d, want 200", name, w.Code)
		}
	}
	health, _ := front["health"].([]any)
	if len(health) == 0 {
		t.Error("got no health pages, want them listed")
	}
	for _, path := range health {
		if w := e.ask("GET", fmt.Sprint(path), "", "Authorization: "); w.Code != 200 {
			t.Errorf("%s: got %d, want 200", path, w.Code)
		}
	}
}

// BenchmarkNothing is what the edge costs by itself: a key, a scope, a limit,
// one parameter, a small answer, the log line and the metrics. At most 40 us.
func BenchmarkNothing(b *testing.B) {
	e := newEdge(b, limited(0, 0))
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("GET", "/api/identity/customers/x/faces?limit=3", nil)
		r.Header.Set("Authorization", "Bearer "+key)
		w := httptest.NewRecorder()
		e.handler.ServeHTTP(w, r)
		if w.Code != 200 {
			b.Fatal(w.Code, w.Body)
		}
	}
}

// BenchmarkEnrolPicture is the same with a body of 130 KB.
func BenchmarkEnrolPicture(b *testing.B) {
	e := newEdge(b, limited(0, 0))
	body, _ := json.Marshal(map[string]any{"customerId": "abc", "image": make([]byte, 97_500)})
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("POST", enrolPath, bytes.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+key)
		w := httptest.NewRecorder()
		e.handler.ServeHTTP(w, r)
		if w.Code != 200 {
			b.Fatal(w.Code, w.Body)
		}
	}
}
