package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/daemon"
	"github.com/rostod/rostod/daemon/config"
)

const (
	startLimit = time.Minute      // until requests are answered
	stopLimit  = 30 * time.Second // for closing in good order
)

// Wish is which daemon a bench needs.
type Wish struct {
	Config config.Config // where the models lie; the rest is the bench's own
	Dir    string        // in which the data folder is made; empty: the system's for temporary files
	Env    []string      // more of the daemon's environment, NAME=value
}

// Daemon is a daemon that runs for a bench alone.
type Daemon struct {
	Address string // http://127.0.0.1:port
	Key     string // an API key with every scope
	Data    string // its data folder
	Process int    // its process id

	config  config.Config
	command *exec.Cmd
	ended   chan error
}

// Start runs this program's own "run" as a child and waits until it answers.
// Close it when done.
func Start(ctx context.Context, w Wish) (*Daemon, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	dir, err := os.MkdirTemp(w.Dir, "rostod-bench-")
	if err != nil {
		return nil, fmt.Errorf("make a data folder: %w", err)
	}
	d := &Daemon{Data: dir, config: w.Config, ended: make(chan error, 1)}
	d.config.Data = dir
	if err := d.run(ctx, program, append(environment(w.Config, dir), w.Env...)); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := d.prepare(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// run starts the process.
func (d *Daemon) run(ctx context.Context, program string, env []string) error {
	log, err := os.Create(d.log())
	if err != nil {
		return fmt.Errorf("make the daemon's log: %w", err)
	}
	defer log.Close() // the child has its own
	d.command = exec.CommandContext(ctx, program, "run")
	d.command.Env, d.command.Stderr = env, log
	d.command.Cancel = func() error { return d.command.Process.Signal(syscall.SIGTERM) }
	d.command.WaitDelay = stopLimit
	if err := d.command.Start(); err != nil {
		return fmt.Errorf("start the daemon: %w", err)
	}
	d.Process = d.command.Process.Pid
	go func() { d.ended <- d.command.Wait() }()
	return nil
}

// prepare waits for the address and makes a key.
func (d *Daemon) prepare(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		address, err := d.announced()
		if err != nil {
			return err
		}
		if address != "" {
			d.Address = address
			return d.makeKey(ctx)
		}
		select {
		case <-tick.C:
		case err := <-d.ended:
			d.ended <- err
			return fmt.Errorf("the daemon ended at once: %w; it says:\n%s", orDone(err), d.lastWords())
		case <-ctx.Done():
			return fmt.Errorf("wait for the daemon: %w; it says:\n%s", ctx.Err(), d.lastWords())
		}
	}
}

func orDone(err error) error {
	if err == nil {
		return errors.New("without an error")
	}
	return err
}

// announced is the address in the daemon's log; empty until it is ready.
func (d *Daemon) announced() (string, error) {
	text, err := os.ReadFile(d.log())
	if err != nil {
		return "", fmt.Errorf("read the daemon's log: %w", err)
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		var line struct {
			Message string `json:"msg"`
			Address string `json:"address"`
		}
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Message == "ready" {
			return line.Address, nil
		}
	}
	return "", nil
}

// makeKey asks over the control socket, as "rostod keys create" does.
func (d *Daemon) makeKey(ctx context.Context) error {
	line, err := daemon.Dial(ctx, d.config)
	if err != nil {
		return err
	}
	var made struct {
		Key string `json:"key"`
	}
	wish := map[string]any{"scopes": []string{"all"}, "label": "bench"}
	err = errors.Join(line.Do(ctx, http.MethodPost, "/api/keys", wish, &made), line.Close())
	d.Key = made.Key
	return err
}

func (d *Daemon) log() string { return filepath.Join(d.Data, "bench.log") }

// lastWords is the end of the daemon's log.
func (d *Daemon) lastWords() string {
	text, err := os.ReadFile(d.log())
	if err != nil {
		return err.Error()
	}
	const most = 2000
	return string(text[max(0, len(text)-most):])
}

// Close stops the daemon in good order and removes what it wrote.
func (d *Daemon) Close() error {
	_ = d.command.Process.Signal(syscall.SIGTERM) // an error says that it has ended
	var err error
	select {
	case err = <-d.ended:
	case <-time.After(stopLimit):
		err = errors.Join(errors.New("the daemon did not stop"), d.command.Process.Kill(), <-d.ended)
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("the daemon ended with %w; it says:\n%s", err, d.lastWords())
	}
	return errors.Join(err, os.RemoveAll(d.Data))
}

// environment is the child's: nothing of what configures another daemon, the
// same models, no rate limits, and room for small disks.
func environment(c config.Config, dir string) []string {
	var env []string
	for _, e := range os.Environ() {
		name, _, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, "ROSTOD_") && name != "CREDENTIALS_DIRECTORY" && name != "STATE_DIRECTORY" {
			env = append(env, e)
		}
	}
	return append(env,
		"ROSTOD_DATA="+dir, "ROSTOD_LISTEN=127.0.0.1:0",
		"ROSTOD_MODELS="+daemon.ModelsDir(c), "ROSTOD_MODELS_MANIFEST="+c.Models.Manifest,
		"ROSTOD_ONNXRUNTIME="+c.Models.ONNXRuntime,
		"ROSTOD_MODELS_SESSIONS="+strconv.Itoa(c.Models.Sessions), "ROSTOD_MODELS_QUEUE="+strconv.Itoa(c.Models.Queue),
		"ROSTOD_LIMITS_READ=0", "ROSTOD_LIMITS_WRITE=0", "ROSTOD_LIMITS_STEPUP=0", "ROSTOD_LIMITS_ENROL=0",
		"ROSTOD_STORAGE_MIN_FREE_MB=64", "ROSTOD_STORAGE_BALLAST_MB=0", "ROSTOD_LOG_LEVEL=info",
	)
}
