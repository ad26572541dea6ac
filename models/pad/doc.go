// Package pad answers one question: does this face look like a living one, or
// like a picture of one? (Presentation attack detection, passive.)
//
// The answer of one network on one picture is a signal and not a verdict: it
// was measured on three attacks. What follows from it is decided elsewhere.
package pad
