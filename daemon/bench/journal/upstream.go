package journal

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rostod/rostod/daemon/certificate"
	"github.com/rostod/rostod/daemon/hub"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/access"
	"github.com/rostod/rostod/engine/audit"
	"github.com/rostod/rostod/engine/upstream"
	"github.com/rostod/rostod/engine/upstream/batch"
	"github.com/rostod/rostod/engine/upstream/jetstream"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// Upstream is how fast what a branch wrote while it was cut off arrives at a hub: from
// its journal to the co-signature that it keeps, durable at both ends.
type Upstream struct {
	By      string  `json:"by"`
	Entries int     `json:"entries"`
	Rate    float64 `json:"rate"` // entries a second
}

// upstream measures each way to a hub.
func (o Options) upstream(ctx context.Context, dir string) (list []Upstream, err error) {
	ways := []string{"HTTPS"}
	if o.NATS != "" {
		ways = append(ways, "NATS")
	}
	for _, by := range ways {
		o.Progress(fmt.Sprintf("sending %d entries by %s", o.Sent, by))
		u, err := o.sends(ctx, filepath.Join(dir, "upstream-"+by), by)
		if err != nil {
			return nil, fmt.Errorf("send by %s: %w", by, err)
		}
		list = append(list, u)
	}
	return list, nil
}

// sends fills a branch's journal and sends it to a hub, both of this process.
func (o Options) sends(ctx context.Context, dir, by string) (u Upstream, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := configOf(filepath.Join(dir, "hub"))
	c.Root = bytes.Repeat([]byte{9}, 32)
	kept, err := storage.Open(ctx, c)
	if err != nil {
		return u, err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	hq, err := hub.Open(ctx, hub.Config{
		Store: kept, Dir: filepath.Join(dir, "archive"), Name: "hq.bench", SilentAfter: time.Hour,
		Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return u, err
	}
	s, err := storage.Open(ctx, configOf(filepath.Join(dir, "branch")))
	if err != nil {
		return u, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	log, err := audit.Open(audit.Config{Store: s, Now: time.Now, Random: rand.Reader})
	if err != nil {
		return u, err
	}
	if err := enrolled(ctx, hq, s, log, o.Sent); err != nil {
		return u, err
	}
	var courier upstream.Courier
	var hangUp func() error
	if by == "NATS" {
		courier, hangUp, err = o.overNATS(hq)
	} else {
		courier, hangUp, err = overHTTPS(ctx, dir, hq)
	}
	if err != nil {
		return u, err
	}
	defer func() { err = errors.Join(err, hangUp()) }()
	took, err := arrives(ctx, filepath.Join(dir, "receipts"), hq, s, log, courier)
	return Upstream{by, o.Sent, float64(o.Sent) / took.Seconds()}, err
}

// enrolled is a branch that the hub knows, with entries like those of step-ups.
func enrolled(ctx context.Context, hq *hub.Hub, s *storage.Store, log *audit.Audit, entries int) error {
	key, err := log.Key(ctx)
	if err == nil {
		err = hq.Enrol(ctx, "branch-17", key)
	}
	for done := 0; done < entries && err == nil; done += 100 {
		_, err = s.Commit(ctx, func(tx *storage.Tx) error {
			for i := range min(100, entries-done) {
				_, err := tx.Log(storage.Entry{
					Kind: "stepup.decided", Org: "bank", Actor: "key_0190f3a2b7c1", Subject: s.Pseudonym("one"),
					Public:  map[string]any{"allow": i%7 != 0, "riskLevel": "high", "model": "mobilefacenet", "policy": 12, "verification": done + i},
					Private: map[string]string{"customer": "cus_1", "similarity": "0.93", "livenessScore": "0.99"},
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	return err
}

// arrives sends a journal, and answers how long it took until all of it was co-signed
// and the co-signature was kept.
func arrives(ctx context.Context, dir string, hq *hub.Hub, s *storage.Store, log *audit.Audit, by upstream.Courier) (time.Duration, error) {
	known, err := batch.ParseHeadquarters(hq.Key())
	if err != nil {
		return 0, err
	}
	up, err := upstream.Open(ctx, upstream.Config{
		Store: s, Log: log, Dir: dir, Headquarters: &known, Courier: by, Every: time.Hour,
		Now: time.Now, Chance: func() float64 { return 0 }, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return 0, err
	}
	working, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	began := time.Now()
	go func() { ended <- up.Room().Work(working) }()
	took, err := cosigned(ctx, up, began, ended)
	stop()
	if err == nil {
		<-ended //nolint:errcheck // it ends because it was stopped
	}
	return took, err
}

// cosigned waits until everything is.
func cosigned(ctx context.Context, up *upstream.Upstream, began time.Time, ended <-chan error) (time.Duration, error) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		st, err := up.Status(ctx)
		switch {
		case err != nil:
			return 0, err
		case st.Unsent == 0 && st.Accepted > 0 && st.Standing == batch.Sound:
			return time.Since(began), nil
		case st.Failures > 3:
			return 0, errors.New(st.Problem)
		}
		select {
		case <-tick.C:
		case err := <-ended:
			return 0, fmt.Errorf("the branch stopped sending: %w", err)
		}
	}
}

// overHTTPS is a way to a hub by TLS on loopback, as branches have it.
func overHTTPS(ctx context.Context, dir string, hq *hub.Hub) (upstream.Courier, func() error, error) {
	edge, err := web.New(web.Config{
		Authenticate: func(context.Context, string) (engine.Caller, error) { return engine.Caller{}, access.ErrUnknown },
		Metrics:      prometheus.NewRegistry(),
	})
	if err != nil {
		return nil, nil, err
	}
	hq.Routes(edge.Router())
	shown, err := certificate.Open(certificate.Config{Dir: dir})
	if err != nil {
		return nil, nil, err
	}
	authority, err := os.ReadFile(filepath.Join(dir, "tls", "authority.pem"))
	if err != nil {
		return nil, nil, fmt.Errorf("read the authority: %w", err)
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(authority)
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, fmt.Errorf("listen on loopback: %w", err)
	}
	server := &http.Server{Handler: edge.Handler(), TLSConfig: shown.TLS(), ReadHeaderTimeout: time.Minute}
	ended := make(chan error, 1)
	go func() { ended <- server.ServeTLS(listener, "", "") }()
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true}
	return upstream.HTTPS{URL: "https://" + listener.Addr().String(), Client: &http.Client{Transport: transport}}, func() error {
		transport.CloseIdleConnections()
		if err := errors.Join(server.Close(), <-ended); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("close the hub's listener: %w", err)
		}
		return nil
	}, nil
}

// overNATS is a way by servers that run already, on as many of which the stream is kept.
func (o Options) overNATS(hq *hub.Hub) (upstream.Courier, func() error, error) {
	var lines [2]*jetstream.Line
	for i := range lines {
		line, err := jetstream.Dial(jetstream.Config{Servers: o.NATS, Name: "rostod bench", Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			hangUp(lines[:i])
			return nil, nil, err
		}
		lines[i] = line
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- lines[0].Serve(ctx, 1+strings.Count(o.NATS, ","), hq.Take) }()
	return lines[1], func() error {
		cancel()
		<-ended //nolint:errcheck // it ends because it was stopped
		hangUp(lines[:])
		return nil
	}, nil
}

func hangUp(lines []*jetstream.Line) {
	for _, l := range lines {
		l.Close()
	}
}
