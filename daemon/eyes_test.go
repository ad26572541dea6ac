package daemon

import (
	"context"
	"errors"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/erasure"
	"github.com/rostod/rostod/engine/viewing"
)

// While erasures are owed no picture is looked at, neither a caller's nor an import's,
// and none is shown: it is refused before models or records are asked.
func TestNoFaceWhileErasuresAreOwed(t *testing.T) {
	owed := func(context.Context) error { return erasure.ErrOwed }
	e := eyes{may: owed}
	_, looked := e.Look(t.Context(), []byte("a picture"))
	_, imported := importEyes{e}.Look(t.Context(), []byte("a picture"))
	shown := (&viewing.Viewings{Config: viewing.Config{May: owed}}).Note(t.Context(), engine.Viewing{What: "capture.picture"})
	for what, err := range map[string]error{"looked at": looked, "imported": imported, "shown": shown} {
		if !errors.Is(err, erasure.ErrOwed) {
			t.Errorf("%s: got %v, want %v", what, err, erasure.ErrOwed)
		}
	}
}
