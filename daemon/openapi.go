package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/storage"
)

// OpenAPI is the document of everything that the daemon answers, as it is
// committed in docs/api. It opens the rooms over an empty store of its own.
func OpenAPI(ctx context.Context) (document []byte, err error) {
	dir, err := os.MkdirTemp("", "rostod-openapi-")
	if err != nil {
		return nil, fmt.Errorf("make a folder to describe the API from: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	c := config.Defaults()
	c.Data, c.Storage.BallastMB, c.Storage.MinFreeMB = dir, 0, storage.LeastMinFree>>20
	d, open, err := openAlone(ctx, c, documentVersion)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, closeAll(context.WithoutCancel(ctx), open)) }()
	server, err := d.edge(d.access.Authenticate, prometheus.NewRegistry(), false)
	if err != nil {
		return nil, err
	}
	return server.OpenAPI()
}

// documentVersion is the version of the API, not of the build: the committed
// document must not change with every build.
const documentVersion = "1"

// openAlone opens the records and the rooms, without listeners and models.
func openAlone(ctx context.Context, c config.Config, version string) (*Daemon, []opened, error) {
	d := newDaemon(Options{Config: c, Version: version, Log: slog.New(slog.DiscardHandler)})
	d.alone = true
	open, err := openAll(ctx, []part{{"data folder", d.openFolder}, {"storage", d.openStorage}, {"no models", d.openNoModels}, {"rooms", d.openRooms}, {"no capture", d.openNoCapture}})
	return d, open, err
}
