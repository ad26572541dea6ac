package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
)

// edge is a server with a few operations, a log that is kept, and a clock
// that stands until it is moved.
type edge struct {
	*web.Server
	t       testing.TB
	log     *safeBuffer
	replays *replays
	now     time.Time
	handler http.Handler
	got     enrolBody // what the last enrol was given
	hold    chan struct{}
	holding chan struct{}
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// replays is a store of answers that keeps them in a map.
type replays struct {
	mu   sync.Mutex
	kept map[string]web.Idempotent
	err  error
}

func (r *replays) Recall(_ context.Context, c engine.Caller, key string) (web.Idempotent, bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, ok := r.kept[string(c.Key)+" "+key]
	return i, ok, r.err
}

func (r *replays) keep(i web.Idempotent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept[string(i.Caller.Key)+" "+i.Key] = i
}

type deviceBody struct {
	ID    string   `json:"id" minLength:"2"`
	Tags  []string `json:"tags,omitempty" maxItems:"2" enum:"kiosk,phone"`
	Floor *int     `json:"floor,omitempty" minimum:"-2"`
}

type enrolBody struct {
	CustomerID engine.CustomerID  `json:"customerId" minLength:"1" maxLength:"64" pattern:"^[A-Za-z0-9_-]+$" doc:"Your name for the customer." example:"cus_1"`
	RiskLevel  engine.RiskLevel   `json:"riskLevel,omitempty" enum:"none,low,medium,high"`
	Image      web.Base64         `json:"image,omitempty" doc:"A picture."`
	Count      int                `json:"count,omitempty" minimum:"1" maximum:"9"`
	Share      float64            `json:"share,omitempty" exclusiveMaximum:"1"`
	Born       string             `json:"born,omitempty" format:"date"`
	At         time.Time          `json:"at,omitzero"`
	Device     *deviceBody        `json:"device,omitempty"`
	Notes      map[string]float64 `json:"notes,omitempty"`
	Anything   any                `json:"anything,omitempty"`
	Sure       bool               `json:"sure,omitempty"`
}

// Check refuses what tags cannot say.
func (b *enrolBody) Check() *fault.Fault {
	if b.Count == 7 {
		return errSeven.Field("count", "Not seven.")
	}
	return nil
}

var (
	errSeven = &fault.Fault{Kind: fault.Unprocessable, Code: "test/seven", Title: "Seven is not taken."}
	errBusy  = &fault.Fault{Kind: fault.Unavailable, Code: "test/busy", Title: "Busy.", RetryAfter: 1500 * time.Millisecond}
)

type enrolAnswer struct {
	Enrolment string         `json:"enrolment"`
	Bytes     int            `json:"bytes"`
	Org       string         `json:"org"`
	Order     map[string]int `json:"order"`
}

type listParams struct {
	ID    string    `path:"id" doc:"A customer." maxLength:"20"`
	Limit int       `query:"limit" minimum:"1" maximum:"100" default:"20"`
	From  time.Time `query:"from" timeFormat:"2006-01-02"`
	Level string    `query:"level" enum:"low,high"`
}

const key = "rk_test_key"

func caller(_ context.Context, secret string) (engine.Caller, error) {
	c := engine.Caller{Key: "k1", Org: "default", Scopes: engine.Scopes()}
	switch secret {
	case key:
	case "rk_other_key":
		c.Key = "k2"
	case "rk_no_scopes":
		c.Key, c.Scopes = "k3", nil
	case "rk_expired":
		return engine.Caller{}, &fault.Fault{Kind: fault.Unauthenticated, Code: "access/expired", Title: "The API key has expired."}
	case "rk_store_broken":
		return engine.Caller{}, errors.New("disk on fire")
	default:
		return engine.Caller{}, &fault.Fault{Kind: fault.Unauthenticated, Code: "access/unknown", Title: "There is no such API key."}
	}
	return c, nil
}

func newEdge(t testing.TB, change ...func(*web.Config)) *edge {
	t.Helper()
	e := &edge{
		t: t, log: &safeBuffer{}, replays: &replays{kept: map[string]web.Idempotent{}},
		now:  time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC),
		hold: make(chan struct{}), holding: make(chan struct{}, 1),
	}
	c := web.Config{
		Authenticate: caller, Replays: e.replays, Metrics: prometheus.NewRegistry(), Version: "test",
		Log: slog.New(slog.NewJSONHandler(e.log, nil)), Now: func() time.Time { return e.now },
		Random: bytes.NewReader(bytes.Repeat([]byte{0xab}, 1<<20)),
	}
	for _, f := range change {
		f(&c)
	}
	s, err := web.New(c)
	if err != nil {
		t.Fatal(err)
	}
	e.Server = s
	e.mount(s.Router())
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	e.handler = s.Handler()
	return e
}

