// Package benchtest answers one question: how does a bench's test get a daemon and
// a few photos? Only tests import it.
package benchtest
