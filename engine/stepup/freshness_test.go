package stepup_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/storage"
)

const freshPath = "/api/identity/verifications/check-freshness"

// fresh fails the test unless the verification is as fresh as wanted: reason
// is empty when it may be reused.
func fresh(t *testing.T, c enginetest.Caller, id string, ask enginetest.Body, reason string) {
	t.Helper()
	body := enginetest.Body{"verificationId": id}
	for name, value := range ask {
		body[name] = value
	}
	a := c.Post(t, freshPath, body).Want(t, http.StatusOK, "")
	if a.At("fresh") != (reason == "") || a.Text("reason") != reason || a.Text("verificationId") != id {
		t.Errorf("got %s, want reason %q", a.Body, reason)
	}
}

// verified is a verification of cus_1 at a risk level.
func verified(t *testing.T, c enginetest.Caller, level engine.RiskLevel) string {
	t.Helper()
	a := c.StepUp(t, "cus_1", level, enginetest.Ana()).Want(t, http.StatusOK, "")
	if a.At("allow") != true {
		t.Fatalf("got %s, want a verification", a.Body)
	}
	return a.Text("verification.id")
}

func TestFreshness(t *testing.T) {
	r, c := bank(t)
	other := r.Caller(t, "shop")
	id := verified(t, c, engine.RiskMedium)
	failed := c.StepUp(t, "cus_1", engine.RiskMedium, enginetest.Budi()).Text("verification.id")
	pending := c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.HardlyAna()).Text("verification.id")
	for _, tt := range []struct {
		name   string
		after  time.Duration
		caller enginetest.Caller
		id     string
		ask    enginetest.Body
		reason string
	}{
		{"at once", 0, c, id, nil, ""},
		{"another key of the org", 0, r.Caller(t, "bank", engine.ViewVerifications), id, nil, ""},
		{"its customer", 0, c, id, enginetest.Body{"customerId": "cus_1"}, ""},
		{"another customer", 0, c, id, enginetest.Body{"customerId": "cus_2"}, "other_customer"},
		{"lower risk", 0, c, id, enginetest.Body{"riskLevel": "low"}, ""},
		{"the same risk", 0, c, id, enginetest.Body{"riskLevel": "medium"}, ""},
		{"higher risk", 0, c, id, enginetest.Body{"riskLevel": "high"}, "made_for_lower_risk"},
		{"another org", 0, other, id, nil, "unknown_verification"},
		{"one that is not there", 0, c, "ver_00000000000000000000000000", nil, "unknown_verification"},
		{"one that failed", 0, c, failed, nil, "not_verified"},
		{"one that waits for people", 0, c, pending, nil, "not_verified"},
		{"young enough", 5 * time.Minute, c, id, enginetest.Body{"maxAgeMinutes": 5}, ""},
		{"older than asked", 5*time.Minute + time.Second, c, id, enginetest.Body{"maxAgeMinutes": 5}, "older_than_asked"},
		{"just before its end", time.Hour - time.Millisecond, c, id, nil, ""},
		{"at its end", time.Hour, c, id, nil, "expired"},
		{"asking for more does not stretch it", time.Hour, c, id, enginetest.Body{"maxAgeMinutes": 1440}, "expired"},
		{"the clock is set back", -time.Second, c, id, nil, "made_in_the_future"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r.Clock.Move(tt.after)
			fresh(t, tt.caller, tt.id, tt.ask, tt.reason)
			r.Clock.Move(-tt.after)
		})
	}
}

// The other door asks in the address, and says how old the verification is.
func TestFreshnessByAddress(t *testing.T) {
	r, c := bank(t)
	id := verified(t, c, engine.RiskLow)
	r.Clock.Move(90 * time.Second)
	a := c.Get(t, "/api/identity/verifications/"+id+"/freshness?riskLevel=low&maxAgeMinutes=2&customerId=cus_1").Want(t, http.StatusOK, "")
	if a.At("fresh") != true || a.Number("ageSeconds") != 90 || a.Text("expiresAt") != "2026-11-22T13:00:00Z" || a.Text("riskLevel") != "low" {
		t.Errorf("got %s, want fresh, 90 seconds old, of low risk", a.Body)
	}
	a = c.Get(t, "/api/identity/verifications/"+id+"/freshness?riskLevel=high").Want(t, http.StatusOK, "")
	if a.At("fresh") != false || a.Text("reason") != "made_for_lower_risk" {
		t.Errorf("got %s, want made_for_lower_risk", a.Body)
	}
}