func (e *edge) mount(r *web.Router) {
	web.Handle(r, web.Operation{
		Method: "POST", Path: "/api/identity/face/enroll", ID: "enrol", Summary: "Enrol.", Tag: "Faces",
		Family: web.Identity, Scope: engine.WriteCustomers, Bucket: "enrol", Idempotent: true, MaxBody: 1 << 20,
		Faults: []*fault.Fault{errSeven, errBusy},
	}, e.enrol)
	web.Handle(r, web.Operation{
		Method: "POST", Path: "/api/things", ID: "things", Summary: "Own family.", Tag: "Things", Success: 201,
	}, e.enrol)
	web.Handle(r, web.Operation{
		Method: "GET", Path: "/api/identity/customers/{id}/faces", ID: "faces", Summary: "List.", Tag: "Faces",
		Family: web.Identity, Scope: engine.ViewCustomers,
	}, func(_ context.Context, p listParams, _ web.None) (map[string]any, error) {
		return map[string]any{"length": len(p.ID), "limit": p.Limit, "plus": strings.Contains(p.ID, "+"), "slash": strings.Contains(p.ID, "/")}, nil
	})
	web.Handle(r, web.Operation{
		Method: "POST", Path: "/api/identity/customers/{id}/unlock", ID: "unlock", Summary: "Unlock.", Tag: "Faces",
		Family: web.Identity, Scope: engine.UnlockCustomers, Repeatable: true, Success: 204,
	}, func(context.Context, struct {
		ID string `path:"id"`
	}, web.None) (web.None, error) {
		return web.None{}, nil
	})
	web.Handle(r, web.Operation{
		Method: "PUT", Path: "/api/optional", ID: "optional", Summary: "A body if you like.", Tag: "Things", OptionalBody: true,
	}, func(_ context.Context, _ web.None, b struct {
		Count int `json:"count,omitzero" minimum:"1"`
	}) (map[string]int, error) {
		return map[string]int{"count": b.Count}, nil
	})
	web.Handle(r, web.Operation{
		Method: "GET", Path: "/api/trouble/{what}", ID: "trouble", Summary: "Trouble.", Tag: "Things",
	}, e.trouble)
	web.HandleStream(r, web.Operation{
		Method: "GET", Path: "/api/export", ID: "export", Summary: "Export.", Tag: "Things", Produces: []string{"text/csv"},
	}, export)
}

func (e *edge) enrol(ctx context.Context, _ web.None, b enrolBody) (enrolAnswer, error) {
	e.got = b
	if b.CustomerID == "hold" {
		e.holding <- struct{}{}
		<-e.hold
	}
	if b.CustomerID == "busy" {
		return enrolAnswer{}, errBusy
	}
	a := enrolAnswer{Enrolment: "fe_1", Bytes: len(b.Image), Org: string(web.CallerOf(ctx).Org), Order: map[string]int{"b": 2, "a": 1, "c": 3}}
	i, ok, err := web.Pending(ctx, a)
	if ok {
		e.replays.keep(i)
	}
	return a, err
}

func (e *edge) trouble(ctx context.Context, p struct {
	What string `path:"what"`
}, _ web.None) (map[string]string, error) {
	switch p.What {
	case "panic":
		panic("a customer called " + marker)
	case "index":
		return nil, []error{}[len(p.What)]
	case "unknown":
		return nil, errors.New("the disk is on fire")
	case "late":
		<-ctx.Done()
		return nil, ctx.Err()
	case "because":
		return nil, fault.Because(errBusy, errors.New("all three sessions in use"))
	default:
		return map[string]string{"id": web.RequestID(ctx)}, nil
	}
}

func export(_ context.Context, p struct {
	Rows int    `query:"rows"`
	Fail string `query:"fail" enum:"early,late"`
}) (*web.Stream, error) {
	return &web.Stream{ContentType: "text/csv", Filename: "rows.csv", Write: func(_ context.Context, w io.Writer) error {
		if p.Fail == "early" {
			_, _ = io.WriteString(w, "begun\n")
			return errBusy
		}
		for range p.Rows {
			if _, err := io.WriteString(w, strings.Repeat("x", 99)+"\n"); err != nil {
				return err
			}
		}
		if p.Fail == "late" {
			return errors.New("the disk went away")
		}
		return nil
	}}, nil
}

// marker is what must never come back.
const marker = "MARKER-7f3a"

// ask sends a request with the key. Headers are "Name: value".
func (e *edge) ask(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	e.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body == "" {
		r.Body, r.ContentLength = http.NoBody, 0
	}
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if value == "" {
			r.Header.Del(name)
			continue
		}
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	e.handler.ServeHTTP(w, r)
	return w
}

// said reads an answer as JSON.
func said(t testing.TB, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil {
		t.Fatalf("the answer is not JSON: %v: %s", err, w.Body)
	}
	return m
}
