package process

import (
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// decided is what others are told of a process: that it ended, and how.
func decided(_ *storage.View, l storage.Leaf) ([]engine.Event, error) {
	var said struct {
		Process engine.ProcessID     `json:"process"`
		Status  engine.ProcessStatus `json:"status"`
	}
	if err := json.Unmarshal(l.Public, &said); err != nil {
		return nil, fmt.Errorf("read a process's journal entry: %w", err)
	}
	return []engine.Event{{Name: engine.ProcessDecided, Data: engine.ProcessDecidedData{Process: said.Process, Status: said.Status}}}, nil
}
