package stepup_test

import (
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

// bank is an org that trusts pictures, with one customer, Ana as cus_1.
func bank(t *testing.T) (*enginetest.Rooms, enginetest.Caller) {
	t.Helper()
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.TrustPictures(t)
	c.Enrol(t, "cus_1", enginetest.Ana())
	return r, c
}

// at sends a picture for a customer from a device.
func at(t *testing.T, c enginetest.Caller, device, customer string, p enginetest.Picture) enginetest.Answer {
	t.Helper()
	return c.Post(t, stepUpPath, enginetest.Body{
		"customerId": customer, "deviceId": device, "riskLevel": "high", "image": p.Bytes(),
	})
}

// locked fails the test unless the answer is a lock that holds for a time.
func locked(t *testing.T, a enginetest.Answer, left time.Duration) {
	t.Helper()
	a.Want(t, http.StatusUnprocessableEntity, "stepup/locked")
	want := strconv.Itoa(int(left.Seconds()))
	if got := a.Header.Get("Retry-After"); got != want {
		t.Errorf("got Retry-After %q, want %s", got, want)
	}
	if got := a.Number("details.retryAfterSeconds"); got != left.Seconds() {
		t.Errorf("got retryAfterSeconds %v, want %v", got, left.Seconds())
	}
	if got := a.Text("error"); got != "biometric locked" {
		t.Errorf("got error %q, want biometric locked", got)
	}
}

// The second failure in a row locks; what is sent then is not even looked at,
// but kept as evidence; each failure after a lock has ended locks for longer.
func TestLockoutGrows(t *testing.T) {
	r, c := bank(t)
	try := func(p enginetest.Picture) enginetest.Answer {
		t.Helper()
		return c.StepUp(t, "cus_1", engine.RiskHigh, p)
	}
	for range 2 {
		try(enginetest.Budi()).Want(t, http.StatusOK, "")
	}
	looks := r.Eyes.Looks()
	locked(t, try(enginetest.Ana()), 15*time.Minute)
	r.Clock.Move(5*time.Minute + 500*time.Millisecond)
	locked(t, try(enginetest.Ana()), 10*time.Minute) // rounded up
	if got := r.Eyes.Looks(); got != looks {
		t.Errorf("looked at %d pictures of a locked customer, want none", got-looks)
	}
	if got := c.Get(t, "/api/identity/attempts?customerId=cus_1").Text("data.0.reasons.0"); got != "locked" {
		t.Errorf("got %q as the reason of the newest attempt, want locked", got)
	}
	if got := c.StepUp(t, "cus_1", engine.RiskNone, enginetest.Picture{}).At("allow"); got != true {
		t.Errorf("got allow %v where nothing is at stake, want true", got)
	}

	r.Clock.Move(10*time.Minute - 500*time.Millisecond)
	for _, next := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour} {
		try(enginetest.Budi()).Want(t, http.StatusOK, "")
		locked(t, try(enginetest.Ana()), next)
		r.Clock.Move(next)
	}
	if got := try(enginetest.Ana()).At("allow"); got != true {
		t.Errorf("got allow %v when the lock has ended, want true", got)
	}
	try(enginetest.Budi()).Want(t, http.StatusOK, "")
	if got := try(enginetest.Ana()).At("allow"); got != true {
		t.Errorf("got allow %v after one failure, want true: a success begins a new count", got)
	}
}

// TestWhatCounts says which answers count towards a lock.
func TestWhatCounts(t *testing.T) {
	for _, tt := range []struct {
		name     string
		pictures []enginetest.Picture
		locks    bool
	}{
		{"two of another person", []enginetest.Picture{enginetest.Budi(), enginetest.Budi()}, true},
		{"two attacks with the right face", []enginetest.Picture{enginetest.Ana().Passively(0), enginetest.Ana().Passively(0)}, true},
		{"one of each", []enginetest.Picture{enginetest.Ana().Passively(0), enginetest.Budi()}, true},
		{"one", []enginetest.Picture{enginetest.Budi()}, false},
		{"a success between", []enginetest.Picture{enginetest.Budi(), enginetest.Ana(), enginetest.Budi()}, false},
		{"unclear ones", []enginetest.Picture{enginetest.Nobody(), enginetest.Ana().Passively(0.3), enginetest.Nobody()}, false},
		{"grey ones", []enginetest.Picture{enginetest.HardlyAna(), enginetest.HardlyAna(), enginetest.HardlyAna()}, false},
		{"an unclear one between does not clear", []enginetest.Picture{enginetest.Budi(), enginetest.Nobody(), enginetest.Budi()}, true},
		{"a grey one between does not clear", []enginetest.Picture{enginetest.Budi(), enginetest.HardlyAna(), enginetest.Budi()}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, c := bank(t)
			for _, p := range tt.pictures {
				c.StepUp(t, "cus_1", engine.RiskHigh, p).Want(t, http.StatusOK, "")
			}
			if got := c.Get(t, "/api/identity/customers/cus_1/lock").At("locked"); got != tt.locks {
				t.Errorf("got locked %v, want %v", got, tt.locks)
			}
		})
	}
}

