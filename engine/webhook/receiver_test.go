package webhook

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
	"github.com/rostod/rostod/storage/storagetest"
)

const org engine.OrgID = "acme"

// loopback is what tests are allowed to dial.
func loopback() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

// receiver is somebody who is told.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []received
	answer http.HandlerFunc // nil: 204
	news   chan struct{}
}

type received struct {
	header http.Header
	body   []byte
	path   string
}

func (r received) id() string { return r.header.Get("webhook-id") }

// text is the string at a member of the body.
func (r received) text(name string) string {
	var all map[string]any
	if json.Unmarshal(r.body, &all) != nil {
		return ""
	}
	s, _ := all[name].(string)
	return s
}

func listen(t *testing.T, answer http.HandlerFunc) *receiver {
	t.Helper()
	r := newReceiver(answer)
	r.Server = httptest.NewUnstartedServer(http.HandlerFunc(r.serve))
	r.Config.ErrorLog = log.New(io.Discard, "", 0)
	r.StartTLS()
	t.Cleanup(r.Close)
	return r
}

func newReceiver(answer http.HandlerFunc) *receiver {
	return &receiver{answer: answer, news: make(chan struct{}, 1)}
}

func (r *receiver) serve(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return
	}
	r.mu.Lock()
	r.got = append(r.got, received{q.Header.Clone(), body, q.URL.Path})
	answer := r.answer
	r.mu.Unlock()
	select {
	case r.news <- struct{}{}:
	default:
	}
	if answer == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	answer(w, q)
}

func (r *receiver) answers(with http.HandlerFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = with
}

func (r *receiver) all() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]received(nil), r.got...)
}

// await waits until there is as much as is wanted.
func (r *receiver) await(t *testing.T, what string, enough func([]received) bool) []received {
	t.Helper()
	end := time.NewTimer(20 * time.Second)
	defer end.Stop()
	for {
		if all := r.all(); enough(all) {
			return all
		}
		select {
		case <-r.news:
		case <-end.C:
			t.Fatalf("wait for %s: got %d messages", what, len(r.all()))
		}
	}
}

func atLeast(n int) func([]received) bool {
	return func(all []received) bool { return len(all) >= n }
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// house is the room over a real store, at work and served.
type house struct {
	t      *testing.T
	dir    string
	store  *storage.Store
	room   *Webhooks
	server *httptest.Server
	log    *lines
	end    func()
}

// lines is a log.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// open opens the room at a place, at work, trusting these receivers.
func open(t *testing.T, dir string, change func(*Config), trusted ...*receiver) *house {
	t.Helper()
	h := idle(t, dir, change, trusted...)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- h.room.work(ctx) }()
	rest := h.end
	h.end = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("work: got %v, want none", err)
		}
		rest()
	})
	t.Cleanup(h.end)
	return h
}

// idle opens the room, which does nothing by itself.
func idle(t *testing.T, dir string, change func(*Config), trusted ...*receiver) *house {
	t.Helper()
	h := &house{t: t, dir: dir, log: &lines{}}
	c := Config{
		Sources:  map[string][]room.EventSource{"thing.done": {things}, "journey.ended": {room.ProcessEnded}},
		Egress:   Egress{Allow: loopback()},
		Attempts: 4, Backoff: Backoff{time.Millisecond, 20 * time.Millisecond}, Timeout: 2 * time.Second, Concurrency: 4, KeepFor: time.Hour,
		Log: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Now: time.Now,
		Roll: func() float64 { return 0.5 }, Random: rand.Reader,
	}
	for _, r := range trusted {
		if own, ok := r.Client().Transport.(*http.Transport); ok {
			c.Egress.Roots = own.TLSClientConfig.RootCAs // all test servers have one certificate
		}
	}
	if change != nil {
		change(&c)
	}
	kept := storagetest.Config(dir)
	kept.Now = c.Now
	h.store = storagetest.OpenWith(t, kept)
	c.Store = h.store
	var err error
	if h.room, err = Open(c); err != nil {
		t.Fatalf("open: got %v, want none", err)
	}
	h.serve()
	h.end = sync.OnceFunc(func() {
		h.server.Close()
		if err := h.store.Close(); err != nil {
			t.Errorf("close: got %v, want none", err)
		}
	})
	t.Cleanup(h.end)
	return h
}

