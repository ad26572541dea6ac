package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
)

// slack is how much later than asked the kernel may wake a thread of the
// daemon, nanoseconds. Linux allows 50 µs by itself, and Go's scheduler sleeps
// for 20 µs again and again to look after its threads: with a camera connected
// that is an eighth of the daemon's processor time. Nothing here needs a finer
// clock than half a millisecond.
const slack = 500_000

// Of prctl(2), which every thread inherits from the one that made it, and a
// program from the one that it was executed by.
const (
	prSetTimerslack = 29
	prGetTimerslack = 30
)

// patient lets the kernel wake this program's threads late. Go has made its
// threads by now, and none may change another's: the program executes itself
// again, once. What systemd or an operator has set is left alone when it is
// more.
func patient() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if slackNow() >= slack {
		return nil
	}
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, prSetTimerslack, slack, 0) // whether it was heard is looked at
	if slackNow() < slack {
		return nil // threads in real time have no slack, and need none
	}
	if err := syscall.Exec("/proc/self/exe", os.Args, os.Environ()); err != nil { //nolint:gosec // itself, as it was called
		return fmt.Errorf("begin again with patient timers: %w", err)
	}
	return nil
}

// slackNow is this thread's slack, nanoseconds; 0 when it is not known.
func slackNow() uintptr {
	now, _, no := syscall.RawSyscall(syscall.SYS_PRCTL, prGetTimerslack, 0, 0)
	if no != 0 {
		return 0
	}
	return now
}
