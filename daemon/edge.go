package daemon

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/rostod/rostod/daemon/certificate"
	"github.com/rostod/rostod/daemon/console"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/access"
	"github.com/rostod/rostod/engine/account"
	"github.com/rostod/rostod/engine/idempotency"
	"github.com/rostod/rostod/internal/web"
)

// edge is a server with every room mounted. There are two: one that anybody
// may reach, and the control socket, which tells callers by who opened it.
func (d *Daemon) edge(authenticate func(context.Context, string) (engine.Caller, error), metrics web.Registry, guarded bool) (*web.Server, error) {
	server, err := web.New(web.Config{
		Authenticate: authenticate, ByClient: d.access.ByClient, Hosted: d.access.Hosted, Replays: d.answers, Metrics: metrics, Guarded: guarded,
		Origins: d.Config.CaptureOrigins(),
		Limits: map[string]int{
			"read": d.Config.Limits.Read, "write": d.Config.Limits.Write,
			"stepup": d.Config.Limits.StepUp, "enrol": d.Config.Limits.Enrol,
			"processes": d.Config.Limits.Processes,
		},
		Faults: append(append(access.Refusals(), account.Refusals()...), access.ErrUnknown, access.ErrRevoked, access.ErrExpired, idempotency.ErrErased),
		Ready:  d.readiness, Log: d.Log, Timeout: d.Config.RequestTimeout(), Version: d.Version,
	})
	if err != nil {
		return nil, err
	}
	for _, r := range d.rooms {
		if r.Routes != nil {
			r.Routes(server.Router())
		}
	}
	d.statusRoute(server.Router())
	console.Routes(server.Router())
	if err := server.Check(); err != nil {
		return nil, fmt.Errorf("mount the rooms: %w", err)
	}
	return server, nil
}

// secure gives the server its certificate, and says by which scheme it is
// reached. Plain HTTP is for loopback only.
func (d *Daemon) secure(front *http.Server) (scheme string, err error) {
	tls := d.Config.TLS
	plain := certificate.Plain(d.Config.Listen)
	switch {
	case plain == nil && (tls.Mode == "off" || tls.Mode == "auto" && tls.Cert == ""):
		return "http", nil
	case tls.Mode == "off":
		return "", plain
	}
	from := certificate.Config{Dir: d.Config.Data, Hosts: hosts(tls.Hosts), Log: d.Log}
	if tls.Mode != "local" {
		from.CertFile, from.KeyFile = tls.Cert, tls.Key
	}
	shown, err := certificate.Open(from)
	if err != nil {
		return "", fmt.Errorf("certificate: %w", err)
	}
	front.TLSConfig, d.certificate = shown.TLS(), shown
	d.Log.Info("certificate", "sha256", shown.Fingerprint(), "authority", shown.AuthorityFile, "expires", shown.Expires())
	return "https", nil
}

// reachable is an address that a caller on this machine can type: one that
// stands for every address of the machine is not.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return address
}

// hosts are the names that callers use: those that are configured, and the
// machine's own addresses in private networks.
func hosts(configured string) []string {
	list := strings.FieldsFunc(configured, func(r rune) bool { return r == ',' || r == ' ' })
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return list // what is configured is enough
	}
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && n.IP.IsPrivate() {
			list = append(list, n.IP.String())
		}
	}
	return list
}
