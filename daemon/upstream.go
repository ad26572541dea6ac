package daemon

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/engine/audit"
	"github.com/rostod/rostod/engine/upstream"
	"github.com/rostod/rostod/engine/upstream/batch"
	"github.com/rostod/rostod/engine/upstream/jetstream"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/transparency"
	"github.com/rostod/rostod/internal/web"
)

// ErrUpstream is a configuration of the way upstream that cannot work.
var ErrUpstream = &fault.Fault{
	Kind: fault.Unavailable, Code: "certificate/upstream",
	Title: "The way to headquarters is not configured right.",
}

func badUpstream(what string, err error) error {
	f := *ErrUpstream
	f.Hint = what
	return fmt.Errorf("%w: %w", &f, err)
}

// openUpstream opens what sends the journal to headquarters.
func (d *Daemon) openUpstream(ctx context.Context, journal *audit.Audit) (*upstream.Upstream, error) {
	u := d.Config.Upstream
	c := upstream.Config{
		Store: d.store, Log: journal, Dir: filepath.Join(d.Config.Data, "upstream"), By: u.By, Disclose: u.DiscloseList(), Alarms: u.AlarmList(),
		BytesASecond: u.KBASecond << 10, Every: u.Every(), Now: time.Now, Chance: rand.Float64, Logger: d.Log,
	}
	if u.HubKeyFile == "" {
		return upstream.Open(ctx, c)
	}
	text, err := os.ReadFile(u.HubKeyFile)
	if err != nil {
		return nil, badUpstream("Look at upstream.hubKeyFile.", err)
	}
	known, err := batch.ParseHeadquarters(string(text))
	if err != nil {
		return nil, badUpstream("upstream.hubKeyFile must be what `rostod hub key` printed.", err)
	}
	c.Headquarters = &known
	if c.Window, err = upstream.ParseWindow(u.Window); err != nil {
		return nil, err
	}
	if c.Courier, err = d.courier(u); err != nil {
		return nil, err
	}
	return upstream.Open(ctx, c)
}

// courier is who carries batches. A command that opens the records alone sends nothing.
func (d *Daemon) courier(u config.Upstream) (upstream.Courier, error) {
	if d.alone || u.By == config.ByCarry {
		return nil, nil
	}
	secure, err := clientTLS(u.CA, u.Cert, u.Key)
	if err != nil {
		return nil, badUpstream("Look at upstream.ca, upstream.cert and upstream.key.", err)
	}
	if u.By == config.ByHTTPS {
		return upstream.HTTPS{URL: u.URL, Client: &http.Client{Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSClientConfig: secure, ForceAttemptHTTP2: true, IdleConnTimeout: 90 * time.Second,
		}}}, nil
	}
	line, err := jetstream.Dial(jetstream.Config{Servers: u.URL, TLS: secure, NKeyFile: u.NKeyFile, Name: "rostod branch", Log: d.Log})
	if err != nil {
		return nil, badUpstream("Look at upstream.url and upstream.nkeyFile.", err)
	}
	d.line = line
	return line, nil
}

// clientTLS shows a certificate, when there is one, and believes an authority's.
func clientTLS(ca, cert, key string) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if ca != "" {
		pool, err := authorities(ca)
		if err != nil {
			return nil, err
		}
		c.RootCAs = pool
	}
	if cert != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, fmt.Errorf("read a certificate: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

func authorities(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read an authority's certificate: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New("the authority's file holds no certificate")
	}
	return pool, nil
}

// staleAfter is how long unsent entries may lie before readiness says so.
const staleAfter = 24 * time.Hour

// upstreamCheck says whether headquarters lacks something for long, or was sent other
// entries.
func (d *Daemon) upstreamCheck(ctx context.Context) (web.Check, bool) {
	check := web.Check{Name: "upstream", State: web.OK}
	s, err := d.upstream.Status(ctx)
	switch {
	case err != nil:
		check.State, check.Reason = web.Degraded, reason(err)
	case !s.On:
		return check, false
	case s.Standing == batch.Forked || s.Standing == batch.RolledBack:
		check.State = web.Degraded
		check.Reason = fmt.Sprintf("%s: headquarters has co-signed other entries than are here, and gets no more: %s", s.Standing, upstream.ErrNotSound.Hint)
	case s.Unsent > 0 && time.Since(s.Oldest) > staleAfter:
		check.State = web.Degraded
		check.Reason = fmt.Sprintf("%d entries are not at headquarters, the oldest since %s, last co-signed %s", s.Unsent, s.Oldest.Format(time.RFC3339), when(s.AcceptedAt))
	}
	return check, true
}

func when(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Format(time.RFC3339)
}

// watchUpstream shows what is unsent at each scrape.
func watchUpstream(r *prometheus.Registry, u *upstream.Upstream) error {
	var problems []error
	for _, g := range []struct {
		name, help string
		value      func(upstream.Status) float64
	}{
		{"rostod_upstream_unsent", "Entries that headquarters has not co-signed.", func(s upstream.Status) float64 { return float64(s.Unsent) }},
		{"rostod_upstream_oldest_seconds", "Age of the oldest of them.", func(s upstream.Status) float64 {
			if s.Unsent == 0 {
				return 0
			}
			return time.Since(s.Oldest).Seconds()
		}},
		{"rostod_upstream_accepted_timestamp_seconds", "When headquarters last co-signed, 0 for never.", func(s upstream.Status) float64 {
			if s.AcceptedAt.IsZero() {
				return 0
			}
			return float64(s.AcceptedAt.Unix())
		}},
		{"rostod_upstream_contradicted", "1 while headquarters has co-signed other entries than are here.", func(s upstream.Status) float64 {
			return flag(s.Standing == batch.Forked || s.Standing == batch.RolledBack)
		}},
		{"rostod_upstream_failures", "Tries in a row that nothing came back from.", func(s upstream.Status) float64 { return float64(s.Failures) }},
	} {
		problems = append(problems, r.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: g.name, Help: g.help}, func() float64 {
			s, err := u.Status(context.Background())
			if err != nil {
				return -1
			}
			return g.value(s)
		})))
	}
	return errors.Join(problems...)
}

// UpstreamStatus is what is unsent, for commands.
type UpstreamStatus = upstream.Status

// otherEnd is another end of the journal that headquarters has seen.
func (d *Daemon) otherEnd() transparency.Checkpoint {
	if d.upstream == nil {
		return transparency.Checkpoint{}
	}
	return d.upstream.OtherEnd()
}

// vouches is headquarters' key; empty when none is configured.
func (d *Daemon) vouches() string {
	if d.upstream == nil || d.upstream.Headquarters == nil {
		return ""
	}
	return d.upstream.Headquarters.Cosigner
}

// cosigned is what headquarters has shown a co-signature for.
func (d *Daemon) cosigned() []byte {
	if d.upstream == nil {
		return nil
	}
	return d.upstream.Cosigned()
}
