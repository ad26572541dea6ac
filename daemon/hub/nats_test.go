package hub

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"

	"github.com/rostod/rostod/engine/upstream"
	"github.com/rostod/rostod/engine/upstream/jetstream"
	"github.com/rostod/rostod/internal/natsserver"
)

// overNATS lets a hub take batches from servers until the test ends.
func (hq *headquarters) overNATS(t testing.TB, urls string, replicas int) {
	t.Helper()
	line := dial(t, urls)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var done sync.WaitGroup
	done.Go(func() {
		if err := line.Serve(ctx, replicas, hq.Take); !errors.Is(err, context.Canceled) {
			t.Errorf("serving ended: %v", err)
		}
	})
	t.Cleanup(func() { cancel(); done.Wait() })
}

func dial(t testing.TB, urls string) *jetstream.Line {
	t.Helper()
	line, err := jetstream.Dial(jetstream.Config{Servers: urls, Name: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(line.Close)
	return line
}

// Over JetStream arrives what arrives over HTTPS; a branch that is not enrolled is told so.
func TestOverJetStream(t *testing.T) {
	servers := natsserver.Start(t, 1, "")
	hq := openHub(t, t.TempDir())
	urls := servers.URLs("nats", "127.0.0.1")
	hq.overNATS(t, urls, 1)
	s := openSite(t, t.TempDir(), hq, func(c *upstream.Config) { c.Courier = dial(t, urls) })
	st := s.until(t, "a refusal", func(st upstream.Status) bool { return st.Failures > 0 && st.Problem != "" })
	if want := "headquarters refused it: " + ErrUnknownBranch.Code; st.Problem != want {
		t.Errorf("got %q, want %q", st.Problem, want)
	}
	if err := hq.Enrol(t.Context(), "branch-17", s.key(t)); err != nil {
		t.Fatal(err)
	}
	s.write(t, 500, "test")
	s.sent(t)
	same(t, hq, s)
}
