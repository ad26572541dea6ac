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
	heap       float64 // MB, that the last collection found in use
	collected  float64 // when it was, Unix seconds
}

func (g *rig) reading(ctx context.Context) (r reading, err error) {
	if r.cpu, err = g.daemon.Spent(); err != nil {
		return r, err
	}
	m, err := g.client.Metrics(ctx)
	if err != nil {
		return r, err
	}
	r.missed, r.goroutines, r.heap = int(m["rostod_capture_missed_frames_total"]), m["go_goroutines"], m["go_gc_heap_live_bytes"]/(1<<20)
	r.collected = m["go_memstats_last_gc_time_seconds"]
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

// openFiles counts what the daemon holds open: connections, ports, pipes. The
// files of its data folder are left out, of which there are more the more is
// stored.
func openFiles(d *bench.Daemon) (int, error) {
	folder := filepath.Join("/proc", strconv.Itoa(d.Process), "fd")
	files, err := os.ReadDir(folder)
	if err != nil {
		return 0, fmt.Errorf("count the daemon's files: %w", err)
	}
	n := 0
	for _, f := range files {
		to, err := os.Readlink(filepath.Join(folder, f.Name()))
		if err == nil && !strings.HasPrefix(to, d.Data) { // what cannot be read was closed meanwhile
			n++
		}
	}
	return n, nil
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
// at most half a minute. Then it has collected its garbage.
func (g *rig) settled(ctx context.Context, before reading) (r reading, err error) {
	g.client.Close() // whoever asks is no part of what is left
	g.web.CloseIdleConnections()
	for range 60 {
		if r, err = g.reading(ctx); err != nil {
			return r, err
		}
		m, err := g.client.Metrics(ctx)
		if err != nil {
			return r, err
		}
		if m["rostod_capture_sessions"] == 0 && r.goroutines <= before.goroutines && r.files <= before.files {
			break
		}
		if err := wait(ctx, 500*time.Millisecond); err != nil {
			return r, err
		}
	}
	live, err := g.swept(ctx)
	r.heap = live.heap
	return r, err
}

// swept asks for the metrics, which makes garbage, until the daemon has
// collected it twice: what its pools hold goes with the second time.
func (g *rig) swept(ctx context.Context) (r reading, err error) {
	if r, err = g.reading(ctx); err != nil {
		return r, err
	}
	for collections, last := 0, r.collected; collections < 2; {
		if r, err = g.reading(ctx); err != nil {
			return r, err
		}
		if r.collected != last {
			collections, last = collections+1, r.collected
		}
	}
	return r, nil
}
