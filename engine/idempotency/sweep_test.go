package idempotency_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine/enginetest"
)

// stepUp sends a step-up that needs no picture under an Idempotency-Key, and
// says whether its answer was a replay.
func stepUp(t *testing.T, c enginetest.Caller, key string) bool {
	t.Helper()
	a := c.Post(t, "/api/identity/auth/step-up", enginetest.Body{"customerId": "cus_1", "riskLevel": "none"}, "Idempotency-Key", key)
	return a.Want(t, http.StatusOK, "").Header.Get("Idempotency-Replayed") == "true"
}

func enrol(t *testing.T, c enginetest.Caller, key string) enginetest.Answer {
	t.Helper()
	body := enginetest.Body{"customerId": "cus_1", "image": enginetest.Ana().Bytes()}
	return c.Post(t, "/api/identity/face/enroll", body, "Idempotency-Key", key)
}

func erase(t *testing.T, c enginetest.Caller) {
	t.Helper()
	c.Do(t, http.MethodDelete, "/api/identity/customers/cus_1/faces", nil).Want(t, http.StatusOK, "")
}

func sweep(t *testing.T, r *enginetest.Rooms) {
	t.Helper()
	if err := r.Answers.Sweep(t.Context()); err != nil {
		t.Fatalf("sweep: got %v, want none", err)
	}
}

// Sweeping removes the answers whose time is over and no others, says so in
// the journal, and writes nothing when there is nothing to do.
func TestSweepRemovesOnlyOldAnswers(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	stepUp(t, c, "old")
	r.Clock.Move(time.Hour)
	stepUp(t, c, "new")
	before := r.Journal(t)
	sweep(t, r)
	if got := r.Journal(t); got != before {
		t.Errorf("got %d journal entries after sweeping nothing, want %d", got, before)
	}
	r.Clock.Move(enginetest.KeepFor - time.Hour)
	sweep(t, r)
	leaves := r.Leaves(t, before)
	if len(leaves) != 1 || leaves[0].Kind != "idempotency.swept" || !strings.Contains(string(leaves[0].Public), `"answers":1`) {
		t.Fatalf("got %d journal entries, want one that says that 1 answer was swept", len(leaves))
	}
	if !stepUp(t, c, "new") {
		t.Error("the newer answer is gone, want a replay")
	}
	if stepUp(t, c, "old") {
		t.Error("the old answer is still there")
	}
	if _, err := r.Store.VerifyRecords(t.Context()); err != nil {
		t.Errorf("verify the records: got %v, want none", err)
	}
}

// An answer about an erased customer is gone for as long as it would have been
// kept: a retry must not bring the customer back, sweeping or not.
func TestErasedAnswersStayGone(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	enrol(t, c, "k1").Want(t, http.StatusCreated, "")
	erase(t, c)
	for range 2 {
		a := enrol(t, c, "k1").Want(t, http.StatusGone, "idempotency/erased")
		if a.Text("hint") == "" {
			t.Error("got no hint, want one")
		}
		r.Clock.Move(enginetest.KeepFor / 2)
		sweep(t, r)
	}
	enrol(t, c, "k1").Want(t, http.StatusCreated, "")
}

// A key that is used again after its time keeps its new answer as long as any.
func TestUsedAgain(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	stepUp(t, c, "k1")
	r.Clock.Move(enginetest.KeepFor)
	if stepUp(t, c, "k1") {
		t.Error("got a replay of what is past its time")
	}
	sweep(t, r)
	r.Clock.Move(enginetest.KeepFor - time.Millisecond)
	sweep(t, r)
	if !stepUp(t, c, "k1") {
		t.Error("the newer answer is gone, want a replay")
	}
}

// Answers outlive a restart.
func TestAnswersOutliveARestart(t *testing.T) {
	dir, clock := t.TempDir(), enginetest.NewClock()
	r := enginetest.OpenIn(t, dir, clock)
	c := r.Caller(t, "bank")
	first := enrol(t, c, "k1").Want(t, http.StatusCreated, "")
	if err := r.Store.Close(); err != nil {
		t.Fatal(err)
	}
	r = enginetest.OpenIn(t, dir, clock)
	again := enrol(t, r.With(c.Secret), "k1").Want(t, http.StatusCreated, "")
	if string(again.Body) != string(first.Body) {
		t.Errorf("got %s, want %s", again.Body, first.Body)
	}
}

// A full disk is no reason for the daemon to stop: what is old is swept when
// there is room again.
func TestWorkOnAFullDisk(t *testing.T) {
	dir, clock := t.TempDir(), enginetest.NewClock()
	r := enginetest.OpenIn(t, dir, clock)
	stepUp(t, r.Caller(t, "bank"), "old")
	before := r.Journal(t)
	if err := r.Store.Close(); err != nil {
		t.Fatal(err)
	}
	clock.Move(enginetest.KeepFor)
	r = enginetest.OpenFull(t, dir, clock)
	if err := r.Answers.Sweep(t.Context()); err != nil {
		t.Errorf("sweep on a full disk: got %v, want none", err)
	}
	if got := r.Journal(t); got != before {
		t.Errorf("got %d journal entries, want %d", got, before)
	}
}

// The room's work sweeps at once, and ends with its context.
func TestWork(t *testing.T) {
	r := enginetest.Open(t)
	stepUp(t, r.Caller(t, "bank"), "old")
	before := r.Journal(t)
	r.Clock.Move(enginetest.KeepFor)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- r.Answers.Room().Work(ctx) }()
	for r.Journal(t) == before && t.Context().Err() == nil {
		select {
		case err := <-done:
			t.Fatalf("the work ended with %v before it was asked to", err)
		default:
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("got %v, want none", err)
	}
}
