// Package index answers one question: how fast, how small and how right is the
// index of faces on this machine?
//
// It makes vectors that are spread like face templates, the same for the same
// seed, indexes them in storage/ann, and asks as many searches as a threshold
// needs. What is measured is the index alone: no daemon, no network. Its
// reference for what is right is every vector compared in float64.
package index
