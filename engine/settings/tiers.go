package settings

import (
	"fmt"
	"maps"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
)

// Defaults is the policy of an org that overrides nothing. Thresholds are the
// step-up contract's; a plain picture is live from 0.5 and an attack below 0.2,
// between which lie none of the genuine or attack pictures measured so far.
// Where most is at stake a plain picture does not suffice: it takes a flash
// capture.
func Defaults() engine.Policy {
	tier := func(level engine.RiskLevel, threshold float64, assurance engine.AssuranceTier) engine.Tier {
		return engine.Tier{
			Level: level, Threshold: threshold, GreyZone: 0.05,
			Liveness: 0.5, Spoof: 0.2, Assurance: assurance,
			VerificationMaxAge: time.Hour,
		}
	}
	return engine.Policy{
		Tiers: map[engine.RiskLevel]engine.Tier{
			engine.RiskNone:   {Level: engine.RiskNone, Assurance: engine.AssuranceLow},
			engine.RiskLow:    tier(engine.RiskLow, 0.45, engine.AssuranceLow),
			engine.RiskMedium: tier(engine.RiskMedium, 0.45, engine.AssuranceLow),
			engine.RiskHigh:   tier(engine.RiskHigh, 0.55, engine.AssuranceStandard),
		},
		Lockout: engine.Lockout{After: 2, First: 15 * time.Minute, Factor: 2, Longest: 24 * time.Hour},
		Face:    engine.FaceLimits{Window: 7 * 24 * time.Hour, Identities: 2, DeviceWindow: time.Hour, AtDevice: 5, Suspicions: 1},
	}
}

// overrides are an org's own values; what is nil keeps its default.
type overrides struct {
	Low     *tierOverride    `json:"low,omitzero" doc:"Overrides of the low tier."`
	Medium  *tierOverride    `json:"medium,omitzero" doc:"Overrides of the medium tier."`
	High    *tierOverride    `json:"high,omitzero" doc:"Overrides of the high tier."`
	Lockout *lockoutOverride `json:"lockout,omitzero" doc:"When repeated failures lock a customer or a device out."`
	Face    *faceOverride    `json:"behaviour,omitzero" doc:"When the behaviour alert calls it a sign of fraud."`
}

type tierOverride struct {
	Threshold                 *float64              `json:"threshold,omitzero" doc:"Comparison score from which a face matches." exclusiveMinimum:"0" maximum:"1" example:"0.55"`
	GreyZone                  *float64              `json:"greyZone,omitzero" doc:"Width below the threshold in which people decide." minimum:"0" maximum:"0.5" example:"0.05"`
	LivenessThreshold         *float64              `json:"livenessThreshold,omitzero" doc:"Passive liveness score from which a picture is live." exclusiveMinimum:"0" maximum:"1" example:"0.5"`
	SpoofThreshold            *float64              `json:"spoofThreshold,omitzero" doc:"Passive liveness score below which a picture is an attack." minimum:"0" maximum:"1" example:"0.2"`
	Assurance                 *engine.AssuranceTier `json:"assurance,omitzero" doc:"Least assurance of the liveness check that allows the action. A plain picture and a compatible bundle are worth low, a flash capture standard or high." enum:"low,standard,high"`
	ReferenceMaxAgeMinutes    *int                  `json:"referenceMaxAgeMinutes,omitzero" doc:"Oldest enrolled picture that allows the action; 0 is any age. The vendor's default for high is 60." minimum:"0" maximum:"52560000"`
	VerificationMaxAgeMinutes *int                  `json:"verificationMaxAgeMinutes,omitzero" doc:"How long a verification may be reused; 0 is never." minimum:"0" maximum:"1440" example:"60"`
}

type lockoutOverride struct {
	AfterFailures  *int     `json:"afterFailures,omitzero" doc:"Consecutive failures that lock; 0 never locks." minimum:"0" maximum:"100" example:"2"`
	FirstMinutes   *int     `json:"firstMinutes,omitzero" doc:"How long the first lock holds." minimum:"1" maximum:"1440" example:"15"`
	Factor         *float64 `json:"factor,omitzero" doc:"How much longer each further lock holds." minimum:"1" maximum:"10" example:"2"`
	LongestMinutes *int     `json:"longestMinutes,omitzero" doc:"No lock holds longer." minimum:"1" maximum:"43200" example:"1440"`
}

