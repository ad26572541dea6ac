package evidence_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/engine/evidence"
)

// challengeOf is a challenge at a kiosk.
func challengeOf(org engine.OrgID, customer engine.CustomerID) evidence.Challenge {
	return evidence.Challenge{Org: org, Customer: customer, Device: "kiosk-7"}
}

func TestBegin(t *testing.T) {
	r := enginetest.Open(t)
	fresh := func() engine.ChallengeID { return r.Challenge(t, challengeOf("bank", "cus_1")).ID }
	begun, aborted := fresh(), fresh()
	if _, err := r.Evidence.Begin(t.Context(), begun, enginetest.Token, enginetest.SessionOf(begun)); err != nil {
		t.Fatal(err)
	}
	if err := r.Evidence.End(t.Context(), aborted, evidence.Aborted, "user"); err != nil {
		t.Fatal(err)
	}
	late := r.Challenge(t, evidence.Challenge{Org: "bank", Customer: "cus_1", TTL: time.Second}).ID
	compat := r.Challenge(t, evidence.Challenge{Org: "bank", Customer: "cus_1", Profile: engine.ProfileCompat}).ID
	r.Clock.Move(time.Second)
	for _, tt := range []struct {
		name  string
		id    engine.ChallengeID
		token string
		want  error
	}{
		{"the first time", fresh(), enginetest.Token, nil},
		{"the second time", begun, enginetest.Token, evidence.ErrBegun},
		{"aborted", aborted, enginetest.Token, evidence.ErrBegun},
		{"expired", late, enginetest.Token, evidence.ErrOver},
		{"another token", fresh(), "ct_other", evidence.ErrToken},
		{"another token, begun: nothing more is said", begun, "ct_other", evidence.ErrToken},
		{"no token", fresh(), "", evidence.ErrToken},
		{"compatible", compat, enginetest.Token, evidence.ErrCompat},
		{"unknown", "fc_00000000000000000000000000", enginetest.Token, evidence.ErrNoChallenge},
		{"no id", "", enginetest.Token, evidence.ErrNoChallenge},
		{"no end to the id", engine.ChallengeID(strings.Repeat("f", 300)), enginetest.Token, evidence.ErrNoChallenge},
	} {
		before := r.Journal(t)
		c, err := r.Evidence.Begin(t.Context(), tt.id, tt.token, enginetest.SessionOf(tt.id))
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
		if err == nil && c.State != evidence.Capturing {
			t.Errorf("%s: got state %s, want capturing", tt.name, c.State)
		}
		if got := r.Journal(t); err != nil && got != before {
			t.Errorf("%s: got %d journal entries, want %d", tt.name, got, before)
		}
	}
}

// Of several who begin at one moment exactly one does.
func TestBeginRace(t *testing.T) {
	r := enginetest.Open(t)
	id := r.Challenge(t, challengeOf("bank", "cus_1")).ID
	errs := make([]error, 8)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = r.Evidence.Begin(t.Context(), id, enginetest.Token, enginetest.SessionOf(id)) })
	}
	all.Wait()
	begun := 0
	for _, err := range errs {
		switch {
		case err == nil:
			begun++
		case !errors.Is(err, evidence.ErrBegun):
			t.Errorf("got %v, want whip/used", err)
		}
	}
	if begun != 1 {
		t.Errorf("got %d who began, want 1", begun)
	}
}

