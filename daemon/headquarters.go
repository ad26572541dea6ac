package daemon

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rostod/rostod/daemon/certificate"
	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/daemon/hub"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/access"
	"github.com/rostod/rostod/engine/upstream/jetstream"
	"github.com/rostod/rostod/internal/web"
)

// HubConfig is the configuration as the hub's own store and control socket have it.
func HubConfig(c config.Config) config.Config {
	c.Data, c.Storage.RootKeyFile = c.Hub.Data, c.Hub.RootKeyFile
	return c
}

// Headquarters is the hub, while it runs.
type headquarters struct {
	*Daemon // its store, its metrics and how it serves; it has no rooms
	hub     *hub.Hub
	token   string
}

// RunHub opens the hub, serves until the context ends or a part fails, and closes it.
func RunHub(ctx context.Context, o Options) error {
	o.Config = HubConfig(o.Config)
	h := &headquarters{Daemon: newDaemon(o)}
	open, err := openAll(ctx, []part{
		{"data folder", h.openFolder}, {"storage", h.openStorage}, {"hub", h.openHub},
		{"control", h.openHubControl}, {"http", h.openHubHTTP}, {"nats", h.openHubNATS}, {"work", h.openHubWork},
	})
	if err != nil {
		return err
	}
	h.Log.Info("ready", "address", h.address, "version", h.Version)
	if h.Ready != nil {
		h.Ready(h.address)
	}
	select {
	case <-ctx.Done():
	case err = <-h.failed:
	}
	h.Log.Info("closing")
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), h.Config.ShutdownTimeout())
	defer cancel()
	closing, hurry := hurried(closing, h.Stop)
	defer hurry()
	return errors.Join(err, closeAll(closing, open))
}

func (h *headquarters) openHub(ctx context.Context) (closer, error) {
	if file := h.Config.Hub.TokenFile; file != "" {
		text, err := os.ReadFile(file)
		if h.token = strings.TrimSpace(string(text)); err != nil || len(h.token) < 16 {
			return nil, errors.Join(errors.New("hub.tokenFile must hold a token of at least 16 letters"), err)
		}
	}
	var err error
	h.hub, err = hub.Open(ctx, hub.Config{
		Store: h.store, Dir: filepath.Join(h.Config.Data, "hub"), Name: h.Config.Hub.Name, Now: time.Now, Random: rand.Reader, Log: h.Log,
		SilentAfter: time.Duration(h.Config.Hub.SilentMinutes) * time.Minute,
	})
	if err != nil {
		return nil, err
	}
	return nil, h.hub.Watch(h.metrics)
}

// front is a server with the hub's operations.
func (h *headquarters) front(authenticate func(context.Context, string) (engine.Caller, error), metrics web.Registry, guarded bool) (*web.Server, error) {
	server, err := web.New(web.Config{
		Authenticate: authenticate, Metrics: metrics, Guarded: guarded, Faults: access.Refusals(),
		Limits: map[string]int{"read": h.Config.Limits.Read, "write": h.Config.Limits.Write},
		Ready:  h.hubReadiness, Log: h.Log, Timeout: hubTimeout, Version: h.Version,
	})
	if err != nil {
		return nil, err
	}
	h.hub.Routes(server.Router())
	if err := server.Check(); err != nil {
		return nil, fmt.Errorf("mount the hub: %w", err)
	}
	return server, nil
}

// hubTimeout is for a parcel of 40 MiB, which is verified whole.
const hubTimeout = 5 * time.Minute

func (h *headquarters) hubReadiness(ctx context.Context) web.Readiness {
	checks := storageChecks(h.store.State(ctx))
	branches := web.Check{Name: "branches", State: web.OK}
	list, err := h.hub.Branches(ctx)
	if err != nil {
		branches.State, branches.Reason = web.Failed, reason(err)
	}
	var bad []string
	for _, b := range list {
		if why := b.Trouble(); why != "" {
			bad = append(bad, b.Name+" "+why)
		}
	}
	if len(bad) > 0 {
		branches.State, branches.Reason = web.Degraded, strings.Join(bad, "; ")
	}
	return web.Readiness{Checks: append(checks, branches)}
}

func (h *headquarters) openHubControl(ctx context.Context) (closer, error) {
	server, err := h.front(atTheMachine, prometheus.NewRegistry(), false)
	if err != nil {
		return nil, err
	}
	listener, err := listenControl(ctx, ControlSocket(h.Config))
	if err != nil {
		return nil, err
	}
	return h.serve(server.HTTP(""), listener), nil
}

