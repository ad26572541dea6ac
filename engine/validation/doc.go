// Package validation answers one question: is this the person of an earlier
// process, or of a picture?
//
// It is a capability of processes (docs/CAPABILITIES.md) and keeps nothing of
// its own.
package validation
