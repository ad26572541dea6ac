package upstream

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// BatchesPath is where headquarters takes batches and alarms.
const BatchesPath = "/hub/v1/batches"

const carryTimeout = 2 * time.Minute

// HTTPS carries batches by POST, and brings the receipt as the answer.
type HTTPS struct {
	URL    string // of headquarters, without a path
	Client *http.Client
}

// Carry posts one.
func (h HTTPS) Carry(ctx context.Context, _ string, wire []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, carryTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(h.URL, "/")+BatchesPath, bytes.NewReader(wire))
	if err != nil {
		return nil, fmt.Errorf("make a request: %w", err)
	}
	r.Header.Set("Content-Type", "application/octet-stream")
	answered, err := h.Client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("post a batch: %w", err)
	}
	defer answered.Body.Close()
	b, err := io.ReadAll(io.LimitReader(answered.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("read headquarters' answer: %w", err)
	}
	if answered.StatusCode != http.StatusOK {
		var problem struct {
			Code string `json:"code"`
		}
		_ = json.Unmarshal(b, &problem) // what is no problem document has no code
		return nil, fmt.Errorf("headquarters answered %d %s", answered.StatusCode, plain(problem.Code))
	}
	return b, nil
}

// plain is a code without what has no place in a log line.
func plain(code string) string {
	if strings.Trim(code, "abcdefghijklmnopqrstuvwxyz-/") != "" || len(code) > 64 {
		return "(no code)"
	}
	return code
}
