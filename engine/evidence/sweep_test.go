package evidence_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/engine/evidence"
)

func sweep(t *testing.T, r *enginetest.Rooms) {
	t.Helper()
	if err := r.Evidence.Sweep(t.Context()); err != nil {
		t.Fatalf("sweep: got %v, want none", err)
	}
}

// Challenges expire, and are forgotten with their captures by the daily work when
// their days are over; what is left says so in the journal, once.
func TestSweep(t *testing.T) {
	r, c := bank(t)
	r.Daily(t) // it begins
	open := r.Challenge(t, challengeOf("bank", "cus_1"))
	compat := r.Challenge(t, evidence.Challenge{Org: "bank", Customer: "cus_1", Profile: engine.ProfileCompat})
	use(t, c, "cus_1", r.Bundle(t, "bank", "cus_1", enginetest.Ana())).Want(t, http.StatusOK, "")
	id := c.Get(t, "/api/identity/attempts").Text("data.0.captureId")
	gone := r.Bundle(t, "bank", "cus_2", enginetest.Budi())
	c.Do(t, http.MethodDelete, "/api/identity/customers/cus_2/faces", nil).Want(t, http.StatusOK, "")
	if gone == "" {
		t.Fatal("got no bundle")
	}
	swept := func() string {
		before := r.Journal(t)
		sweep(t, r)
		leaves := r.Leaves(t, before)
		if len(leaves) == 0 {
			return ""
		}
		if len(leaves) > 1 || leaves[0].Kind != "evidence.swept" {
			t.Errorf("got %d entries, %s first, want one evidence.swept", len(leaves), leaves[0].Kind)
		}
		return string(leaves[0].Public)
	}
	if got := swept(); got != "" {
		t.Errorf("at once: swept %s, want nothing", got)
	}
	r.Clock.Move(7 * time.Minute)
	if got := swept(); got != `{"expired":2}` {
		t.Errorf("after minutes: swept %s, want two expired", got)
	}
	if got, err := r.Evidence.Challenge(t.Context(), open.ID); err != nil || got.State != evidence.Expired {
		t.Errorf("got %s and %v, want expired", got.State, err)
	}
	c.Post(t, stepUpPath, enginetest.Body{"customerId": "cus_1", "bundle": r.Answered(t, compat, []enginetest.Picture{enginetest.Ana()}, nil)}).
		Want(t, http.StatusGone, "bundle/expired")

	r.Clock.Move(enginetest.KeepCaptures - 10*time.Minute)
	r.Daily(t)
	if got := r.Daily(t); len(got) != 0 {
		t.Errorf("minutes before the end: removed %v, want nothing", got)
	}
	c.Get(t, "/api/identity/captures/"+id+"/evidence").Want(t, http.StatusOK, "")
	r.Clock.Move(24 * time.Hour)
	if got := r.Daily(t); got["captures"] != 4 {
		t.Errorf("the day after: removed %v, want four challenges with their captures", got)
	}
	c.Get(t, "/api/identity/captures/"+id+"/evidence").Want(t, http.StatusNotFound, "evidence/no-such-capture")
	if _, err := r.Evidence.Challenge(t.Context(), open.ID); !errors.Is(err, evidence.ErrNoChallenge) {
		t.Errorf("got %v, want challenge/unknown", err)
	}
	c.Post(t, stepUpPath, enginetest.Body{"customerId": "cus_1", "bundle": r.Answered(t, compat, []enginetest.Picture{enginetest.Ana()}, nil)}).
		Want(t, http.StatusUnprocessableEntity, "bundle/unknown-nonce")
	r.Clock.Move(24 * time.Hour)
	if got := r.Daily(t); len(got) != 0 {
		t.Errorf("again: removed %v, want nothing", got)
	}
	if got := c.Get(t, "/api/identity/attempts").Text("data.0.captureId"); got != id {
		t.Errorf("the attempt: got capture %q, want %q: evidence of what was decided stays", got, id)
	}
	if _, err := r.Store.VerifyRecords(t.Context()); err != nil {
		t.Errorf("verify the records: got %v, want none", err)
	}
}

// A picture that is larger than a record, and than a transaction of a store
// with little room, is kept in parts and comes back whole.
func TestLargePicture(t *testing.T) {
	r := enginetest.Open(t)
	ch := r.Challenge(t, challengeOf("bank", "cus_1"))
	r.Begin(t, ch.ID)
	picture := []byte(strings.Repeat("0123456789", 10_000)) // 100 KB, in three parts
	if _, err := r.Evidence.Keep(t.Context(), engine.Capture{ID: enginetest.SessionOf(ch.ID).ID, Connection: enginetest.SessionOf(ch.ID).Connection, Challenge: ch.ID, Picture: picture}); err != nil {
		t.Fatal(err)
	}
	kept, err := r.Evidence.Challenge(t.Context(), ch.ID)
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := r.Evidence.Capture(t.Context(), "bank", kept.Capture)
	if err != nil || string(c.Picture) != string(picture) {
		t.Errorf("got %d bytes and %v, want the %d that were kept", len(c.Picture), err, len(picture))
	}
	r.Daily(t) // it begins
	r.Clock.Move(enginetest.KeepCaptures + 10*time.Minute)
	if got := r.Daily(t); got["captures"] != 1 {
		t.Errorf("got %v removed, want the capture", got)
	}
	if _, err := r.Store.VerifyRecords(t.Context()); err != nil {
		t.Errorf("verify the records: got %v, want none", err)
	}
}

// The key that signs is exchanged in time; bundles of the old one are still
// taken.
func TestKeysTakeTurns(t *testing.T) {
	r, c := bank(t)
	c.Enrol(t, "cus_2", enginetest.Ana())
	const life = 90 * 24 * time.Hour
	first := r.Bundle(t, "bank", "cus_1", enginetest.Ana())
	r.Clock.Move(life - time.Minute)
	old := r.Bundle(t, "bank", "cus_1", enginetest.Ana())
	r.Clock.Move(time.Minute)
	young := r.Bundle(t, "bank", "cus_2", enginetest.Ana())
	kid := func(b string) any { return members(t, b, 0)["kid"] }
	if kid(first) != kid(old) || kid(old) == kid(young) {
		t.Errorf("got keys %v, %v and %v, want the last to be another", kid(first), kid(old), kid(young))
	}
	for customer, bundle := range map[string]string{"cus_1": old, "cus_2": young} {
		if got := use(t, c, customer, bundle).Want(t, http.StatusOK, "").At("allow"); got != true {
			t.Errorf("%s: got allow %v, want true", customer, got)
		}
	}
}
