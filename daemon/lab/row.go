package lab

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/engine"
)

// Row is one session: what it truly was, what was measured, and what was said
// of it. Rows are kept, one JSON value a line, so that a verdict can be judged
// anew without filming again.
type Row struct {
	Key      string      `json:"key"`
	Cell     string      `json:"cell"`
	Group    Group       `json:"group"`
	Species  sim.Species `json:"species"`
	Split    sim.Split   `json:"split"`
	Lux      float64     `json:"lux"`
	Seed     uint64      `json:"seed"`
	Attempt  int         `json:"attempt"` // 1 is the first
	Tone     int         `json:"tone"`
	Kiosk    string      `json:"kiosk"` // screen and camera: what has a history
	Locked   bool        `json:"locked"`
	Glasses  bool        `json:"glasses"`
	TrueLag  float64     `json:"trueLagMs"`
	Measured float64     `json:"measuredMs"`       // that measuring took, processor time
	Failed   string      `json:"failed,omitempty"` // why nothing was measured

	Evidence engine.FlashEvidence   `json:"evidence"`
	Sights   []engine.Sight         `json:"sights,omitempty"` // of a recorded session
	Finding  engine.LivenessFinding `json:"finding"`
	Site     int                    `json:"siteSessions"` // how many sessions the kiosk's history had
	Crossed  *Crossing              `json:"crossed,omitempty"`
}

// Living says whether a live person gave real light back.
func (r Row) Living() bool { return r.Species == sim.Live }

// slim leaves out what no verdict reads: every frame, every cell of the face, and
// the regions of every slot.
func slim(e engine.FlashEvidence) engine.FlashEvidence {
	e.Trace, e.Cells = nil, nil
	e.Slots = slices.Clone(e.Slots)
	for i := range e.Slots {
		e.Slots[i].Regions = nil
	}
	return e
}

// readRows reads rows; a file that is not there has none. A last line that was
// cut off is left out.
func readRows(path string) ([]Row, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	defer f.Close()
	var rows []Row
	for in := bufio.NewReader(f); ; {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read rows: %w", err)
		}
		var r Row
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, fmt.Errorf("read rows: line %d: %w", len(rows)+1, err)
		}
		rows = append(rows, r)
	}
}

// rowsFile is the name of the file of rows in a report's folder.
const rowsFile = "rows.ndjson"

// writeRows puts rows in the place of those that are there, all or none.
func writeRows(path string, rows []Row) error {
	next := path + ".new"
	l, err := openLedger(next, true)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err = l.add(row); err != nil {
			break
		}
	}
	if err = errors.Join(err, l.close()); err != nil {
		return err
	}
	if err := os.Rename(next, path); err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	return nil
}

// ledger writes rows as they come.
type ledger struct {
	file *os.File
	out  *bufio.Writer
}

// openLedger opens a file of rows to add to it.
func openLedger(path string, fresh bool) (*ledger, error) {
	flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if fresh {
		flags = os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	}
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, fmt.Errorf("write rows: %w", err)
	}
	return &ledger{f, bufio.NewWriter(f)}, nil
}

func (l *ledger) add(r Row) error {
	data, err := json.Marshal(r)
	if err == nil {
		_, err = l.out.Write(append(data, '\n'))
	}
	if err == nil {
		err = l.out.Flush()
	}
	if err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	return nil
}

func (l *ledger) close() error { return errors.Join(l.out.Flush(), l.file.Close()) }

// sortRows puts rows in an order that does not depend on who was first.
func sortRows(rows []Row) {
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Cell, b.Cell), cmp.Compare(a.Seed, b.Seed), cmp.Compare(a.Attempt, b.Attempt))
	})
}
