// Package pipeline answers one question: of the time that a step-up takes, how
// much is not the networks?
//
// It sends one picture of a face over and over to a daemon on loopback, as a
// caller would, and in turns with that, a few of each, runs the networks alone
// on the same picture, so that whatever else the machine does meets both. What
// lies between the two is decoding, aligning, HTTP, the decision and the
// durable write.
package pipeline
