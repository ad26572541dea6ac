// Package crash answers one question: what does a whole rostod remember when
// it is killed, when its files are damaged, and when its disk is full?
//
// It holds only tests. They build the program, run it as a child, and ask it
// over HTTP with real photos, as a customer's system would:
//
//	kill_test.go        kill -9 at random moments: what was answered is there, nothing is there half
//	damage_test.go      files removed, altered or put back from an older copy: refused, named, untouched
//	notify_test.go      kill -9 while others are told, who are down, slow or wrong: everybody is told of everything
//	full_linux_test.go  a full disk: an answer that says so, reading goes on, nothing is lost
//
// A few rounds of killing are part of every test run. Many, as before a release:
//
//	ROSTOD_KILL_ROUNDS=200 go test ./daemon/crash -run TestKill -count=1 -v -timeout 40m
//
// Settings of the tests, all from the environment:
//
//	ROSTOD_KILL_ROUNDS  rounds of TestKill; default 6
//	ROSTOD_NOTIFY_ROUNDS  rounds of TestNotify; default 3
//	ROSTOD_KILL_SEED    the seed that a failed run printed, to roll the same dice again
//	ROSTOD_PROGRAM      a rostod that is already built; default: built from the source
//
// Without models or photos the same rounds run with what needs neither: keys,
// settings, lockouts, and step-ups that ask for no face.
package crash
