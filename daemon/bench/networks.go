package bench

import (
	"context"
	"errors"
	"log/slog"
	"runtime"

	"github.com/rostod/rostod/daemon"
	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/models"
)

// Networks opens the models in this process as the daemon opens its own. What
// is missing is an error here: there would be nothing to compare with. There is
// a worker for each core at least. Close them when done.
func Networks(ctx context.Context, c config.Config) (*models.Models, error) {
	return networks(ctx, c, false)
}

// PlainNetworks opens the pinned files as they are: what ONNX Runtime makes of
// them by itself, with one look of the detector.
func PlainNetworks(ctx context.Context, c config.Config) (*models.Models, error) {
	return networks(ctx, c, true)
}

func networks(ctx context.Context, c config.Config, plain bool) (*models.Models, error) {
	list, err := daemon.Manifest(c)
	if err != nil {
		return nil, err
	}
	m, err := models.Open(ctx, models.Config{
		Dir: daemon.ModelsDir(c), Manifest: list, Library: c.Models.ONNXRuntime,
		Sessions: max(c.Models.Sessions, runtime.GOMAXPROCS(0)), Queue: c.Models.Queue, Log: slog.New(slog.DiscardHandler), AsIs: plain,
	})
	if err != nil {
		return nil, err
	}
	for _, s := range m.Status() {
		if s.Err != nil {
			return nil, errors.Join(s.Err, m.Close())
		}
	}
	return m, nil
}
