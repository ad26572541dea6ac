package engine

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a word that somebody is known by: a password, a client's secret, a
// token. It prints as (secret), also in %v of what holds it.
type Secret string

// String hides a secret from logs, errors and events.
func (Secret) String() string { return "(secret)" }

// GoString hides a secret from %#v.
func (Secret) GoString() string { return "(secret)" }

// Format hides a secret from every verb.
func (Secret) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(secret)") }

// LogValue hides a secret from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue("(secret)") }
