// Package accuracy answers one question: how often is the wrong person let
// through, and how often is the right one turned away?
//
// It enrols every photo as a customer of its own and steps up with every
// other photo once, at each risk level, over HTTP. Of each pair it knows
// whether both photos show one person (mated) or not. Rates are those of
// ISO/IEC 19795-1: FMR is the share of non-mated comparisons that match, FNMR
// the share of mated ones that do not.
//
// The reference of the same run is the models asked directly for the same
// bytes: the way over HTTP, queue, storage and decision must change no score.
package accuracy
