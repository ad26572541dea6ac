package ann

import (
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
)

// Name is whose vectors lie together: a part of somebody's base, and the model
// that made them. Only vectors under one name are compared.
type Name struct {
	Segment [16]byte // a pseudonym
	Model   [32]byte // the model's digest
}

// String is the name of the segment's folder.
func (n Name) String() string {
	return hex.EncodeToString(n.Segment[:]) + "-" + hex.EncodeToString(n.Model[:])
}

func parseName(s string) (Name, bool) {
	var n Name
	b, err := hex.DecodeString(s[:min(len(s), 32)])
	if err != nil || copy(n.Segment[:], b) != 16 || len(s) != 97 || s[32] != '-' {
		return Name{}, false
	}
	b, err = hex.DecodeString(s[33:])
	if err != nil || copy(n.Model[:], b) != 32 {
		return Name{}, false
	}
	return n, true
}

type (
	// ID names one row.
	ID [16]byte
	// Owner is whose row it is. Several rows may have one owner; the best of
	// them counts.
	Owner [16]byte
)

// Row is one vector to be found. Its length does not matter, only its
// direction. It is biometric data: it prints as its type.
type Row struct {
	ID     ID
	Owner  Owner
	Vector []float32
}

// Format hides a row from every verb.
func (Row) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(row)") }

// LogValue hides a row from slog.
func (Row) LogValue() slog.Value { return slog.StringValue("(row)") }
