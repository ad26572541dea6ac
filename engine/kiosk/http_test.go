package kiosk_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

const (
	path  = "/api/identity/kiosks"
	kiosk = path + "/kiosk-7"
)

// A kiosk is calibrated, read, listed and forgotten. Who did it is in the
// journal; which kiosk, only for those who may open the entry.
func TestCalibrate(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Get(t, kiosk).Want(t, http.StatusNotFound, "kiosk/unknown")
	before := r.Journal(t)
	body := enginetest.Body{"lagMs": 131.5, "lagSpread": 14, "response": 0.25, "sessions": 40, "screen": enginetest.Body{"diagonalInch": 23.8, "nits": 260}}
	want := `{"kiosk":{"device":"kiosk-7","lagMs":131.5,"lagSpread":14,"response":0.25,"sessions":40,"calibrated":true,"driftMs":0,` +
		`"screen":{"diagonalInch":23.8,"nits":260},"updatedAt":"2026-11-22T12:00:00Z"}}`
	if got := string(c.Do(t, http.MethodPut, kiosk, body).Want(t, http.StatusOK, "").Body); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := string(c.Get(t, kiosk).Want(t, http.StatusOK, "").Body); got != want {
		t.Errorf("read: got %s, want %s", got, want)
	}
	if got := c.Get(t, path); got.Len("data") != 1 || got.Text("data.0.device") != "kiosk-7" {
		t.Errorf("listed: got %s, want the kiosk", got.Body)
	}
	site, screen, err := r.Kiosks.Known(t.Context(), "bank", "kiosk-7")
	if err != nil || site != (engine.Site{Sessions: 40, Lag: 131.5, LagSpread: 14, Response: 0.25}) || screen.Nits != 260 {
		t.Errorf("got %+v, %+v and %v, want what was set", site, screen, err)
	}

	leaf := r.Leaves(t, before)[0]
	if leaf.Kind != "kiosk.set" || leaf.Org != "bank" || leaf.Actor != string(c.ID) || strings.Contains(string(leaf.Raw), "kiosk-7") || !strings.Contains(string(leaf.Public), `"lagMs":131.5`) {
		t.Errorf("got the journal entry %s, want kiosk.set with the figures and without the name", leaf.Raw)
	}
	if opening, err := r.Store.Opening(t.Context(), leaf.Index); err != nil || opening["device"] != "kiosk-7" {
		t.Errorf("opened: got %v and %v, want the kiosk", opening, err)
	}

	shop := r.Caller(t, "shop")
	shop.Get(t, kiosk).Want(t, http.StatusNotFound, "kiosk/unknown")
	if got := shop.Get(t, path).Len("data"); got != 0 {
		t.Errorf("another org: got %d kiosks, want none", got)
	}
	shop.Do(t, http.MethodDelete, kiosk, nil).Want(t, http.StatusNotFound, "kiosk/unknown")

	c.Do(t, http.MethodDelete, kiosk, nil).Want(t, http.StatusOK, "")
	c.Do(t, http.MethodDelete, kiosk, nil).Want(t, http.StatusNotFound, "kiosk/unknown")
	leaves := r.Leaves(t, before)
	if last := leaves[len(leaves)-1]; last.Kind != "kiosk.reset" || last.Actor != string(c.ID) {
		t.Errorf("got %s by %s last, want kiosk.reset by the key", last.Kind, last.Actor)
	}
	if _, err := r.Store.VerifyRecords(t.Context()); err != nil {
		t.Errorf("verify the records: got %v, want none", err)
	}
}

// The screen is set by itself, and keeps what the kiosk has taught.
func TestScreenAlone(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_1", enginetest.Ana())
	bundle := r.Bundle(t, "bank", "cus_1", enginetest.Ana(), "kiosk-7")
	c.Post(t, "/api/identity/auth/step-up", enginetest.Body{"customerId": "cus_1", "bundle": bundle}).Want(t, http.StatusOK, "")
	r.Clock.Move(time.Hour)
	a := c.Do(t, http.MethodPut, kiosk, enginetest.Body{"screen": enginetest.Body{"diagonalInch": 24, "nits": 250}}).Want(t, http.StatusOK, "")
	if a.Number("kiosk.sessions") != 1 || a.Number("kiosk.lagMs") != 121 || a.At("kiosk.calibrated") != false || a.Number("kiosk.screen.nits") != 250 {
		t.Errorf("got %s, want the session of before and the screen", a.Body)
	}
	a = c.Do(t, http.MethodPut, kiosk, enginetest.Body{"lagMs": 90}).Want(t, http.StatusOK, "")
	if a.Number("kiosk.sessions") != 20 || a.Number("kiosk.lagMs") != 90 || a.Number("kiosk.lagSpread") != 12 || a.Number("kiosk.screen.nits") != 250 {
		t.Errorf("got %s, want the new lag with the usual spread, and the screen", a.Body)
	}
}