// What a challenge says of itself survives a restart; the token is not in it.
func TestChallengeIsKept(t *testing.T) {
	dir, clock := t.TempDir(), enginetest.NewClock()
	r := enginetest.OpenIn(t, dir, clock)
	wish := challengeOf("bank", "cus_1")
	wish.Steps, wish.Locale, wish.ReturnURL = 10, "pt-BR", "https://bank.example"
	made := r.Challenge(t, wish)
	if err := r.Store.Close(); err != nil {
		t.Fatal(err)
	}
	r = enginetest.OpenIn(t, dir, clock)
	got, err := r.Evidence.Challenge(t.Context(), made.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.Customer != "cus_1" || got.Device != "kiosk-7" || got.Steps != 10 || got.State != evidence.Created || got.Attempt != 1 ||
		got.Locale != "pt-BR" || got.ReturnURL != "https://bank.example" || got.TTL != 90*time.Second || got.TokenHash != made.TokenHash ||
		!got.Expires.Equal(enginetest.Noon().Add(90*time.Second)) {
		t.Errorf("got another challenge than was made: %s by %v", got.State, got.Expires)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "challenge", got)
	if printed := fmt.Sprintf("%v %+v %#v %s", got, got, got, log.String()); strings.Contains(printed, "cus_1") || strings.Contains(printed, got.Nonce) {
		t.Errorf("a challenge prints what it holds: %s", printed)
	}
	clock.Move(90 * time.Second)
	if got, err = r.Evidence.Challenge(t.Context(), made.ID); err != nil || got.State != evidence.Expired {
		t.Errorf("at its end: got %s and %v, want expired", got.State, err)
	}
}

// A capture is kept for a challenge that is capturing, and for no other.
func TestKeepNeedsACapturingChallenge(t *testing.T) {
	r := enginetest.Open(t)
	capture := func(id engine.ChallengeID, by evidence.Session) error {
		face, err := r.Eyes.Look(t.Context(), enginetest.Ana().Bytes())
		if err != nil {
			return err
		}
		_, err = r.Evidence.Keep(t.Context(), engine.Capture{ID: by.ID, Connection: by.Connection, Challenge: id, Best: face, Picture: enginetest.Ana().Bytes()})
		return err
	}
	created := r.Challenge(t, challengeOf("bank", "cus_1"))
	if err := capture(created.ID, enginetest.SessionOf(created.ID)); !errors.Is(err, evidence.ErrEnded) {
		t.Errorf("not begun: got %v, want challenge/ended", err)
	}
	r.Begin(t, created.ID)
	for _, other := range []evidence.Session{
		{ID: enginetest.SessionOf(created.ID).ID, Connection: "another"},
		{ID: "cap_another", Connection: enginetest.SessionOf(created.ID).Connection},
	} {
		if err := capture(created.ID, other); err == nil {
			t.Errorf("by %v: got none, want a refusal", other)
		}
	}
	if err := capture(created.ID, enginetest.SessionOf(created.ID)); err != nil {
		t.Errorf("capturing: got %v, want none", err)
	}
	if err := capture(created.ID, enginetest.SessionOf(created.ID)); !errors.Is(err, evidence.ErrEnded) {
		t.Errorf("a second time: got %v, want challenge/ended", err)
	}
	late := r.Challenge(t, challengeOf("bank", "cus_1"))
	r.Begin(t, late.ID)
	r.Clock.Move(7 * time.Minute)
	if err := capture(late.ID, enginetest.SessionOf(late.ID)); !errors.Is(err, evidence.ErrEnded) {
		t.Errorf("minutes behind its end: got %v, want challenge/ended", err)
	}
	if err := capture("fc_none", enginetest.SessionOf("fc_none")); !errors.Is(err, evidence.ErrNoChallenge) {
		t.Errorf("unknown: got %v, want challenge/unknown", err)
	}
}

// Failures at one kiosk in a row call the operator, who reads in the journal
// which one it is.
func TestFailingKiosk(t *testing.T) {
	r := enginetest.Open(t)
	fail := func(device engine.DeviceID) {
		ch := r.Challenge(t, evidence.Challenge{Org: "bank", Customer: "cus_1", Device: device})
		if err := r.Evidence.End(t.Context(), ch.ID, evidence.Failed, "low_bitrate"); err != nil {
			t.Fatal(err)
		}
		if got, err := r.Evidence.Challenge(t.Context(), ch.ID); err != nil || got.State != evidence.Aborted || got.Hint != "low_bitrate" {
			t.Errorf("got %s, %q and %v, want aborted with its hint", got.State, got.Hint, err)
		}
	}
	alarms := func() (n int) {
		for _, leaf := range r.Leaves(t, 0) {
			if leaf.Kind == "kiosk.failing" {
				n++
				if opening, err := r.Store.Opening(t.Context(), leaf.Index); err != nil || opening["device"] != "kiosk-7" {
					t.Errorf("got %v and %v, want the kiosk", opening, err)
				}
			}
		}
		return n
	}
	for range 4 {
		fail("kiosk-7")
		fail("")
	}
	r.Clock.Move(3 * time.Minute)
	for range 4 {
		fail("kiosk-7")
	}
	if got := alarms(); got != 0 {
		t.Errorf("got %d alarms after four failures in three minutes, want none", got)
	}
	fail("kiosk-8")
	fail("kiosk-7")
	if got := alarms(); got != 1 {
		t.Errorf("got %d alarms after five failures, want 1", got)
	}
}

// Erasing a customer's faces erases the captures: nothing of them can be read,
// a bundle finds nothing, and a challenge is not known any more.
func TestErased(t *testing.T) {
	r, c := bank(t)
	bundle := r.Bundle(t, "bank", "cus_1", enginetest.Ana())
	used := use(t, c, "cus_1", r.Bundle(t, "bank", "cus_1", enginetest.Ana())).Want(t, http.StatusOK, "")
	id := c.Get(t, "/api/identity/attempts").Text("data.0.captureId")
	open := r.Challenge(t, challengeOf("bank", "cus_1"))
	other := r.Bundle(t, "bank", "cus_2", enginetest.Budi())

	erased := c.Do(t, http.MethodDelete, "/api/identity/customers/cus_1/faces", nil).Want(t, http.StatusOK, "")
	if erased.Number("erased") != 1 || erased.Number("captures") != 2 {
		t.Errorf("got %s, want one face and two captures", erased.Body)
	}
	c.Get(t, "/api/identity/captures/"+id+"/evidence").Want(t, http.StatusNotFound, "evidence/no-such-capture")
	if _, err := r.Evidence.Challenge(t.Context(), open.ID); !errors.Is(err, evidence.ErrNoChallenge) {
		t.Errorf("its challenge: got %v, want challenge/unknown", err)
	}
	c.Enrol(t, "cus_1", enginetest.Ana())
	use(t, c, "cus_1", bundle).Want(t, http.StatusNotFound, "bundle/erased")
	if got := c.Get(t, "/api/identity/attempts").Text("data.0.id"); got != used.Text("audit.attemptId") {
		t.Errorf("got attempt %q, want the one from before", got)
	}
	c.Enrol(t, "cus_2", enginetest.Budi())
	if got := use(t, c, "cus_2", other).At("allow"); got != true {
		t.Errorf("another customer: got allow %v, want true", got)
	}
	if _, err := r.Store.VerifyRecords(t.Context()); err != nil {
		t.Errorf("verify the records: got %v, want none", err)
	}
}

// A customer who was captured and never enrolled can be erased too.
func TestErasedWithoutAFace(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	r.Bundle(t, "bank", "cus_1", enginetest.Ana())
	erase := func() enginetest.Answer {
		return c.Do(t, http.MethodDelete, "/api/identity/customers/cus_1/faces", nil)
	}
	if a := erase().Want(t, http.StatusOK, ""); a.Number("erased") != 0 || a.Number("captures") != 1 {
		t.Errorf("got %s, want one capture", a.Body)
	}
	erase().Want(t, http.StatusNotFound, "gallery/no-enrolment")
}
