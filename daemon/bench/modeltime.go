package bench

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// InModels is the time that the daemon has spent in its networks so far, as its
// own metrics tell.
func (c *Client) InModels(ctx context.Context) (time.Duration, error) {
	m, err := c.Metrics(ctx)
	if err != nil {
		return 0, err
	}
	sum := m["rostod_model_seconds_sum"]
	if sum == 0 {
		return 0, errors.New("read the daemon's metrics: it has not run a network yet")
	}
	return time.Duration(sum * float64(time.Second)), nil
}

// Metrics are the daemon's metrics by name, the sum over their labels.
func (c *Client) Metrics(ctx context.Context) (map[string]float64, error) {
	text, err := c.Send(ctx, http.MethodGet, "/metrics", nil)
	if err != nil {
		return nil, err
	}
	return metrics(string(text)), nil
}

// metrics reads Prometheus' text format, version 0.0.4: a line is a name, labels
// in braces if it has some, and a value.
func metrics(text string) map[string]float64 {
	values := map[string]float64{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		at := strings.LastIndexByte(line, ' ')
		if at < 0 || line[0] == '#' {
			continue
		}
		v, err := strconv.ParseFloat(line[at+1:], 64)
		if err != nil {
			continue
		}
		name, _, _ := strings.Cut(line[:at], "{")
		values[name] += v
	}
	return values
}
