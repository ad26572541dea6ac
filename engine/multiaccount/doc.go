// Package multiaccount answers one question: does this face already hold
// another account in this segment of the base?
//
// It is a capability of processes (docs/PROCESS.md). When the answer is no, and
// the reference has no face in the segment yet, the face is enrolled in the
// transaction of the answer, so that of two requests with one face at one
// moment one is told of the other.
package multiaccount
