// Package room answers one question: what does a capability hand to the
// daemon? A name, and up to three doors: what it contributes to a process,
// what it answers over HTTP and what it does in the background; and which of its
// journal entries others are told of.
package room
