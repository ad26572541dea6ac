package bench

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// InModels is the time that the daemon has spent in its networks so far, as its
// own metrics tell.
func (c *Client) InModels(ctx context.Context) (time.Duration, error) {
	text, err := c.Send(ctx, http.MethodGet, "/metrics", nil)
	if err != nil {
		return 0, err
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		return 0, fmt.Errorf("read the daemon's metrics: %w", err)
	}
	var sum float64
	for _, m := range families["rostod_model_seconds"].GetMetric() {
		sum += m.GetHistogram().GetSampleSum()
	}
	if sum == 0 {
		return 0, fmt.Errorf("read the daemon's metrics: it has not run a network yet")
	}
	return time.Duration(sum * float64(time.Second)), nil
}
