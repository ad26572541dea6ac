package webhook

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/rostod/rostod/storage"
)

// One event, from the journal to the receiver: the body of each contract, and
// headers that an implementation of somebody else takes for good.
func TestTold(t *testing.T) {
	r := listen(t, nil)
	h := open(t, t.TempDir(), nil, r)
	h.does("before") // nobody is told of what was before
	_, word := h.tells(r, nil)
	h.does("ana")
	h.ends(map[string]string{"processId": "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000", "state": "PROCESS_STATE_FINISHED", "flow": "idlive"})
	got := r.await(t, "two messages", atLeast(2))
	if got[0].text("event") == "" {
		got[0], got[1] = got[1], got[0]
	}
	one := got[0]
	for name, want := range map[string]string{"event": "verification.created", "orgId": "acme", "id": one.id()} {
		if one.text(name) != want {
			t.Errorf("%s: got %q, want %q", name, one.text(name), want)
		}
	}
	if want := `"data":{"verificationId":"ver_1","customerId":"ana","method":"face_match","status":"verified","score":97}}`; !strings.HasSuffix(string(one.body), want) {
		t.Errorf("body: got %s, want %s at its end", one.body, want)
	}
	if want := `{"processId":"0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000","state":"PROCESS_STATE_FINISHED","flow":"idlive"}`; string(got[1].body) != want {
		t.Errorf("body: got %s, want %s", got[1].body, want)
	}
	verifier, err := standardwebhooks.NewWebhook(word)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range got[:2] {
		if err := verifier.Verify(m.body, m.header); err != nil {
			t.Errorf("standard-webhooks: got %v, want none", err)
		}
		m.header.Set("webhook-timestamp", fmt.Sprint(time.Now().Unix()+1))
		if err := verifier.Verify(m.body, m.header); err == nil {
			t.Error("another time was taken for good")
		}
	}
	if n := len(r.all()); n != 2 {
		t.Errorf("messages: got %d, want 2", n)
	}
}

// The vendors' headers, for receivers that check them already.
func TestVendorsHeaders(t *testing.T) {
	r := listen(t, nil)
	h := open(t, t.TempDir(), nil, r)
	const word = "a secret of the vendor's page"
	h.tells(r, map[string]any{"secret": word})
	h.does("ana")
	m := r.await(t, "a message", atLeast(1))[0]
	want := fmt.Sprintf("sha256=%x", mac([]byte(word), string(m.body)))
	for name, want := range map[string]string{
		"X-Quantum-Signature": want, "X-Identity-Signature": want, "X-Signature": want,
		"X-Quantum-Event": "verification.created", "X-Identity-Event": "verification.created",
		"X-Quantum-Attempt": "1", "X-Quantum-Timestamp": m.header.Get("webhook-timestamp"),
		"Content-Type": "application/json", "X-Identity-Delivery": m.header.Get("X-Quantum-Delivery"),
	} {
		if got := m.header.Get(name); got != want || got == "" {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	raw, err := standardwebhooks.NewWebhookRaw([]byte(word))
	if err != nil {
		t.Fatal(err)
	}
	if err := raw.Verify(m.body, m.header); err != nil {
		t.Errorf("standard-webhooks with a raw key: got %v, want none", err)
	}
}

// What a receiver may do, how often it is asked, and where the delivery ends.
func TestOutcomes(t *testing.T) {
	times := func(n int, first http.HandlerFunc) http.HandlerFunc {
		asked := 0
		return func(w http.ResponseWriter, q *http.Request) {
			if asked++; asked <= n {
				first(w, q)
				return
			}
			w.WriteHeader(http.StatusOK)
		}
	}
	slow := func(_ http.ResponseWriter, q *http.Request) { <-q.Context().Done() }
	cut := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	away := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(http.StatusFound)
	}
	long := func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(w, strings.Repeat("x", 1<<20))
	}
	for _, row := range []struct {
		name    string
		answer  http.HandlerFunc
		state   string
		asked   int
		status  float64
		problem string
	}{
		{"200", status(200), "delivered", 1, 200, ""},
		{"202", status(202), "delivered", 1, 202, ""},
		{"299", status(299), "delivered", 1, 299, ""},
		{"a long answer", long, "delivered", 1, 200, ""},
		{"once 500", times(1, status(500)), "delivered", 2, 200, ""},
		{"three times 503", times(3, status(503)), "delivered", 4, 200, ""},
		{"always 500", status(500), "dead", 4, 500, "status"},
		{"always 400", status(400), "dead", 4, 400, "status"},
		{"410", status(410), "dead", 4, 410, "status"},
		{"redirects are not followed", away, "dead", 4, 302, "status"},
		{"no answer", cut, "dead", 4, 0, "connection"},
		{"too slow", slow, "dead", 4, 0, "timeout"},
		{"once cut off", times(1, cut), "delivered", 2, 200, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := listen(t, row.answer)
			h := open(t, t.TempDir(), func(c *Config) { c.Timeout = 300 * time.Millisecond }, r)
			id, _ := h.tells(r, map[string]any{"concurrency": 1})
			h.does("ana")
			d := h.stand(id, row.state, 1)[0]
			got, _ := d["status"].(float64)
			problem, _ := d["problem"].(string)
			if got != row.status || problem != row.problem || d["attempts"] != float64(row.asked) {
				t.Errorf("got %v attempts, status %v, problem %q; want %d, %v, %q", d["attempts"], got, problem, row.asked, row.status, row.problem)
			}
			for i, m := range r.all() {
				if m.path != "/hook" || m.header.Get("X-Quantum-Attempt") != fmt.Sprint(i+1) || m.id() != d["eventId"] || m.header.Get("X-Quantum-Delivery") != d["id"] {
					t.Errorf("message %d: got %s, attempt %s, id %s", i, m.path, m.header.Get("X-Quantum-Attempt"), m.id())
				}
			}
		})
	}
}

