package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Spent is the processor time that the daemon has used so far. Unlike time on
// the clock it depends little on what else the machine does.
func (d *Daemon) Spent() (time.Duration, error) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", d.Process))
	if err != nil {
		return 0, fmt.Errorf("read the daemon's processor time: %w", err)
	}
	var sum time.Duration
	for _, name := range threads {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // the thread ended meanwhile
		}
		one, err := running(string(text))
		if err != nil {
			return 0, fmt.Errorf("read the daemon's processor time: %w", err)
		}
		sum += one
	}
	if sum == 0 {
		return 0, fmt.Errorf("read the daemon's processor time: this system does not say")
	}
	return sum, nil
}

// running is how long a thread was on a processor, the first number of its
// schedstat in nanoseconds (Linux, Documentation/scheduler/sched-stats.rst).
func running(schedstat string) (time.Duration, error) {
	first, _, _ := strings.Cut(schedstat, " ")
	n, err := strconv.ParseInt(first, 10, 64)
	return time.Duration(n), err
}

// SpentHere is the processor time that this process has used so far.
func SpentHere() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, fmt.Errorf("read the processor time: %w", err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}

// load is how many programs wanted to run, on average over the last minute;
// 0 where nobody says.
func load() float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), " ")
	n, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return 0
	}
	return n
}
