package crash

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

// door is how a client reaches one life of the daemon.
type door struct {
	address, key string
	http         *http.Client
}

func opened(d *process, key string) *door {
	return &door{d.address, key, &http.Client{
		Timeout:   patience,
		Transport: &http.Transport{MaxIdleConnsPerHost: 8, DisableCompression: true},
	}}
}

func (d *door) close() { d.http.CloseIdleConnections() }

// with is the same door for another API key.
func (d *door) with(key string) *door { return &door{d.address, key, d.http} }

// reply is a whole answer.
type reply struct {
	status   int
	body     []byte
	replayed bool
}

// ok says whether it was done.
func (r *reply) ok() bool { return r != nil && r.status < 300 }

// code is the problem's code; the identity family has it in details.
func (r *reply) code() string {
	var problem struct {
		Code    string `json:"code"`
		Details struct {
			Code string `json:"code"`
		} `json:"details"`
	}
	if json.Unmarshal(r.body, &problem) != nil {
		return ""
	}
	return problem.Code + problem.Details.Code
}

// ask answers only what was read to its end; an error means that nobody knows
// whether it was done.
func (d *door) ask(ctx context.Context, method, path, once string, body []byte) (*reply, error) {
	r, err := http.NewRequestWithContext(ctx, method, d.address+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make a request: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+d.key)
	if len(body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	if once != "" {
		r.Header.Set("Idempotency-Key", once)
	}
	answer, err := d.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	return &reply{answer.StatusCode, text, answer.Header.Get("Idempotency-Replayed") == "true"}, nil
}

// read asks for something that must be answered.
func (d *door) read(t testing.TB, path string, answer any) {
	t.Helper()
	r, err := d.ask(t.Context(), http.MethodGet, path, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if !r.ok() {
		t.Fatalf("GET %s: got %d %s, want 200", path, r.status, r.body)
	}
	if answer == nil {
		return
	}
	if err := json.Unmarshal(r.body, answer); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
}

// until asks a question again and again, until it is answered yes.
func until(t testing.TB, what string, yes func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !yes() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("wait until %s: got nothing, want it within %s", what, patience)
		}
	}
}
