package customer_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/storage"
)

const all, kyc = "/api/customers", "/api/identity/kyc/"

func ana() enginetest.Body {
	return enginetest.Body{"customerId": "cus_ana", "fullName": "Ana Souza", "dateOfBirth": "1990-01-31"}
}

// A customer is entered once, under the caller's id or one that is made, and
// both prefixes answer.
func TestEntered(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	before := r.Journal(t)
	a := c.Post(t, all, ana()).Want(t, http.StatusCreated, "")
	for at, want := range map[string]any{
		"customer.id": "cus_ana", "customer.fullName": "Ana Souza", "customer.status": "active", "customer.kycLevel": "none",
		"customer.version": 1.0, "customer.createdAt": "2026-11-22T12:00:00Z", "customer.kycExpiresAt": nil,
	} {
		if got := a.At(at); got != want {
			t.Errorf("%s: got %v, want %v", at, got, want)
		}
	}
	leaf := r.Leaves(t, before)[0]
	if leaf.Kind != "customer.created" || leaf.Org != "bank" || len(leaf.Commitments["customer"]) == 0 || bytes.Contains(leaf.Raw, []byte("ana")) || bytes.Contains(leaf.Raw, []byte("Souza")) {
		t.Errorf("got the journal entry %s, want customer.created with a commitment", leaf.Raw)
	}
	if got := c.Get(t, "/identity"+all+"/cus_ana").Want(t, http.StatusOK, ""); !bytes.Equal(got.Body, a.Body) {
		t.Errorf("read again: got %s, want %s", got.Body, a.Body)
	}
	c.Post(t, "/identity"+all, ana()).Want(t, http.StatusConflict, "customer/exists")
	made := c.Post(t, all, enginetest.Body{"fullName": "Budi"}).Want(t, http.StatusCreated, "").Text("customer.id")
	if !strings.HasPrefix(made, "cus_") || len(made) != len("cus_")+26 {
		t.Errorf("got the id %q, want cus_ and a ULID", made)
	}
	c.Get(t, all+"/cus_none").Want(t, http.StatusNotFound, "customer/no-such-customer")
	r.Caller(t, "shop").Get(t, all+"/cus_ana").Want(t, http.StatusNotFound, "customer/no-such-customer")
	r.Caller(t, "shop").Post(t, all, ana()).Want(t, http.StatusCreated, "")
}

// What is wrong is named, in the form of the contract.
func TestNotEntered(t *testing.T) {
	r := enginetest.Open(t)
	c, reader := r.Caller(t, "bank"), r.Caller(t, "bank", engine.ViewCustomers)
	before := r.Journal(t)
	for _, tt := range []struct {
		field string
		value any
	}{
		{"fullName", nil}, {"fullName", ""}, {"fullName", "a\nb"}, {"dateOfBirth", "31.1.1990"}, {"email", "ana"},
		{"phone", "0812"}, {"customerId", "a b"}, {"nationalId", "1 2"},
	} {
		body := ana()
		if body[tt.field] = tt.value; tt.value == nil {
			delete(body, tt.field)
		}
		a := c.Post(t, all, body).Want(t, http.StatusBadRequest, "request/invalid")
		if a.Text("error") != "validation failed" || a.Len("details.fieldErrors."+tt.field) != 1 {
			t.Errorf("%s %q: got %s, want it named in details.fieldErrors", tt.field, tt.value, a.Body)
		}
	}
	if got := reader.Post(t, all, ana()).Want(t, http.StatusForbidden, ""); got.Text("error") != "missing scope: customers:write" {
		t.Errorf("got %q, want the scope that is missing", got.Text("error"))
	}
	if got := r.Journal(t); got != before {
		t.Errorf("got %d journal entries, want %d", got, before)
	}
}

