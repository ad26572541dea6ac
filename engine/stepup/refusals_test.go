package stepup_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

// TestRefusals are the questions that get no verdict. None of them leaves
// anything behind.
func TestRefusals(t *testing.T) {
	ana := enginetest.Ana().Bytes()
	tests := []struct {
		name   string
		body   enginetest.Body
		status int
		code   string
		error  string // in the contract's words; "" is not asked for
	}{
		{"unknown customer", enginetest.Body{"customerId": "cus_9", "image": ana}, 422, "stepup/no-enrolment", "no enrolled reference"},
		{"template of another model", enginetest.Body{"customerId": "cus_1", "image": enginetest.Ana().By(2).Bytes()}, 422, "stepup/other-model", ""},
		{"a bundle from elsewhere", enginetest.Body{"customerId": "cus_1", "bundle": enginetest.Body{"version": "1.0"}}, 422, "bundle/malformed", ""},
		{"image and bundle", enginetest.Body{"customerId": "cus_1", "image": ana, "bundle": "x"}, 400, "stepup/image-and-bundle", ""},
		{"neither", enginetest.Body{"customerId": "cus_1"}, 400, "stepup/no-picture", "validation failed"},
		{"a bundle that is null is none", enginetest.Body{"customerId": "cus_1", "bundle": nil}, 400, "stepup/no-picture", "validation failed"},
		{"a broken picture", enginetest.Body{"customerId": "cus_1", "image": enginetest.Picture{Broken: true}.Bytes()}, 400, "picture/broken", ""},
		{"no customer", enginetest.Body{"image": ana}, 400, "request/invalid", "validation failed"},
		{"a customer with a space", enginetest.Body{"customerId": "cus 1", "image": ana}, 400, "request/invalid", "validation failed"},
		{"a customer with a control character", enginetest.Body{"customerId": "cus\u0085", "image": ana}, 400, "request/invalid", "validation failed"},
		{"a risk level of one's own", enginetest.Body{"customerId": "cus_1", "image": ana, "riskLevel": "huge"}, 400, "request/invalid", "validation failed"},
		{"a trigger with a space", enginetest.Body{"customerId": "cus_1", "image": ana, "trigger": "high value"}, 400, "request/invalid", "validation failed"},
	}
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_1", enginetest.Ana())
	before := r.Journal(t)
	for _, tt := range tests {
		a := c.Post(t, stepUpPath, tt.body)
		if a.Status != tt.status || a.Text("code") != tt.code || tt.error != "" && a.Text("error") != tt.error {
			t.Errorf("%s: got %d %s %q, want %d %s %q", tt.name, a.Status, a.Text("code"), a.Text("error"), tt.status, tt.code, tt.error)
		}
	}
	if got := r.Journal(t); got != before {
		t.Errorf("got %d journal entries, want %d: a refusal leaves nothing", got, before)
	}
}

// The customers of one org are not those of another, even by the same name.
func TestEachOrgHasItsOwnCustomers(t *testing.T) {
	r := enginetest.Open(t)
	bank, shop := r.Caller(t, "bank"), r.Caller(t, "shop")
	bank.Enrol(t, "cus_1", enginetest.Ana())
	shop.StepUp(t, "cus_1", engine.RiskLow, enginetest.Ana()).Want(t, http.StatusUnprocessableEntity, "stepup/no-enrolment")
	shop.Enrol(t, "cus_1", enginetest.Budi())
	if got := bank.StepUp(t, "cus_1", engine.RiskLow, enginetest.Ana()).At("allow"); got != true {
		t.Errorf("got allow %v, want true", got)
	}
	if got := shop.StepUp(t, "cus_1", engine.RiskLow, enginetest.Ana()).At("allow"); got != false {
		t.Errorf("got allow %v with a face of another org's customer, want false", got)
	}
}

func TestNeedsItsScope(t *testing.T) {
	r := enginetest.Open(t)
	a := r.Caller(t, "bank", engine.ViewAttempts).StepUp(t, "cus_1", engine.RiskLow, enginetest.Ana())
	if a.Want(t, http.StatusForbidden, "auth/missing-scope").Text("error") != "missing scope: verifications:view" {
		t.Errorf("got %q, want the contract's words", a.Text("error"))
	}
}

