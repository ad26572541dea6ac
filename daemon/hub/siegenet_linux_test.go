package hub

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// network is a branch's own: a namespace of the kernel, a link that can be cut, and
// behind it the only way to the servers, which can be slowed and broken.
type network struct {
	space, device string
	here, there   string // addresses of the two ends

	mu    sync.Mutex
	delay time.Duration
	conns map[net.Conn]bool
}

// openNetworks makes n of them; without the rights it skips the test.
func openNetworks(t *testing.T, n int) (list []*network) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("skipped: making network namespaces needs root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("skipped: there is no ip (Debian: iproute2)")
	}
	for i := range n {
		id := fmt.Sprintf("%d-%d", os.Getpid()%10000, i)
		w := &network{
			space: "rostod-" + id, device: "rs" + id, conns: map[net.Conn]bool{},
			here: fmt.Sprintf("10.77.%d.%d", os.Getpid()%250, 4*i+1), there: fmt.Sprintf("10.77.%d.%d", os.Getpid()%250, 4*i+2),
		}
		if out, err := ip("netns", "add", w.space); err != nil {
			t.Skipf("skipped: a network namespace cannot be made here: %v %s", err, out)
		}
		t.Cleanup(func() {
			if out, err := ip("netns", "delete", w.space); err != nil {
				t.Errorf("delete a network namespace: %v %s", err, out)
			}
		})
		for _, line := range []string{
			"link add " + w.device + " type veth peer name e0 netns " + w.space,
			"address add " + w.here + "/30 dev " + w.device,
			"link set " + w.device + " up",
			"-n " + w.space + " address add " + w.there + "/30 dev e0",
			"-n " + w.space + " link set e0 up",
			"-n " + w.space + " link set lo up",
		} {
			if out, err := ip(strings.Fields(line)...); err != nil {
				t.Skipf("skipped: ip %s: %v %s", line, err, out)
			}
		}
		list = append(list, w)
	}
	return list
}

func ip(args ...string) (string, error) {
	out, err := exec.Command("ip", args...).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// inside is how a program is run in there.
func (w *network) inside() []string { return []string{"ip", "netns", "exec", w.space} }

// link cuts the link or mends it.
func (w *network) link(t testing.TB, to string) {
	t.Helper()
	if out, err := ip("link", "set", w.device, to); err != nil {
		t.Errorf("set the link %s: %v %s", to, err, out)
	}
}

// open makes the way to the servers, and answers their addresses from inside.
func (w *network) open(t testing.TB, ports []int) string {
	t.Helper()
	var urls []string
	for _, port := range ports {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", w.here+":0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = l.Close() // nobody comes any more
			w.breakAll()
		})
		urls = append(urls, "nats://"+l.Addr().String())
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go w.through(c, fmt.Sprintf("127.0.0.1:%d", port))
			}
		}()
	}
	return strings.Join(urls, ",")
}

// through carries a connection to a server, late by the delay.
func (w *network) through(from net.Conn, address string) {
	to, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		_ = from.Close() // the server is down: so is the way to it
		return
	}
	w.mu.Lock()
	w.conns[from], w.conns[to] = true, true
	w.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { w.copy(to, from) })
	both.Go(func() { w.copy(from, to) })
	both.Wait()
	w.mu.Lock()
	delete(w.conns, from)
	delete(w.conns, to)
	w.mu.Unlock()
}

func (w *network) copy(to, from net.Conn) {
	defer func() {
		_ = to.Close() // one end is gone: so is the other
		_ = from.Close()
	}()
	b := make([]byte, 64<<10)
	for {
		n, err := from.Read(b)
		if n > 0 {
			w.mu.Lock()
			delay := w.delay
			w.mu.Unlock()
			if delay > 0 {
				<-time.After(delay)
			}
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (w *network) slow(delay time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.delay = delay
}

// breakAll ends every connection in the middle of whatever it carries.
func (w *network) breakAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.conns {
		_ = c.Close() // that is what is wanted
	}
}