// faceOverride has bounds, so that no org switches the alert off or remembers faces
// for longer than it takes to see a pattern.
type faceOverride struct {
	WindowDays    *int `json:"windowDays,omitzero" doc:"How many days a face is remembered. A face is kept, sealed, for as many as held when it came." minimum:"1" maximum:"30" example:"7"`
	Identities    *int `json:"identities,omitzero" doc:"Identities that one face may come under in that time; more is a sign of fraud." minimum:"1" maximum:"20" example:"2"`
	DeviceMinutes *int `json:"deviceMinutes,omitzero" doc:"For how long the identities at a device are counted." minimum:"5" maximum:"1440" example:"60"`
	AtDevice      *int `json:"atDevice,omitzero" doc:"Identities that may come at a device that is no kiosk in that time; more is suspicious." minimum:"1" maximum:"200" example:"5"`
	Suspicions    *int `json:"suspicions,omitzero" doc:"Suspicions that may come together; more is a sign of fraud. There are three: a crowded device, a picture that came with another identity, an attack." minimum:"0" maximum:"2" example:"1"`
}

// with is the policy that the overrides make of the defaults.
func (o overrides) with(policy engine.Policy) engine.Policy {
	policy.Tiers = maps.Clone(policy.Tiers)
	for level, over := range map[engine.RiskLevel]*tierOverride{
		engine.RiskLow: o.Low, engine.RiskMedium: o.Medium, engine.RiskHigh: o.High,
	} {
		if over != nil {
			policy.Tiers[level] = over.with(policy.Tiers[level])
		}
	}
	if l := o.Lockout; l != nil {
		set(&policy.Lockout.After, l.AfterFailures)
		set(&policy.Lockout.Factor, l.Factor)
		setMinutes(&policy.Lockout.First, l.FirstMinutes)
		setMinutes(&policy.Lockout.Longest, l.LongestMinutes)
	}
	if f := o.Face; f != nil {
		if f.WindowDays != nil {
			policy.Face.Window = time.Duration(*f.WindowDays) * 24 * time.Hour
		}
		set(&policy.Face.Identities, f.Identities)
		setMinutes(&policy.Face.DeviceWindow, f.DeviceMinutes)
		set(&policy.Face.AtDevice, f.AtDevice)
		set(&policy.Face.Suspicions, f.Suspicions)
	}
	return policy
}

func (o tierOverride) with(tier engine.Tier) engine.Tier {
	set(&tier.Threshold, o.Threshold)
	set(&tier.GreyZone, o.GreyZone)
	set(&tier.Liveness, o.LivenessThreshold)
	set(&tier.Spoof, o.SpoofThreshold)
	set(&tier.Assurance, o.Assurance)
	setMinutes(&tier.ReferenceMaxAge, o.ReferenceMaxAgeMinutes)
	setMinutes(&tier.VerificationMaxAge, o.VerificationMaxAgeMinutes)
	return tier
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func setMinutes(to *time.Duration, from *int) {
	if from != nil {
		*to = time.Duration(*from) * time.Minute
	}
}

// sound says what is wrong with a policy as a whole; nil when nothing is. A
// tier must not ask for less than the one below it: the caller picks the level
// by what is at stake, and more at stake must never be easier.
func sound(p engine.Policy) *fault.Fault {
	bad := ErrUnsound
	for _, level := range []engine.RiskLevel{engine.RiskLow, engine.RiskMedium, engine.RiskHigh} {
		t := p.Tiers[level]
		if t.Spoof > t.Liveness {
			bad = bad.Field(fmt.Sprintf("%s.spoofThreshold", level), "must not be above livenessThreshold")
		}
		if t.GreyZone >= t.Threshold {
			bad = bad.Field(fmt.Sprintf("%s.greyZone", level), "must be narrower than the threshold")
		}
	}
	for _, pair := range [][2]engine.RiskLevel{{engine.RiskLow, engine.RiskMedium}, {engine.RiskMedium, engine.RiskHigh}} {
		lower, higher := p.Tiers[pair[0]], p.Tiers[pair[1]]
		field := func(name, what string) {
			bad = bad.Field(fmt.Sprintf("%s.%s", pair[1], name), fmt.Sprintf("must not ask for %s than %s does", what, pair[0]))
		}
		if higher.Threshold < lower.Threshold {
			field("threshold", "less")
		}
		if higher.Liveness < lower.Liveness {
			field("livenessThreshold", "less")
		}
		if higher.Assurance.Rank() < lower.Assurance.Rank() {
			field("assurance", "less")
		}
	}
	if p.Lockout.Longest < p.Lockout.First {
		bad = bad.Field("lockout.longestMinutes", "must not be below firstMinutes")
	}
	if len(bad.Fields) == 0 {
		return nil
	}
	return bad
}
