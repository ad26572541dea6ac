// Package enginetest answers one question: how do the rooms behave, asked over
// HTTP, when it is known what the eyes see? It opens every room over a real
// store and behind a real edge; only the eyes and the clock are made up. Only
// tests import it.
package enginetest
