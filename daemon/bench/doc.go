// Package bench answers one question: does the daemon reach the figures that
// it promises, on this machine?
//
// A bench runs the real daemon as a process of its own, on a free port and in
// a data folder that is removed afterwards, and asks it over HTTP as a caller
// would. In the same run it measures a reference to compare with. It states
// its bars, and it passes only when every one of them holds.
//
// This package is what benches have in common; each bench is a package below.
package bench
