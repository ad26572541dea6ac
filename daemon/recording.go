package daemon

import (
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/engine"
)

// recorder keeps what captures were measured from, when the configuration asks
// for it: one folder for each, with session.json, for `rostod lab report
// --recorded`. Whoever was there writes truth.json beside it. There are no
// pictures in it. A recording that cannot be written is logged, and the capture
// goes on.
func (d *Daemon) recorder() func(engine.CaptureID, flash.Session) {
	dir := d.Config.Capture.Record
	if dir == "" {
		return nil
	}
	return func(id engine.CaptureID, s flash.Session) {
		if err := record(filepath.Join(dir, string(id)), s); err != nil {
			d.Log.Warn("recording", "capture", string(id), "err", err)
		}
	}
}

func record(dir string, s flash.Session) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "session.json"), text, 0o600)
}
