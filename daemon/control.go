package daemon

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/engine"
)

// longestSocket is how long the path of a Unix socket may be (unix(7)).
const longestSocket = 100

// ControlSocket is where the commands on the machine itself reach the daemon.
// Only the user that the daemon runs as can open it, and may then do anything.
func ControlSocket(c config.Config) string {
	path := filepath.Join(c.Data, "control.sock")
	if len(path) <= longestSocket {
		return path
	}
	sum := sha256.Sum256([]byte(c.Data))
	return filepath.Join(os.TempDir(), "rostod-"+hex.EncodeToString(sum[:8]), "control.sock")
}

// openControl serves the control socket.
func (d *Daemon) openControl(ctx context.Context) (closer, error) {
	server, err := d.edge(atTheMachine, prometheus.NewRegistry(), false)
	if err != nil {
		return nil, err
	}
	listener, err := listenControl(ctx, ControlSocket(d.Config))
	if err != nil {
		return nil, err
	}
	return d.serve(server.HTTP(""), listener), nil
}

// atTheMachine is the caller behind the control socket, who says which org it acts
// for in the place of a token.
func atTheMachine(_ context.Context, org string) (engine.Caller, error) {
	if !config.IsOrg(org) {
		return engine.Caller{}, fmt.Errorf("the control socket was asked to act for no org")
	}
	return engine.AtTheMachine(engine.OrgID(org)), nil
}

// listenControl makes the socket so that at no moment anybody else can open
// it: in a folder of the user's own, under the storage's lock, so that what
// lies there is a dead daemon's.
func listenControl(ctx context.Context, path string) (net.Listener, error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the control socket's folder: %w", err)
	}
	if err := ownFolder(dir); err != nil {
		return nil, err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("remove the old control socket: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("make the control socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("close the control socket to others: %w", err), listener.Close())
	}
	return listener, nil
}

// ownFolder refuses a folder that others could put a socket of their own into.
func ownFolder(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("look at the control socket's folder: %w", err)
	}
	if info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("others may write to %s: run chmod 0700 on it", dir)
	}
	return nil
}
