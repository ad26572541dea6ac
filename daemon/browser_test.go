package daemon

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/internal/fixture"
)

// TestBrowsers opens the hosted page in real browsers, with a virtual customer
// for a camera: lit by the page's own colours, or pretending to be. The
// screenshots are kept in ROSTOD_ARTEFACTS.
func TestBrowsers(t *testing.T) {
	if testing.Short() {
		t.Skip("browsers take minutes")
	}
	fixture.Browsers(t)
	basis := t.TempDir()
	scene, err := sim.Draw(1, sim.Wish{Species: sim.Live, Split: sim.Train, Lux: 200, Wide: true, Wall: 1.8})
	if err != nil {
		t.Fatal(err)
	}
	if err := scene.WriteBasis(basis); err != nil {
		t.Fatal(err)
	}
	artefacts := os.Getenv("ROSTOD_ARTEFACTS")
	if artefacts == "" {
		artefacts = t.TempDir()
	}
	for _, tt := range []struct {
		engine string
		cases  []string
	}{
		{"chromium", nil}, // all of them
		{"firefox", []string{"live", "still"}},
	} {
		t.Run(tt.engine, func(t *testing.T) {
			tg := start(t)
			ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
			defer cancel()
			node := exec.CommandContext(ctx, "node", append([]string{filepath.Join("e2e", "run.mjs"), tt.engine}, tt.cases...)...)
			node.Dir = filepath.Join("..", "capture", "web")
			node.Env = append(os.Environ(), "ROSTOD_URL="+tg.url, "ROSTOD_API_KEY="+tg.keys["all"], "ROSTOD_BASIS="+basis, "ROSTOD_ARTEFACTS="+artefacts)
			var out bytes.Buffer
			node.Stdout, node.Stderr = &out, &out
			err := node.Run()
			t.Logf("%s", out.Bytes())
			if err != nil {
				t.Errorf("%s: %v", tt.engine, err)
			}
		})
	}
}