// When the eyes are busy, broken or slow, there is no verdict, no evidence of
// one, and no failure counted.
func TestEyesThatDoNotLook(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_1", enginetest.Ana())
	before := r.Journal(t)
	for name, tt := range map[string]struct {
		err    error
		status int
		code   string
	}{
		"busy":   {enginetest.ErrBusy, 503, "models/busy"},
		"broken": {errors.New("the network is not what it was"), 500, "internal/error"},
		"slow":   {context.DeadlineExceeded, 503, "request/timeout"},
	} {
		r.Eyes.Fail(tt.err)
		for range 3 { // more often than locks
			a := c.StepUp(t, "cus_1", engine.RiskMedium, enginetest.Ana()).Want(t, tt.status, tt.code)
			if tt.status == 503 && a.Header.Get("Retry-After") != "1" {
				t.Errorf("%s: got Retry-After %q, want 1", name, a.Header.Get("Retry-After"))
			}
		}
	}
	if got := r.Journal(t); got != before {
		t.Errorf("got %d journal entries, want %d", got, before)
	}
	r.Eyes.Fail(nil)
	if got := c.StepUp(t, "cus_1", engine.RiskMedium, enginetest.Ana()).At("allow"); got != true {
		t.Errorf("got allow %v when the eyes see again, want true", got)
	}
}

// On a full disk there is no verdict, nothing is stored, and reading goes on.
// When there is room again the same request is answered as if it came first.
func TestNoVerdictOnAFullDisk(t *testing.T) {
	dir, clock := t.TempDir(), enginetest.NewClock()
	r := enginetest.OpenIn(t, dir, clock)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_1", enginetest.Ana())
	body := enginetest.Body{"customerId": "cus_1", "riskLevel": "medium", "image": enginetest.Budi().Bytes()}
	before := r.Journal(t)
	if err := r.Store.Close(); err != nil {
		t.Fatal(err)
	}

	r = enginetest.OpenFull(t, dir, clock)
	c = r.With(c.Secret)
	for range 3 {
		c.Post(t, stepUpPath, body, "Idempotency-Key", "once").Want(t, http.StatusInsufficientStorage, "storage/full")
	}
	for path, sent := range map[string]enginetest.Body{
		"/api/identity/face/enroll":            {"customerId": "cus_1", "image": enginetest.Ana().Bytes()},
		"/api/keys":                            {"scopes": []string{"all"}},
		"/api/identity/customers/cus_1/unlock": {},
	} {
		c.Post(t, path, sent).Want(t, http.StatusInsufficientStorage, "storage/full")
	}
	if got := c.Get(t, "/api/identity/attempts").Want(t, http.StatusOK, "").Len("data"); got != 0 {
		t.Errorf("got %d attempts, want none", got)
	}
	if got := r.Journal(t); got != before {
		t.Errorf("got %d journal entries, want %d", got, before)
	}
	if err := r.Store.Close(); err != nil {
		t.Fatal(err)
	}

	r = enginetest.OpenIn(t, dir, clock)
	c = r.With(c.Secret)
	a := c.Post(t, stepUpPath, body, "Idempotency-Key", "once").Want(t, http.StatusOK, "")
	if a.At("allow") != false || a.Header.Get("Idempotency-Replayed") != "" {
		t.Errorf("got %s, want a first answer that does not allow", a.Body)
	}
	if got := c.Get(t, "/api/identity/customers/cus_1/lock").Number("failures"); got != 1 {
		t.Errorf("got %v failures counted, want the one that was answered", got)
	}
}

// A verdict that could not be kept is not given: the store closes while the
// picture is being looked at. Afterwards nothing of it is there.
func TestNoVerdictWithoutItsEvidence(t *testing.T) {
	dir, clock := t.TempDir(), enginetest.NewClock()
	r := enginetest.OpenIn(t, dir, clock)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_1", enginetest.Ana())
	before := r.Journal(t)
	r.Eyes.Before(func(context.Context) error { return r.Store.Close() })

	body := enginetest.Body{"customerId": "cus_1", "riskLevel": "medium", "image": enginetest.Ana().Bytes()}
	a := c.Post(t, stepUpPath, body, "Idempotency-Key", "once").Want(t, http.StatusServiceUnavailable, "storage/closed")
	if a.At("allow") != nil || a.At("verification") != nil {
		t.Errorf("got a verdict that was not kept: %s", a.Body)
	}
	if got := r.Counted.List(); len(got) != 0 {
		t.Errorf("got %v counted, want nothing", got)
	}

	r = enginetest.OpenIn(t, dir, clock)
	c = r.With(c.Secret)
	if got := r.Journal(t); got != before {
		t.Errorf("got %d journal entries, want %d", got, before)
	}
	if got := c.Get(t, "/api/identity/attempts").Want(t, http.StatusOK, "").Len("data"); got != 0 {
		t.Errorf("got %d attempts, want none", got)
	}
	a = c.Post(t, stepUpPath, body, "Idempotency-Key", "once").Want(t, http.StatusOK, "")
	if a.At("allow") != true || a.Header.Get("Idempotency-Replayed") != "" {
		t.Errorf("got %s, want a first answer", a.Body)
	}
}
