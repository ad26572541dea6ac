// Package riskscore answers one question: how likely is a face the holder's of a
// number, when identity verification cannot tell?
//
// It is a capability of processes; docs/CAPABILITIES.md has the model: curves of
// points that only rise or only fall, added up. The table of curves that is built
// in is a set of cautious guesses; [Fit] makes one from labelled outcomes.
package riskscore
