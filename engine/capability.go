package engine

import "slices"

// CapabilityName names what an API key may have run in its processes.
type CapabilityName string

// The capabilities that others ask for by name.
const (
	CapLiveness      CapabilityName = "liveness"
	CapMultiAccounts CapabilityName = "multi-accounts"
	CapIdentity      CapabilityName = "identity-verification"
	CapBehaviour     CapabilityName = "behaviour-alert"
	CapRiskScore     CapabilityName = "risk-score"
	CapValidation    CapabilityName = "validation"
	CapSerpro        CapabilityName = "serpro"
)

// Runs says whether the caller's processes have a capability.
func (c Caller) Runs(name CapabilityName) bool { return slices.Contains(c.Capabilities, name) }

// Finding is what one capability found in one process, and by what.
type Finding struct {
	Capability CapabilityName   `json:"capability"`
	Outcome    Outcome          `json:"outcome"`
	Reasons    []string         `json:"reasons,omitempty"`
	Liveness   *LivenessFinding `json:"liveness,omitempty"`
	Search     *Search          `json:"search,omitempty"`
	Threshold  float64          `json:"threshold,omitempty"` // comparison score that a candidate had to reach
	Enrolled   EnrolmentID      `json:"enrolled,omitempty"`  // the face was enrolled as
	Signals    []Signal         `json:"signals,omitempty"`   // what the rule went by
	Model      string           `json:"model,omitempty"`     // version and SHA-256 of the table that the rule read
	Status     ProcessStatus    `json:"status,omitzero"`     // what it makes of the process; zero: done
}

// Signal is one thing that a rule went by: what was measured and, in a score,
// what it added.
type Signal struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Points float64 `json:"points,omitzero"`
}

// Findings are those of one process, in the order of its plan.
type Findings []*Finding

// Of is the finding of a capability; nil when it is not in the plan.
func (f Findings) Of(name CapabilityName) *Finding {
	for _, one := range f {
		if one.Capability == name {
			return one
		}
	}
	return nil
}

// Status is where a process stands by its findings: done, unless one of them is
// not finished, or finds that its signals contradict each other.
func (f Findings) Status() ProcessStatus {
	status := ProcessDone
	for _, one := range f {
		if one.Status != 0 {
			status = min(status, one.Status)
		}
	}
	return status
}

// Outcome is what all of them say together.
func (f Findings) Outcome() Outcome {
	var o Outcome
	for _, one := range f {
		o = o.With(one.Outcome)
	}
	return o
}

// Person is the pseudonym of one customer of one org: stable within one
// installation, meaningless outside it.
type Person [16]byte

// Candidate is one other account that a probe resembles, by its best template.
type Candidate struct {
	Person    Person      `json:"person"`
	Enrolment EnrolmentID `json:"enrolment"`
	Cosine    float64     `json:"cosine"`
	Score     float64     `json:"score"` // comparison score, 0..1
}

// Search is what a duplicate search found and how far it could see.
type Search struct {
	Candidates []Candidate `json:"candidates,omitempty"` // best first, one for each person
	Seen       uint64      `json:"seen"`                 // journal entries that the index had taken in
	Compared   int         `json:"compared"`             // templates
	Unlike     int         `json:"unlike,omitempty"`     // templates of other models, which cannot be compared
}
