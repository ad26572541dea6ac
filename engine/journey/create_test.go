package journey_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

const at = "/client/v1/process"

// bank is the rooms and a caller whose key selects nothing, so that flows
// decide what is run.
func bank(t *testing.T) (*enginetest.Rooms, enginetest.Caller) {
	t.Helper()
	r := enginetest.Open(t)
	return r, r.Caller(t, "bank")
}

// ask is a request that is right, with what a test changes of it.
func ask(changes ...enginetest.Body) enginetest.Body {
	b := enginetest.Body{
		"callbackUri": "https://app.example/back", "flow": "idlive", "purpose": "creditprocess", "clientReference": "acc-1",
		"person": enginetest.Body{"duiType": "DUI_TYPE_BR_CPF", "duiValue": enginetest.CPF, "friendlyName": "Ana Souza"},
	}
	for _, c := range changes {
		for name, value := range c {
			b[name] = value
			if value == nil {
				delete(b, name)
			}
		}
	}
	return b
}

// What creating answers: every member of the contract, also those that nobody
// asked for.
func TestCreate(t *testing.T) {
	r, c := bank(t)
	a := c.Post(t, at+"/", ask(enginetest.Body{"companyBranchId": "b-7", "useCase": "USE_CASE_LOGIN", "flow_config": enginetest.Body{"x": 1}})).Want(t, http.StatusOK, "")
	id, token := a.Text("process.id"), a.Text("process.token")
	for path, want := range map[string]any{
		"process.flow": "idlive", "process.callbackUri": "https://app.example/back", "process.state": "PROCESS_STATE_CREATED",
		"process.result": "PROCESS_RESULT_UNSPECIFIED", "process.createdAt": "2026-11-22T12:00:00Z", "process.expiresAt": "2026-11-29T12:00:00Z",
		"process.purpose": "creditprocess", "process.clientReference": "acc-1", "process.useCase": "USE_CASE_LOGIN",
		"process.capacities.0": "PROCESS_CAPACITY_IDLIVE", "process.webAppToken": token, "process.person.friendlyName": "Ana Souza",
		"process.person.email": "", "process.companyData.branchId": "b-7", "process.companyData.countryCode": "BRA",
		"process.userRedirectUrl":                                   enginetest.Hosted + "/process/" + id + "#" + token,
		"process.authenticationInfo.authenticationId":               "",
		"process.authenticationInfo.livenessResult":                 "LIVENESS_RESULT_UNSPECIFIED",
		"process.authenticationInfo.authenticationResult":           "AUTHENTICATION_RESULT_UNSPECIFIED",
		"process.authenticationInfo.identityFraudstersResult":       "TRUST_RESULT_UNSPECIFIED",
		"process.authenticationInfo.trustResult":                    "TRUST_RESULT_UNSPECIFIED",
		"process.authenticationInfo.faceWithOtherIdResult":          "TRUST_RESULT_UNSPECIFIED",
		"process.authenticationInfo.frictionlessResult":             "FRICTIONLESS_RESULT_UNSPECIFIED",
		"process.authenticationInfo.riskLevelResult":                "TRUST_RESULT_UNSPECIFIED",
		"process.authenticationInfo.bioTokenEngineResult":           "BIO_TOKEN_ENGINE_RESULT_UNSPECIFIED",
		"process.authenticationInfo.smartRevalidationResult":        "SMART_REVALIDATION_RESULT_UNSPECIFIED",
		"process.authenticationInfo.idAgeResult":                    "ID_AGE_RESULT_UNSPECIFIED",
		"process.authenticationInfo.scoreEngineResult.scoreEnabled": "SCORE_ENABLED_FALSE",
		"process.authenticationInfo.scoreEngineResult.score":        0.0,
	} {
		if got := a.At(path); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	if a.Len("process.services") != 0 || !strings.HasPrefix(token, "jl_") || a.At("process.finishedAt") != nil {
		t.Errorf("got %s, want no services, a link token and no end", a.Body)
	}
	if again := c.Get(t, at+"/"+id).Want(t, http.StatusOK, ""); string(again.Body) != string(a.Body) {
		t.Errorf("read: got %s, want what was answered, %s", again.Body, a.Body)
	}
	lower := enginetest.Body{"CALLBACKURI": "/", "Flow": "IDLIVE", "purpose": "carpurchase", "PERSON": enginetest.Body{"DuiType": "DUI_TYPE_ID_NIK", "duivalue": "3174012345678901"}}
	if a := c.Post(t, at, lower).Want(t, http.StatusOK, ""); a.Text("process.flow") != "idlive" || a.Text("process.companyData.countryCode") != "IDN" {
		t.Errorf("names without case: got %s, want them read", a.Body)
	}
	if r.Caller(t, "shop").Get(t, at+"/"+id).Want(t, http.StatusNotFound, ""); c.Get(t, at+"/no-uuid").Status != http.StatusBadRequest {
		t.Error("an id that is none: want 400")
	}
}

// One row for each thing that is refused, with its number and words.
func TestRefusals(t *testing.T) {
	r, c := bank(t)
	body := func(name string, value any) enginetest.Body { return ask(enginetest.Body{name: value}) }
	someone := func(name string, value any) enginetest.Body {
		p := enginetest.Body{"duiType": "DUI_TYPE_BR_CPF", "duiValue": enginetest.CPF}
		p[name] = value
		return ask(enginetest.Body{"person": p})
	}
	refers := func(list ...enginetest.Body) enginetest.Body {
		return ask(enginetest.Body{"flow": "idtoken", "references": list})
	}
	segmented := r.Client(t, "bank", enginetest.Wish{Segment: "retail", Capabilities: []engine.CapabilityName{engine.CapLiveness, engine.CapMultiAccounts}})
	for _, test := range []struct {
		what   string
		by     enginetest.Caller
		body   any
		status int
		number string
		words  string
	}{
		{"no flow", c, body("flow", nil), 400, "3", "invalid flow"},
		{"a flow with documents", c, body("flow", "iddocs"), 400, "3", "invalid flow"},
		{"a flow with a signature", c, body("flow", "idchecktrustdocssign"), 400, "3", "invalid flow"},
		{"a flow with a passkey", c, body("flow", "adaptiveidtoken"), 400, "3", "invalid flow"},
		{"a flow about age", c, body("flow", "idage"), 400, "3", "invalid flow"},
		{"no flow of anybody's", c, body("flow", "idwhatever"), 400, "3", "invalid flow"},
		{"a flow beyond the key's capabilities", segmented.Caller, body("flow", "idtrust"), 422, "9", "Apikeys are not set"},
		{"no purpose", c, body("purpose", nil), 400, "3", "invalid purpose"},
		{"another purpose", c, body("purpose", "love"), 400, "3", "invalid purpose"},
		{"no callback", c, body("callbackUri", nil), 400, "3", "invalid callbackUri: callbackUri must have 1 to 2048 characters"},
		{"a script for a callback", c, body("callbackUri", "javascript:alert(1)"), 400, "3", "invalid callbackUri: callbackUri must be http, https or an app's own scheme"},
		{"no person where one is needed", c, ask(enginetest.Body{"flow": "id", "person": nil}), 400, "3", "invalid person: duiType is missing"},
		{"another register", c, someone("duiType", "DUI_TYPE_XX"), 400, "3", "invalid person: duiType is none of the contract's"},
		{"check digits", c, someone("duiValue", "529.982.247-26"), 400, "3", "invalid person: duiValue is no number of this type"},
		{"a long name", c, someone("friendlyName", strings.Repeat("é", 51)), 400, "3", "invalid person: friendlyName has more than 50 characters"},
		{"a telephone number", c, someone("phone", "call me"), 400, "3", "invalid person: phone must have 8 to 15 digits"},
		{"a country", c, someone("phoneCountryCodeAlpha3", "Brasil"), 400, "3", "invalid person: phoneCountryCodeAlpha3 must be three capital letters"},
		{"an address", c, someone("email", "at home"), 400, "3", "invalid person: email is no address"},
		{"a message to the customer", c, someone("notifications", []enginetest.Body{{"notificationChannel": "NOTIFICATION_CHANNEL_WHATSAPP"}}), 422, "9", "notifications are not set"},
		{"a reference with a space", c, body("clientReference", "acc 1"), 400, "3", "invalid clientReference"},
		{"no reference for multi accounts", segmented.Caller, body("clientReference", nil), 400, "3", "invalid clientReference"},
		{"no time at all", c, body("expiresIn", "3600"), 400, "3", "invalid expiresIn"},
		{"too little time", c, body("expiresIn", "59s"), 400, "3", "invalid expiresIn"},
		{"too much time", c, body("expiresIn", "2592001s"), 400, "3", "invalid expiresIn"},
		{"1:1 against nobody", c, body("flow", "idtoken"), 400, "3", "invalid references: references are missing: this flow compares with one"},
		{"a reference to no id", c, refers(enginetest.Body{"referenceType": "REFERENCE_TYPE_PROCESS_ID", "referenceContent": "x"}), 400, "3", "invalid references: references must be the id of a process"},
		{"a reference of another type", c, refers(enginetest.Body{"referenceType": "REFERENCE_TYPE_MEMORY", "referenceContent": "x"}), 400, "3", "invalid references: references must be of type REFERENCE_TYPE_PROCESS_ID or REFERENCE_TYPE_IMAGE_BASE64"},
		{"a reference where none is looked at", c, ask(enginetest.Body{"bioTokenId": "019283aa-0000-7000-8000-000000000001"}), 400, "3", "invalid references: references have no meaning in this flow"},
		{"a long branch", c, body("companyBranchId", strings.Repeat("b", 257)), 400, "3", "invalid argument: companyBranchId has more than 256 characters"},
		{"no JSON", c, "text", 400, "3", ""},
		{"a key that may not", r.Caller(t, "bank", engine.ViewAttempts), ask(), 403, "7", "no permission"},
		{"a key of nobody", r.With("ros_nobody"), ask(), 401, "16", ""},
		{"an access token of nobody", r.With("rat_nobody"), ask(), 401, "16", ""},
	} {
		a := test.by.Post(t, at, test.body)
		if a.Status != test.status || a.Text("error.code") != test.number || test.words != "" && a.Text("error.description") != test.words ||
			a.Text("message") != a.Text("error.description") || a.Number("code") < 0 {
			t.Errorf("%s: got %d %s, want %d %s %q", test.what, a.Status, a.Body, test.status, test.number, test.words)
		}
		if strings.Contains(string(a.Body), "529.982") {
			t.Errorf("%s: got %s, which repeats what was sent", test.what, a.Body)
		}
	}
	if a := c.Post(t, at, body("flow", "idsign")); a.Text("details.0.field") != "flow" || !strings.Contains(a.Text("details.0.description"), "idlive, id,") {
		t.Errorf("got %s, want the list of flows that work", a.Body)
	}
}

// What nobody finishes in time has expired: at once for whoever asks, and in
// the journal when the background comes round, with the customer's last event.
func TestExpiry(t *testing.T) {
	r, c := bank(t)
	id := c.Post(t, at, ask(enginetest.Body{"expiresIn": "3600s"})).Want(t, http.StatusOK, "").Text("process.id")
	kept := c.Post(t, at, ask(enginetest.Body{"expiresIn": "7200s"})).Want(t, http.StatusOK, "").Text("process.id")
	r.Clock.Move(time.Hour - time.Second)
	sweep(t, r)
	if got := c.Get(t, at+"/"+id).Text("process.state"); got != "PROCESS_STATE_CREATED" {
		t.Errorf("a second before the end: got %s, want it created", got)
	}
	r.Clock.Move(time.Second)
	for _, swept := range []bool{false, true} {
		if swept {
			sweep(t, r)
			sweep(t, r)
		}
		a := c.Get(t, at+"/"+id).Want(t, http.StatusOK, "")
		if a.Text("process.state") != "PROCESS_STATE_FINISHED" || a.Text("process.result") != "PROCESS_RESULT_EXPIRED" ||
			a.Text("process.finishedAt") != "2026-11-22T13:00:00Z" || a.Text("process.token") != "" || strings.Contains(a.Text("process.userRedirectUrl"), "#") {
			t.Errorf("swept %v: got %s, want it finished, expired and without a token", swept, a.Body)
		}
		c.Get(t, at+"/"+id+"/selfie").Want(t, http.StatusNotFound, "")
		if a := c.Get(t, at+"/"+id+"/evidenceset"); a.Status != 422 || a.Text("error.code") != "9" {
			t.Errorf("evidence of what has expired: got %d %s, want 422 and 9", a.Status, a.Body)
		}
	}
	if got := c.Get(t, at+"/"+kept).Text("process.state"); got != "PROCESS_STATE_CREATED" {
		t.Errorf("another: got %s, want it created", got)
	}
	ended(t, r, map[string]string{
		"processId": id, "state": "PROCESS_STATE_FINISHED", "flow": "idlive", "lastEvent": "EVENT_TYPE_PROCESS_CREATED",
		"lastEventDescription": "The process was created and not opened by anybody.",
	})
}

func sweep(t *testing.T, r *enginetest.Rooms) {
	t.Helper()
	if err := r.Journeys.Sweep(t.Context()); err != nil {
		t.Fatalf("sweep: got %v, want none", err)
	}
}

// ended holds the one entry of the journal that a webhook is made of against
// what it must say.
func ended(t *testing.T, r *enginetest.Rooms, want map[string]string) {
	t.Helper()
	var found []map[string]string
	for _, l := range r.Leaves(t, 0) {
		if l.Kind != "journey.ended" {
			continue
		}
		private, err := r.Store.Opening(t.Context(), l.Index)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, private)
	}
	if len(found) != 1 {
		t.Fatalf("got %d ends in the journal, want 1", len(found))
	}
	for name, value := range want {
		if found[0][name] != value {
			t.Errorf("%s: got %q, want %q", name, found[0][name], value)
		}
	}
}