func (h *house) serve() {
	h.t.Helper()
	h.server = enginetest.Serve(h.t, web.Config{Now: time.Now, Authenticate: func(_ context.Context, token string) (engine.Caller, error) {
		by := engine.Caller{Key: "key_1", Org: org, Scopes: engine.Scopes()}
		switch token {
		case "other":
			by.Org = "other"
		case "view":
			by.Scopes = []engine.Scope{engine.ViewStatus}
		}
		return by, nil
	}}, h.room.Room())
}

// things tell that a thing was done to a customer, whose name is private.
func things(v *storage.View, l storage.Leaf) ([]engine.Event, error) {
	private, err := v.Disclose(l.Index)
	if err != nil {
		return nil, err
	}
	who := engine.CustomerID(private["customer"].Value)
	return []engine.Event{{Name: engine.VerificationCreated, Data: engine.VerificationData{
		Verification: "ver_1", Customer: who, Method: engine.FaceMatch, Status: engine.Verified, Score: 97,
	}}}, nil
}

// does does things to customers, in one transaction each.
func (h *house) does(customers ...string) {
	h.t.Helper()
	for _, c := range customers {
		_, err := h.store.Commit(h.t.Context(), func(tx *storage.Tx) error {
			_, err := tx.Log(storage.Entry{
				Kind: "thing.done", Org: string(org), Actor: "key_1", Subject: h.store.Pseudonym(c), Private: map[string]string{"customer": c},
			})
			return err
		})
		if err != nil {
			h.t.Fatal(err)
		}
	}
}

// ends ends a process of the Web & SDK contract.
func (h *house) ends(private map[string]string) {
	h.t.Helper()
	_, err := h.store.Commit(h.t.Context(), func(tx *storage.Tx) error {
		_, err := tx.Log(storage.Entry{Kind: "journey.ended", Org: string(org), Actor: "system", Subject: h.store.Pseudonym("ana"), Private: private})
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

type reply struct {
	status int
	body   map[string]any
}

func (r reply) text(name string) string {
	s, _ := r.body[name].(string)
	return s
}

func (r reply) list(name string) []map[string]any {
	var out []map[string]any
	all, _ := r.body[name].([]any)
	for _, one := range all {
		m, _ := one.(map[string]any)
		out = append(out, m)
	}
	return out
}

// ask asks the room over HTTP and wants a status.
func (h *house) ask(want int, method, path string, body any, token ...string) reply {
	h.t.Helper()
	var text io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			h.t.Fatal(err)
		}
		text = strings.NewReader(string(b))
	}
	q, err := http.NewRequestWithContext(h.t.Context(), method, h.server.URL+"/api/webhooks"+path, text)
	if err != nil {
		h.t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+strings.Join(append(token, "all")[:1], ""))
	if body != nil {
		q.Header.Set("Content-Type", "application/json")
	}
	answered, err := h.server.Client().Do(q)
	if err != nil {
		h.t.Fatal(err)
	}
	defer answered.Body.Close()
	raw, err := io.ReadAll(answered.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	r := reply{status: answered.StatusCode, body: map[string]any{}}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &r.body); err != nil {
			h.t.Fatalf("%s %s: %v: %s", method, path, err, raw)
		}
	}
	if r.status != want {
		h.t.Fatalf("%s %s: got %d %s, want %d", method, path, r.status, raw, want)
	}
	return r
}

// tells makes an endpoint and answers its id and its secret.
func (h *house) tells(r *receiver, more map[string]any) (id, word string) {
	h.t.Helper()
	body := map[string]any{"url": r.URL + "/hook"}
	for k, v := range more {
		body[k] = v
	}
	a := h.ask(http.StatusCreated, http.MethodPost, "", body)
	word, _ = a.list("secrets")[0]["secret"].(string)
	return a.text("id"), word
}

// until asks a question again and again, until it is answered yes.
func until(t testing.TB, what string, yes func() bool) {
	t.Helper()
	end, tick := time.NewTimer(20*time.Second), time.NewTicker(5*time.Millisecond)
	defer end.Stop()
	defer tick.Stop()
	for !yes() {
		select {
		case <-tick.C:
		case <-end.C:
			t.Fatalf("wait until %s: got nothing", what)
		}
	}
}

// stand waits until as many deliveries stand in a state.
func (h *house) stand(id, in string, n int) (list []map[string]any) {
	h.t.Helper()
	until(h.t, fmt.Sprintf("%d are %s", n, in), func() bool {
		list = h.ask(http.StatusOK, http.MethodGet, "/"+id+"/deliveries?limit=500&state="+in, nil).list("data")
		return len(list) == n
	})
	return list
}

func names(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("customer-%03d", i)
	}
	return list
}