// byToken is whoever has the hub's token: it sees how branches stand, and no more.
func (h *headquarters) byToken(_ context.Context, secret string) (engine.Caller, error) {
	if h.token == "" || subtle.ConstantTimeCompare([]byte(secret), []byte(h.token)) != 1 {
		return engine.Caller{}, access.ErrUnknown
	}
	return engine.Caller{Key: "hub-token", Scopes: []engine.Scope{engine.ViewStatus}}, nil
}

func (h *headquarters) openHubHTTP(ctx context.Context) (closer, error) {
	c := h.Config.Hub
	server, err := h.front(h.byToken, h.metrics, certificate.Plain(c.Listen) != nil)
	if err != nil {
		return nil, err
	}
	front, scheme := server.HTTP(c.Listen), "http"
	if c.Cert != "" {
		if front.TLSConfig, err = hubTLS(c); err != nil {
			return nil, badUpstream("Look at hub.cert, hub.key and hub.clientCA.", err)
		}
		scheme = "https"
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w (another program may have the port: set ROSTOD_HUB_LISTEN)", c.Listen, err)
	}
	h.address = scheme + "://" + reachable(listener.Addr().String())
	return h.serve(front, listener), nil
}

// hubTLS asks every branch for a certificate.
func hubTLS(c config.Hub) (*tls.Config, error) {
	secure, err := clientTLS("", c.Cert, c.Key)
	if err != nil || c.ClientCA == "" {
		return secure, err
	}
	secure.ClientCAs, err = authorities(c.ClientCA)
	secure.ClientAuth, secure.MinVersion = tls.RequireAndVerifyClientCert, tls.VersionTLS13
	return secure, err
}

// openHubNATS takes batches from JetStream, too.
func (h *headquarters) openHubNATS(ctx context.Context) (closer, error) {
	c := h.Config.Hub
	if c.NATS == "" {
		return nil, nil
	}
	secure, err := clientTLS(c.NATSCA, c.NATSCert, c.NATSKey)
	if err != nil {
		return nil, badUpstream("Look at hub.natsCA, hub.natsCert and hub.natsKey.", err)
	}
	line, err := jetstream.Dial(jetstream.Config{Servers: c.NATS, TLS: secure, NKeyFile: c.NATSNKeyFile, Name: "rostod hub", Log: h.Log})
	if err != nil {
		return nil, badUpstream("Look at hub.nats and hub.natsNKeyFile.", err)
	}
	return h.background(ctx, func(ctx context.Context) error {
		defer line.Close()
		return line.Serve(ctx, c.NATSReplicas, h.hub.Take)
	}), nil
}

// openHubWork writes tables and says who fell silent.
func (h *headquarters) openHubWork(ctx context.Context) (closer, error) {
	return h.background(ctx, func(ctx context.Context) error {
		return h.hub.Work(ctx, time.Duration(h.Config.Hub.ParquetMinutes)*time.Minute)
	}), nil
}

// background runs something until it is closed, and waits for it.
func (h *headquarters) background(ctx context.Context, do func(context.Context) error) closer {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var done sync.WaitGroup
	done.Go(func() {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			h.fail(err)
		}
	})
	return func(context.Context) error {
		cancel()
		done.Wait()
		return nil
	}
}

// HubControl reaches the running hub, or else opens its records itself.
func HubControl(ctx context.Context, c config.Config, version string) (*Line, error) {
	return controlled(ctx, HubConfig(c), func() (*Line, error) { return hubAlone(ctx, c, version) })
}

func hubAlone(ctx context.Context, c config.Config, version string) (*Line, error) {
	h := &headquarters{Daemon: newDaemon(Options{Config: HubConfig(c), Version: version, Log: slog.New(slog.DiscardHandler)})}
	open, err := openAll(ctx, []part{{"data folder", h.openFolder}, {"storage", h.openStorage}, {"hub", h.openHub}})
	if err != nil {
		return nil, err
	}
	end := func() error { return closeAll(context.WithoutCancel(ctx), open) }
	server, err := h.front(atTheMachine, prometheus.NewRegistry(), false)
	if err != nil {
		return nil, errors.Join(err, end())
	}
	return inThisProcess(server.Handler(), h.Config, end), nil
}
