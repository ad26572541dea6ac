package main

import (
	"context"
	"errors"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rostod/rostod/daemon"
	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/internal/fixture"
)

// TestMain makes this test binary the program, when a script runs it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"rostod": main})
}

// The program, run as a technician would.
func TestScripts(t *testing.T) {
	tools := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", tools, "../rostod-verify").CombinedOutput(); err != nil {
		t.Fatalf("build the verifier: got %v, want none: %s", err, out)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", tools+string(filepath.ListSeparator)+env.Getenv("PATH"))
			return setUp(env)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "wait-ready": waitReady, "meets": meets,
		},
		RequireUniqueNames: true, RequireExplicitExec: true,
	})
}

// The same with the real models.
func TestScriptsWithModels(t *testing.T) {
	models, library := fixture.Models(t), fixture.Library(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/models",
		Setup: func(env *testscript.Env) error {
			env.Setenv("ROSTOD_MODELS", models)
			env.Setenv("ROSTOD_ONNXRUNTIME", library)
			env.Setenv("BUNDLE", models)
			env.Setenv("LIBRARY", library)
			return setUp(env)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "wait-ready": waitReady, "meets": meets,
		},
		RequireUniqueNames: true, RequireExplicitExec: true,
	})
}

// setUp gives each script a data folder and a port of its own.
func setUp(env *testscript.Env) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	env.Setenv("ROSTOD_LISTEN", listener.Addr().String())
	env.Setenv("ROSTOD_DATA", filepath.Join(env.WorkDir, "data"))
	env.Setenv("ROSTOD_STORAGE_BALLAST_MB", "0")
	env.Setenv("ROSTOD_STORAGE_MIN_FREE_MB", "32")
	return listener.Close()
}

// exits CODE PROGRAM ARG... runs a program and wants one exit code; what it
// wrote is there for stdout and stderr.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		got = ended.ExitCode()
	} else if err != nil {
		got = -1
	}
	if got != want {
		ts.Fatalf("got exit code %d, want %d", got, want)
	}
}

// meets TEXT PROGRAM ARG... runs a program again and again until it writes the text.
func meets(ts *testscript.TestScript, _ bool, args []string) {
	end, tick := time.NewTimer(20*time.Second), time.NewTicker(100*time.Millisecond)
	defer end.Stop()
	defer tick.Stop()
	for {
		ts.Check(ts.Exec(args[1], args[2:]...))
		if strings.Contains(ts.ReadFile("stdout"), args[0]) {
			return
		}
		select {
		case <-end.C:
			ts.Fatalf("%s never wrote %s", args[1], args[0])
		case <-tick.C:
		}
	}
}

// wait-ready waits until the daemon of this script answers; wait-ready hub, until
// the hub does at its control.
func waitReady(ts *testscript.TestScript, _ bool, args []string) {
	cfg, hub := config.Defaults(), len(args) > 0
	cfg.Data = ts.Getenv("ROSTOD_DATA")
	if hub {
		cfg.Data = ts.Getenv("ROSTOD_HUB_DATA")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		line, err := daemon.Dial(ctx, cfg)
		if err == nil {
			ts.Check(line.Close())
			if hub {
				return
			}
			if conn, err := net.Dial("tcp", ts.Getenv("ROSTOD_LISTEN")); err == nil {
				ts.Check(conn.Close())
				return
			}
		}
		select {
		case <-ctx.Done():
			ts.Fatalf("the daemon is not ready in time: %v", err)
		case <-tick.C:
		}
	}
}
