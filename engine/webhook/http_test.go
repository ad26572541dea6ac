package webhook

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
)

// What callers may get wrong, and whose endpoints are whose.
func TestRefusals(t *testing.T) {
	r := listen(t, nil)
	h := open(t, t.TempDir(), nil, r)
	id, _ := h.tells(r, nil)
	good := r.URL + "/hook"
	for _, row := range []struct {
		name, method, path string
		body               map[string]any
		token              string
		status             int
		code               string
	}{
		{"another scope", "GET", "", nil, "view", 403, "auth/missing-scope"},
		{"no address", "POST", "", map[string]any{}, "all", 400, "request/invalid"},
		{"an address with a password", "POST", "", map[string]any{"url": "https://a:b@core.example/"}, "all", 400, "request/invalid"},
		{"cloud metadata", "POST", "", map[string]any{"url": "https://169.254.169.254/"}, "all", 400, "request/invalid"},
		{"an event that is none", "POST", "", map[string]any{"url": good, "events": []string{"customer.born"}}, "all", 400, "request/invalid"},
		{"a secret with a short key", "POST", "", map[string]any{"url": good, "secret": "whsec_AAAAAAAAAAAA"}, "all", 400, "request/invalid"},
		{"a short secret", "POST", "", map[string]any{"url": good, "secret": "short"}, "all", 400, "request/invalid"},
		{"basic without a colon", "POST", "", map[string]any{"url": good, "auth": map[string]any{"kind": "basic", "credential": "user"}}, "all", 400, "request/invalid"},
		{"a credential for nobody", "POST", "", map[string]any{"url": good, "auth": map[string]any{"kind": "none", "credential": "user"}}, "all", 400, "request/invalid"},
		{"a key over two lines", "POST", "", map[string]any{"url": good, "auth": map[string]any{"kind": "apiKey", "credential": "X-Key:a\r\nX-More:b"}}, "all", 400, "request/invalid"},
		{"a key in the signature's place", "POST", "", map[string]any{"url": good, "auth": map[string]any{"kind": "apiKey", "credential": "webhook-signature:v1,abc"}}, "all", 400, "request/invalid"},
		{"a key in a header that is none", "POST", "", map[string]any{"url": good, "auth": map[string]any{"kind": "apiKey", "credential": "X Key:abc"}}, "all", 400, "request/invalid"},
		{"tokens from nowhere", "POST", "", map[string]any{"url": good, "auth": map[string]any{"kind": "oauth2", "credential": "a:b"}}, "all", 400, "request/invalid"},
		{"tokens from cloud metadata", "POST", "", map[string]any{"url": good, "auth": map[string]any{"kind": "oauth2", "credential": "a:b", "tokenUrl": "https://169.254.169.254/"}}, "all", 400, "request/invalid"},
		{"another way to show who one is", "POST", "", map[string]any{"url": good, "auth": map[string]any{"kind": "kerberos"}}, "all", 400, "request/invalid"},
		{"a change to what is wrong", "PATCH", "/" + id, map[string]any{"url": "ftp://core.example/"}, "all", 400, "request/invalid"},
		{"an endpoint that is none", "GET", "/whe_0", nil, "all", 404, "webhook/no-such-endpoint"},
		{"another org's", "GET", "/" + id, nil, "other", 404, "webhook/no-such-endpoint"},
		{"to change another org's", "PATCH", "/" + id, map[string]any{"paused": true}, "other", 404, "webhook/no-such-endpoint"},
		{"to remove another org's", "DELETE", "/" + id, nil, "other", 404, "webhook/no-such-endpoint"},
		{"to test another org's", "POST", "/" + id + "/test", nil, "other", 404, "webhook/no-such-endpoint"},
		{"to read another org's deliveries", "GET", "/" + id + "/deliveries", nil, "other", 404, "webhook/no-such-endpoint"},
		{"to send another org's anew", "POST", "/" + id + "/resend", nil, "other", 404, "webhook/no-such-endpoint"},
		{"a delivery that is none", "POST", "/" + id + "/deliveries/dlv_0/resend", nil, "all", 404, "webhook/no-such-delivery"},
		{"to read one that is none", "GET", "/" + id + "/deliveries/dlv_0", nil, "all", 404, "webhook/no-such-delivery"},
		{"a cursor that is none", "GET", "/" + id + "/deliveries?cursor=zz", nil, "all", 400, "request/invalid"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var body any
			if row.body != nil {
				body = row.body
			}
			a := h.ask(row.status, row.method, row.path, body, row.token)
			if a.text("code") != row.code && a.text("code") != "request/invalid-body" {
				t.Errorf("code: got %s, want %s", a.text("code"), row.code)
			}
		})
	}
	if n := len(h.ask(http.StatusOK, http.MethodGet, "", nil, "other").list("data")); n != 0 {
		t.Errorf("another org's list: got %d endpoints, want none", n)
	}
}

