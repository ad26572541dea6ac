package enginetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/access"
)

// Caller asks the rooms with one API key.
type Caller struct {
	rooms  *Rooms
	ID     engine.KeyID
	Secret string
}

// Body is a JSON object.
type Body map[string]any

// Caller makes an API key of an org, for a holder of its own; without scopes it
// may do everything.
func (r *Rooms) Caller(t testing.TB, org engine.OrgID, scopes ...engine.Scope) Caller {
	t.Helper()
	return r.CallerFor(t, org, engine.Holder(rand.Text()), scopes...)
}

// CallerFor makes an API key for a holder; for nobody in particular when that is
// empty.
func (r *Rooms) CallerFor(t testing.TB, org engine.OrgID, holder engine.Holder, scopes ...engine.Scope) Caller {
	t.Helper()
	if len(scopes) == 0 {
		scopes = engine.Scopes()
	}
	k, secret, err := r.Access.Create(t.Context(), engine.AtTheMachine(org), access.Wish{Scopes: scopes, Holder: holder})
	if err != nil {
		t.Fatalf("make an API key: got %v, want none", err)
	}
	return Caller{rooms: r, ID: k.ID, Secret: secret}
}

// Wish is what a key of a client should be.
type Wish = access.Wish

// Client makes an API key with capabilities in a segment. It asks with the
// headers of the by-client contract.
func (r *Rooms) Client(t testing.TB, org engine.OrgID, w Wish) Client {
	t.Helper()
	if len(w.Scopes) == 0 {
		w.Scopes = engine.Scopes()
	}
	if w.Holder == "" {
		w.Holder = engine.Holder(rand.Text())
	}
	k, secret, err := r.Access.Create(t.Context(), engine.AtTheMachine(org), w)
	if err != nil {
		t.Fatalf("make an API key: got %v, want none", err)
	}
	return Client{Caller{rooms: r, ID: k.ID, Secret: secret}}
}

// Client is a caller of the by-client contract.
type Client struct{ Caller }

// CPF is a code whose check digits hold.
const CPF = "529.982.247-25"

// Create creates a process about a person, whom the picture shows.
func (c Client) Create(t testing.TB, reference string, p Picture) Answer {
	t.Helper()
	return c.Send(t, Body{
		"subject": Body{"code": CPF, "name": "Ana Souza", "clientReference": reference}, "imageBase64": p.Bytes(),
	})
}

// Send creates a process with a body.
func (c Client) Send(t testing.TB, body Body) Answer {
	t.Helper()
	return c.Post(t, "/processes/v1", body, "APIKEY", c.Secret)
}

// Process reads a process in a version of the contract.
func (c Client) Process(t testing.TB, version, id string) Answer {
	t.Helper()
	return c.Get(t, "/processes/"+version+"/"+id, "APIKEY", c.Secret)
}

// URL is where the rooms are served.
func (r *Rooms) URL() string { return r.server.URL }

// With is a caller who has this secret.
func (r *Rooms) With(secret string) Caller { return Caller{rooms: r, Secret: secret} }

// Get asks for a path. Headers are pairs of name and value.
func (c Caller) Get(t testing.TB, path string, headers ...string) Answer {
	t.Helper()
	return c.Do(t, http.MethodGet, path, nil, headers...)
}

// Post sends a body to a path.
func (c Caller) Post(t testing.TB, path string, body any, headers ...string) Answer {
	t.Helper()
	return c.Do(t, http.MethodPost, path, body, headers...)
}

// Do sends a request. It may be called from any goroutine of the test.
func (c Caller) Do(t testing.TB, method, path string, body any, headers ...string) Answer {
	t.Helper()
	a, err := c.do(context.WithoutCancel(t.Context()), method, path, body, headers)
	if err != nil {
		t.Errorf("%s %s: got %v, want an answer", method, path, err)
	}
	return a
}

