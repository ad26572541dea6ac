package viewing_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

const log = "/api/access-log"

// seen is a bank with a capture, a process and a decision about a customer, and
// what shows each of them.
func seen(t *testing.T, r *enginetest.Rooms) (c enginetest.Caller, paths map[string]string) {
	t.Helper()
	c = r.Caller(t, "bank")
	client := r.Client(t, "bank", enginetest.Wish{Segment: "s", Capabilities: []engine.CapabilityName{engine.CapMultiAccounts}})
	process := client.Create(t, "cus_1", enginetest.Ana()).Want(t, http.StatusOK, "").Text("id")
	bundle := r.Bundle(t, "bank", "cus_1", enginetest.Ana())
	c.Post(t, "/api/identity/auth/step-up", enginetest.Body{"customerId": "cus_1", "riskLevel": "low", "bundle": bundle}).Want(t, http.StatusOK, "")
	row := c.Get(t, "/api/identity/attempts")
	c.Get(t, "/api/audit/keys").Want(t, http.StatusOK, "") // makes the log's key
	capture := "/api/identity/captures/" + row.Text("data.0.captureId")
	return c, map[string]string{
		"capture.picture": capture + "/picture", "capture.evidence": capture + "/evidence", "capture.drawing": capture + "/evidence.svg",
		"process.evidence": "/api/processes/" + process + "/evidence", "subject-access": "/api/subject-access?customerId=cus_1",
		"entry.receipt": "/api/audit/entries/" + fmt.Sprint(row.Number("data.0.journal")) + "/receipt",
	}
}

// Every look is in the log and the journal: who, at what, of whom, and why as was
// said. Other customers' and other orgs' are not among them.
func TestEveryLookIsNoted(t *testing.T) {
	r := enginetest.Open(t)
	c, paths := seen(t, r)
	c.Enrol(t, "cus_2", enginetest.Budi())
	examiner := r.Caller(t, "bank")
	for what, path := range paths {
		before := r.Journal(t)
		r.Clock.Move(time.Second)
		examiner.Get(t, path, "X-Access-Reason", "case 7", "X-Request-Id", "req-"+what).Want(t, http.StatusOK, "")
		leaves := r.Leaves(t, before)
		if len(leaves) != 1 || leaves[0].Kind != "data.viewed" || leaves[0].Actor != string(examiner.ID) || strings.Contains(string(leaves[0].Raw), "cus_1") || strings.Contains(string(leaves[0].Raw), "case 7") {
			t.Errorf("%s: got %d entries, want one that names neither customer nor case", what, len(leaves))
		}
		rows := c.Get(t, log+"?customerId=cus_1&from="+r.Clock.Now().Format(time.RFC3339)).Want(t, http.StatusOK, "")
		for member, want := range map[string]any{
			"what": what, "by": string(examiner.ID), "reason": "case 7", "customerId": "cus_1", "request": "req-" + what, "journal": float64(before),
		} {
			if got := rows.At("data.0." + member); got != want || rows.Len("data") != 1 {
				t.Errorf("%s: got %s %v of %d, want %v of one", what, member, got, rows.Len("data"), want)
			}
		}
	}
	all := c.Get(t, log+"?limit=4").Want(t, http.StatusOK, "")
	rest := c.Get(t, log+"?limit=4&cursor="+all.Text("next")).Want(t, http.StatusOK, "")
	if all.Len("data") != 4 || rest.Len("data") != len(paths)-4 || rest.Text("next") != "" {
		t.Errorf("got %d and %d rows, want %d in all", all.Len("data"), rest.Len("data"), len(paths))
	}
	if got := c.Get(t, log+"?customerId=cus_2").Len("data") + r.Caller(t, "shop").Get(t, log).Len("data"); got != 0 {
		t.Errorf("got %d rows of another customer and org, want none", got)
	}
	if csv := string(c.Get(t, log+"?format=csv").Want(t, http.StatusOK, "").Body); strings.Count(csv, "\n") != len(paths)+1 || !strings.Contains(csv, "case 7") {
		t.Errorf("got %s, want a line for each", csv)
	}
	if lines := string(c.Get(t, log+"?format=ndjson").Want(t, http.StatusOK, "").Body); strings.Count(lines, "\n") != len(paths) {
		t.Errorf("got %s, want a line for each", lines)
	}
	c.Get(t, log+"?cursor=x").Want(t, http.StatusBadRequest, "viewing/cursor")
	r.Caller(t, "bank", engine.ViewAttempts).Get(t, log).Want(t, http.StatusForbidden, "auth/missing-scope")
}

// No log, no picture: what cannot be written down is not shown. Nor is it without
// a reason where the policy asks for one.
func TestNoLogNoPicture(t *testing.T) {
	dir, clock := t.TempDir(), enginetest.NewClock()
	var paths map[string]string
	var c enginetest.Caller
	t.Run("reasons", func(t *testing.T) {
		r := enginetest.OpenIn(t, dir, clock)
		c, paths = seen(t, r)
		c.Do(t, http.MethodPut, "/api/retention/policy", enginetest.Body{"policy": enginetest.Body{"accessReason": true}}).Want(t, http.StatusOK, "")
		for what, path := range paths {
			if a := c.Get(t, path).Want(t, http.StatusBadRequest, "viewing/no-reason"); strings.Contains(string(a.Body), "cus_1") {
				t.Errorf("%s: the refusal names the customer", what)
			}
			c.Get(t, path, "X-Access-Reason", "case 7").Want(t, http.StatusOK, "")
		}
	})
	t.Run("full", func(t *testing.T) {
		r := enginetest.OpenFull(t, dir, clock)
		again := r.With(c.Secret)
		for what, path := range paths {
			a := again.Get(t, path, "X-Access-Reason", "case 7").Want(t, http.StatusInsufficientStorage, "storage/full")
			if strings.Contains(string(a.Body), "cus_1") || strings.Contains(string(a.Body), string(enginetest.Ana().Bytes())) {
				t.Errorf("%s: it was shown", what)
			}
		}
	})
}

// Asked about somebody who is not known, nothing is told and nobody is noted: a
// typing error makes no customer.
func TestNobody(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	before := r.Journal(t)
	a := c.Get(t, "/api/subject-access?customerId=cus_0").Want(t, http.StatusOK, "")
	if strings.Contains(string(a.Body), "[{") || a.Text("customerId") != "cus_0" || r.Journal(t) != before {
		t.Errorf("got %s, want nothing held and no entry", a.Body)
	}
}