// Failures of many customers at one device lock the device, and no customer;
// another device goes on.
func TestDeviceLocks(t *testing.T) {
	_, c := bank(t)
	c.Enrol(t, "cus_2", enginetest.Ana())
	c.Enrol(t, "cus_3", enginetest.Ana())
	at(t, c, "kiosk-1", "cus_1", enginetest.Budi()).Want(t, http.StatusOK, "")
	at(t, c, "kiosk-1", "cus_2", enginetest.Budi()).Want(t, http.StatusOK, "")
	locked(t, at(t, c, "kiosk-1", "cus_3", enginetest.Ana()), 15*time.Minute)
	if got := at(t, c, "kiosk-2", "cus_3", enginetest.Ana()).At("allow"); got != true {
		t.Errorf("another device: got allow %v, want true", got)
	}
	if got := c.Get(t, "/api/identity/devices/kiosk-1/lock").At("locked"); got != true {
		t.Errorf("got locked %v, want true", got)
	}
	if got := c.Get(t, "/api/identity/customers/cus_3/lock").At("locked"); got != false {
		t.Errorf("the customer: got locked %v, want false", got)
	}
	c.Post(t, "/api/identity/devices/kiosk-1/unlock", enginetest.Body{"reason": "checked"}).Want(t, http.StatusOK, "")
	if got := at(t, c, "kiosk-1", "cus_3", enginetest.Ana()).At("allow"); got != true {
		t.Errorf("after the unlock: got allow %v, want true", got)
	}
}

// A customer and a device by one name, and those of another org, are others.
func TestLocksAreOfOneCustomerOfOneOrg(t *testing.T) {
	r, c := bank(t)
	shop := r.Caller(t, "shop")
	shop.TrustPictures(t)
	shop.Enrol(t, "cus_1", enginetest.Ana())
	for range 2 {
		c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Budi()).Want(t, http.StatusOK, "")
	}
	if got := shop.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Ana()).At("allow"); got != true {
		t.Errorf("another org's customer: got allow %v, want true", got)
	}
	shop.Post(t, "/api/identity/customers/cus_1/unlock", nil).Want(t, http.StatusOK, "")
	locked(t, c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Ana()), 15*time.Minute)
	if got := c.Get(t, "/api/identity/devices/cus_1/lock").At("locked"); got != false {
		t.Errorf("the device of that name: got locked %v, want false", got)
	}
}

// Staff end a lock, with a scope of its own; who did it is in the journal, and
// about whom is not.
func TestUnlock(t *testing.T) {
	r, c := bank(t)
	for range 2 {
		c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Budi()).Want(t, http.StatusOK, "")
	}
	const path = "/api/identity/customers/cus_1/unlock"
	r.Caller(t, "bank", engine.ViewVerifications).Post(t, path, nil).Want(t, http.StatusForbidden, "auth/missing-scope")
	lock := c.Get(t, "/api/identity/customers/cus_1/lock")
	if lock.At("locked") != true || lock.Number("failures") != 2 || lock.Number("retryAfterSeconds") != 900 || lock.Text("until") != "2026-11-22T12:15:00Z" {
		t.Errorf("got %s, want a lock of 900 seconds after 2 failures", lock.Body)
	}
	before := r.Journal(t)
	if got := c.Post(t, path, enginetest.Body{"reason": "Spoke to her"}).Want(t, http.StatusOK, "").At("was"); got != true {
		t.Errorf("got was %v, want true", got)
	}
	leaf := r.Leaves(t, before)[0]
	if leaf.Kind != "customer.unlocked" || leaf.Actor != string(c.ID) {
		t.Errorf("got a journal entry %s by %s, want customer.unlocked by the key", leaf.Kind, leaf.Actor)
	}
	impersonal(t, leaf, "cus_1", "Spoke to her")
	if got := c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Ana()).At("allow"); got != true {
		t.Errorf("got allow %v, want true", got)
	}
	if got := c.Post(t, path, nil).Want(t, http.StatusOK, "").At("was"); got != false {
		t.Errorf("a second time: got was %v, want false", got)
	}
}

// An org may lock later, or never; the settings of that moment count.
func TestLockoutBySettings(t *testing.T) {
	_, c := bank(t)
	c.Set(t, enginetest.Body{"lockout": enginetest.Body{"afterFailures": 0}})
	for range 5 {
		c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Budi()).Want(t, http.StatusOK, "")
	}
	c.Set(t, enginetest.Body{"lockout": enginetest.Body{"afterFailures": 3, "firstMinutes": 1, "factor": 10, "longestMinutes": 5}})
	c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Budi()).Want(t, http.StatusOK, "")
	locked(t, c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Budi()), time.Minute)
}

// Of many guesses at one moment no more get an answer than the policy allows,
// however they are timed: all of them are looked at before the first is kept.
func TestSimultaneousGuesses(t *testing.T) {
	const guesses = 24
	r, c := bank(t)
	together := newBarrier(guesses)
	r.Eyes.Before(together.wait)
	answers := make([]enginetest.Answer, guesses)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Budi()) })
	}
	all.Wait()
	verdicts := 0
	for _, a := range answers {
		if a.Status == http.StatusOK {
			verdicts++
			continue
		}
		locked(t, a, 15*time.Minute)
	}
	if verdicts != 2 {
		t.Errorf("got %d verdicts, want 2 before the lock", verdicts)
	}
	if got := c.Get(t, "/api/identity/customers/cus_1/lock").Number("failures"); got != 2 {
		t.Errorf("got %v failures counted, want 2", got)
	}
	if got := c.Get(t, "/api/identity/attempts").Number("total"); got != guesses {
		t.Errorf("got %v attempts, want all %d", got, guesses)
	}
}

// A lock, and what was counted before one, outlive a restart.
func TestLockoutOutlivesARestart(t *testing.T) {
	dir, clock := t.TempDir(), enginetest.NewClock()
	r := enginetest.OpenIn(t, dir, clock)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_1", enginetest.Ana())
	for range 2 { // one failure before the restart, one after it
		c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Budi()).Want(t, http.StatusOK, "")
		if err := r.Store.Close(); err != nil {
			t.Fatal(err)
		}
		r = enginetest.OpenIn(t, dir, clock)
		c = r.With(c.Secret)
	}
	locked(t, c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Ana()), 15*time.Minute)
}
