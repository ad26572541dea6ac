package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// scripted answers each request by the next of its answers, and keeps what was
// asked. An answer of status 0 is a connection that breaks.
type scripted struct {
	answers []scene
	asked   []*http.Request
	at      []time.Time
}

type scene struct {
	status int
	body   string
	retry  string
}

func (s *scripted) RoundTrip(r *http.Request) (*http.Response, error) {
	s.asked, s.at = append(s.asked, r), append(s.at, time.Now())
	now := s.answers[0]
	s.answers = s.answers[1:]
	if now.status == 0 {
		return nil, errors.New("connection reset")
	}
	h := http.Header{}
	if now.retry != "" {
		h.Set("Retry-After", now.retry)
	}
	return &http.Response{StatusCode: now.status, Header: h, Body: io.NopCloser(strings.NewReader(now.body)), Request: r}, nil
}

func against(t *testing.T, answers ...scene) (*Client, *scripted) {
	t.Helper()
	s := &scripted{answers: answers}
	c, err := New("http://kiosk:8484/", "rk_secret", WithHTTPClient(&http.Client{Transport: s}))
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

const good = `{"allow":true,"customer":{"id":"c"}}`

// What may be repeated is repeated, by the same Idempotency-Key and not before
// Retry-After; nothing else is.
func TestRepeats(t *testing.T) {
	stepUp := func(ctx context.Context, c *Client) error {
		_, err := c.StepUp(ctx, StepUpRequest{CustomerID: "cus_1"})
		return err
	}
	read := func(ctx context.Context, c *Client) error {
		_, err := c.Customer(ctx, "cus_1")
		return err
	}
	change := func(ctx context.Context, c *Client) error {
		_, err := c.UpdateCustomer(ctx, "cus_1", CustomerChange{})
		return err
	}
	busy := scene{status: 503, retry: "2", body: `{"code":"models/busy","title":"Busy."}`}
	locked := scene{status: 422, retry: "900", body: `{"error":"biometric locked","code":"stepup/locked"}`}
	for _, tt := range []struct {
		name    string
		do      func(context.Context, *Client) error
		answers []scene
		sent    int
		waited  time.Duration
		code    string // "-": an error without one
	}{
		{"at once", stepUp, []scene{{200, good, ""}}, 1, 0, ""},
		{"busy, then good", stepUp, []scene{busy, {200, good, ""}}, 2, 2 * time.Second, ""},
		{"broken, then good", stepUp, []scene{{}, {200, good, ""}}, 2, 100 * time.Millisecond, ""},
		{"broken twice, then good", read, []scene{{}, {}, {200, good, ""}}, 3, 300 * time.Millisecond, ""},
		{"broken thrice", read, []scene{{}, {}, {}}, 3, 300 * time.Millisecond, "-"},
		{"always busy", read, []scene{busy, busy, busy}, 3, 4 * time.Second, "models/busy"},
		{"under way", stepUp, []scene{{409, `{"code":"idempotency/in-progress"}`, "1"}, {200, good, ""}}, 2, time.Second, ""},
		{"told to wait too long", read, []scene{{429, `{"code":"rate/exceeded"}`, "31"}}, 1, 0, "rate/exceeded"},
		{"locked", stepUp, []scene{locked}, 1, 0, CodeLocked},
		{"another conflict", stepUp, []scene{{409, `{"code":"stepup/faces-changed"}`, ""}}, 1, 0, "stepup/faces-changed"},
		{"our mistake", read, []scene{{500, `{"code":"internal/error"}`, ""}}, 1, 0, "internal/error"},
		{"a change, and broken", change, []scene{{}}, 1, 0, "-"},
		{"a change, and busy", change, []scene{busy}, 1, 0, "models/busy"},
		{"not JSON", read, []scene{{200, "<html>", ""}}, 1, 0, "-"},
	} {
		synctest.Test(t, func(t *testing.T) {
			c, s := against(t, tt.answers...)
			began := time.Now()
			err := tt.do(t.Context(), c)
			if got := time.Since(began); got != tt.waited || len(s.asked) != tt.sent {
				t.Errorf("%s: got %d requests in %s, want %d in %s", tt.name, len(s.asked), got, tt.sent, tt.waited)
			}
			if (err != nil) != (tt.code != "") || tt.code != "-" && CodeOf(err) != tt.code {
				t.Errorf("%s: got %v, want %q", tt.name, err, tt.code)
			}
			var keys []string
			for _, r := range s.asked {
				keys = append(keys, r.Header.Get("Idempotency-Key"))
			}
			if keys = slices.Compact(keys); len(keys) != 1 || (keys[0] == "") == (s.asked[0].URL.Path == "/api/identity/auth/step-up") {
				t.Errorf("%s: got the keys %q, want one for all of a step-up and none else", tt.name, keys)
			}
		})
	}
}

// A context ends the waiting, and names the key.
func TestContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := against(t, scene{status: 503, retry: "20"})
		ctx, cancel := context.WithTimeout(WithIdempotencyKey(t.Context(), "txn-7"), time.Second)
		defer cancel()
		_, err := c.StepUp(ctx, StepUpRequest{})
		if !errors.Is(err, context.DeadlineExceeded) || s.asked[0].Header.Get("Idempotency-Key") != "txn-7" {
			t.Errorf("got %v with the key %q, want the deadline and txn-7", err, s.asked[0].Header.Get("Idempotency-Key"))
		}
	})
}