// The statuses: active and suspended follow each other, closed is for good.
func TestStatuses(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Post(t, all, ana()).Want(t, http.StatusCreated, "")
	for _, step := range []struct {
		body   enginetest.Body
		status int
		code   string
	}{
		{enginetest.Body{"status": "suspended", "reason": "card stolen"}, 200, ""},
		{enginetest.Body{"status": "suspended"}, 200, ""},
		{enginetest.Body{"status": "active", "version": 2}, 409, "customer/changed"},
		{enginetest.Body{"status": "active", "version": 3}, 200, ""},
		{enginetest.Body{"fullName": "Ana Lima"}, 200, ""},
		{enginetest.Body{"fullName": ""}, 400, "request/invalid"},
		{enginetest.Body{"status": "gone"}, 400, "request/invalid"},
		{enginetest.Body{"status": "closed"}, 200, ""},
		{enginetest.Body{"status": "active"}, 409, "customer/closed"},
		{enginetest.Body{"fullName": "Ana"}, 409, "customer/closed"},
	} {
		c.Do(t, http.MethodPatch, all+"/cus_ana", step.body).Want(t, step.status, step.code)
	}
	a := c.Get(t, all+"/cus_ana")
	if a.Text("customer.fullName") != "Ana Lima" || a.Text("customer.dateOfBirth") != "1990-01-31" || a.Text("customer.status") != "closed" {
		t.Errorf("got %s, want the new name, the old birthday, closed", a.Body)
	}
	c.Do(t, http.MethodPatch, all+"/cus_none", enginetest.Body{}).Want(t, http.StatusNotFound, "customer/no-such-customer")
	c.Post(t, kyc+"cus_ana/checks", enginetest.Body{"method": "document_seen", "status": "verified"}).Want(t, http.StatusConflict, "customer/closed")
}

// The list goes from new to old in pages, and ends.
func TestListed(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		c.Post(t, all, enginetest.Body{"customerId": id, "fullName": "N " + id}).Want(t, http.StatusCreated, "")
		r.Clock.Move(time.Second)
	}
	r.Caller(t, "shop").Post(t, all, ana())
	var got, next string
	for page := 0; page == 0 || next != "" && page < 9; page++ {
		a := c.Get(t, all+"?limit=2&cursor="+next).Want(t, http.StatusOK, "")
		for i := range a.Len("data") {
			got += a.Text("data." + string(rune('0'+i)) + ".id")
		}
		got, next = got+" ", a.Text("meta.next")
	}
	if got != "ed cb a " {
		t.Errorf("got the pages %q, want ed cb a", got)
	}
	c.Get(t, all+"?cursor=xx").Want(t, http.StatusBadRequest, "customer/bad-cursor")
}

// The level follows what was verified, at once for who reads it, and the
// journal says so a moment later.
func TestLevelFollows(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Post(t, all, ana()).Want(t, http.StatusCreated, "")
	before := r.Journal(t)
	r.Follow(t)
	c.Enrol(t, "cus_ana", enginetest.Ana())
	r.Clock.Move(-time.Minute)
	c.StepUp(t, "cus_ana", engine.RiskLow, enginetest.Budi())
	r.Clock.Move(time.Minute)
	if got := c.Get(t, kyc+"cus_ana").Text("customer.kycLevel"); got != "none" {
		t.Errorf("after a failure: got %s, want none", got)
	}
	c.StepUp(t, "cus_ana", engine.RiskLow, enginetest.Ana()).Want(t, http.StatusOK, "")
	a := c.Get(t, "/identity"+kyc+"cus_ana").Want(t, http.StatusOK, "")
	for at, want := range map[string]any{
		"customer.kycLevel": "basic", "customer.kycLastVerifiedAt": "2026-11-22T12:00:00Z", "customer.kycExpiresAt": "2027-11-22T12:00:00Z",
		"eligible": true, "verifications.0.method": "face_match", "verifications.0.status": "verified", "verifications.1.status": "failed",
	} {
		if got := a.At(at); got != want {
			t.Errorf("%s: got %v, want %v", at, got, want)
		}
	}
	if got := c.Get(t, kyc+"cus_ana?level=standard").At("eligible"); got != false {
		t.Errorf("standard is asked for: got eligible %v, want false", got)
	}
	leaf := entry(t, r, before, "customer.kyc_updated")
	if !strings.Contains(string(leaf.Public), `"from":"none"`) || !strings.Contains(string(leaf.Public), `"to":"basic"`) || leaf.Actor != "system" {
		t.Errorf("got the journal entry %s, want from none to basic", leaf.Raw)
	}
	a = c.Post(t, kyc+"cus_ana/checks", enginetest.Body{"method": "document_seen", "status": "verified", "validUntil": "2026-12-24T00:00:00Z"}).Want(t, http.StatusCreated, "")
	if a.Text("customer.kycLevel") != "standard" || a.Text("customer.kycExpiresAt") != "2026-12-24T00:00:00Z" || a.Text("history.0.to") != "standard" || a.Text("history.1.to") != "basic" {
		t.Errorf("after a document: got %s, want standard until it ends, and the history", a.Body)
	}
	c.Post(t, kyc+"cus_ana/checks", enginetest.Body{"method": "document_seen", "status": "verified", "validUntil": "2026-11-22T12:00:00Z"}).Want(t, http.StatusBadRequest, "request/invalid")
	c.Do(t, http.MethodPatch, all+"/cus_ana", enginetest.Body{"status": "suspended"})
	if got := c.Get(t, kyc+"cus_ana"); got.At("eligible") != false || got.Text("customer.kycLevel") != "standard" {
		t.Errorf("suspended: got %s, want standard and not eligible", got.Body)
	}
}

