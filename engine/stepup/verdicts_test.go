package stepup_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

const stepUpPath = "/api/identity/auth/step-up"

// freshIDs finds the ids that differ from one run to the next.
var (
	freshIDs = regexp.MustCompile(`"(att|ver)_[0-9A-Z]{26}"`)
	entries  = regexp.MustCompile(`,"journal":[1-9][0-9]*`)
)

// steady is an answer without what is another one each time.
func steady(body []byte) string {
	return entries.ReplaceAllString(freshIDs.ReplaceAllString(string(body), `"$1"`), "")
}

// TestVerdicts is the answer of every way that a step-up can end, to the last
// byte: to a key that may see scores, and to one that may not.
func TestVerdicts(t *testing.T) {
	ana := enginetest.Ana()
	tests := []struct {
		name     string
		level    engine.RiskLevel
		picture  *enginetest.Picture
		scored   string // between the braces, with scores
		unscored string
		counted  string // risk level and outcome, for the metrics
	}{
		{
			"the customer", engine.RiskHigh, &ana,
			`"allow":true,"facesInPicture":1,"liveness":{"verdict":"live","assuranceTier":"low","score":0.98},"match":{"verdict":"match","similarity":1,"threshold":0.55},"verification":{"id":"ver","status":"verified","score":100,"freshUntil":"2026-11-22T13:00:00Z"}`,
			`"allow":true,"facesInPicture":1,"liveness":{"verdict":"live","assuranceTier":"low"},"match":{"verdict":"match"},"verification":{"id":"ver","status":"verified","freshUntil":"2026-11-22T13:00:00Z"}`,
			"high allow",
		},
		{
			"another person", engine.RiskHigh, ptr(enginetest.Budi()),
			`"allow":false,"facesInPicture":1,"liveness":{"verdict":"live","assuranceTier":"low","score":0.98},"match":{"verdict":"no_match","similarity":0,"threshold":0.55},"verification":{"id":"ver","status":"failed","score":0},"reasons":["face_does_not_match"]`,
			`"allow":false,"facesInPicture":1,"liveness":{"verdict":"live","assuranceTier":"low"},"match":{"verdict":"no_match"},"verification":{"id":"ver","status":"failed"},"reasons":["face_does_not_match"]`,
			"high no_match",
		},
		{
			"hardly the customer, for people to decide", engine.RiskHigh, ptr(enginetest.HardlyAna()),
			`"allow":false,"facesInPicture":1,"liveness":{"verdict":"live","assuranceTier":"low","score":0.98},"match":{"verdict":"grey_zone","similarity":0.52,"threshold":0.55},"verification":{"id":"ver","status":"pending","score":52},"reasons":["grey_zone"],"hints":["A person will look at this. Please wait or ask the staff."]`,
			`"allow":false,"facesInPicture":1,"liveness":{"verdict":"live","assuranceTier":"low"},"match":{"verdict":"grey_zone"},"verification":{"id":"ver","status":"pending"},"reasons":["grey_zone"],"hints":["A person will look at this. Please wait or ask the staff."]`,
			"high grey_zone",
		},
		{
			"hardly the customer suffices where less is at stake", engine.RiskLow, ptr(enginetest.HardlyAna()),
			`"allow":true,"facesInPicture":1,"liveness":{"verdict":"live","assuranceTier":"low","score":0.98},"match":{"verdict":"match","similarity":0.52,"threshold":0.45},"verification":{"id":"ver","status":"verified","score":52,"freshUntil":"2026-11-22T13:00:00Z"}`,
			`"allow":true,"facesInPicture":1,"liveness":{"verdict":"live","assuranceTier":"low"},"match":{"verdict":"match"},"verification":{"id":"ver","status":"verified","freshUntil":"2026-11-22T13:00:00Z"}`,
			"low allow",
		},
		{
			"a picture of the customer's picture", engine.RiskHigh, ptr(ana.Passively(0.01)),
			`"allow":false,"facesInPicture":1,"liveness":{"verdict":"spoof","assuranceTier":"low","score":0.01},"match":{"verdict":"match","similarity":1,"threshold":0.55},"verification":{"id":"ver","status":"failed","score":100},"reasons":["presentation_attack"],"hints":["Please try again in better light, with only your face in the picture."]`,
			`"allow":false,"facesInPicture":1,"liveness":{"verdict":"spoof","assuranceTier":"low"},"match":{"verdict":"match"},"verification":{"id":"ver","status":"failed"},"reasons":["presentation_attack"],"hints":["Please try again in better light, with only your face in the picture."]`,
			"high spoof",
		},
		{
			"between life and attack", engine.RiskMedium, ptr(ana.Passively(0.3)),
			`"allow":false,"facesInPicture":1,"liveness":{"verdict":"unclear","assuranceTier":"low","score":0.3},"verification":{"id":"ver","status":"failed","score":0},"reasons":["liveness_unclear","passive_texture"],"hints":["We could not process the picture. Please try again."]`,
			`"allow":false,"facesInPicture":1,"liveness":{"verdict":"unclear","assuranceTier":"low"},"verification":{"id":"ver","status":"failed"},"reasons":["liveness_unclear","passive_texture"],"hints":["We could not process the picture. Please try again."]`,
			"medium unclear",
		},
		{
			"a poor picture is not compared", engine.RiskHigh, ptr(ana.With(engine.TooDark, engine.Blurred)),
			`"allow":false,"facesInPicture":1,"liveness":{"verdict":"unclear","assuranceTier":"low","score":0.98},"verification":{"id":"ver","status":"failed","score":0},"reasons":["liveness_unclear","too_dark","blurred"],"hints":["It is too dark. Please face a light.","The picture is blurred. Please hold still and wipe the camera."]`,
			`"allow":false,"facesInPicture":1,"liveness":{"verdict":"unclear","assuranceTier":"low"},"verification":{"id":"ver","status":"failed"},"reasons":["liveness_unclear","too_dark","blurred"],"hints":["It is too dark. Please face a light.","The picture is blurred. Please hold still and wipe the camera."]`,
			"high unclear",
		},
		{
			"nobody in the picture", engine.RiskLow, ptr(enginetest.Nobody()),
			`"allow":false,"liveness":{"verdict":"unclear","assuranceTier":"low","score":0},"verification":{"id":"ver","status":"failed","score":0},"reasons":["liveness_unclear","no_face"],"hints":["We cannot see a face. Look straight into the camera."]`,
			`"allow":false,"liveness":{"verdict":"unclear","assuranceTier":"low"},"verification":{"id":"ver","status":"failed"},"reasons":["liveness_unclear","no_face"],"hints":["We cannot see a face. Look straight into the camera."]`,
			"low unclear",
		},
		{
			"nothing at stake, no picture", engine.RiskNone, nil,
			`"allow":true,"reasons":["no_check_required"]`,
			`"allow":true,"reasons":["no_check_required"]`,
			"none allow",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := enginetest.Open(t)
			all := r.Caller(t, "bank")
			all.TrustPictures(t)
			all.Enrol(t, "cus_1", ana)
			body := enginetest.Body{"customerId": "cus_1", "riskLevel": tt.level}
			if tt.picture != nil {
				body["image"] = tt.picture.Bytes()
			}
			audit := `,"audit":{"attemptId":"att","riskLevel":"` + string(tt.level) + `","policyVersion":1,"decidedAt":"2026-11-22T12:00:00Z"}`
			for caller, want := range map[enginetest.Caller]string{
				all: tt.scored, r.Caller(t, "bank", engine.ViewVerifications): tt.unscored,
			} {
				got := steady(caller.Post(t, stepUpPath, body).Want(t, http.StatusOK, "").Body)
				if want = "{" + want + audit + "}"; got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
			}
			if got, want := r.Counted.List(), []string{tt.counted, tt.counted}; !slices.Equal(got, want) {
				t.Errorf("got %v for the metrics, want %v", got, want)
			}
		})
	}
}