// One endpoint's life: made, read, changed, paused, rotated, tested, removed.
func TestLife(t *testing.T) {
	r := listen(t, nil)
	h := open(t, t.TempDir(), nil, r)
	id, first := h.tells(r, map[string]any{"label": "core", "events": []string{"process.ended"}, "auth": map[string]any{"kind": "apiKey", "credential": "never shown"}})
	if !strings.HasPrefix(first, "whsec_") {
		t.Errorf("secret: got %q, want whsec_…", first)
	}
	h.does("ana") // it does not want to know
	test := h.ask(http.StatusAccepted, http.MethodPost, "/"+id+"/test", nil).text("delivery")
	if d := h.stand(id, "delivered", 1)[0]; d["id"] != test || d["event"] != "webhook.test" {
		t.Errorf("delivered: got %v, want the test %s", d, test)
	}
	if d := h.ask(http.StatusOK, http.MethodGet, "/"+id+"/deliveries/"+test, nil); d.text("state") != "delivered" {
		t.Errorf("the test: got %v, want it delivered", d.body)
	}
	h.ask(http.StatusOK, http.MethodPatch, "/"+id, map[string]any{"events": []string{}, "paused": true})
	h.does("budi")
	h.stand(id, "pending", 1) // it is paused
	h.ask(http.StatusOK, http.MethodPatch, "/"+id, map[string]any{"paused": false})
	h.does("citra")
	h.stand(id, "delivered", 3)
	second, _ := h.ask(http.StatusOK, http.MethodPost, "/"+id+"/rotate", nil).list("secrets")[0]["secret"].(string)
	if second == first || second == "" {
		t.Errorf("the new secret: got %q", second)
	}
	one := h.ask(http.StatusOK, http.MethodGet, "/"+id, nil)
	if text := fmt.Sprint(one.body); strings.Contains(text, "whsec_") || strings.Contains(text, "never shown") || len(one.list("secrets")) != 2 || one.text("auth") != "apiKey" || one.text("label") != "core" {
		t.Errorf("got %v, want two secrets that are not shown, apiKey, core", one.body)
	}
	h.ask(http.StatusNoContent, http.MethodDelete, "/"+id, nil)
	h.ask(http.StatusNotFound, http.MethodGet, "/"+id, nil)
	h.does("dewi")
	all := r.await(t, "what was told", atLeast(3))
	if len(all) != 3 {
		t.Errorf("messages: got %d, want 3", len(all))
	}
	if got := h.log.String(); strings.Contains(got, first) || strings.Contains(got, "never shown") || strings.Contains(got, r.URL) || strings.Contains(got, "citra") {
		t.Errorf("the log says too much:\n%s", got)
	}
}

// What was given up is listed, in pages, and sent anew: one, then all.
func TestDeadAreSentAnew(t *testing.T) {
	r := listen(t, status(500))
	h := open(t, t.TempDir(), func(c *Config) { c.Attempts = 1 }, r)
	id, _ := h.tells(r, nil)
	h.does(names(5)...)
	dead := h.stand(id, "dead", 5)
	var paged []any
	for cursor := ""; ; {
		p := h.ask(http.StatusOK, http.MethodGet, "/"+id+"/deliveries?limit=2&cursor="+cursor, nil)
		for _, d := range p.list("data") {
			paged = append(paged, d["id"])
		}
		if cursor = p.text("next"); cursor == "" {
			break
		}
	}
	if len(paged) != 5 || paged[0] != dead[0]["id"] || paged[4] != dead[4]["id"] {
		t.Errorf("pages: got %v, want the five in order", paged)
	}
	if a := h.ask(http.StatusOK, http.MethodGet, "/"+id, nil); a.body["dead"] != 5.0 || a.body["pending"] != 0.0 {
		t.Errorf("got %v dead and %v pending, want 5 and 0", a.body["dead"], a.body["pending"])
	}
	before := len(r.all())
	r.answers(nil)
	one, _ := dead[2]["id"].(string)
	h.ask(http.StatusAccepted, http.MethodPost, "/"+id+"/deliveries/"+one+"/resend", nil)
	if d := h.stand(id, "delivered", 1)[0]; d["id"] != one || d["resent"] != 1.0 || d["attempts"] != 1.0 {
		t.Errorf("sent anew: got %v, want %s", d, one)
	}
	if a := h.ask(http.StatusAccepted, http.MethodPost, "/"+id+"/resend", nil); a.body["resent"] != 4.0 {
		t.Errorf("resent: got %v, want 4", a.body["resent"])
	}
	h.stand(id, "delivered", 5)
	known := map[string]bool{}
	for _, m := range r.all()[:before] {
		known[m.id()] = true
	}
	for _, m := range r.all()[before:] {
		if !known[m.id()] {
			t.Errorf("%s has another id than before", m.id())
		}
	}
	// What was delivered may be sent anew, too.
	h.ask(http.StatusAccepted, http.MethodPost, "/"+id+"/deliveries/"+one+"/resend", nil)
	r.await(t, "the sixth", atLeast(before+6))
}

