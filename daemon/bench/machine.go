package bench

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// Machine is what a figure was measured on: it means nothing elsewhere.
type Machine struct {
	CPU   string    `json:"cpu"`
	Cores int       `json:"cores"`
	OS    string    `json:"os"`
	Go    string    `json:"go"`
	Load  float64   `json:"load"` // average of the last minute
	At    time.Time `json:"at"`
}

// Here is this machine, now.
func Here() Machine {
	return Machine{
		CPU: processor(), Cores: runtime.GOMAXPROCS(0), OS: runtime.GOOS + "/" + runtime.GOARCH,
		Go: runtime.Version(), Load: load(), At: time.Now().UTC().Truncate(time.Second),
	}
}

// Busy is a caution when other programs were running; empty on a quiet machine.
func (m Machine) Busy() string {
	const quiet = 0.5
	if m.Load <= quiet {
		return ""
	}
	return fmt.Sprintf("the machine was not quiet when this began (load %.1f on %d cores): times on the clock say little, look at processor time", m.Load, m.Cores)
}

// String is the machine in one line.
func (m Machine) String() string {
	return fmt.Sprintf("%s, %d cores, %s, %s, %s", m.CPU, m.Cores, m.OS, m.Go, m.At.Format(time.RFC3339))
}

// processor is the first processor's name as Linux tells it.
func processor() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}