// A level that has run out is lower for who reads it, and the next sweep says
// so in the journal.
func TestLevelRunsOut(t *testing.T) {
	dir, clock := t.TempDir(), enginetest.NewClock()
	r := enginetest.OpenIn(t, dir, clock)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_ana", enginetest.Ana())
	c.StepUp(t, "cus_ana", engine.RiskLow, enginetest.Ana()).Want(t, http.StatusOK, "")
	if got := c.Post(t, all, ana()).Want(t, http.StatusCreated, "").Text("customer.kycLevel"); got != "basic" {
		t.Errorf("entered after the step-up: got %s, want basic", got)
	}
	clock.Move(366 * 24 * time.Hour)
	if got := c.Get(t, kyc+"cus_ana"); got.Text("customer.kycLevel") != "none" || got.At("customer.kycExpiresAt") != nil || got.Text("history.0.to") != "basic" {
		t.Errorf("a year later: got %s, want none", got.Body)
	}
	before := r.Journal(t)
	r.Follow(t)
	if leaf := entry(t, r, before, "customer.kyc_updated"); !strings.Contains(string(leaf.Public), `"to":"none"`) {
		t.Errorf("got the journal entry %s, want to none", leaf.Raw)
	}
	if got := c.Get(t, kyc+"cus_ana").Text("history.0.to"); got != "none" {
		t.Errorf("got the history to %s, want none", got)
	}
}

// A customer goes with the evidence about them, and may be entered anew.
func TestErased(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Post(t, all, ana(), "Idempotency-Key", "k1").Want(t, http.StatusCreated, "")
	if again := c.Post(t, all, ana(), "Idempotency-Key", "k1").Want(t, http.StatusCreated, ""); again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("the same again: got %v, want it replayed", again.Header)
	}
	_, err := r.Store.Commit(t.Context(), func(tx *storage.Tx) error {
		if err := tx.Forget(r.Attempts.Subject("bank", "cus_ana")); err != nil {
			return err
		}
		_, err := tx.Log(storage.Entry{Kind: "evidence.erased", Actor: "test"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Get(t, all+"/cus_ana").Want(t, http.StatusGone, "customer/erased")
	c.Get(t, kyc+"cus_ana").Want(t, http.StatusGone, "customer/erased")
	if got := c.Get(t, all); got.Len("data") != 0 {
		t.Errorf("got %s, want an empty list", got.Body)
	}
	r.Clock.Move(time.Hour)
	c.Post(t, all, ana()).Want(t, http.StatusCreated, "")
	if got := c.Get(t, all); got.Len("data") != 1 || got.Text("data.0.createdAt") != "2026-11-22T13:00:00Z" {
		t.Errorf("entered anew: got %s, want one, of now", got.Body)
	}
}

// entry waits for the next journal entry of a kind.
func entry(t *testing.T, r *enginetest.Rooms, from uint64, kind string) storage.Leaf {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		for _, l := range r.Leaves(t, from) {
			if l.Kind == kind {
				return l
			}
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			t.Fatalf("there is no %s", kind)
		}
	}
}
