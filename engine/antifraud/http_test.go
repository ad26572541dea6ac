package antifraud_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/storage"
)

const path, rules = "/api/evaluate", "/api/evaluate/rules"

// transfer is a transfer of a customer to an account.
func transfer(id string, amount int, to string) enginetest.Body {
	return enginetest.Body{
		"customerId": "cus_ana", "lane": "transaction", "externalId": id, "amount": amount, "currency": "IDR",
		"data": enginetest.Body{"channel": "transfer", "beneficiaryName": "Budi Santoso", "beneficiaryAccount": to, "ipAddress": "10.0.0.7"},
	}
}

// The contract's answer, byte for byte, under both prefixes.
func TestContract(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank", engine.WriteEvaluations)
	before := r.Journal(t)
	a := c.Post(t, "/anti-fraud"+path, transfer("t1", 5_000_000, "123")).Want(t, http.StatusOK, "")
	id := a.Text("data.sessionId")
	want := `{"data":{"decision":"allow","fraudScore":7,"subScores":{"rules":0,"velocity":0,"ml":15},"appliedRules":[],"sessionId":"` + id +
		`","deviceSession":"none","rulesVersion":0,"evaluatedAt":"2026-11-22T12:00:00Z"},"ok":true}`
	if got := string(a.Body); got != want || !strings.HasPrefix(id, "alt_") {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	leaf := r.Leaves(t, before)[0]
	for _, secret := range []string{"cus_ana", "Budi", "123\"", "5000000"} {
		if bytes.Contains(leaf.Raw, []byte(secret)) {
			t.Errorf("got the journal entry %s with %s in it", leaf.Raw, secret)
		}
	}
	if leaf.Kind != "fraud.evaluated" || len(leaf.Commitments["amount"]) == 0 || !strings.Contains(string(leaf.Public), `"decision":"allow"`) {
		t.Errorf("got the journal entry %s, want fraud.evaluated", leaf.Raw)
	}
	for name, tt := range map[string]struct {
		change enginetest.Body
		field  string
	}{
		"no lane": {enginetest.Body{"lane": ""}, "lane"}, "no externalId": {enginetest.Body{"externalId": ""}, "externalId"},
		"an amount below nothing": {enginetest.Body{"amount": -1}, "amount"}, "no currency": {enginetest.Body{"currency": "rp"}, "currency"},
		"a channel of one's own": {enginetest.Body{"data": enginetest.Body{"channel": "pigeon"}}, "data.channel"},
		"another org":            {enginetest.Body{"orgId": "shop"}, "orgId"},
	} {
		body := transfer("t2", 1, "1")
		for k, v := range tt.change {
			body[k] = v
		}
		got := c.Post(t, path, body).Want(t, http.StatusBadRequest, "request/invalid")
		if got.Text("error") != "validation failed" || got.Len("details.fieldErrors."+tt.field) != 1 && !strings.Contains(string(got.Body), `"`+tt.field+`":[`) {
			t.Errorf("%s: got %s, want %s named", name, got.Body, tt.field)
		}
	}
	r.Caller(t, "bank", engine.ViewRules).Post(t, path, transfer("t1", 1, "1")).Want(t, http.StatusForbidden, "auth/missing-scope")
}

// A repetition gets what was answered then, and counts once, also when both come
// at one moment; another request under the same name is refused.
func TestOnce(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	before := r.Journal(t)
	answers := make([]string, 8)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() {
			answers[i] = string(c.Post(t, path, transfer("t1", 100, "123"), "Idempotency-Key", "k").Want(t, http.StatusOK, "").Body)
		})
	}
	all.Wait()
	r.Clock.Move(time.Hour)
	later := string(c.Post(t, path, transfer("t1", 100, "123")).Body)
	for i, a := range slices.Concat(answers, []string{later}) {
		if a != answers[0] {
			t.Errorf("answer %d: got %s, want %s", i, a, answers[0])
		}
	}
	if got := r.Journal(t) - before; got != 1 {
		t.Errorf("got %d journal entries, want 1", got)
	}
	c.Post(t, path, transfer("t1", 101, "123")).Want(t, http.StatusConflict, "antifraud/other-request")
	body := transfer("t1", 100, "123")
	body["lane"] = "onboarding"
	c.Post(t, path, body).Want(t, http.StatusOK, "")
	r.Caller(t, "shop").Post(t, path, transfer("t1", 7, "9")).Want(t, http.StatusOK, "")
}