// The errors of every family of the daemon, and of what stands before it.
func TestErrors(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       Error
	}{
		{
			"identity", `{"error":"validation failed","details":{},"title":"The request is not as it should be.","code":"request/invalid","hint":"Read.","fields":{"fullName":["It is required."]},"traceId":"t"}`,
			Error{Code: CodeInvalid, Message: "The request is not as it should be.", Hint: "Read.", Fields: map[string][]string{"fullName": {"It is required."}}},
		},
		{"problem", `{"type":"/problems/ring/none","title":"None.","code":"ring/none"}`, Error{Code: "ring/none", Message: "None."}},
		{
			"hosted", `{"error":{"code":"3","description":"invalid flow"},"code":3,"message":"invalid flow","details":[{"field":"flow","description":"x"}]}`,
			Error{Code: "3", Message: "invalid flow"},
		},
		{"by client", `{"error":{"code":"20507","description":"O parâmetro é inválido"}}`, Error{Code: "20507", Message: "O parâmetro é inválido"}},
		{"only a word", `{"error":"missing or invalid Bearer"}`, Error{Message: "missing or invalid Bearer"}},
		{"a proxy", `<html>`, Error{Message: "Teapot"}},
	} {
		c, _ := against(t, scene{status: 418, body: tt.body})
		_, err := c.Customer(t.Context(), "x")
		var got *Error
		if !errors.As(err, &got) {
			t.Fatalf("%s: got %v, want an *Error", tt.name, err)
		}
		tt.want.Status = 418
		if tt.name == "a proxy" {
			tt.want.Message = http.StatusText(http.StatusTeapot)
		}
		if fmt.Sprintf("%+v", *got) != fmt.Sprintf("%+v", tt.want) {
			t.Errorf("%s: got %+v, want %+v", tt.name, *got, tt.want)
		}
	}
}

// A customer's name and the key are in no error, and not in a printed client.
func TestKeepsQuiet(t *testing.T) {
	c, s := against(t, scene{}, scene{}, scene{})
	_, err := c.Customer(t.Context(), "cus/ana?")
	if got := s.asked[0].URL.EscapedPath(); got != "/api/customers/cus%2Fana%3F" {
		t.Errorf("got the path %s, want the id escaped", got)
	}
	for _, text := range []string{fmt.Sprint(err), fmt.Sprintf("%v %+v %#v", c, c, c)} {
		if strings.Contains(text, "ana") || strings.Contains(text, "secret") {
			t.Errorf("got %q, want neither name nor key", text)
		}
	}
}

func TestNotMade(t *testing.T) {
	for _, address := range []string{"", "kiosk:8484", "ftp://kiosk", "http://", "http://kiosk?x=1"} {
		if _, err := New(address, "k"); err == nil {
			t.Errorf("%q: got a client, want an error", address)
		}
	}
	if _, err := New("http://kiosk", ""); err == nil {
		t.Error("no key: got a client, want an error")
	}
	if _, err := New("http://kiosk", "k", WithAuthority([]byte("x"))); err == nil {
		t.Error("no certificate: got a client, want an error")
	}
}
