package web_test

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestARepeatedRequestIsAnsweredWithTheSameBytes(t *testing.T) {
	e := newEdge(t)
	const body = `{"customerId":"a","image":"AAAA"}`
	first := e.ask("POST", enrolPath, body, "Idempotency-Key: "+marker)
	if first.Code != 200 || first.Header().Get("Idempotency-Replayed") != "" {
		t.Fatalf("got %d %v, want 200, not replayed", first.Code, first.Header())
	}
	e.got.CustomerID = ""
	for what, path := range map[string]string{
		"the same path": enrolPath, "the contract's other prefix": "/identity" + enrolPath, "a slash at the end": enrolPath + "/",
	} {
		w := e.ask("POST", path, body, `Idempotency-Key: "`+marker+`"`)
		if w.Code != 200 || w.Body.String() != first.Body.String() || w.Header().Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s: got %d %s %v, want the first answer, replayed", what, w.Code, w.Body, w.Header())
		}
	}
	if e.got.CustomerID != "" {
		t.Error("the room was asked again")
	}
	if w := e.ask("POST", enrolPath, body, "Idempotency-Key: "+marker, "Authorization: Bearer rk_other_key"); w.Header().Get("Idempotency-Replayed") != "" {
		t.Error("another caller was given the answer")
	}
	if strings.Contains(e.log.String(), marker) {
		t.Error("the log has the Idempotency-Key")
	}
}

func TestWhatAnIdempotencyKeyCannotDo(t *testing.T) {
	const body = `{"customerId":"a"}`
	for _, test := range []struct {
		what, method, path, body string
		headers                  []string
		status                   int
		code                     string
	}{
		{"another body", "POST", enrolPath, `{"customerId":"b"}`, []string{"Idempotency-Key: used"}, 422, "idempotency/other-request"},
		{"the same body written otherwise", "POST", enrolPath, `{"customerId": "a"}`, []string{"Idempotency-Key: used"}, 422, "idempotency/other-request"},
		{"the same request without the key", "POST", enrolPath, body, nil, 200, ""},
		{"another key", "POST", enrolPath, body, []string{"Idempotency-Key: new"}, 200, ""},
		{"empty", "POST", enrolPath, body, []string{`Idempotency-Key: ""`}, 400, "idempotency/invalid-key"},
		{"256 characters", "POST", enrolPath, body, []string{"Idempotency-Key: " + strings.Repeat("k", 256)}, 400, "idempotency/invalid-key"},
		{"255 characters", "POST", enrolPath, body, []string{"Idempotency-Key: " + strings.Repeat("k", 255)}, 200, ""},
		{"not ASCII", "POST", enrolPath, body, []string{"Idempotency-Key: é"}, 400, "idempotency/invalid-key"},
		{"a space", "POST", enrolPath, body, []string{"Idempotency-Key: a b"}, 400, "idempotency/invalid-key"},
		{"a quote within", "POST", enrolPath, body, []string{`Idempotency-Key: "a"b"`}, 400, "idempotency/invalid-key"},
		{"an escaped quote within", "POST", enrolPath, body, []string{`Idempotency-Key: "a\"b"`}, 200, ""},
		{"an escape of nothing", "POST", enrolPath, body, []string{`Idempotency-Key: "a\b"`}, 400, "idempotency/invalid-key"},
		{"on an operation that does not keep answers", "POST", "/api/things", body, []string{"Idempotency-Key: k"}, 400, "idempotency/not-supported"},
		{"on one that may be repeated anyway", "POST", "/api/identity/customers/x/unlock", "", []string{"Idempotency-Key: k"}, 204, ""},
		{"on a GET", "GET", "/api/trouble/none", "", []string{"Idempotency-Key: k"}, 200, ""},
	} {
		t.Run(test.what, func(t *testing.T) {
			e := newEdge(t)
			e.ask("POST", enrolPath, body, "Idempotency-Key: used")
			w := e.ask(test.method, test.path, test.body, test.headers...)
			code := ""
			if w.Body.Len() > 0 {
				code, _ = said(t, w)["code"].(string)
			}
			if w.Code != test.status || code != test.code {
				t.Errorf("got %d %s, want %d %s", w.Code, code, test.status, test.code)
			}
		})
	}
}

func TestASecondRequestDoesNotOvertakeTheFirst(t *testing.T) {
	e := newEdge(t)
	const body = `{"customerId":"hold"}`
	first := make(chan *httptest.ResponseRecorder, 1)
	go func() { first <- e.ask("POST", enrolPath, body, "Idempotency-Key: k") }()
	select {
	case <-e.holding:
	case w := <-first:
		t.Fatalf("got %d %s before it was let go", w.Code, w.Body)
	}
	w := e.ask("POST", enrolPath, body, "Idempotency-Key: k")
	if got := said(t, w)["code"]; w.Code != 409 || got != "idempotency/in-progress" || w.Header().Get("Retry-After") != "1" {
		t.Errorf("got %d %s %v, want 409 idempotency/in-progress", w.Code, got, w.Header())
	}
	if w := e.ask("POST", enrolPath, `{"customerId":"a"}`, "Idempotency-Key: other"); w.Code != 200 {
		t.Errorf("another key: got %d, want 200", w.Code)
	}
	close(e.hold)
	if w := <-first; w.Code != 200 {
		t.Errorf("the first: got %d, want 200", w.Code)
	}
	if w := e.ask("POST", enrolPath, body, "Idempotency-Key: k"); w.Header().Get("Idempotency-Replayed") != "true" {
		t.Errorf("the third: got %d %v, want it replayed", w.Code, w.Header())
	}
}

func TestAFailedRequestFreesItsKey(t *testing.T) {
	e := newEdge(t)
	for _, body := range []string{`{"customerId":"busy"}`, `{"customerId":""}`, `{`, `{"customerId":"a"}`} {
		w := e.ask("POST", enrolPath, body, "Idempotency-Key: k")
		if w.Code == 409 || w.Code == 422 {
			t.Errorf("%s: got %d, want the key to be free", body, w.Code)
		}
	}
	e.replays.err = errors.New("the store is closed")
	if w := e.ask("POST", enrolPath, `{"customerId":"a"}`, "Idempotency-Key: k2"); w.Code != 500 {
		t.Errorf("a store that cannot recall: got %d, want 500", w.Code)
	}
	e.replays.err = nil
	if w := e.ask("POST", enrolPath, `{"customerId":"a"}`, "Idempotency-Key: k2"); w.Code != 200 {
		t.Errorf("after it has recovered: got %d, want 200", w.Code)
	}
}