func (c Caller) do(ctx context.Context, method, path string, body any, headers []string) (Answer, error) {
	var text io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return Answer{}, err
		}
		text = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.rooms.server.URL+path, text)
	if err != nil {
		return Answer{}, err
	}
	r.Header.Set("Authorization", "Bearer "+c.Secret)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answered, err := c.rooms.server.Client().Do(r)
	if err != nil {
		return Answer{}, err
	}
	defer answered.Body.Close()
	b, err := io.ReadAll(answered.Body)
	return Answer{Status: answered.StatusCode, Header: answered.Header, Body: b}, err
}

// Upload sends bytes to a path.
func (r *Rooms) Upload(t testing.TB, c Caller, path string, body []byte) Answer {
	t.Helper()
	q, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodPost, r.server.URL+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+c.Secret)
	q.Header.Set("Content-Type", "application/octet-stream")
	answered, err := r.server.Client().Do(q)
	if err != nil {
		t.Fatalf("POST %s: got %v, want an answer", path, err)
	}
	defer answered.Body.Close()
	b, err := io.ReadAll(answered.Body)
	if err != nil {
		t.Fatalf("POST %s: got %v, want an answer", path, err)
	}
	return Answer{Status: answered.StatusCode, Header: answered.Header, Body: b}
}

// Form sends a form to a path, without a key.
func (r *Rooms) Form(t testing.TB, path string, form url.Values) Answer {
	t.Helper()
	q, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodPost, r.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answered, err := r.server.Client().Do(q)
	if err != nil {
		t.Fatalf("POST %s: got %v, want an answer", path, err)
	}
	defer answered.Body.Close()
	b, err := io.ReadAll(answered.Body)
	if err != nil {
		t.Fatalf("POST %s: got %v, want an answer", path, err)
	}
	return Answer{Status: answered.StatusCode, Header: answered.Header, Body: b}
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Want fails the test when the answer has another status or, when code is not
// empty, another code than wanted. It answers the answer.
func (a Answer) Want(t testing.TB, status int, code string) Answer {
	t.Helper()
	if a.Status != status || code != "" && a.Text("code") != code {
		t.Errorf("got %d %s, want %d %s: %s", a.Status, a.Text("code"), status, code, a.Body)
	}
	return a
}

// At is the value at a path of member names and list indices such as
// "data.0.id"; nil when it is not there.
func (a Answer) At(path string) any {
	var v any
	if json.Unmarshal(a.Body, &v) != nil {
		return nil
	}
	for name := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(in) {
				return nil
			}
			v = in[i]
		default:
			return nil
		}
	}
	return v
}

// Text is the string at a path; empty when there is none.
func (a Answer) Text(path string) string {
	s, _ := a.At(path).(string)
	return s
}

// Number is the number at a path; -1 when there is none.
func (a Answer) Number(path string) float64 {
	if n, ok := a.At(path).(float64); ok {
		return n
	}
	return -1
}

// Len is the length of the list at a path; -1 when there is none.
func (a Answer) Len(path string) int {
	if list, ok := a.At(path).([]any); ok {
		return len(list)
	}
	return -1
}

// Enrol enrols a face of a customer.
func (c Caller) Enrol(t testing.TB, customer string, p Picture) Answer {
	t.Helper()
	return c.Post(t, "/api/identity/face/enroll", Body{"customerId": customer, "image": p.Bytes()}).Want(t, http.StatusCreated, "")
}

// StepUp asks whether a picture shows a customer, at a risk level.
func (c Caller) StepUp(t testing.TB, customer string, level engine.RiskLevel, p Picture) Answer {
	t.Helper()
	return c.Post(t, "/api/identity/auth/step-up", Body{"customerId": customer, "riskLevel": level, "image": p.Bytes()})
}

// Set replaces the org's overrides.
func (c Caller) Set(t testing.TB, overrides Body) {
	t.Helper()
	c.Do(t, http.MethodPut, "/api/identity/settings/risk-tiers", overrides).Want(t, http.StatusOK, "")
}

// TrustPictures lets a plain picture suffice at every risk level, as it does by
// default at all but the highest.
func (c Caller) TrustPictures(t testing.TB) {
	t.Helper()
	c.Set(t, Body{"tiers": Body{"high": Body{"assurance": engine.AssuranceLow}}})
}