// Tightening a tier works at once, on what was verified before; loosening it
// stretches nothing.
func TestSettingsChangeWhatIsFresh(t *testing.T) {
	r, c := bank(t)
	id := verified(t, c, engine.RiskHigh)
	minutes := func(n int) {
		c.Set(t, enginetest.Body{"tiers": enginetest.Body{"high": enginetest.Body{"verificationMaxAgeMinutes": n, "assurance": "low"}}})
	}
	r.Clock.Move(10 * time.Minute)
	minutes(10)
	fresh(t, c, id, nil, "expired")
	fresh(t, c, id, enginetest.Body{"riskLevel": "low"}, "")
	minutes(0)
	fresh(t, c, id, nil, "expired")
	minutes(1440)
	fresh(t, c, id, nil, "")
	r.Clock.Move(50 * time.Minute)
	fresh(t, c, id, nil, "expired")
	minutes(0)
	fresh(t, c, verified(t, c, engine.RiskHigh), nil, "expired")
}

// A customer without faces has nobody to be, and one with other faces may be
// somebody else. A further face beside the old one changes nothing.
func TestErasedFacesEndFreshness(t *testing.T) {
	r, c := bank(t)
	id := verified(t, c, engine.RiskHigh)
	c.Do(t, http.MethodDelete, "/api/identity/customers/cus_1/faces", nil).Want(t, http.StatusOK, "")
	fresh(t, c, id, nil, "no_enrolled_reference")
	c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Ana()).Want(t, http.StatusUnprocessableEntity, "stepup/no-enrolment")
	r.Clock.Move(time.Second)
	c.Enrol(t, "cus_1", enginetest.Ana())
	fresh(t, c, id, nil, "enrolled_anew")

	id = verified(t, c, engine.RiskHigh)
	r.Clock.Move(time.Second)
	c.Enrol(t, "cus_1", enginetest.LikeAna())
	fresh(t, c, id, nil, "")
	replace := enginetest.Body{"customerId": "cus_1", "image": enginetest.Budi().Bytes(), "replace": true}
	c.Post(t, "/api/identity/face/enroll", replace).Want(t, http.StatusCreated, "")
	fresh(t, c, id, nil, "enrolled_anew")
}

// One verification is read by its org, with its score for those who may.
func TestReadVerification(t *testing.T) {
	r, c := bank(t)
	id := verified(t, c, engine.RiskHigh)
	path := "/api/identity/verifications/" + id
	a := c.Get(t, path).Want(t, http.StatusOK, "")
	if a.Number("verification.score") != 100 || a.Text("verification.customerId") != "cus_1" || a.Text("verification.method") != "face_match" {
		t.Errorf("got %s, want the verification with its score", a.Body)
	}
	if a = r.Caller(t, "bank", engine.ViewVerifications).Get(t, path).Want(t, http.StatusOK, ""); a.At("verification.score") != nil {
		t.Errorf("got %s, want no score", a.Body)
	}
	r.Caller(t, "shop").Get(t, path).Want(t, http.StatusNotFound, "stepup/no-such-verification")
	c.Get(t, "/api/identity/verifications/ver_1").Want(t, http.StatusNotFound, "stepup/no-such-verification")
}

// When a customer's evidence is erased, so are the verifications in it, and
// the failures that were counted.
func TestErasedEvidence(t *testing.T) {
	r, c := bank(t)
	id := verified(t, c, engine.RiskHigh)
	for range 2 {
		c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Budi())
	}
	_, err := r.Store.Commit(t.Context(), func(tx *storage.Tx) error {
		if err := tx.Forget(r.Attempts.Subject("bank", "cus_1")); err != nil {
			return err
		}
		_, err := tx.Log(storage.Entry{Kind: "evidence.erased", Actor: "system"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	a := c.Get(t, "/api/identity/verifications/"+id).Want(t, http.StatusGone, "stepup/erased")
	if a.Text("hint") == "" {
		t.Error("got no hint, want one")
	}
	fresh(t, c, id, nil, "unknown_verification")
	if got := c.Get(t, "/api/identity/customers/cus_1/lock").At("locked"); got != false {
		t.Errorf("got locked %v, want false", got)
	}
	verified(t, c, engine.RiskHigh)
}
