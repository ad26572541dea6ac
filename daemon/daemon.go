package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rostod/rostod/daemon/certificate"
	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/access"
	"github.com/rostod/rostod/engine/erasure"
	"github.com/rostod/rostod/engine/evidence"
	"github.com/rostod/rostod/engine/idempotency"
	"github.com/rostod/rostod/engine/kiosk"
	"github.com/rostod/rostod/engine/retention"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/models"
	"github.com/rostod/rostod/storage"
)

// Options are how one run of the daemon differs from another.
type Options struct {
	Config  config.Config
	Version string
	Log     *slog.Logger
	Welcome io.Writer            // gets the address, a first API key and what to type; nil: nobody does
	Ready   func(address string) // called once requests are answered, with the base address; may be nil
	Stop    <-chan struct{}      // a second wish to stop: waiting for requests ends; may be nil
}

// Daemon is everything that runs, while it runs.
type Daemon struct {
	Options
	started     time.Time
	address     string // where requests are answered: https://host:port
	store       *storage.Store
	models      *models.Models
	metrics     *prometheus.Registry
	access      *access.Access
	answers     *idempotency.Idempotency
	evidence    *evidence.Evidence
	kiosks      *kiosk.Kiosk
	retention   *retention.Retention
	erasures    *erasure.Erasures
	look        eyes
	judge       func(context.Context, engine.Capture) (engine.LivenessFinding, error) // a capture that nobody has used yet
	rooms       []room.Room
	certificate *certificate.Certificate // nil: plain HTTP
	failed      chan error               // the first part that ends by itself
}

// Run opens everything, serves until the context ends or a part fails, and
// closes everything. An error of opening or of a part is returned.
func Run(ctx context.Context, o Options) error {
	d := newDaemon(o)
	open, err := openAll(ctx, d.parts())
	if err != nil {
		return err
	}
	d.Log.Info("ready", "address", d.address, "version", d.Version)
	err = d.welcome(ctx)
	if err == nil {
		if d.Ready != nil {
			d.Ready(d.address)
		}
		select {
		case <-ctx.Done():
		case err = <-d.failed:
		}
	}
	d.Log.Info("closing")
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.Config.ShutdownTimeout())
	defer cancel()
	closing, hurry := hurried(closing, d.Stop)
	defer hurry()
	return errors.Join(err, closeAll(closing, open))
}

func newDaemon(o Options) *Daemon {
	return &Daemon{Options: o, started: time.Now(), metrics: prometheus.NewRegistry(), failed: make(chan error, 1)}
}

// hurried ends a context early when somebody insists.
func hurried(ctx context.Context, stop <-chan struct{}) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	if stop == nil {
		return ctx, cancel
	}
	go func() {
		select {
		case <-stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// parts is the daemon's life, from top to bottom.
func (d *Daemon) parts() []part {
	return []part{
		{"data folder", d.openFolder},
		{"storage", d.openStorage},
		{"models", d.openModels},
		{"rooms", d.openRooms},
		{"capture", d.openCapture},
		{"control", d.openControl},
		{"http", d.openHTTP},
	}
}

func (d *Daemon) openFolder(context.Context) (closer, error) {
	return nil, os.MkdirAll(d.Config.Data, 0o700)
}

func (d *Daemon) openStorage(ctx context.Context) (closer, error) {
	store, err := openStore(ctx, d.Config, d.Log)
	if err != nil {
		return nil, err
	}
	d.store = store
	err = errors.Join(watchProcess(d.metrics, d.Version), watchStore(d.metrics, store))
	return func(context.Context) error { return store.Close() }, err
}

// openModels never fails because of a model: the rooms that need it answer 503
// and /readyz says why, so that a technician sees more than a dead service.
func (d *Daemon) openModels(ctx context.Context) (closer, error) {
	runs := newModelRuns()
	if err := d.metrics.Register(runs); err != nil {
		return nil, err
	}
	m, err := openModels(ctx, d.Config, d.Log, func(model string, took time.Duration) {
		runs.WithLabelValues(model).Observe(took.Seconds())
	})
	if err != nil {
		return nil, err
	}
	d.models = m
	return func(context.Context) error { return m.Close() }, nil
}

// openNoModels is for work on the records alone.
func (d *Daemon) openNoModels(context.Context) (closer, error) {
	d.models = &models.Models{}
	return nil, nil
}

// openHTTP listens and serves. Closing it lets the requests under way finish.
func (d *Daemon) openHTTP(ctx context.Context) (closer, error) {
	server, err := d.edge(d.access.Authenticate, d.metrics, certificate.Plain(d.Config.Listen) != nil)
	if err != nil {
		return nil, err
	}
	front := server.HTTP(d.Config.Listen)
	scheme, err := d.secure(front)
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", d.Config.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w (another program may have the port: set ROSTOD_LISTEN)", d.Config.Listen, err)
	}
	d.address = scheme + "://" + reachable(listener.Addr().String())
	end := d.serve(front, listener)
	if d.certificate == nil {
		return end, nil
	}
	renewing, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var keeping sync.WaitGroup
	keeping.Go(func() { d.certificate.Keep(renewing) })
	return func(ctx context.Context) error {
		cancel()
		keeping.Wait()
		return end(ctx)
	}, nil
}

// serve answers on a listener until it is closed.
func (d *Daemon) serve(front *http.Server, listener net.Listener) closer {
	done := make(chan struct{})
	go func() {
		defer close(done)
		var err error
		if front.TLSConfig != nil {
			err = front.ServeTLS(listener, "", "")
		} else {
			err = front.Serve(listener)
		}
		if !errors.Is(err, http.ErrServerClosed) {
			d.fail(fmt.Errorf("serve on %s: %w", listener.Addr(), err))
		}
	}()
	return func(ctx context.Context) error {
		err := front.Shutdown(ctx)
		if err != nil { // the deadline is over: those who are still connected are cut off
			err = front.Close()
		}
		<-done
		return err
	}
}

// fail ends the daemon because a part ended by itself. The first one counts.
func (d *Daemon) fail(err error) {
	select {
	case d.failed <- err:
	default:
	}
}
