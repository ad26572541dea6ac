package fit

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/engine"
)

// Row is what the lab wrote of one session; the rest of its row is not read.
type Row struct {
	Species  sim.Species          `json:"species"`
	Split    sim.Split            `json:"split"`
	Lux      float64              `json:"lux"`
	Attempt  int                  `json:"attempt"`
	Failed   string               `json:"failed"`
	Evidence engine.FlashEvidence `json:"evidence"`
}

var errTest = errors.New("a row is of the test split, which is for measuring only")

// Read reads rows, one JSON value a line, and leaves out those in which nothing
// was measured.
func Read(path string) ([]Row, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	defer f.Close()
	return read(f)
}

func read(from io.Reader) ([]Row, error) {
	var rows []Row
	for lines := json.NewDecoder(bufio.NewReader(from)); ; {
		var r Row
		err := lines.Decode(&r)
		switch {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, fmt.Errorf("read rows: row %d: %w", len(rows)+1, err)
		case r.Split == sim.Test:
			return nil, fmt.Errorf("read rows: row %d: %w", len(rows)+1, errTest)
		case r.Failed == "":
			rows = append(rows, r)
		}
	}
}
