package engine

import (
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"
)

// The ids. They are distinct types because swapping two must not compile.
type (
	// OrgID is the tenant: an operator's organisation. "default" when the
	// operator has only one.
	OrgID string
	// SegmentID is the part of an org's base that a duplicate search covers.
	SegmentID string
	// CustomerID is the operator's own name for a customer. It is personal
	// data: it prints as its type.
	CustomerID string
	// DeviceID is the operator's name for a kiosk or a customer's device. It
	// can point at a person: it prints as its type.
	DeviceID string
	// KeyID names an API key; it is not the secret.
	KeyID string
	// EnrolmentID is one enrolled face of a customer: "fe_".
	EnrolmentID string
	// VerificationID is one finished verification: "ver_".
	VerificationID string
	// AttemptID is one row of the attempts list: "att_".
	AttemptID string
	// EvaluationID is one anti-fraud evaluation: "alt_".
	EvaluationID string
	// CaptureID is a sealed capture behind a bundle: "cap_".
	CaptureID string
	// ImportID is one import of an operator's base: "imp_".
	ImportID string
)

// String hides a customer's id from logs, errors and events.
func (CustomerID) String() string { return "(customer)" }

// GoString hides a customer's id from %#v.
func (CustomerID) GoString() string { return "(customer)" }

// Format hides a customer's id from every verb.
func (CustomerID) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(customer)") }

// LogValue hides a customer's id from slog.
func (CustomerID) LogValue() slog.Value { return slog.StringValue("(customer)") }

// String hides a device's id from logs, errors and events.
func (DeviceID) String() string { return "(device)" }

// GoString hides a device's id from %#v.
func (DeviceID) GoString() string { return "(device)" }

// Format hides a device's id from every verb.
func (DeviceID) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(device)") }

// LogValue hides a device's id from slog.
func (DeviceID) LogValue() slog.Value { return slog.StringValue("(device)") }

// crockford is the alphabet of ULID (github.com/ulid/spec): no I, L, O, U.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// NewID makes "prefix_" and 26 characters that sort by time: 6 bytes of Unix
// milliseconds and 10 random bytes, in the alphabet of ULID.
func NewID[T ~string](prefix string, now time.Time, random io.Reader) (T, error) {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16)
	if _, err := io.ReadFull(random, b[6:]); err != nil {
		return "", fmt.Errorf("read randomness for a new id: %w", err)
	}
	return T(prefix + "_" + crockford.EncodeToString(b[:])), nil
}

// Made is when an id of NewID was made, to the millisecond; false for what is no
// such id.
func Made[T ~string](id T) (time.Time, bool) {
	_, text, ok := strings.Cut(string(id), "_")
	b, err := crockford.DecodeString(text)
	if !ok || err != nil || len(b) != 16 {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(b) >> 16)).UTC(), true
}
