package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// bar shows how far an import is: in place on a terminal, and elsewhere as a
// line for each tenth.
type bar struct {
	w        io.Writer
	terminal bool
	wide     int    // of what stands there
	tenth    int    // that was told last
	held     string // what it was said to wait for
}

func newBar(w io.Writer) *bar {
	b := &bar{w: w, tenth: -1}
	if f, ok := w.(*os.File); ok {
		info, err := f.Stat()
		b.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return b
}

// show writes the line, when it is time.
func (b *bar) show(v importView) error {
	const cells = 24
	full := min(cells, int(v.Share*cells))
	line := fmt.Sprintf("%s%s %3.0f %%  %d rows", strings.Repeat("█", full), strings.Repeat("░", cells-full), 100*v.Share, v.Rows)
	if v.State == "waiting" {
		line = "waiting for another import"
	}
	if v.Speed > 0 {
		line += fmt.Sprintf("  %.1f/s", v.Speed)
	}
	if v.SecondsLeft != nil && v.State == "running" {
		line += fmt.Sprintf("  %s left", time.Duration(*v.SecondsLeft)*time.Second)
	}
	if n := v.Counts.Duplicate; n > 0 {
		line += fmt.Sprintf("  %d duplicates", n)
	}
	if n := v.Counts.Rejected; n > 0 {
		line += fmt.Sprintf("  %d rejected", n)
	}
	held := ""
	if v.WaitsFor != nil {
		held = "  waits: " + v.WaitsFor.Title
		line += held
	}
	if !b.terminal {
		if held != b.held && held != "" {
			b.tenth = -1
		}
		b.held = held
		if tenth := int(v.Share * 10); tenth > b.tenth {
			b.tenth = tenth
			_, err := fmt.Fprintln(b.w, line)
			return err
		}
		return nil
	}
	n := len([]rune(line))
	_, err := fmt.Fprintf(b.w, "\r%s%s", line, strings.Repeat(" ", max(0, b.wide-n)))
	b.wide = n
	return err
}

// end leaves the line for what comes next.
func (b *bar) end() {
	if b.terminal && b.wide > 0 {
		_, _ = fmt.Fprintln(b.w) // a bar that cannot end does no harm
	}
}