// One event that is always refused holds up no other.
func TestAPoisonedEventHoldsUpNone(t *testing.T) {
	r := newReceiver(nil)
	var first sync.Once
	var poison string
	r.answer = func(w http.ResponseWriter, q *http.Request) {
		first.Do(func() { poison = q.Header.Get("webhook-id") })
		if q.Header.Get("webhook-id") == poison {
			w.WriteHeader(http.StatusUnprocessableEntity)
		}
	}
	served := listen(t, r.serve)
	h := open(t, t.TempDir(), func(c *Config) { c.Backoff = Backoff{time.Hour, time.Hour} }, served)
	id, _ := h.tells(served, map[string]any{"concurrency": 1})
	h.does(names(30)...)
	h.stand(id, "delivered", 29)
	if d := h.stand(id, "pending", 1)[0]; d["eventId"] != poison || d["attempts"] != 1.0 {
		t.Errorf("pending: got %v, want %s after one attempt", d, poison)
	}
}

// No more deliveries are under way at one time than the endpoint has places.
func TestConcurrency(t *testing.T) {
	for _, places := range []int{1, 3} {
		t.Run(fmt.Sprint(places), func(t *testing.T) {
			var mu sync.Mutex
			now, most := 0, 0
			full := make(chan struct{})
			var once sync.Once
			r := listen(t, func(w http.ResponseWriter, _ *http.Request) {
				mu.Lock()
				now++
				most = max(most, now)
				if now == places {
					once.Do(func() { close(full) })
				}
				mu.Unlock()
				<-full // until as many are here as may be
				mu.Lock()
				now--
				mu.Unlock()
				w.WriteHeader(http.StatusOK)
			})
			h := open(t, t.TempDir(), nil, r)
			id, _ := h.tells(r, map[string]any{"concurrency": places})
			h.does(names(20)...)
			h.stand(id, "delivered", 20)
			if most != places {
				t.Errorf("under way at one time: got %d, want %d", most, places)
			}
		})
	}
}

// An endpoint that is down does not hold up another.
func TestEndpointsAreApart(t *testing.T) {
	broken, fine := listen(t, status(500)), listen(t, nil)
	h := open(t, t.TempDir(), func(c *Config) { c.Backoff = Backoff{time.Hour, time.Hour} }, broken, fine)
	bad, _ := h.tells(broken, nil)
	good, _ := h.tells(fine, nil)
	h.does(names(10)...)
	h.stand(good, "delivered", 10)
	// A few failures in a row, and it is left alone: the others were not tried.
	if n := len(broken.all()); n < failuresThatSlow || n > failuresThatSlow+4 {
		t.Errorf("the endpoint that is down was asked %d times, want about %d", n, failuresThatSlow)
	}
	h.stand(bad, "pending", 10)
}

// An org has so many endpoints and no more.
func TestFull(t *testing.T) {
	r := listen(t, nil)
	h := open(t, t.TempDir(), nil, r)
	for range mostEndpoints {
		h.tells(r, nil)
	}
	a := h.ask(http.StatusConflict, http.MethodPost, "", map[string]any{"url": r.URL})
	if a.text("code") != ErrFull.Code {
		t.Errorf("got %s, want %s", a.text("code"), ErrFull.Code)
	}
}

