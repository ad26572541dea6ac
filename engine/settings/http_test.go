package settings_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

const path = "/api/identity/settings/risk-tiers"

func put(t *testing.T, c enginetest.Caller, body enginetest.Body) enginetest.Answer {
	t.Helper()
	return c.Do(t, http.MethodPut, path, body)
}

// Nothing set is version 0: the contract's defaults, to the last byte.
func TestShownDefaults(t *testing.T) {
	r := enginetest.Open(t)
	tier := func(assurance string) string {
		return `"greyZone":0.05,"livenessThreshold":0.5,"spoofThreshold":0.2,"assurance":"` + assurance + `","referenceMaxAgeMinutes":0,"verificationMaxAgeMinutes":60}`
	}
	want := `{"version":0,"tiers":{"high":{"threshold":0.55,` + tier("standard") + `,"low":{"threshold":0.45,` + tier("low") + `,"medium":{"threshold":0.45,` + tier("low") +
		`,"none":{"threshold":0,"greyZone":0,"livenessThreshold":0,"spoofThreshold":0,"assurance":"low","referenceMaxAgeMinutes":0,"verificationMaxAgeMinutes":0}},` +
		`"lockout":{"afterFailures":2,"firstMinutes":15,"factor":2,"longestMinutes":1440},"behaviour":{"windowDays":7,"identities":2,"deviceMinutes":60,"atDevice":5,"suspicions":1}}`
	if got := string(r.Caller(t, "bank").Get(t, path).Want(t, http.StatusOK, "").Body); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A change replaces all overrides, as a new version that says who made it,
// when and why; the older ones can still be read.
func TestVersions(t *testing.T) {
	r := enginetest.Open(t)
	c, other := r.Caller(t, "bank"), r.Caller(t, "shop")
	before := r.Journal(t)
	a := put(t, c, enginetest.Body{
		"version": 0, "note": "After the review", "tiers": enginetest.Body{"high": enginetest.Body{"threshold": 0.6}},
		"lockout": enginetest.Body{"afterFailures": 3},
	}).Want(t, http.StatusOK, "")
	for at, want := range map[string]any{
		"version": 1.0, "note": "After the review", "changedBy": string(c.ID), "changedAt": "2026-11-22T12:00:00Z",
		"tiers.high.threshold": 0.6, "tiers.high.greyZone": 0.05, "tiers.low.threshold": 0.45,
		"lockout.afterFailures": 3.0, "lockout.firstMinutes": 15.0,
		"overrides.high.threshold": 0.6, "overrides.high.greyZone": nil, "overrides.low": nil, "overrides.lockout.afterFailures": 3.0,
	} {
		if got := a.At(at); got != want {
			t.Errorf("%s: got %v, want %v", at, got, want)
		}
	}
	leaf := r.Leaves(t, before)[0]
	if leaf.Kind != "settings.changed" || leaf.Org != "bank" || leaf.Actor != string(c.ID) || !strings.Contains(string(leaf.Public), `"threshold":0.6`) {
		t.Errorf("got the journal entry %s, want settings.changed with the override", leaf.Raw)
	}

	r.Clock.Move(time.Hour)
	if got := put(t, c, enginetest.Body{"version": 1}).Want(t, http.StatusOK, "").Number("tiers.high.threshold"); got != 0.55 {
		t.Errorf("left out: got threshold %v, want the default", got)
	}
	list := c.Get(t, path+"/versions").Want(t, http.StatusOK, "")
	if list.Len("data") != 2 || list.Number("data.0.version") != 2 || list.Number("data.1.version") != 1 {
		t.Errorf("got %s, want versions 2 and 1", list.Body)
	}
	if got := c.Get(t, path+"?version=1").Want(t, http.StatusOK, "").Number("tiers.high.threshold"); got != 0.6 {
		t.Errorf("version 1: got threshold %v, want 0.6", got)
	}
	if got := c.Get(t, path).Number("version"); got != 2 {
		t.Errorf("got version %v, want 2", got)
	}
	c.Get(t, path+"?version=3").Want(t, http.StatusNotFound, "settings/no-such-version")

	if got := other.Get(t, path).Number("version"); got != 0 {
		t.Errorf("another org: got version %v, want 0", got)
	}
	if got := other.Get(t, path+"/versions").Len("data"); got != 0 {
		t.Errorf("another org: got %d versions, want none", got)
	}
	other.Get(t, path+"?version=1").Want(t, http.StatusNotFound, "settings/no-such-version")
}

// TestNotChanged are the changes that are refused. None leaves anything.
func TestNotChanged(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	put(t, c, enginetest.Body{}).Want(t, http.StatusOK, "")
	before := r.Journal(t)
	tier := func(level string, name string, value any) enginetest.Body {
		return enginetest.Body{"tiers": enginetest.Body{level: enginetest.Body{name: value}}}
	}
	for _, tt := range []struct {
		name   string
		body   enginetest.Body
		status int
		code   string
		field  string
	}{
		{"another version holds", enginetest.Body{"version": 0}, 409, "settings/changed", ""},
		{"a version to come", enginetest.Body{"version": 2}, 409, "settings/changed", ""},
		{"high easier than medium", tier("high", "threshold", 0.3), 422, "settings/unsound", "high.threshold"},
		{"spoof above live", tier("low", "spoofThreshold", 0.9), 422, "settings/unsound", "low.spoofThreshold"},
		{"all grey", tier("low", "greyZone", 0.45), 422, "settings/unsound", "low.greyZone"},
		{"a lock that shrinks", enginetest.Body{"lockout": enginetest.Body{"longestMinutes": 1}}, 422, "settings/unsound", "lockout.longestMinutes"},
		{"no threshold", tier("low", "threshold", 0), 400, "request/invalid", "tiers.low.threshold"},
		{"a threshold above 1", tier("high", "threshold", 1.01), 400, "request/invalid", "tiers.high.threshold"},
		{"a threshold that is no number", tier("high", "threshold", "0.6"), 400, "request/wrong-type", "tiers.high.threshold"},
		{"an assurance of one's own", tier("high", "assurance", "some"), 400, "request/invalid", "tiers.high.assurance"},
		{"a negative age", tier("high", "referenceMaxAgeMinutes", -1), 400, "request/invalid", "tiers.high.referenceMaxAgeMinutes"},
		{"a factor below 1", enginetest.Body{"lockout": enginetest.Body{"factor": 0.5}}, 400, "request/invalid", "lockout.factor"},
		{"the tier none", tier("none", "threshold", 0.5), 400, "request/unknown-member", "tiers"},
		{"a misspelt member", tier("high", "treshold", 0.5), 400, "request/unknown-member", "tiers.high"},
	} {
		a := put(t, c, tt.body)
		if a.Status != tt.status || a.Text("code") != tt.code {
			t.Errorf("%s: got %d %s, want %d %s", tt.name, a.Status, a.Text("code"), tt.status, tt.code)
		}
		fields, _ := a.At("details.fieldErrors").(map[string]any)
		if tt.field != "" && fields[tt.field] == nil {
			t.Errorf("%s: got the fields %v, want %s", tt.name, fields, tt.field)
		}
	}
	if got := r.Journal(t); got != before {
		t.Errorf("got %d journal entries, want %d", got, before)
	}
	reader := r.Caller(t, "bank", engine.ViewSettings)
	reader.Get(t, path).Want(t, http.StatusOK, "")
	put(t, reader, enginetest.Body{}).Want(t, http.StatusForbidden, "auth/missing-scope")
	r.Caller(t, "bank", engine.ViewAttempts).Get(t, path).Want(t, http.StatusForbidden, "auth/missing-scope")
}