// What happened before counts: the customer's pace and amounts, the beneficiary.
func TestHistory(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	signals := func(a enginetest.Answer) map[string]any {
		t.Helper()
		list := c.Get(t, "/api/evaluations?limit=1").Want(t, http.StatusOK, "")
		if list.Text("data.0.sessionId") != a.Text("data.sessionId") {
			t.Fatalf("got %s, want the newest to be %s", list.Body, a.Body)
		}
		m, _ := list.At("data.0.signals").(map[string]any)
		return m
	}
	for i := range 3 {
		c.Post(t, path, transfer(fmt.Sprint("a", i), 1000, "123")).Want(t, http.StatusOK, "")
		r.Clock.Move(25 * time.Hour)
	}
	got := signals(c.Post(t, path, transfer("b", 20_000, "123")).Want(t, http.StatusOK, ""))
	for name, want := range map[string]any{
		"amount": 20000.0, "amount_ratio": 20.0, "new_beneficiary": nil, "customer_count_1h": 1.0, "customer_count_24h": 1.0, "customer_sum_24h": 20000.0,
		"beneficiary_count_24h": 1.0, "beneficiary_customers_24h": 1.0, "no_device": 1.0, "kyc_missing": nil,
	} {
		if got[name] != want {
			t.Errorf("%s: got %v, want %v", name, got[name], want)
		}
	}
	r.Clock.Move(time.Minute)
	other := transfer("c", 500, "123")
	other["customerId"], other["currency"] = "cus_budi", "BRL"
	got = signals(c.Post(t, path, other).Want(t, http.StatusOK, ""))
	for name, want := range map[string]any{
		"beneficiary_count_24h": 2.0, "beneficiary_sum_24h": 500.0, "beneficiary_customers_24h": 2.0, "new_beneficiary": 1.0, "amount_ratio": nil,
	} {
		if got[name] != want {
			t.Errorf("another customer: %s: got %v, want %v", name, got[name], want)
		}
	}
	r.Clock.Move(time.Minute)
	a := c.Post(t, path, transfer("d", 50_000, "999")).Want(t, http.StatusOK, "")
	if a.Text("data.decision") != "flag" || a.Text("data.stepUpRiskLevel") != "medium" || a.Text("data.appliedRules.0.code") != "BN-001" {
		t.Errorf("much to somebody new: got %s, want a flag by BN-001 and a step-up", a.Body)
	}
	r.Clock.Move(91 * 24 * time.Hour)
	if got := signals(c.Post(t, path, transfer("e", 1000, "123")).Want(t, http.StatusOK, "")); got["new_beneficiary"] != 1.0 || got["amount_ratio"] != nil {
		t.Errorf("after 90 days: got %v, want nothing remembered", got)
	}
}

// A device session says what the app found, for half an hour and in its own org.
func TestDevices(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	a := c.Post(t, "/anti-fraud/api/device-session", enginetest.Body{
		"device":      enginetest.Body{"deviceId": "phone-7", "platform": "android", "osVersion": "14", "model": "X", "locale": "id-ID", "timezone": "Asia/Jakarta"},
		"riskSignals": enginetest.Body{"rooted": true, "emulator": true},
	}).Want(t, http.StatusOK, "")
	token := a.Text("data.sessionToken")
	if want := `{"data":{"sessionToken":"` + token + `","expiresIn":1800,"attestationVerdict":null},"ok":true}`; string(a.Body) != want || !strings.HasPrefix(token, "ds_") {
		t.Errorf("got %s, want %s", a.Body, want)
	}
	on := func(c enginetest.Caller, id, customer, token string) enginetest.Answer {
		t.Helper()
		body := transfer(id, 100, "123")
		body["sessionToken"], body["customerId"] = token, customer
		return c.Post(t, path, body).Want(t, http.StatusOK, "")
	}
	first := on(c, "t1", "cus_1", token)
	if first.Text("data.decision") != "review" || first.Text("data.stepUpRiskLevel") != "high" || first.Text("data.deviceSession") != "valid" {
		t.Errorf("rooted emulator: got %s, want a review", first.Body)
	}
	again := c.Post(t, "/api/device-session", enginetest.Body{"device": enginetest.Body{"deviceId": "phone-7"}}).Text("data.sessionToken")
	for i := 2; i < 4; i++ {
		on(c, fmt.Sprint("t", i), fmt.Sprint("cus_", i), again)
	}
	if got := on(c, "t4", "cus_4", again); got.Text("data.appliedRules.0.code") != "VL-002" {
		t.Errorf("the fourth customer on the device: got %s, want VL-002", got.Body)
	}
	if got := on(r.Caller(t, "shop"), "t1", "cus_1", token).Text("data.deviceSession"); got != "unknown" {
		t.Errorf("another org: got %s, want unknown", got)
	}
	r.Clock.Move(30 * time.Minute)
	if got := on(c, "t9", "cus_1", token); got.Text("data.deviceSession") != "expired" || got.Text("data.decision") != "allow" {
		t.Errorf("half an hour later: got %s, want expired", got.Body)
	}
	if got := on(c, "t10", "cus_1", "ds_none").Text("data.deviceSession"); got != "unknown" {
		t.Errorf("made up: got %s, want unknown", got)
	}
}