func ptr[T any](v T) *T { return &v }

// What the caller says of the action comes back in audit and nowhere else.
func TestAuditRepeatsTheAction(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_1", enginetest.Ana())
	a := c.Post(t, stepUpPath, enginetest.Body{
		"customerId": "cus_1", "image": enginetest.Ana().Bytes(), "deviceId": "kiosk-7",
		"actionLabel": "Withdraw 50,000", "trigger": "high_value_transfer", "hmacKey": "never believed",
	}).Want(t, http.StatusOK, "")
	for path, want := range map[string]string{
		"audit.actionLabel": "Withdraw 50,000", "audit.trigger": "high_value_transfer", "audit.riskLevel": "low",
	} {
		if got := a.Text(path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	for _, personal := range []string{"cus_1", "kiosk-7", "never believed"} {
		if strings.Contains(string(a.Body), personal) {
			t.Errorf("the answer has %q", personal)
		}
	}
}

// Both prefixes of the contract, with and without a slash at the end.
func TestBothPrefixes(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_1", enginetest.Ana())
	body := enginetest.Body{"customerId": "cus_1", "image": enginetest.Ana().Bytes()}
	for _, path := range []string{stepUpPath, "/identity" + stepUpPath, stepUpPath + "/"} {
		if got := c.Post(t, path, body).Want(t, http.StatusOK, "").At("allow"); got != true {
			t.Errorf("%s: got allow %v, want true", path, got)
		}
	}
}

// The bars come from the org's own settings, and the answer, the attempt and
// the journal name the version that they were in.
func TestDecidesByTheOrgsSettings(t *testing.T) {
	r := enginetest.Open(t)
	c, other := r.Caller(t, "bank"), r.Caller(t, "shop")
	other.TrustPictures(t)
	c.Enrol(t, "cus_1", enginetest.Ana())
	other.Enrol(t, "cus_1", enginetest.Ana())
	c.Set(t, enginetest.Body{"tiers": enginetest.Body{"high": enginetest.Body{"threshold": 0.9, "greyZone": 0.31}}})
	c.Set(t, enginetest.Body{"tiers": enginetest.Body{"high": enginetest.Body{"threshold": 0.7, "greyZone": 0.05}}})

	a := c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.LikeAna()).Want(t, http.StatusOK, "")
	if a.Text("match.verdict") != "no_match" || a.Number("match.threshold") != 0.7 || a.Number("audit.policyVersion") != 2 {
		t.Errorf("got %s, want no_match at 0.7 by version 2", a.Body)
	}
	row := c.Get(t, "/api/identity/attempts")
	if got := row.Number("data.0.policyVersion"); got != 2 {
		t.Errorf("the attempt has version %v, want 2", got)
	}
	if got := row.Number("data.0.match.threshold"); got != 0.7 {
		t.Errorf("the attempt has threshold %v, want 0.7", got)
	}
	leaves := r.Leaves(t, 0)
	if public := string(leaves[len(leaves)-1].Public); !strings.Contains(public, `"policyVersion":2`) {
		t.Errorf("the journal has %s, want version 2", public)
	}
	a = other.StepUp(t, "cus_1", engine.RiskHigh, enginetest.LikeAna())
	if a.At("allow") != true || a.Number("audit.policyVersion") != 1 {
		t.Errorf("another org: got %s, want allowed by version 1 of its own", a.Body)
	}
}

// Where most is at stake a plain picture gives its match and is not allowed,
// unless the org says that it suffices. It is no failure, however often.
func TestAPictureIsWorthLowAssurance(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_1", enginetest.Ana())
	for range 3 {
		a := c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Ana()).Want(t, http.StatusOK, "")
		if a.At("allow") != false || a.Text("reasons.0") != "assurance_too_low" || a.Len("reasons") != 1 ||
			a.Text("match.verdict") != "match" || a.Text("verification.status") != "failed" {
			t.Errorf("got %s, want a match that is not allowed for its assurance", a.Body)
		}
	}
	// Nobody needs to look at what could not be allowed anyhow.
	a := c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.HardlyAna()).Want(t, http.StatusOK, "")
	if a.Text("verification.status") != "failed" || a.Text("match.verdict") != "grey_zone" || a.At("hints") != nil {
		t.Errorf("got %s, want a grey match that waits for nobody", a.Body)
	}
	for _, level := range []engine.RiskLevel{engine.RiskLow, engine.RiskMedium} {
		if got := c.StepUp(t, "cus_1", level, enginetest.Ana()).At("allow"); got != true {
			t.Errorf("%s: got allow %v, want true", level, got)
		}
	}
	c.TrustPictures(t)
	if got := c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Ana()).At("allow"); got != true {
		t.Errorf("trusted: got allow %v, want true", got)
	}
}

// The reference has an age limit of its own.
func TestReferenceAge(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.TrustPictures(t)
	c.Post(t, "/api/identity/face/enroll", enginetest.Body{
		"customerId": "cus_1", "image": enginetest.Ana().Bytes(), "capturedAt": enginetest.Noon().AddDate(0, 0, -2),
	}).Want(t, http.StatusCreated, "")
	if got := c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Ana()).At("allow"); got != true {
		t.Errorf("got allow %v, want true: any age will do by default", got)
	}
	c.Set(t, enginetest.Body{"tiers": enginetest.Body{"high": enginetest.Body{"referenceMaxAgeMinutes": 60, "assurance": "low"}}})
	a := c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Ana())
	if a.At("allow") != false || a.Text("reasons.0") != "reference_too_old" {
		t.Errorf("got %s, want a reference that is too old", a.Body)
	}
	if got := c.StepUp(t, "cus_1", engine.RiskLow, enginetest.Ana()).At("allow"); got != true {
		t.Errorf("low: got allow %v, want true", got)
	}
}
