package fit

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/engine/liveness"
)

// Run reads rows of the training and the calibration split from files, fits the
// table that is in use anew, writes it to a file, and prints what it does on
// the calibration split.
func Run(files []string, version, to string, out io.Writer) error {
	var rows []Row
	for _, f := range files {
		more, err := Read(f)
		if err != nil {
			return err
		}
		rows = append(rows, more...)
	}
	base, err := liveness.InUse()
	if err != nil {
		return err
	}
	table, err := Fit(rows, base, version)
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(table, "", "  ")
	if err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	if err := os.WriteFile(to, append(data, '\n'), 0o644); err != nil { //nolint:gosec // weights, for anybody to read
		return fmt.Errorf("write the table: %w", err)
	}
	return Print(out, Check(rows, sim.Calibrate, table))
}
