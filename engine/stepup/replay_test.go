package stepup_test

import (
	"bytes"
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

func guess(p enginetest.Picture) enginetest.Body {
	return enginetest.Body{"customerId": "cus_1", "riskLevel": "high", "image": p.Bytes()}
}

// The same request under the same Idempotency-Key gets the same bytes, adds no
// attempt and no journal entry, and counts as no failure: a client that sends
// a lost answer's request again does not lock its customer out.
func TestReplay(t *testing.T) {
	r, c := bank(t)
	first := c.Post(t, stepUpPath, guess(enginetest.Budi()), "Idempotency-Key", "k1").Want(t, http.StatusOK, "")
	before, looks := r.Journal(t), r.Eyes.Looks()
	r.Clock.Move(time.Hour)
	for range 4 {
		again := c.Post(t, stepUpPath, guess(enginetest.Budi()), "Idempotency-Key", "k1").Want(t, http.StatusOK, "")
		if !bytes.Equal(again.Body, first.Body) || again.Header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("got %s, want the bytes of the first answer, %s", again.Body, first.Body)
		}
	}
	if got := r.Journal(t); got != before {
		t.Errorf("got %d journal entries, want %d", got, before)
	}
	if got := r.Eyes.Looks(); got != looks {
		t.Errorf("looked %d more times, want none", got-looks)
	}
	if got := c.Get(t, "/api/identity/attempts").Number("total"); got != 1 {
		t.Errorf("got %v attempts, want 1", got)
	}
	if got := c.Get(t, "/api/identity/customers/cus_1/lock").Number("failures"); got != 1 {
		t.Errorf("got %v failures, want 1", got)
	}
}

// A key belongs to one request of one API key.
func TestReplayIsOfOneRequest(t *testing.T) {
	r, c := bank(t)
	c.Post(t, stepUpPath, guess(enginetest.Ana()), "Idempotency-Key", "k1").Want(t, http.StatusOK, "")
	before := r.Journal(t)
	c.Post(t, stepUpPath, guess(enginetest.Budi()), "Idempotency-Key", "k1").Want(t, http.StatusUnprocessableEntity, "idempotency/other-request")
	c.Post(t, "/api/identity/face/enroll", guess(enginetest.Ana()), "Idempotency-Key", "k1").Want(t, http.StatusUnprocessableEntity, "idempotency/other-request")
	c.Post(t, stepUpPath, guess(enginetest.Ana()), "Idempotency-Key", "two words").Want(t, http.StatusBadRequest, "idempotency/invalid-key")
	c.Post(t, "/api/identity/customers/cus_1/unlock", nil, "Idempotency-Key", "k2").Want(t, http.StatusBadRequest, "idempotency/not-supported")
	if got := r.Journal(t); got != before {
		t.Errorf("got %d journal entries, want %d", got, before)
	}
	other := r.Caller(t, "bank").Post(t, stepUpPath, guess(enginetest.Ana()), "Idempotency-Key", "k1").Want(t, http.StatusOK, "")
	if other.Header.Get("Idempotency-Replayed") != "" {
		t.Error("got another API key's answer")
	}
}

// A replay keeps to what the first caller was entitled to see, for it is the
// same caller; what is refused is not kept, and may be tried again.
func TestRefusalsAreNotKept(t *testing.T) {
	r, c := bank(t)
	r.Eyes.Fail(enginetest.ErrBusy)
	c.Post(t, stepUpPath, guess(enginetest.Ana()), "Idempotency-Key", "k1").Want(t, http.StatusServiceUnavailable, "models/busy")
	r.Eyes.Fail(nil)
	if got := c.Post(t, stepUpPath, guess(enginetest.Ana()), "Idempotency-Key", "k1").Want(t, http.StatusOK, "").At("allow"); got != true {
		t.Errorf("got allow %v, want true", got)
	}
	for range 2 {
		c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Budi())
	}
	c.Post(t, stepUpPath, guess(enginetest.Ana()), "Idempotency-Key", "k2").Want(t, http.StatusUnprocessableEntity, "stepup/locked")
	r.Clock.Move(15 * time.Minute)
	if got := c.Post(t, stepUpPath, guess(enginetest.Ana()), "Idempotency-Key", "k2").Want(t, http.StatusOK, "").At("allow"); got != true {
		t.Errorf("after the lock: got allow %v, want true", got)
	}
}

// While the first request is being answered the second is told to wait; then
// it gets the first one's answer.
func TestTheSameAtOnce(t *testing.T) {
	r, c := bank(t)
	looking, goOn := make(chan struct{}), make(chan struct{})
	r.Eyes.Before(func(ctx context.Context) error {
		close(looking)
		select {
		case <-goOn:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	first := make(chan enginetest.Answer)
	go func() { first <- c.Post(t, stepUpPath, guess(enginetest.Ana()), "Idempotency-Key", "k1") }()
	<-looking
	a := c.Post(t, stepUpPath, guess(enginetest.Ana()), "Idempotency-Key", "k1").Want(t, http.StatusConflict, "idempotency/in-progress")
	if a.Header.Get("Retry-After") == "" {
		t.Error("got no Retry-After, want one")
	}
	close(goOn)
	want := (<-first).Want(t, http.StatusOK, "")
	got := c.Post(t, stepUpPath, guess(enginetest.Ana()), "Idempotency-Key", "k1").Want(t, http.StatusOK, "")
	if !bytes.Equal(got.Body, want.Body) {
		t.Errorf("got %s, want %s", got.Body, want.Body)
	}
	if got := c.Get(t, "/api/identity/attempts").Number("total"); got != 1 {
		t.Errorf("got %v attempts, want 1", got)
	}
}

// Kept answers are sealed with the customer's evidence and end after their time.
func TestReplayEnds(t *testing.T) {
	r, c := bank(t)
	c.Post(t, stepUpPath, guess(enginetest.Ana()), "Idempotency-Key", "k1").Want(t, http.StatusOK, "")
	r.Clock.Move(enginetest.KeepFor)
	a := c.Post(t, stepUpPath, guess(enginetest.Ana()), "Idempotency-Key", "k1").Want(t, http.StatusOK, "")
	if a.Header.Get("Idempotency-Replayed") != "" {
		t.Errorf("got a replay after %s, want a new answer", enginetest.KeepFor)
	}
}
