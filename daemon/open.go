package daemon

import (
	"context"
	"log/slog"
	"path/filepath"
	"runtime"
	"time"

	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/models"
	"github.com/rostod/rostod/storage"
)

// origin names the journal in its signed head.
const origin = "rostod/journal"

// openStore opens the records and the journal.
func openStore(ctx context.Context, c config.Config, log *slog.Logger) (*storage.Store, error) {
	root, err := rootKey(c)
	if err != nil {
		return nil, err
	}
	return storage.Open(ctx, storage.Config{
		Dir: c.Data, Root: root, Origin: origin, Log: log,
		MinFree: int64(c.Storage.MinFreeMB) << 20, Ballast: int64(c.Storage.BallastMB) << 20,
	})
}

// openModels opens the networks. observe is told of each run; nil tells nobody.
func openModels(ctx context.Context, c config.Config, log *slog.Logger, observe func(string, time.Duration)) (*models.Models, error) {
	list, err := Manifest(c)
	if err != nil {
		return nil, err
	}
	BringModels(ctx, c, list, log)
	return models.Open(ctx, models.Config{
		Dir: ModelsDir(c), Manifest: list, Library: c.Models.ONNXRuntime,
		Sessions: c.Models.Sessions, Queue: c.Models.Queue, Log: log, Observe: observe,
	})
}

// indexDir is where the index of faces lies.
func indexDir(c config.Config) string { return filepath.Join(c.Data, "index") }

// searchDir is where the search index of the attempts lies.
func searchDir(c config.Config) string { return filepath.Join(c.Data, "search") }

// sessions is how many pictures are looked at side by side.
func sessions(c config.Config) int {
	if c.Models.Sessions > 0 {
		return c.Models.Sessions
	}
	return runtime.GOMAXPROCS(0)
}
