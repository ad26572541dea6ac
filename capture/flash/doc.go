// Package flash answers one question: what did the light of a flash challenge
// do on the face? It chooses the colours, reduces each frame to a few means of
// linear light, and at the end measures how the face followed the screen.
//
// It is pure: colours and frames go in, measurements come out. It knows no
// network, no clock and no verdict; package engine/liveness judges what is
// measured here. docs/FLASH.md gives the formulas and their limits.
//
// The screen is four tiles. A slot shows one colour on all of them, or a pair
// of complementary colours on two halves.
package flash
