// Package liveness answers one question: is a living person in front of the
// camera?
//
// Of a plain picture it has one signal, the passive network, and says so: such
// a verdict is never worth more than the lowest assurance.
package liveness
