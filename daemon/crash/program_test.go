package crash

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/rostod/rostod/daemon"
	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/storage"
)

// patience is how long anything may take on a busy machine before the test
// gives up.
const patience = time.Minute

// TestMain builds the program once for all tests.
func TestMain(m *testing.M) { os.Exit(withProgram(m.Run)) }

func withProgram(run func() int) int {
	if os.Getenv("ROSTOD_PROGRAM") != "" {
		return run()
	}
	dir, err := os.MkdirTemp("", "rostod-crash-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // it lies among temporary files
	path := filepath.Join(dir, "rostod")
	build := exec.Command("go", "build", "-o", path, "github.com/rostod/rostod/cmd/rostod")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build rostod: %v\n%s", err, out)
		return 1
	}
	if err := os.Setenv("ROSTOD_PROGRAM", path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return run()
}

// leastFree is the smallest free space in MiB that a store takes; its buffers
// are then as small, so that little work fills many of them.
const leastFree = storage.LeastMinFree >> 20

// place is an installation: a data folder and how rostod is run on it.
type place struct {
	data string
	env  []string
}

// at is a place with a small store and no limits on requests.
func at(data string, env ...string) place {
	return place{data, append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + data, "TMPDIR=" + os.TempDir(),
		"ROSTOD_DATA=" + data, "ROSTOD_LISTEN=127.0.0.1:0",
		"ROSTOD_STORAGE_BALLAST_MB=0", fmt.Sprintf("ROSTOD_STORAGE_MIN_FREE_MB=%d", leastFree),
		"ROSTOD_LIMITS_READ=0", "ROSTOD_LIMITS_WRITE=0", "ROSTOD_LIMITS_STEPUP=0", "ROSTOD_LIMITS_ENROL=0",
	}, env...)}
}

// process is one life of the daemon.
type process struct {
	place
	command *exec.Cmd
	says    *words
	ended   chan struct{}
	address string
}

// launch starts the daemon and does not wait for it.
func launch(t testing.TB, p place) *process {
	t.Helper()
	d := &process{place: p, says: &words{ready: make(chan string, 1)}, ended: make(chan struct{})}
	d.command = exec.Command(os.Getenv("ROSTOD_PROGRAM"), "run")
	d.command.Env, d.command.Stderr = p.env, d.says
	if err := d.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(d.ended)
		_ = d.command.Wait() // how it ended is in ProcessState
	}()
	t.Cleanup(d.kill)
	return d
}

// start waits until requests are answered.
func start(t testing.TB, p place) *process {
	t.Helper()
	d := launch(t, p)
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	select {
	case d.address = <-d.says.ready:
	case <-d.ended:
		t.Fatalf("the daemon ended with %v instead of answering; it says:\n%s", d.command.ProcessState, d.says)
	case <-deadline.C:
		t.Fatalf("the daemon does not answer; it says:\n%s", d.says)
	}
	return d
}

// exit waits for the end and answers the exit code, -1 after a signal.
func (d *process) exit(t testing.TB) int {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	select {
	case <-d.ended:
	case address := <-d.says.ready:
		t.Fatalf("the daemon answers at %s, want it to refuse", address)
	case <-deadline.C:
		t.Fatalf("the daemon does not end; it says:\n%s", d.says)
	}
	return d.command.ProcessState.ExitCode()
}

// kill is kill -9. One that has ended already is no error.
func (d *process) kill() {
	_ = d.command.Process.Kill()
	<-d.ended
}

// stop ends the daemon in good order.
func (d *process) stop(t testing.TB) {
	t.Helper()
	if err := d.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := d.exit(t); code != 0 {
		t.Fatalf("exit code: got %d, want 0; it says:\n%s", code, d.says)
	}
}

func (d *process) alive() bool {
	select {
	case <-d.ended:
		return false
	default:
		return true
	}
}

// firstKey makes an API key at the control socket.
func firstKey(t testing.TB, d *process) (id, secret string) {
	t.Helper()
	cfg := config.Defaults()
	cfg.Data = d.data
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	line, err := daemon.Dial(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	var made struct {
		ID  string `json:"id"`
		Key string `json:"key"`
	}
	err = line.Do(ctx, http.MethodPost, "/api/keys", map[string]any{"scopes": []string{"all"}}, &made)
	if err := errors.Join(err, line.Close()); err != nil {
		t.Fatal(err)
	}
	return made.ID, made.Key
}
