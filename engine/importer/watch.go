package importer

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/internal/web"
)

// The pace of events: changes that come faster are told together, and where
// nothing changes a comment keeps the line open.
const (
	betweenEvents = 200 * time.Millisecond
	keepOpen      = 10 * time.Second
)

// watch tells an import's progress as server-sent events, to its end:
// https://html.spec.whatwg.org/multipage/server-sent-events.html
func (m *Importer) watch(ctx context.Context, p importPath) (*web.Stream, error) {
	by := web.CallerOf(ctx)
	l := m.living(by.Org, p.ID)
	if l == nil {
		j, err := m.kept(ctx, by.Org, p.ID)
		if err != nil {
			return nil, err
		}
		l = newLive(j)
	}
	return &web.Stream{ContentType: "text/event-stream", Live: true, Write: func(ctx context.Context, w io.Writer) error {
		return m.events(ctx, w, l)
	}}, nil
}

func (m *Importer) events(ctx context.Context, w io.Writer, l *live) error {
	for {
		l.mu.Lock()
		changed := l.changed
		l.mu.Unlock()
		v := l.progress(m.now())
		name := "progress"
		if v.State.ended() {
			name = "end"
		}
		data, err := json.Marshal(v, json.Deterministic(true))
		if err != nil {
			return fmt.Errorf("write progress: %w", err)
		}
		if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, data); err != nil {
			return err
		}
		if v.State.ended() {
			return nil
		}
		if err := await(ctx, w, changed); err != nil {
			return nil //nolint:nilerr // whoever listened has gone, or the daemon closes
		}
		if err := pause(ctx, betweenEvents); err != nil {
			return nil //nolint:nilerr // the same
		}
	}
}

// await waits for a change and keeps the line open meanwhile.
func await(ctx context.Context, w io.Writer, changed <-chan struct{}) error {
	tick := time.NewTicker(keepOpen)
	defer tick.Stop()
	for {
		select {
		case <-changed:
			return nil
		case <-tick.C:
			if _, err := io.WriteString(w, ":\n\n"); err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