// The endpoint of the configuration: made, changed, told, not to be changed
// here, and gone when it is taken out.
func TestConfigured(t *testing.T) {
	r := listen(t, nil)
	dir := t.TempDir()
	var h *house
	fixed := func(change func(*Fixed)) func(*Config) {
		return func(c *Config) {
			c.Fixed = &Fixed{Org: org, URL: r.URL + "/hook", Auth: "basic", Credential: "user:word", Secret: "a secret of sixteen"}
			change(c.Fixed)
		}
	}
	configured := func() bool { return len(h.ask(http.StatusOK, http.MethodGet, "", nil).list("data")) == 1 }
	h = open(t, dir, fixed(func(*Fixed) {}), r)
	until(t, "the endpoint is there", configured)
	h.does("ana")
	h.stand(string(configuredID), "delivered", 1)
	for _, ask := range []struct {
		method, path string
		body         any
	}{{"PATCH", "", map[string]any{"paused": true}}, {"DELETE", "", nil}, {"POST", "/rotate", nil}} {
		if a := h.ask(http.StatusConflict, ask.method, "/"+string(configuredID)+ask.path, ask.body); a.text("code") != ErrConfigured.Code {
			t.Errorf("%s: got %s, want %s", ask.method, a.text("code"), ErrConfigured.Code)
		}
	}
	h.end()
	h = open(t, dir, fixed(func(f *Fixed) { f.Secret = "another of sixteen"; f.Events = []engine.EventName{engine.ProcessEnded} }), r)
	until(t, "another secret signs", func() bool {
		return len(h.ask(http.StatusOK, http.MethodGet, "/"+string(configuredID), nil).list("secrets")) == 2
	})
	h.does("budi")
	h.ask(http.StatusAccepted, http.MethodPost, "/"+string(configuredID)+"/test", nil)
	h.stand(string(configuredID), "delivered", 2)
	all := r.all()
	if got := strings.Count(all[len(all)-1].header.Get("webhook-signature"), "v1,"); got != 2 {
		t.Errorf("signatures after the secret was changed: got %d, want 2", got)
	}
	h.end()
	h = open(t, dir, nil, r)
	until(t, "the endpoint is gone", func() bool { return !configured() })
	h.ask(http.StatusNotFound, http.MethodGet, "/"+string(configuredID), nil)
}

// What is wrong with an endpoint of the configuration is said before it starts.
func TestConfiguredWrongly(t *testing.T) {
	good := Fixed{Org: org, URL: "https://core.bank.example/", Auth: "none", Secret: "a secret of sixteen"}
	if err := good.Check(Egress{}); err != nil {
		t.Errorf("got %v, want none", err)
	}
	for want, change := range map[string]func(*Fixed){
		"webhooks.url":             func(f *Fixed) { f.URL = "http://core.bank.example/" },
		"webhooks.secret":          func(f *Fixed) { f.Secret = "short" },
		"webhooks.auth: must be":   func(f *Fixed) { f.Auth = "kerberos" },
		"webhooks.auth.credential": func(f *Fixed) { f.Auth = "basic" },
		"is no event":              func(f *Fixed) { f.Events = []engine.EventName{"customer.born"} },
	} {
		f := good
		change(&f)
		if err := f.Check(Egress{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

// What waited when the daemon ended is told by the next, with the same id; what
// was told is not told again.
func TestNextDaemon(t *testing.T) {
	r := listen(t, nil)
	dir := t.TempDir()
	h := open(t, dir, func(c *Config) { c.Backoff = Backoff{time.Hour, time.Hour} }, r)
	id, _ := h.tells(r, nil)
	h.does(names(40)...)
	h.stand(id, "delivered", 40)
	r.answers(status(503))
	h.does("ana")
	r.await(t, "an attempt", atLeast(41))
	for h.stand(id, "pending", 1)[0]["attempts"] != 1.0 {
		continue
	}
	h.end()
	r.answers(nil)
	h = open(t, dir, func(c *Config) {
		c.Now, c.KeepFor = func() time.Time { return time.Now().Add(2 * time.Hour) }, 24*time.Hour
	}, r)
	h.does(names(2)...)
	h.stand(id, "delivered", 43)
	seen := map[string]int{}
	for _, m := range r.all() {
		seen[m.id()]++
	}
	if len(seen) != 43 || len(r.all()) != 44 || seen[r.all()[40].id()] != 2 {
		t.Errorf("got %d messages of %d events, want 44 of 43, one of them twice", len(r.all()), len(seen))
	}
}
