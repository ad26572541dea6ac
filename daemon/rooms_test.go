package daemon

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/storage"
)

// A room that does not open must leave nothing of those before it open: the
// files of the indexes are locked by who has them.
func TestRoomsCloseWhenALaterOneDoesNotOpen(t *testing.T) {
	c := config.Defaults()
	c.Data, c.Storage.BallastMB, c.Storage.MinFreeMB = t.TempDir(), 0, storage.LeastMinFree>>20
	c.Journey.Seal = filepath.Join(c.Data, "missing.p12")
	if _, _, err := openAlone(t.Context(), c, "test"); err == nil {
		t.Fatal("the rooms opened without the seal that the configuration names")
	}
	c.Journey.Seal = ""
	done := make(chan error, 1)
	go func() {
		_, open, err := openAlone(t.Context(), c, "test")
		if err == nil {
			err = closeAll(t.Context(), open)
		}
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("opening again waits for what the first try has left open")
	}
}
