package engine

import (
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Question is a process as it is asked for, by whichever contract. One of
// Bundle, Capture and Picture is set.
type Question struct {
	Caller    Caller
	Plan      []CapabilityName // what is run; nil: what the caller's key selects
	Reference CustomerID       // the operator's own name for the person; empty: by the number, or the process in Against
	Unnamed   bool             // Reference was made up: nobody said who it is
	Declared  Declared
	Against   []Against
	Device    DeviceID // where the picture was taken; a capture says it better
	Bundle    string   // of a flash capture: opened here, used up with the answer
	Capture   *Capture // one that was opened already, used up with the answer
	Picture   []byte   // JPEG, PNG or WebP
	Face      *Face    // what was seen in Picture; nil: it is looked at
}

// Format hides a question from every verb: it is biometric data.
func (Question) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(question)") }

// LogValue hides a question from slog.
func (Question) LogValue() slog.Value { return slog.StringValue("(question)") }

// Against names what a person is validated against: an earlier process of the
// same org, or else a picture.
type Against struct {
	Process ProcessID
	Picture []byte
}

// Format hides what is validated against from every verb.
func (Against) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(reference)") }

// KnownFace is the face behind an [Against]; its template is empty when there
// was no face.
type KnownFace struct {
	Process  ProcessID // empty: a picture
	Template Template
	Issues   []Issue         // of its picture
	Liveness LivenessVerdict // as it was judged; empty: nobody asked
}

// Format hides a known face from every verb: it is biometric data.
func (KnownFace) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(face)") }

// ProcessAnswer is a process as it was decided and kept.
type ProcessAnswer struct {
	ID       ProcessID
	Status   ProcessStatus
	Outcome  Outcome
	Findings Findings
	Issues   []Issue   // of the picture
	Capture  CaptureID // that was used up; empty for a plain picture
	Created  time.Time
	Finished time.Time

	Reference     CustomerID // whom it is about
	Picture       string     // SHA-256, hexadecimal
	Models        []string   // SHA-256 of each, hexadecimal
	PolicyVersion uint64
	Journal       uint64 // the entry that says so; 0 of processes before there was this member
}
