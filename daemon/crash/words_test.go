package crash

import (
	"bytes"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
)

// words is what the daemon writes: the end of it, and the address once it is
// ready.
type words struct {
	ready chan string

	mu   sync.Mutex
	line []byte
	last []string
}

func (w *words) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.line = append(w.line, b...)
	for {
		line, rest, whole := bytes.Cut(w.line, []byte("\n"))
		if !whole {
			return len(b), nil
		}
		w.take(string(line))
		w.line = append([]byte(nil), rest...)
	}
}

func (w *words) take(line string) {
	const most = 60
	var said struct {
		Level   string `json:"level"`
		Message string `json:"msg"`
		Address string `json:"address"`
	}
	if json.Unmarshal([]byte(line), &said) == nil {
		if said.Message == "ready" {
			w.ready <- said.Address
		}
		if said.Level == "INFO" {
			return // one line for each request: not what anybody looks for here
		}
	}
	w.last = append(w.last, line)
	w.last = w.last[max(0, len(w.last)-most):]
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.last, "\n") + string(w.line)
}
