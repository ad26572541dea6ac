package benchtest

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rostod/rostod/daemon"
	"github.com/rostod/rostod/daemon/config"
)

// Main runs the tests, or is the daemon when the test's own program is started as
// the one that the bench starts. It returns the exit code.
func Main(m *testing.M) int {
	if len(os.Args) == 2 && os.Args[1] == "run" {
		return runDaemon()
	}
	return m.Run()
}

func runDaemon() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	c, err := config.Load("", os.Environ())
	if err == nil {
		err = daemon.Run(ctx, daemon.Options{Config: c, Version: "test", Log: slog.New(slog.NewJSONHandler(os.Stderr, nil))})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// Photos is a folder with those photos of another that a list names, and the list
// itself as identities.csv: a line "image,identity", then one for each.
func Photos(t *testing.T, faces, list string) string {
	t.Helper()
	dir := t.TempDir()
	for _, row := range strings.Split(strings.TrimSpace(list), "\n")[1:] {
		name, _, _ := strings.Cut(row, ",")
		data, err := os.ReadFile(filepath.Join(faces, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "identities.csv"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}
