package daemon

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/rostod/rostod/internal/fixture"
)

// marker stands wherever a request says something that must not come back,
// neither in the answer nor in the log.
const marker = "MARKER7781"

// badCase is one mistake and the answer that it gets.
type badCase struct {
	name   string
	ask    asked
	status int
	code   string
	says   string // a part of what the customer is told; "": nothing is asked for
}

// TestBadInput sends every mistake that we could think of to a daemon with
// the real models. Each has its own clear answer, none is a 500, nothing comes
// back of what was sent, and nothing is stored.
func TestBadInput(t *testing.T) {
	faces, spoof := fixture.Faces(t), fixture.Spoof(t)
	tg := start(t)
	good := goodPictures(t, faces, spoof)
	tg.enrol(t, "cus_good", good.face, "Idempotency-Key", "k1")
	tg.enrol(t, "cus_gone", good.face, "Idempotency-Key", "k2")
	if r := tg.send(t, asked{method: http.MethodDelete, path: "/api/identity/customers/cus_gone/faces"}); r.status != http.StatusOK {
		t.Fatalf("erase: got %d %s, want 200", r.status, r.body)
	}
	tg.settle(t)

	all := append(pictureCases(t, good), poorCases(t, good)...)
	all = append(all, bodyCases(good)...)
	all = append(all, requestCases(tg, good)...)
	codes := map[string]bool{}
	began := tg.journal(t)
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) { codes[tg.check(t, c)] = true })
	}
	if len(all) < 60 || len(codes) < 50 {
		t.Errorf("got %d cases and %d codes, want at least 60 and 50: distinct mistakes have distinct codes", len(all), len(codes))
	}
	if got := tg.journal(t); got != began {
		t.Errorf("got %d journal entries after all of them, want %d", got, began)
	}

	// The pictures from which the broken ones were made are fine.
	began = tg.journal(t)
	tg.enrol(t, "cus_portrait", good.portrait)
	tg.enrol(t, "cus_png", asPNG(t, scaled(pixels(t, good.face), 640, 640)))
	if got := tg.journal(t); got != began+2 {
		t.Errorf("got %d journal entries after two good pictures, want %d", got, began+2)
	}
}

// check sends one case, and answers the code that it got.
func (tg *target) check(t *testing.T, c badCase) string {
	t.Helper()
	journal := tg.journal(t)
	r := tg.send(t, c.ask)
	var problem struct {
		Code, Title, Hint, TraceID, Type string
		Status                           int
		Fields                           map[string][]string
	}
	if err := json.Unmarshal(r.body, &problem); err != nil {
		t.Fatalf("got %d %s, want JSON: %v", r.status, r.body, err)
	}
	if r.status != c.status || problem.Code != c.code {
		t.Errorf("got %d %s, want %d %s: %s", r.status, problem.Code, c.status, c.code, r.body)
	}
	if problem.Hint == "" || problem.Title == "" || problem.TraceID == "" || problem.Status != r.status || problem.Type != "/problems/"+problem.Code {
		t.Errorf("got %s, want a title, a hint, a trace, the status and the page", r.body)
	}
	if c.says != "" && !strings.Contains(string(r.body), c.says) {
		t.Errorf("got %s, want %q in it", r.body, c.says)
	}
	for name, values := range r.header {
		if strings.Contains(name+strings.Join(values, ""), marker) {
			t.Errorf("the header %s has what was sent", name)
		}
	}
	if strings.Contains(string(r.body), marker) {
		t.Errorf("got %s, which has what was sent", r.body)
	}
	if got := tg.journal(t); got != journal {
		t.Errorf("got %d journal entries, want %d: nothing may be stored", got, journal)
	}
	return problem.Code
}
