package engine

import (
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"
)

// ProcessID is one process, a UUID of version 7 (RFC 9562, 5.7), because its
// contract has UUIDs.
type ProcessID string

// NewProcessID makes an id that sorts by time.
func NewProcessID(now time.Time, random io.Reader) (ProcessID, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[6:]); err != nil {
		return "", fmt.Errorf("read randomness for a new id: %w", err)
	}
	ms := uint64(now.UnixMilli())
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	b[6] = b[6]&0x0F | 0x70
	b[8] = b[8]&0x3F | 0x80
	return ProcessID(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])), nil
}

// Made is when the process was made, to the millisecond; false for what is no id
// of NewProcessID.
func (id ProcessID) Made() (time.Time, bool) {
	ms, err := strconv.ParseInt(strings.ReplaceAll(string(id[:min(len(id), 13)]), "-", ""), 16, 64)
	return time.UnixMilli(ms).UTC(), err == nil && len(id) == 36
}

// ProcessStatus is where a process stands, in the numbers of the contract.
type ProcessStatus int

// The statuses.
const (
	ProcessRunning   ProcessStatus = 1
	ProcessDivergent ProcessStatus = 2 // risk score only
	ProcessDone      ProcessStatus = 3
	ProcessCancelled ProcessStatus = 4 // the caller went away before the end
	ProcessBroken    ProcessStatus = 5 // a capability could not answer
)

// Base is the part of an org's base that a duplicate search covers.
type Base struct {
	Org     OrgID
	Segment SegmentID
}

// Declared is whom a caller says that a person is: a biometric claim
// (ISO/IEC 2382-37), and nothing that anybody has seen proved.
type Declared struct {
	Kind      string // of the number: BR_CPF, MX_CURP, ID_NIK
	Number    string // in a public register, without what people write between its characters
	Name      string
	BirthDate string // 2006-01-02
}

// Format hides a declared person from every verb.
func (Declared) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(declared)") }

// LogValue hides a declared person from slog.
func (Declared) LogValue() slog.Value { return slog.StringValue("(declared)") }

// Case is one person before the capabilities of a process. All of them get the
// same, and none changes it.
type Case struct {
	Process   ProcessID
	Caller    Caller
	Reference CustomerID  // the operator's own name for the person
	Unnamed   bool        // nobody said who it is: the reference stands for this one process
	Declared  Declared    // whom the caller says this is
	Against   []KnownFace // whom the person is validated against
	Device    DeviceID    // where the picture was taken; empty when nobody said
	Face      Face
	Picture   []byte   // JPEG, PNG or WebP: as it came, or the capture's best still
	Capture   *Capture // nil: it was a plain picture
	Policy    Policy
	Created   time.Time
}

// Base is what the case's searches cover.
func (c Case) Base() Base { return Base{c.Caller.Org, c.Caller.Segment} }

// Format hides a case from every verb: it is biometric data.
func (Case) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(case)") }

// LogValue hides a case from slog.
func (Case) LogValue() slog.Value { return slog.StringValue("(case)") }

// Result is the answer of one capability, in the form of the contract.
type Result struct {
	Result string `json:"result"`
}

// The results that are built on here. Reproved and Inconclusive are those of a
// duplicate search: the absence of a duplicate is no confirmation.
const (
	Yes          = "yes"
	No           = "no"
	Reproved     = "reproved"
	Inconclusive = "inconclusive"
)

// Government is what a public register says.
type Government struct {
	Serpro int `json:"serpro" doc:"Similarity 0..100; -1 no face on file, -2 the register did not answer."`
}

// Outcome is what findings say to the caller of a process: the members of the
// by-client contract. A capability fills its own.
type Outcome struct {
	UnicoID            *Result     `json:"unicoId,omitzero" doc:"Identity verification: yes, no or inconclusive."`
	IdentityFraudsters *Result     `json:"identityFraudsters,omitzero" doc:"Known fraudsters: yes or inconclusive."`
	Government         *Government `json:"government,omitzero"`
	Authenticated      *bool       `json:"authenticated,omitzero" doc:"Validation against a reference."`
	IDCloud            *Result     `json:"idCloud,omitzero" doc:"Multi accounts: reproved when the face belongs to another clientReference of the segment, else inconclusive."`
	Liveness           int         `json:"liveness,omitzero" doc:"1 alive, or not asked for; 2 not alive." enum:"1,2"`
	Score              *int        `json:"score,omitzero" doc:"Risk score, -100..100; only when unicoId is inconclusive."`
}

// With is the outcome with what another has filled.
func (o Outcome) With(more Outcome) Outcome {
	pick(&o.UnicoID, more.UnicoID)
	pick(&o.IdentityFraudsters, more.IdentityFraudsters)
	pick(&o.Government, more.Government)
	pick(&o.Authenticated, more.Authenticated)
	pick(&o.IDCloud, more.IDCloud)
	pick(&o.Score, more.Score)
	if more.Liveness != 0 {
		o.Liveness = more.Liveness
	}
	return o
}

func pick[T any](to **T, from *T) {
	if from != nil {
		*to = from
	}
}
