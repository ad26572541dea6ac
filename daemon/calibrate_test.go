package daemon

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/capture/actor"
	"github.com/rostod/rostod/capture/peer/client"
	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/capture/visitor"
	"github.com/rostod/rostod/internal/fixture"
)

// captureURL is the address that is printed for each capture, in its parts.
var captureURL = regexp.MustCompile(`(http://[^/]+)/capture/(fc_\w+)#(\S+)`)

// A person at the kiosk passes the captures that rostod calibrate asks for,
// and their lag is what is known of the kiosk then.
func TestCalibrate(t *testing.T) {
	if testing.Short() {
		t.Skip("films in real time, which the race detector is too slow for")
	}
	env := append(os.Environ(),
		"ROSTOD_DATA="+t.TempDir(), "ROSTOD_LISTEN=127.0.0.1:0", "ROSTOD_CAPTURE_UDP=127.0.0.1:0",
		"ROSTOD_MODELS="+fixture.Models(t), "ROSTOD_ONNXRUNTIME="+fixture.Library(t),
		"ROSTOD_STORAGE_BALLAST_MB=0", "ROSTOD_STORAGE_MIN_FREE_MB=32")
	program := filepath.Join(t.TempDir(), "rostod")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../cmd/rostod").CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	command := func(ctx context.Context, args ...string) *exec.Cmd {
		c := exec.CommandContext(ctx, program, args...)
		c.Env = env
		return c
	}
	running := background(t, command)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	running(ctx)

	calibrate := command(ctx, "calibrate", "kiosk-7", "--captures", "3", "--json")
	said, err := calibrate.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	calibrate.Stdout = &out
	if err := calibrate.Start(); err != nil {
		t.Fatal(err)
	}
	customer := actor.New(t, actor.Drawn(t, 1, sim.Live), actor.Honest)
	var told []string
	for lines := bufio.NewScanner(said); lines.Scan(); {
		told = append(told, lines.Text())
		at := captureURL.FindStringSubmatch(lines.Text())
		if at == nil {
			continue
		}
		whip := &client.WHIP{URL: at[1] + "/whip/" + at[2], Token: at[3]}
		got, err := visitor.Visit(ctx, visitor.Config{Answer: whip.Answer, Camera: customer.Film})
		if err != nil || got.Outcome != "captured" {
			t.Errorf("a capture: got %q and %v, want captured", got.Outcome, err)
		}
	}
	if err := calibrate.Wait(); err != nil {
		t.Fatalf("rostod calibrate: got %v after %q", err, told)
	}
	var k struct {
		Device    string  `json:"device"`
		LagMS     float64 `json:"lagMs"`
		LagSpread float64 `json:"lagSpread"`
		Sessions  int     `json:"sessions"`
	}
	if err := json.Unmarshal([]byte(out.String()), &k); err != nil {
		t.Fatalf("%v in %q", err, out.String())
	}
	// The actor answers 120 ms late, and its frames take their way.
	if k.Device != "kiosk-7" || k.LagMS < 90 || k.LagMS > 220 || k.LagSpread < 12 || k.Sessions != 3 {
		t.Errorf("got %+v, want a lag of 90 to 220 ms from 3 sessions", k)
	}
}

// background starts a daemon that ends with the test, and answers how to wait
// until it is ready.
func background(t *testing.T, command func(context.Context, ...string) *exec.Cmd) func(context.Context) {
	t.Helper()
	d := command(context.WithoutCancel(t.Context()), "run")
	if err := d.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		if err := d.Wait(); err != nil {
			t.Errorf("the daemon ended with %v", err)
		}
	})
	return func(ctx context.Context) {
		for {
			err := command(ctx, "status").Run()
			if err == nil {
				return
			}
			if ctx.Err() != nil || errors.Is(err, exec.ErrNotFound) {
				t.Fatalf("the daemon is not ready: %v", err)
			}
		}
	}
}
