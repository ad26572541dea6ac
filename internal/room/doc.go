// Package room answers one question: what does a capability hand to the
// daemon? A name, and up to five doors: what it contributes to a process,
// what it answers over HTTP, what it does in the background, what it keeps about
// people, and which of its journal entries others are told of.
package room
