package daemon

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"

	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/engine/upstream/batch"
	"github.com/rostod/rostod/internal/fixture"
)

// TestConsole uses the console as an operator would, in Chromium, with a
// daemon whose headquarters is reached on a medium. console/test/console.mjs
// has the steps; the pictures are kept in ROSTOD_ARTEFACTS.
func TestConsole(t *testing.T) {
	if testing.Short() {
		t.Skip("browsers take their time")
	}
	fixture.Browsers(t)
	secrets, err := batch.NewSecrets("headquarters", rand.Reader)
	ok(t, err)
	keys, err := secrets.Keys()
	ok(t, err)
	hub := filepath.Join(t.TempDir(), "hub.pub")
	ok(t, os.WriteFile(hub, []byte(keys.Text()), 0o600))
	tg := startWith(t, func(c *config.Config) { c.Upstream.HubKeyFile, c.Upstream.By = hub, config.ByCarry })
	env := append(environment(t, tg), "ROSTOD_REVOKED="+tg.keys["revoked"], "ROSTOD_EXAMINER="+tg.keys["examiner"], "ROSTOD_ARTEFACTS="+os.Getenv("ROSTOD_ARTEFACTS"))
	want := "wrong key\nrevoked key\nsigned in\nunsent grows\nsetting changed\nsomebody was faster\nunsound\nattempt found\nreceipt noted\nexported\ndrawing with a reason\nwatchlist confirmed\n" +
		"missing scope\nread only\nlost and found\nidle\nsigned out\nnothing forbidden\n"
	if got := program(t, "console", env, fixture.Node(t), filepath.Join("test", "console.mjs")); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
