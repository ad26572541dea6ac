package natsserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Cluster is servers that keep one JetStream together, each a process.
type Cluster struct {
	Ports   []int // where clients connect, on every address of the machine
	program string
	configs []string
	running []*exec.Cmd
}

// Start builds the server and starts n of them, which sync every write to the disk
// before they acknowledge it. Extra is more configuration for each. They end with the
// test.
func Start(t testing.TB, n int, extra string) *Cluster {
	t.Helper()
	dir := t.TempDir()
	c := &Cluster{program: filepath.Join(dir, "nats-server"), running: make([]*exec.Cmd, n)}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", c.program, "github.com/nats-io/nats-server/v2") //nolint:gosec // into the test's own folder
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build nats-server: %v\n%s", err, out)
	}
	ports := free(t, 2*n)
	var routes []string
	for i := range n {
		routes = append(routes, fmt.Sprintf("nats://127.0.0.1:%d", ports[n+i]))
	}
	c.Ports = ports[:n]
	for i := range n {
		cluster := ""
		if n > 1 {
			cluster = fmt.Sprintf("cluster { name: test, listen: \"127.0.0.1:%d\", no_advertise: true, routes: [%s] }\n", ports[n+i], strings.Join(routes, ", "))
		}
		file := filepath.Join(dir, fmt.Sprintf("%d.conf", i))
		text := fmt.Sprintf("server_name: n%d\nlisten: \"0.0.0.0:%d\"\njetstream { store_dir: %q, sync_interval: always }\n%s%s", i, ports[i], filepath.Join(dir, fmt.Sprint(i)), cluster, extra)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c.configs = append(c.configs, file)
		c.Run(t, i)
	}
	t.Cleanup(func() {
		for i := range c.running {
			c.Kill(t, i)
		}
	})
	return c
}

// free are ports that nobody listens on.
func free(t testing.TB, n int) (ports []int) {
	t.Helper()
	var held []net.Listener
	for range n {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, l)
		if a, ok := l.Addr().(*net.TCPAddr); ok {
			ports = append(ports, a.Port)
		}
	}
	for _, l := range held {
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return ports
}

// Run starts a server, again if it was killed, and waits until it listens.
func (c *Cluster) Run(t testing.TB, i int) {
	t.Helper()
	c.running[i] = exec.CommandContext(context.WithoutCancel(t.Context()), c.program, "-c", c.configs[i]) //nolint:gosec // what Start has built
	if err := c.running[i].Start(); err != nil {
		t.Fatalf("start nats-server: %v", err)
	}
	for range 200 {
		conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", fmt.Sprintf("127.0.0.1:%d", c.Ports[i]))
		if err == nil {
			_ = conn.Close() // it was only to see that somebody listens
			return
		}
		<-time.After(50 * time.Millisecond)
	}
	t.Fatal("nats-server does not listen")
}

// Kill ends a server at once, as kill -9 does.
func (c *Cluster) Kill(t testing.TB, i int) {
	t.Helper()
	if c.running[i] == nil {
		return
	}
	if err := c.running[i].Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("kill a nats-server: %v", err)
	}
	_ = c.running[i].Wait() // it was killed: that is its error
	c.running[i] = nil
}

// URLs are the servers' addresses on a host, with commas between.
func (c *Cluster) URLs(scheme, host string) string {
	var list []string
	for _, p := range c.Ports {
		list = append(list, fmt.Sprintf("%s://%s:%d", scheme, host, p))
	}
	return strings.Join(list, ",")
}