// A suspended customer is blocked whatever the scores say; what was blocked is
// no history of amounts.
func TestSuspended(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Post(t, "/api/customers", enginetest.Body{"customerId": "cus_ana", "fullName": "Ana"}).Want(t, http.StatusCreated, "")
	c.Do(t, http.MethodPatch, "/api/customers/cus_ana", enginetest.Body{"status": "suspended"}).Want(t, http.StatusOK, "")
	for i := range 4 {
		if got := c.Post(t, path, transfer(fmt.Sprint(i), 10, "123")); got.Text("data.decision") != "block" || got.At("data.stepUpRiskLevel") != nil {
			t.Errorf("suspended: got %s, want block and no step-up", got.Body)
		}
		r.Clock.Move(25 * time.Hour)
	}
	c.Do(t, http.MethodPatch, "/api/customers/cus_ana", enginetest.Body{"status": "active"}).Want(t, http.StatusOK, "")
	c.Post(t, path, transfer("9", 1000, "123")).Want(t, http.StatusOK, "")
	s := c.Get(t, "/api/evaluations?limit=1")
	if s.At("data.0.signals.amount_ratio") != nil || s.Number("data.0.signals.new_beneficiary") != 1 || s.Number("data.0.signals.kyc_missing") != 3 {
		t.Errorf("got %s, want nothing learnt of blocked transfers", s.Body)
	}
}

