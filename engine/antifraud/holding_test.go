package antifraud_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine/enginetest"
)

const list = "/api/evaluations"

func of(customer string, b enginetest.Body) enginetest.Body {
	b["customerId"] = customer
	return b
}

// With a person go the evaluations, their places in the list, and all that later
// ones would count; other people's stay and count as before.
func TestErased(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Post(t, path, of("cus_budi", transfer("b1", 500, "123"))).Want(t, http.StatusOK, "")
	others := records(t, r)
	for _, id := range []string{"a1", "a2"} {
		r.Clock.Move(time.Minute)
		session := c.Post(t, "/api/device-session", enginetest.Body{"device": enginetest.Body{"deviceId": "phone-1"}}).Text("data.sessionToken")
		body := transfer(id, 700, "123")
		body["sessionToken"] = session
		c.Post(t, path, body).Want(t, http.StatusOK, "")
	}
	told := c.Get(t, "/api/subject-access?customerId=cus_ana").Want(t, http.StatusOK, "")
	if told.Len("held.evaluations") != 2 || told.Text("held.evaluations.0.externalId") != "a1" || strings.Contains(string(told.Body), "cus_budi") {
		t.Errorf("subject access: got %s, want both evaluations and nobody else's", told.Body)
	}
	a := c.Post(t, "/api/erasures", enginetest.Body{"customerId": "cus_ana", "reason": "r", "legalBasis": "b"}).Want(t, http.StatusCreated, "")
	if a.Number("covered.removed.evaluations") != 2 {
		t.Errorf("got %s, want two evaluations erased", a.Body)
	}
	if got := records(t, r); got != others {
		t.Errorf("got %v records, want %v as before", got, others)
	}
	if got := c.Get(t, list); got.Len("data") != 1 || got.Text("data.0.externalId") != "b1" {
		t.Errorf("the list: got %s, want the other's", got.Body)
	}
	// The beneficiary is paid by one customer again, and this is the second payment.
	again := c.Post(t, path, of("cus_budi", transfer("b2", 500, "123"))).Want(t, http.StatusOK, "").Text("data.sessionId")
	row := c.Get(t, list+"?customerId=cus_budi")
	if row.Number("data.0.signals.beneficiary_count_24h") != 2 || row.Number("data.0.signals.beneficiary_customers_24h") != 1 || again == "" {
		t.Errorf("got %s, want the erased counted no more", row.Body)
	}
}

// What is older than the days of attempts goes with its traces, and what a hold is
// on stays.
func TestDays(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Do(t, http.MethodPut, "/api/retention/policy", enginetest.Body{"policy": enginetest.Body{"days": enginetest.Body{"attempts": 2}}}).Want(t, http.StatusOK, "")
	r.Daily(t)
	none := records(t, r)
	held := c.Post(t, path, transfer("a1", 700, "123")).Want(t, http.StatusOK, "").Text("data.sessionId")
	one := records(t, r)
	c.Post(t, path, of("cus_budi", transfer("b1", 700, "123"))).Want(t, http.StatusOK, "")
	h := c.Post(t, "/api/holds", enginetest.Body{"record": enginetest.Body{"kind": "attempts", "id": held}, "reason": "suit"}).Want(t, http.StatusCreated, "").Text("id")
	for day := range 3 {
		r.Clock.Move(24 * time.Hour)
		if got, want := r.Daily(t)["evaluations"], map[int]int{2: 1}[day]; got != want {
			t.Errorf("day %d: got %d removed, want %d", day+1, got, want)
		}
	}
	if got := c.Get(t, list); got.Len("data") != 1 || got.Text("data.0.externalId") != "a1" || records(t, r) != one {
		t.Errorf("got %s and %v records, want the held one and %v", got.Body, records(t, r), one)
	}
	c.Post(t, "/api/holds/"+h+"/release", nil).Want(t, http.StatusOK, "")
	r.Clock.Move(24 * time.Hour)
	if got := r.Daily(t)["evaluations"]; got != 1 || records(t, r) != none {
		t.Errorf("got %d removed and %v left, want one and %v", got, records(t, r), none)
	}
}

func records(t *testing.T, r *enginetest.Rooms) [2]int {
	t.Helper()
	n, err := r.Fraud.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}