// Each way to show who one is, as the receiver sees it.
func TestAuthentication(t *testing.T) {
	gives := listen(t, nil)
	asked := 0
	gives.answers(func(w http.ResponseWriter, q *http.Request) {
		asked++
		id, word, _ := q.BasicAuth()
		word, _ = url.QueryUnescape(word) // RFC 6749, 2.3.1
		if id != "client" || word != "word:with:colons" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"access_token":"token-%d","token_type":"Bearer","expires_in":3600}`, asked)
	})
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("user:pass:word"))
	for _, row := range []struct {
		name         string
		auth         map[string]any
		header, want string
	}{
		{"none", map[string]any{"kind": "none"}, "Authorization", ""},
		{"basic", map[string]any{"kind": "basic", "credential": "user:pass:word"}, "Authorization", basic},
		{"a key with its header", map[string]any{"kind": "apiKey", "credential": "X-Api-Key:abc:def"}, "X-Api-Key", "abc:def"},
		{"a bare key", map[string]any{"kind": "apiKey", "credential": "abcdef"}, "Authorization", "abcdef"},
		{"client credentials", map[string]any{"kind": "oauth2", "credential": "client:word:with:colons", "tokenUrl": gives.URL + "/token"}, "Authorization", "Bearer token-1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := listen(t, nil)
			h := open(t, t.TempDir(), nil, r, gives)
			id, _ := h.tells(r, map[string]any{"auth": row.auth})
			h.does("ana", "budi", "citra")
			for _, m := range r.await(t, "messages", atLeast(3)) {
				if got := m.header.Get(row.header); got != row.want {
					t.Errorf("%s: got %q, want %q", row.header, got, row.want)
				}
			}
			h.stand(id, "delivered", 3)
		})
	}
	if asked != 1 {
		t.Errorf("tokens: got %d, want 1 for all messages", asked)
	}
}

// A token that the receiver does not take is renewed within the attempt; when
// none is given, nothing is sent.
func TestTokensOfReceivers(t *testing.T) {
	gives := listen(t, nil)
	n := 0
	gives.answers(func(w http.ResponseWriter, _ *http.Request) {
		n++
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"access_token":"token-%d","token_type":"Bearer","expires_in":3600}`, n)
	})
	r := listen(t, func(w http.ResponseWriter, q *http.Request) {
		if q.Header.Get("Authorization") != "Bearer token-2" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	h := open(t, t.TempDir(), nil, r, gives)
	id, _ := h.tells(r, map[string]any{"auth": map[string]any{"kind": "oauth2", "credential": "client:word", "tokenUrl": gives.URL}})
	h.does("ana")
	if d := h.stand(id, "delivered", 1)[0]; d["attempts"] != 1.0 || len(r.all()) != 2 {
		t.Errorf("got %v attempts, %d messages; want 1 and 2", d["attempts"], len(r.all()))
	}
	gives.answers(status(500))
	r.answers(status(401))
	h.does("budi")
	if d := h.stand(id, "dead", 1)[0]; d["problem"] != "no-access-token" {
		t.Errorf("got %v, want no-access-token", d["problem"])
	}
}

// Other scopes are asked for at once, and not when the token of the former ends.
func TestScopesThatChange(t *testing.T) {
	gives := listen(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"token","token_type":"Bearer","expires_in":3600}`)
	})
	r := listen(t, nil)
	h := open(t, t.TempDir(), nil, r, gives)
	auth := map[string]any{"kind": "oauth2", "credential": "client:word", "tokenUrl": gives.URL, "scopes": []string{"one"}}
	id, _ := h.tells(r, map[string]any{"auth": auth})
	h.does("ana")
	h.stand(id, "delivered", 1)
	auth["scopes"] = []string{"two"}
	h.ask(http.StatusOK, http.MethodPatch, "/"+id, map[string]any{"auth": auth})
	h.does("budi")
	h.stand(id, "delivered", 2)
	var scopes []string
	for _, m := range gives.all() {
		form, err := url.ParseQuery(string(m.body))
		if err != nil {
			t.Fatal(err)
		}
		scopes = append(scopes, form.Get("scope"))
	}
	if !slices.Equal(scopes, []string{"one", "two"}) {
		t.Errorf("scopes that were asked for: got %q, want one, then two", scopes)
	}
}

// A credential that was given for one host is not sent to another, whoever
// may change addresses.
func TestCredentialStaysWithItsHost(t *testing.T) {
	r, thief := listen(t, nil), listen(t, nil)
	h := open(t, t.TempDir(), nil, r, thief)
	id, _ := h.tells(r, map[string]any{"auth": map[string]any{"kind": "basic", "credential": "rostod:word"}})
	refused := h.ask(http.StatusBadRequest, http.MethodPatch, "/"+id, map[string]any{"url": thief.URL + "/hook"})
	if !strings.Contains(fmt.Sprint(refused.body["fields"]), "auth") {
		t.Errorf("got %v, want auth to be blamed", refused.body)
	}
	h.ask(http.StatusOK, http.MethodPatch, "/"+id, map[string]any{"url": r.URL + "/another/path"})
	h.does("ana")
	h.stand(id, "delivered", 1)
	h.ask(http.StatusOK, http.MethodPatch, "/"+id, map[string]any{"url": thief.URL + "/hook", "auth": map[string]any{"kind": "none"}})
	h.does("budi")
	h.stand(id, "delivered", 2)
	if all := thief.all(); len(all) != 1 || all[0].header.Get("Authorization") != "" {
		t.Errorf("the other host: got %d messages, the first with %q, want one without a credential", len(all), all[0].header.Get("Authorization"))
	}
}

// A stranger's certificate, and addresses that nobody may be made to call.
func TestNotDialled(t *testing.T) {
	r := listen(t, nil)
	for _, row := range []struct {
		name    string
		change  func(*Config)
		url     string
		problem string
	}{
		{"another authority", func(c *Config) { c.Egress.Roots = nil }, r.URL, "certificate"},
		{"this machine, by a name", func(c *Config) { c.Egress.Allow = nil }, strings.Replace(r.URL, "127.0.0.1", "localhost", 1), "address-not-allowed"},
		{"TLS to who speaks none", nil, "https://" + plainServer(t), "connection"},
		{"nobody listens", nil, "https://127.0.0.1:1/", "connection"},
		{"a name that is none", nil, "https://nobody.invalid/", "name-not-resolved"},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := open(t, t.TempDir(), row.change, r)
			id := h.ask(http.StatusCreated, http.MethodPost, "", map[string]any{"url": row.url}).text("id")
			h.does("ana")
			if d := h.stand(id, "dead", 1)[0]; d["problem"] != row.problem {
				t.Errorf("got %v, want %s", d["problem"], row.problem)
			}
			if n := len(r.all()); n != 0 {
				t.Errorf("messages: got %d, want none", n)
			}
		})
	}
}

// Who was erased between two attempts is not told of any more.
func TestErased(t *testing.T) {
	r := listen(t, status(500))
	h := open(t, t.TempDir(), func(c *Config) { c.Backoff, c.KeepFor = Backoff{time.Hour, time.Hour}, 24*time.Hour }, r)
	id, _ := h.tells(r, nil)
	h.does("ana")
	for h.stand(id, "pending", 1)[0]["attempts"] == 0.0 {
		r.await(t, "the first attempt", atLeast(1))
	}
	_, err := h.store.Commit(t.Context(), func(tx *storage.Tx) error {
		if err := tx.Forget(h.store.Pseudonym("ana")); err != nil {
			return err
		}
		_, err := tx.Log(storage.Entry{Kind: "faces.erased", Org: string(org), Actor: "key_1"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r.answers(nil)
	// Only time brings it up again: the next daemon finds it due.
	dir := h.dir
	h.end()
	again := open(t, dir, func(c *Config) {
		c.Now, c.KeepFor = func() time.Time { return time.Now().Add(2 * time.Hour) }, 24*time.Hour
	}, r)
	if d := again.stand(id, "dead", 1)[0]; d["problem"] != "erased" {
		t.Errorf("got %v, want erased", d["problem"])
	}
	if n := len(r.all()); n != 1 {
		t.Errorf("messages: got %d, want 1", n)
	}
}
