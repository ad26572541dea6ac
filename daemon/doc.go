// Package daemon answers one question: what runs, in which order does it
// start, and how does it end?
//
// Parts open one after another and close in reverse, also when opening stops
// half-way. There is one deadline for closing.
package daemon
