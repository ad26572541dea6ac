package daemon

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/access"
	"github.com/rostod/rostod/internal/fixture"
)

// testConfig is a daemon on a port of its own with the real models.
func testConfig(t *testing.T) config.Config {
	t.Helper()
	c := config.Defaults()
	c.Data, c.Listen = t.TempDir(), "127.0.0.1:0"
	// Firefox reaches this machine by its address in the network, not by loopback.
	c.Capture.UDP, c.Capture.TCP = "0.0.0.0:0", "0.0.0.0:0"
	c.Capture.Origins = "https://teller.example"
	c.Models.Dir, c.Models.ONNXRuntime, c.Models.Sessions = fixture.Models(t), fixture.Library(t), 1
	c.Storage.MinFreeMB, c.Storage.BallastMB = 64, 0
	c.Limits.Read, c.Limits.Write, c.Limits.StepUp, c.Limits.Enrol = 0, 0, 0, 0
	return c
}

// target is a running daemon and the keys that the cases use.
type target struct {
	url  string
	keys map[string]string // by what they may, or what is wrong with them
	ids  map[string]string
}

// expiredKey makes a key that has ended before the daemon begins.
func expiredKey(t *testing.T, c config.Config) string {
	t.Helper()
	store, err := openStore(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	past := time.Now().AddDate(0, 0, -2)
	room, err := access.Open(access.Config{Store: store, Now: func() time.Time { return past }, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	_, secret, err := room.Create(t.Context(), engine.AtTheMachine(engine.OrgID(c.Org)), access.Wish{Scopes: engine.Scopes(), Lifetime: 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return secret
}

// start runs a daemon until the test ends. Its log must not have the marker.
func start(t *testing.T) *target { return startWith(t, func(*config.Config) {}) }

// startWith is start with another configuration.
func startWith(t *testing.T, change func(*config.Config)) *target {
	t.Helper()
	c := testConfig(t)
	change(&c)
	return startAs(t, c)
}

// startAs runs a daemon of a configuration.
func startAs(t *testing.T, c config.Config) *target {
	t.Helper()
	tg := &target{keys: map[string]string{"expired": expiredKey(t, c)}, ids: map[string]string{}}
	log := &bytes.Buffer{} // read only when the daemon has ended
	ready, done := make(chan string, 1), make(chan error, 1)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	go func() {
		done <- Run(ctx, Options{
			Config: c, Version: "test", Log: slog.New(slog.NewJSONHandler(log, nil)), Ready: func(address string) { ready <- address },
		})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the daemon ended with %v, want none", err)
		}
		if at := bytes.Index(log.Bytes(), []byte(marker)); at >= 0 {
			t.Errorf("the log has what was sent: %s", log.Bytes()[max(0, at-300):at+20])
		}
	})
	select {
	case tg.url = <-ready:
	case err := <-done:
		done <- nil
		t.Fatalf("the daemon did not start: %v", err)
	}
	line, err := Dial(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	for name, scopes := range map[string][]string{
		"all": {"all"}, "examiner": {"attempts:view"}, "manager": {"api:manage"}, "revoked": {"all"},
	} {
		var made struct {
			ID  string `json:"id"`
			Key string `json:"key"`
		}
		if err := line.Do(t.Context(), http.MethodPost, "/api/keys", map[string]any{"scopes": scopes}, &made); err != nil {
			t.Fatal(err)
		}
		tg.keys[name], tg.ids[name] = made.Key, made.ID
	}
	var none any
	if err := line.Do(t.Context(), http.MethodPost, "/api/keys/"+tg.ids["revoked"]+"/revoke", nil, &none); err != nil {
		t.Fatal(err)
	}
	if err := line.Close(); err != nil {
		t.Fatal(err)
	}
	return tg
}

// asked is one request. What is empty has a default: the key is "all", the
// method POST with a body and GET without, the content JSON.
type asked struct {
	method, path string
	key          string // one of target.keys; "-": no Authorization at all
	header       map[string]string
	body         string
	chunked      bool   // does not say how long the body is
	raw          string // the whole request as it goes over the wire
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// send sends a request.
func (tg *target) send(t *testing.T, a asked) reply {
	t.Helper()
	if a.raw != "" {
		return tg.wire(t, a)
	}
	var body io.Reader
	if a.body != "" {
		body = strings.NewReader(a.body)
	}
	if a.chunked {
		body = struct{ io.Reader }{body}
	}
	if a.method == "" {
		a.method = http.MethodGet
		if a.body != "" {
			a.method = http.MethodPost
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), a.method, tg.url+a.path, body)
	if err != nil {
		t.Fatal(err)
	}
	if a.key == "" {
		a.key = "all"
	}
	if a.key != "-" {
		r.Header.Set("Authorization", "Bearer "+tg.keys[a.key])
	}
	if a.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range a.header {
		r.Header.Set(name, value)
	}
	return answered(t, func() (*http.Response, error) { return http.DefaultClient.Do(r) })
}

// wire sends a request byte for byte, and says that nothing more comes.
func (tg *target) wire(t *testing.T, a asked) reply {
	t.Helper()
	address := strings.TrimPrefix(tg.url, "http://")
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	raw := strings.NewReplacer("{host}", address, "{key}", tg.keys["all"]).Replace(a.raw)
	if _, err := io.WriteString(conn, raw); err != nil {
		t.Fatal(err)
	}
	if half, ok := conn.(*net.TCPConn); ok {
		if err := half.CloseWrite(); err != nil {
			t.Fatal(err)
		}
	}
	return answered(t, func() (*http.Response, error) { return http.ReadResponse(bufio.NewReader(conn), nil) })
}

func answered(t *testing.T, do func() (*http.Response, error)) reply {
	t.Helper()
	r, err := do()
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return reply{r.StatusCode, r.Header, body}
}

// state is what the daemon says of its records.
type state struct {
	Journal struct{ Entries *int }
	Keys    struct{ ErasuresPending *int }
}

func (tg *target) state(t *testing.T) state {
	t.Helper()
	got := tg.send(t, asked{path: "/api/status"})
	var s state
	if err := json.Unmarshal(got.body, &s); err != nil || s.Journal.Entries == nil || s.Keys.ErasuresPending == nil {
		t.Fatalf("got %s (%v), want a status with journal and keys", got.body, err)
	}
	return s
}

// journal is how many entries the journal has.
func (tg *target) journal(t *testing.T) int {
	t.Helper()
	return *tg.state(t).Journal.Entries
}

// settle waits until what was erased is destroyed on disk too: the daemon does
// it a moment later by itself, and makes a journal entry of it.
func (tg *target) settle(t *testing.T) {
	t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for *tg.state(t).Keys.ErasuresPending > 0 {
		select {
		case <-look.C:
		case <-t.Context().Done():
			t.Fatal("the erasure is not done")
		}
	}
}

// object is a JSON object with its members in this order: name, value, ...
func object(members ...any) string {
	var b strings.Builder
	b.WriteByte('{')
	for i := 0; i+1 < len(members); i += 2 {
		if i > 0 {
			b.WriteByte(',')
		}
		value, err := json.Marshal(members[i+1])
		if err != nil {
			return err.Error() // not of what the cases send
		}
		fmt.Fprintf(&b, "%q:%s", members[i], value)
	}
	return b.String() + "}"
}
