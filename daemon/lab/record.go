package lab

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/engine"
)

// A recording is a folder of folders, one for each session, of two files:
//
//	session.json  what was measured: flash.Session, samples and timeline
//	truth.json    what it truly was: Truth
//
// There are no pictures in it. Samples are means of regions of a face over
// time: biometric data all the same, to be kept as such.
const (
	sessionFile = "session.json"
	truthFile   = "truth.json"
)

// Truth is what somebody who was there says of a recorded session.
type Truth struct {
	Version  int                    `json:"version"` // 1
	Recorded time.Time              `json:"recorded"`
	Living   bool                   `json:"living"`            // a live person, not an attack
	Species  string                 `json:"species,omitempty"` // of an attack: print, tablet, mask; free words
	Lux      float64                `json:"lux"`               // measured at the face, upright, facing the camera
	Tone     int                    `json:"tone,omitempty"`    // of the skin, 1 light to 6 dark; 0 is not said
	Kiosk    string                 `json:"kiosk"`             // as the operator names it
	Person   string                 `json:"person,omitempty"`  // a number that means nobody
	Attempt  int                    `json:"attempt,omitempty"` // of this person in a row; 0 and 1 are the first
	Locked   bool                   `json:"locked,omitempty"`  // exposure and white balance
	Glasses  bool                   `json:"glasses,omitempty"` //
	Lag      float64                `json:"lagMs,omitempty"`   // when it was measured in another way
	Others   []engine.Sight         `json:"others,omitempty"`  // what matcher and passive network saw
	Verdict  engine.LivenessVerdict `json:"verdict,omitempty"` // what the daemon said then
}

var errTruth = errors.New("the truth of a recorded session is not complete")

// sound refuses what would be counted wrongly.
func (t Truth) sound() error {
	switch {
	case t.Version != 1:
		return fmt.Errorf("%w: version %d is not 1", errTruth, t.Version)
	case !t.Living && t.Species == "":
		return fmt.Errorf("%w: an attack needs its species", errTruth)
	case t.Kiosk == "" || t.Lux < 0 || t.Tone < 0 || t.Tone > sim.Tones || t.Attempt < 0:
		return fmt.Errorf("%w: kiosk, lux, tone or attempt", errTruth)
	default:
		return nil
	}
}

// Record adds one session to a recording. Nothing that is there is changed.
func Record(dir, name string, s flash.Session, t Truth) error {
	t.Version = 1
	if err := t.sound(); err != nil {
		return err
	}
	if !filepath.IsLocal(name) || strings.ContainsRune(name, filepath.Separator) {
		return fmt.Errorf("record a session: %q is not the name of a folder", name)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("record a session: %w", err)
	}
	folder := filepath.Join(dir, name)
	if err := os.Mkdir(folder, 0o700); err != nil {
		return fmt.Errorf("record a session: %w", err)
	}
	for file, value := range map[string]any{sessionFile: s, truthFile: t} {
		data, err := json.Marshal(value)
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, file), append(data, '\n'), 0o600)
		}
		if err != nil {
			return fmt.Errorf("record a session: %w", err)
		}
	}
	return nil
}

// Recordings calls for every session of a recording, in the order of the
// folders' names.
func Recordings(dir string, each func(name string, s flash.Session, t Truth) error) error {
	folders, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("read a recording: %w", err)
	}
	for _, f := range folders {
		var s flash.Session
		var t Truth
		err := readJSON(filepath.Join(dir, f.Name(), truthFile), &t)
		if !f.IsDir() || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = readJSON(filepath.Join(dir, f.Name(), sessionFile), &s)
		}
		if err == nil {
			err = t.sound()
		}
		if err != nil {
			return fmt.Errorf("read the recorded session %s: %w", f.Name(), err)
		}
		if err := each(f.Name(), s, t); err != nil {
			return err
		}
	}
	return nil
}

func readJSON(path string, to any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, to)
}

// recorded measures the sessions of a recording.
func (r *run) recorded() error {
	err := Recordings(r.Recorded, func(name string, s flash.Session, t Truth) error {
		species := sim.Species(t.Species)
		if t.Living {
			species = sim.Live
		}
		row := Row{
			Key: name, Cell: fmt.Sprintf("%s, %g lux", species, nearestLux(t.Lux)), Group: Bars, Species: species, Split: "recorded",
			Lux: nearestLux(t.Lux), Seed: uint64(len(r.rows)), Attempt: max(1, t.Attempt), Tone: t.Tone, Kiosk: t.Kiosk,
			Locked: t.Locked, Glasses: t.Glasses, TrueLag: t.Lag, Sights: t.Others,
		}
		err := row.measure(s)
		if err != nil {
			return err
		}
		if crosses(row) && r.wantsCross() {
			if row.Crossed, err = cross(row, s); err != nil {
				return err
			}
		}
		r.rows = append(r.rows, row)
		return nil
	})
	if err == nil && len(r.rows) == 0 {
		return fmt.Errorf("there are no recorded sessions in %s", r.Recorded)
	}
	return err
}

// nearestLux is the light of the tables that a measured one is counted under:
// the nearest by ratio.
func nearestLux(lux float64) float64 {
	best := Luxes()[0]
	for _, l := range Luxes() {
		if ratio(l, lux) < ratio(best, lux) {
			best = l
		}
	}
	return best
}

func ratio(a, b float64) float64 { return max(a, b) / max(min(a, b), 1) }
