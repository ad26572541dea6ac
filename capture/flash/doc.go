// Package flash is the light in a flash challenge: which colours are shown,
// for how long, and what comes back from the face. It is pure: colours and
// frames go in, measurements come out. It knows no network, no clock and no
// verdict; package engine/liveness judges what it measures.
//
// The screen is four tiles. A slot shows one colour on all of them, or a pair
// of complementary colours on two halves. All colours have the same luminance,
// so that a sequence has no general flash and no red flash in the sense of
// WCAG 2.2 (success criterion 2.3.1).
package flash
