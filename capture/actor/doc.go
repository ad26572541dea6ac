// Package actor answers one question: what would a camera film in front of a
// screen with these colours? It lights a basis of the attack lab by them, for
// the tests that play a customer from one end to the other. Only tests import
// it.
package actor
