package settings

import (
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
)

func ptr[T any](v T) *T { return &v }

// The defaults are the step-up contract's.
func TestDefaults(t *testing.T) {
	p := Defaults()
	for level, want := range map[engine.RiskLevel]float64{
		engine.RiskNone: 0, engine.RiskLow: 0.45, engine.RiskMedium: 0.45, engine.RiskHigh: 0.55,
	} {
		if got := p.Tiers[level].Threshold; got != want {
			t.Errorf("threshold of %s: got %v, want %v", level, got, want)
		}
	}
	if got := p.Tiers[engine.RiskHigh].VerificationMaxAge; got != time.Hour {
		t.Errorf("a verification may be reused for %v, want an hour", got)
	}
	for level, want := range map[engine.RiskLevel]engine.AssuranceTier{
		engine.RiskNone: engine.AssuranceLow, engine.RiskLow: engine.AssuranceLow,
		engine.RiskMedium: engine.AssuranceLow, engine.RiskHigh: engine.AssuranceStandard,
	} {
		if got := p.Tiers[level].Assurance; got != want {
			t.Errorf("assurance of %s: got %v, want %v", level, got, want)
		}
	}
	if p.Lockout.After != 2 {
		t.Errorf("locks after %d failures, want 2", p.Lockout.After)
	}
	if want := (engine.FaceLimits{Window: 7 * 24 * time.Hour, Identities: 2, DeviceWindow: time.Hour, AtDevice: 5, Suspicions: 1}); p.Face != want {
		t.Errorf("got limits of a face %+v, want %+v", p.Face, want)
	}
	if bad := sound(p); bad != nil {
		t.Errorf("the defaults are unsound: %v", bad.Fields)
	}
}

func TestOverridesKeepTheRest(t *testing.T) {
	defaults := Defaults()
	got := overrides{
		High:    &tierOverride{Threshold: ptr(0.7), ReferenceMaxAgeMinutes: ptr(60)},
		Lockout: &lockoutOverride{AfterFailures: ptr(0)},
	}.with(defaults)
	high := got.Tiers[engine.RiskHigh]
	if high.Threshold != 0.7 || high.ReferenceMaxAge != time.Hour {
		t.Errorf("got threshold %v and reference age %v, want 0.7 and 1h", high.Threshold, high.ReferenceMaxAge)
	}
	if high.VerificationMaxAge != time.Hour || got.Tiers[engine.RiskLow] != defaults.Tiers[engine.RiskLow] {
		t.Error("an override changed what it does not name")
	}
	if got.Lockout.After != 0 || got.Lockout.First != defaults.Lockout.First {
		t.Errorf("got lockout %+v, want only After changed", got.Lockout)
	}
	if defaults.Tiers[engine.RiskHigh].Threshold != 0.55 {
		t.Error("an override changed the defaults")
	}
}

func TestSound(t *testing.T) {
	tests := []struct {
		name  string
		over  overrides
		field string // "" when sound
	}{
		{"nothing", overrides{}, ""},
		{"stricter high", overrides{High: &tierOverride{Threshold: ptr(0.8)}}, ""},
		{"high easier than medium", overrides{High: &tierOverride{Threshold: ptr(0.3)}}, "high.threshold"},
		{"medium easier than low", overrides{Low: &tierOverride{Threshold: ptr(0.5)}}, "medium.threshold"},
		{"high trusts less", overrides{Medium: &tierOverride{Assurance: ptr(engine.AssuranceHigh)}}, "high.assurance"},
		{"spoof above live", overrides{Low: &tierOverride{SpoofThreshold: ptr(0.9)}}, "low.spoofThreshold"},
		{"all grey", overrides{High: &tierOverride{Threshold: ptr(0.46), GreyZone: ptr(0.5)}}, "high.greyZone"},
		{"locks shrink", overrides{Lockout: &lockoutOverride{LongestMinutes: ptr(1)}}, "lockout.longestMinutes"},
	}
	for _, tt := range tests {
		bad := sound(tt.over.with(Defaults()))
		if (bad == nil) != (tt.field == "") {
			t.Errorf("%s: got %v, want field %q", tt.name, bad, tt.field)
			continue
		}
		if bad != nil && len(bad.Fields[tt.field]) == 0 {
			t.Errorf("%s: got fields %v, want %q", tt.name, bad.Fields, tt.field)
		}
	}
	if len(ErrUnsound.Fields) != 0 {
		t.Error("checking a policy wrote into the shared fault")
	}
}