func TestRulesAreData(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	if got := c.Get(t, rules).Want(t, http.StatusOK, ""); got.Number("version") != 0 || got.Len("rules") != 10 || got.Number("thresholds.block") != 85 {
		t.Errorf("got %s, want the defaults", got.Body)
	}
	own := func() enginetest.Body {
		return enginetest.Body{
			"thresholds": enginetest.Body{"flag": 20, "review": 50, "block": 101},
			"rules": []enginetest.Body{{
				"code": "BIG", "when": []enginetest.Body{{"signal": "amount", "atLeast": 1000}}, "action": "block", "severity": "high", "score": 1, "bypassML": true, "channels": []string{"transfer"},
			}},
		}
	}
	body := own()
	body["version"], body["note"] = 0, "after the review"
	before := r.Journal(t)
	a := c.Do(t, http.MethodPut, "/anti-fraud"+rules, body).Want(t, http.StatusOK, "")
	if a.Number("version") != 1 || a.Text("changedBy") != string(c.ID) || a.Text("note") != "after the review" {
		t.Errorf("got %s, want version 1", a.Body)
	}
	if leaf := r.Leaves(t, before)[0]; leaf.Kind != "fraud.rules-changed" {
		t.Errorf("got the journal entry %s, want fraud.rules-changed", leaf.Raw)
	}
	c.Do(t, http.MethodPut, rules, body).Want(t, http.StatusConflict, "antifraud/changed")
	if got := c.Post(t, path, transfer("1", 1000, "1")); got.Text("data.decision") != "block" || got.Number("data.rulesVersion") != 1 {
		t.Errorf("at the rule's bar: got %s, want block by version 1", got.Body)
	}
	if got := c.Post(t, path, transfer("2", 999, "1")); got.Text("data.decision") != "allow" {
		t.Errorf("below the rule's bar: got %s, want allow", got.Body)
	}
	if got := r.Caller(t, "shop").Post(t, path, transfer("1", 1000, "1")); got.Text("data.decision") != "allow" {
		t.Errorf("another org: got %s, want allow", got.Body)
	}
	if got := c.Get(t, rules+"/versions"); got.Len("data") != 1 {
		t.Errorf("got %s, want one version", got.Body)
	}
	c.Get(t, rules+"?version=1").Want(t, http.StatusOK, "")
	c.Get(t, rules+"?version=2").Want(t, http.StatusNotFound, "antifraud/no-such-version")
	for name, tt := range map[string]struct {
		change func(b, rule enginetest.Body)
		status int
		code   string
	}{
		"bars that fall":         {func(b, _ enginetest.Body) { b["thresholds"] = enginetest.Body{"flag": 60, "review": 50, "block": 90} }, 422, "antifraud/unsound"},
		"one code twice":         {func(b, one enginetest.Body) { b["rules"] = []enginetest.Body{one, one} }, 422, "antifraud/unsound"},
		"no bars":                {func(b, _ enginetest.Body) { delete(b, "thresholds") }, 400, "request/invalid"},
		"a signal of one's own":  {func(_, one enginetest.Body) { one["when"] = []enginetest.Body{{"signal": "moon", "atLeast": 1}} }, 400, "request/invalid"},
		"a bar that always is":   {func(_, one enginetest.Body) { one["when"] = []enginetest.Body{{"signal": "vpn", "atLeast": 0}} }, 400, "request/invalid"},
		"no condition":           {func(_, one enginetest.Body) { one["when"] = []enginetest.Body{} }, 400, "request/invalid"},
		"an action that allows":  {func(_, one enginetest.Body) { one["action"] = "allow" }, 400, "request/invalid"},
		"a score that subtracts": {func(_, one enginetest.Body) { one["score"] = -1 }, 400, "request/invalid"},
	} {
		b := own()
		list, ok := b["rules"].([]enginetest.Body)
		if !ok {
			t.Fatalf("got rules %T", b["rules"])
		}
		tt.change(b, list[0])
		if got := c.Do(t, http.MethodPut, rules, b); got.Status != tt.status || got.Text("code") != tt.code {
			t.Errorf("%s: got %d %s, want %d %s", name, got.Status, got.Body, tt.status, tt.code)
		}
	}
	r.Caller(t, "bank", engine.ViewRules).Do(t, http.MethodPut, rules, own()).Want(t, http.StatusForbidden, "auth/missing-scope")
}

// The list has pages and filters, and no customer whose evidence was erased; the
// name of an erased evaluation is not taken again.
func TestListed(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	for i := range 5 {
		body := transfer(fmt.Sprint("t", i), 100, "1")
		if i == 3 {
			body["customerId"] = "cus_budi"
		}
		c.Post(t, path, body).Want(t, http.StatusOK, "")
		r.Clock.Move(time.Minute)
	}
	var got, next string
	for page := 0; page == 0 || next != "" && page < 9; page++ {
		a := c.Get(t, "/api/evaluations?customerId=cus_ana&limit=2&cursor="+next).Want(t, http.StatusOK, "")
		for i := range a.Len("data") {
			got += a.Text(fmt.Sprintf("data.%d.externalId", i))
		}
		got, next = got+" ", a.Text("meta.next")
	}
	if got != "t4t2 t1t0 " {
		t.Errorf("got the pages %q, want t4t2 t1t0", got)
	}
	if a := c.Get(t, "/api/evaluations?from=2026-11-22T12:01:00Z&to=2026-11-22T12:03:00Z"); a.Len("data") != 2 || a.Text("data.0.externalId") != "t2" {
		t.Errorf("from and to: got %s, want t2 and t1", a.Body)
	}
	if a := c.Get(t, "/api/evaluations?decision=block"); a.Len("data") != 0 {
		t.Errorf("blocked: got %s, want none", a.Body)
	}
	for _, q := range []string{"cursor=x", "from=yesterday", "to=2026-11-22"} {
		c.Get(t, "/api/evaluations?"+q).Want(t, http.StatusBadRequest, "antifraud/bad-query")
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
	if a := c.Get(t, "/api/evaluations"); a.Len("data") != 1 || a.Text("data.0.customerId") != "cus_budi" {
		t.Errorf("after an erasure: got %s, want the other customer's", a.Body)
	}
	c.Post(t, path, transfer("t1", 100, "1")).Want(t, http.StatusGone, "antifraud/erased")
}
