package capture

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rostod/rostod/daemon/bench"
)

// reading is the state of the daemon's process.
type reading struct {
	cpu        time.Duration
	missed     int
	peak       float64 // MB
	resident   float64 // MB
	goroutines float64
	files      int
	heap       float64 // MB, live after a collection
}

func (g *rig) reading(ctx context.Context) (r reading, err error) {
	if r.cpu, err = g.daemon.Spent(); err != nil {
		return r, err
	}
	m, err := g.client.Metrics(ctx)
	if err != nil {
		return r, err
	}
	r.missed, r.goroutines, r.heap = int(m["rostod_capture_missed_frames_total"]), m["go_goroutines"], m["go_memstats_heap_inuse_bytes"]/(1<<20)
	if r.files, err = openFiles(g.daemon); err != nil {
		return r, err
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", g.daemon.Process))
	if err != nil {
		return r, fmt.Errorf("read the daemon's memory: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		kb, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		switch {
		case err != nil:
		case name == "VmHWM":
			r.peak = kb / 1024
		case name == "VmRSS":
			r.resident = kb / 1024
		}
	}
	return r, nil
}

func openFiles(d *bench.Daemon) (int, error) {
	files, err := os.ReadDir(filepath.Join("/proc", strconv.Itoa(d.Process), "fd"))
	if err != nil {
		return 0, fmt.Errorf("count the daemon's files: %w", err)
	}
	return len(files), nil
}

// wait is a pause that a context ends.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// settled waits until the daemon holds no session, and is back at what it was:
// at most half a minute.
func (g *rig) settled(ctx context.Context, before reading) (r reading, err error) {
	for range 60 {
		if r, err = g.reading(ctx); err != nil {
			return r, err
		}
		m, err := g.client.Metrics(ctx)
		if err != nil {
			return r, err
		}
		if m["rostod_capture_sessions"] == 0 && r.goroutines <= before.goroutines && r.files <= before.files {
			return r, nil
		}
		if err := wait(ctx, 500*time.Millisecond); err != nil {
			return r, err
		}
	}
	return r, nil
}
