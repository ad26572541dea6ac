// Package quality answers one question: what is wrong with this picture of a
// face, in words that its owner can act on?
//
// It measures and compares with thresholds that the caller may set. The
// defaults were measured on the 61 photos of the fixtures, which are press
// photos and snapshots: each default lies beyond what a photo shows that is
// usable for enrolment.
//
// What it cannot see: Covered is the detector's doubt and two comparisons of
// colour inside the face (dark glasses, a mask of another colour than the
// skin). A mask of the colour of skin, a hand, or clear glasses are not
// noticed. Yaw and pitch come from five points and are no angles.
package quality
