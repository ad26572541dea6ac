package engine

import "time"

// RiskLevel is how much is at stake in the action that a step-up guards.
type RiskLevel string

// The risk levels, least first. RiskNone asks for no face at all.
const (
	RiskNone   RiskLevel = "none"
	RiskLow    RiskLevel = "low"
	RiskMedium RiskLevel = "medium"
	RiskHigh   RiskLevel = "high"
)

// RiskLevels lists the levels, least first.
func RiskLevels() []RiskLevel { return []RiskLevel{RiskNone, RiskLow, RiskMedium, RiskHigh} }

// Rank orders the levels: none 0 .. high 3, and -1 for what is not a level.
func (r RiskLevel) Rank() int {
	for i, l := range RiskLevels() {
		if l == r {
			return i
		}
	}
	return -1
}

// MatchVerdict is the outcome of a 1:1 comparison.
type MatchVerdict string

// The match verdicts. GreyZone is for people to decide.
const (
	Match    MatchVerdict = "match"
	NoMatch  MatchVerdict = "no_match"
	GreyZone MatchVerdict = "grey_zone"
)

// LivenessVerdict is the outcome of presentation attack detection.
type LivenessVerdict string

// The liveness verdicts.
const (
	Live    LivenessVerdict = "live"
	Spoof   LivenessVerdict = "spoof"
	Unclear LivenessVerdict = "unclear"
)

// AssuranceTier is how much a liveness verdict is worth. A plain picture is
// never worth more than low.
type AssuranceTier string

// The assurance tiers, least first.
const (
	AssuranceLow      AssuranceTier = "low"
	AssuranceStandard AssuranceTier = "standard"
	AssuranceHigh     AssuranceTier = "high"
)

// Rank orders the tiers: low 0 .. high 2, and -1 for what is not a tier.
func (a AssuranceTier) Rank() int {
	switch a {
	case AssuranceLow:
		return 0
	case AssuranceStandard:
		return 1
	case AssuranceHigh:
		return 2
	default:
		return -1
	}
}

// VerificationStatus is where a verification stands.
type VerificationStatus string

// The verification statuses. Pending waits for a reviewer; NotRequired is an
// attempt at an action that asks for no face.
const (
	Verified    VerificationStatus = "verified"
	Failed      VerificationStatus = "failed"
	Pending     VerificationStatus = "pending"
	NotRequired VerificationStatus = "not_required"
)

// Tier is what one risk level asks for, in one version of an org's settings.
type Tier struct {
	Level              RiskLevel
	Threshold          float64       // comparison score from which a face matches, 0..1
	GreyZone           float64       // width below Threshold that people decide, 0..1
	Liveness           float64       // passive score from which a picture is live, 0..1
	Spoof              float64       // passive score below which it is an attack, 0..1
	Assurance          AssuranceTier // least assurance that allows
	ReferenceMaxAge    time.Duration // oldest enrolled picture that allows; 0 is any age
	VerificationMaxAge time.Duration // how long a verification may be reused; 0 is never
}

// Policy is an org's settings in one version: what a decision was made by.
type Policy struct {
	Version uint64
	Tiers   map[RiskLevel]Tier
	Lockout Lockout
	Face    FaceLimits
}

// FaceLimits is how much a face, or a device, may do before the behaviour alert
// calls it a sign of fraud.
type FaceLimits struct {
	Window       time.Duration // how long a face is remembered
	Identities   int           // that one face may come under within the window
	DeviceWindow time.Duration
	AtDevice     int // identities that may come at a device that is no kiosk within its window
	Suspicions   int // that may come together: a crowded device, a picture seen before, an attack
}

// Lockout is when repeated failures stop a customer or a device.
type Lockout struct {
	After   int           // consecutive failures that lock; 0 never locks
	First   time.Duration // the first lock
	Factor  float64       // each further lock is this much longer
	Longest time.Duration // and never longer than this
}

// Method names how a verification was made, in the words of the contract.
type Method string

// The methods.
const (
	FaceMatch    Method = "face_match"
	FaceLiveness Method = "face_liveness"
)

// LivenessFinding is what presentation attack detection found, and why.
type LivenessFinding struct {
	Verdict   LivenessVerdict `json:"verdict"`
	Assurance AssuranceTier   `json:"assuranceTier"`
	Score     float64         `json:"score"`             // 0..1
	LogOdds   float64         `json:"logOdds,omitempty"` // of a living person against the likeliest attack; flash captures only
	Reasons   []string        `json:"reasons,omitempty"`
}

// MatchFinding is what a 1:1 comparison found, and against what bar.
type MatchFinding struct {
	Verdict    MatchVerdict `json:"verdict"`
	Similarity float64      `json:"similarity"` // comparison score, 0..1
	Threshold  float64      `json:"threshold"`
}

// Verification is one finished verification that may be reused while fresh.
type Verification struct {
	ID         VerificationID     `json:"id"`
	Org        OrgID              `json:"org"`
	Customer   CustomerID         `json:"customer"`
	Method     Method             `json:"method"`
	Status     VerificationStatus `json:"status"`
	Score      int                `json:"score"` // 0..100
	RiskLevel  RiskLevel          `json:"riskLevel"`
	Created    time.Time          `json:"created"`
	FreshUntil time.Time          `json:"freshUntil"`
}

// Attempt is one row of biometric evidence: what was asked, what was found,
// by which models and which version of the settings.
type Attempt struct {
	ID            AttemptID          `json:"id"`
	Org           OrgID              `json:"org"`
	Customer      CustomerID         `json:"customer"`
	Device        DeviceID           `json:"device,omitempty"`
	Method        Method             `json:"method"`
	Status        VerificationStatus `json:"status"`
	Allow         bool               `json:"allow"`
	Score         int                `json:"score"` // 0..100
	RiskLevel     RiskLevel          `json:"riskLevel"`
	Trigger       string             `json:"trigger,omitempty"`
	ActionLabel   string             `json:"actionLabel,omitempty"`
	Liveness      *LivenessFinding   `json:"liveness,omitempty"`
	Match         *MatchFinding      `json:"match,omitempty"`
	Faces         int                `json:"faces,omitempty"` // that the picture shows
	Issues        []Issue            `json:"issues,omitempty"`
	Measures      *Measures          `json:"measures,omitempty"`
	Reasons       []string           `json:"reasons,omitempty"`
	Verification  VerificationID     `json:"verification,omitempty"`
	Capture       CaptureID          `json:"capture,omitempty"` // that was judged; empty for a plain picture
	Picture       string             `json:"picture,omitempty"` // SHA-256 of the picture, hexadecimal
	Models        []string           `json:"models,omitempty"`  // SHA-256 of each model, hexadecimal
	PolicyVersion uint64             `json:"policyVersion"`
	Journal       uint64             `json:"journal,omitzero"` // the entry that says so
	Key           KeyID              `json:"key"`
	Created       time.Time          `json:"created"`
}