// TestNotSet are the calibrations that are refused. None leaves anything.
func TestNotSet(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	before := r.Journal(t)
	for _, tt := range []struct {
		name  string
		body  enginetest.Body
		code  string
		field string
	}{
		{"nothing", enginetest.Body{}, "kiosk/nothing-to-set", ""},
		{"a response without a lag", enginetest.Body{"response": 0.3}, "kiosk/nothing-to-set", "lagMs"},
		{"a negative lag", enginetest.Body{"lagMs": -1}, "request/invalid", "lagMs"},
		{"a lag of seconds", enginetest.Body{"lagMs": 5000}, "request/invalid", "lagMs"},
		{"no spread at all", enginetest.Body{"lagMs": 100, "lagSpread": 0}, "request/invalid", "lagSpread"},
		{"no sessions", enginetest.Body{"lagMs": 100, "sessions": 0}, "request/invalid", "sessions"},
		{"a screen of no size", enginetest.Body{"screen": enginetest.Body{"diagonalInch": 0, "nits": 250}}, "request/invalid", "screen.diagonalInch"},
		{"a screen without light", enginetest.Body{"screen": enginetest.Body{"diagonalInch": 24}}, "request/invalid", "screen.nits"},
		{"a lag that is text", enginetest.Body{"lagMs": "fast"}, "request/wrong-type", "lagMs"},
		{"a misspelt member", enginetest.Body{"lag": 100}, "request/unknown-member", ""},
	} {
		a := c.Do(t, http.MethodPut, kiosk, tt.body)
		if a.Status != http.StatusBadRequest || a.Text("code") != tt.code {
			t.Errorf("%s: got %d %s, want 400 %s", tt.name, a.Status, a.Text("code"), tt.code)
		}
		if fields, _ := a.At("details.fieldErrors").(map[string]any); tt.field != "" && fields[tt.field] == nil {
			t.Errorf("%s: got the fields %v, want %s", tt.name, fields, tt.field)
		}
	}
	if got := r.Journal(t); got != before {
		t.Errorf("got %d journal entries, want %d", got, before)
	}
	reader := r.Caller(t, "bank", engine.ViewSettings)
	reader.Get(t, path).Want(t, http.StatusOK, "")
	reader.Do(t, http.MethodPut, kiosk, enginetest.Body{"lagMs": 100}).Want(t, http.StatusForbidden, "auth/missing-scope")
	reader.Do(t, http.MethodDelete, kiosk, nil).Want(t, http.StatusForbidden, "auth/missing-scope")
	r.Caller(t, "bank", engine.ViewVerifications).Get(t, path).Want(t, http.StatusForbidden, "auth/missing-scope")
}

// An operator is told of a kiosk whose light comes back at another time than
// it did, within a minute.
func TestDrifting(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_1", enginetest.Ana())
	drifting := func(want int) {
		t.Helper()
		if got, err := r.Kiosks.Drifting(t.Context()); err != nil || got != want {
			t.Errorf("got %d and %v, want %d", got, err, want)
		}
	}
	// Set to 100; what is captured there comes at 121.
	c.Do(t, http.MethodPut, kiosk, enginetest.Body{"lagMs": 100}).Want(t, http.StatusOK, "")
	for i := range 20 {
		drifting(0)
		r.Clock.Move(time.Minute)
		bundle := r.Bundle(t, "bank", "cus_1", enginetest.Ana(), "kiosk-7")
		a := c.Post(t, "/api/identity/auth/step-up", enginetest.Body{"customerId": "cus_1", "bundle": bundle}).Want(t, http.StatusOK, "")
		if a.At("allow") != true {
			t.Fatalf("capture %d: got %s, want it allowed", i, a.Body)
		}
	}
	drifting(1)
	if a := c.Get(t, kiosk).Want(t, http.StatusOK, ""); a.Number("kiosk.driftMs") < 20 || a.Number("kiosk.lagMs") > 101 {
		t.Errorf("got %s, want a lag that hardly moved and the drift", a.Body)
	}
	c.Do(t, http.MethodDelete, kiosk, nil).Want(t, http.StatusOK, "")
	drifting(1) // as of a minute ago
	r.Clock.Move(time.Minute)
	drifting(0)
}
