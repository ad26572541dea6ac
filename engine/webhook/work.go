package webhook

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/rostod/rostod/storage"
)

// work queues, sends and sweeps until the context ends.
func (w *Webhooks) work(ctx context.Context) error {
	if err := w.fix(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	var followed error
	all.Go(func() {
		defer cancel() // without it nothing more would ever be queued: the daemon ends
		if err := w.Store.Follow(ctx, follower, w.follow); ctx.Err() == nil {
			followed = err
		}
	})
	all.Go(func() { w.sweeping(ctx) })
	w.lining(ctx, &all)
	cancel()
	all.Wait()
	return followed
}

// lining has one line for each endpoint until the context ends.
func (w *Webhooks) lining(ctx context.Context, all *sync.WaitGroup) {
	for ctx.Err() == nil {
		if err := w.line(ctx, all); err != nil && ctx.Err() == nil {
			w.complain(ctx, err)
			w.wakeIn(again)
		}
		select {
		case <-w.woken:
		case <-ctx.Done():
		}
	}
}

// line starts lines that are missing and tells all of them to look.
func (w *Webhooks) line(ctx context.Context, all *sync.WaitGroup) error {
	var list []endpoint
	err := w.view(ctx, func(v *storage.View) (err error) {
		list, err = w.every(v, "")
		return err
	})
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range list {
		if w.lines[e.ID] != nil {
			continue
		}
		l := w.newLine(e.Org, e.ID)
		w.lines[e.ID] = l
		all.Go(func() {
			if err := l.run(ctx); err != nil && ctx.Err() == nil {
				w.complain(ctx, err)
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			delete(w.lines, e.ID)
		})
	}
	for _, l := range w.lines {
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
	return nil
}

// wake says that something may be due, or that endpoints have changed.
func (w *Webhooks) wake() {
	select {
	case w.woken <- struct{}{}:
	default:
	}
}

func (w *Webhooks) wakeIn(d time.Duration) { time.AfterFunc(d, w.wake) }

func (w *Webhooks) complain(ctx context.Context, err error) {
	w.Log.LogAttrs(ctx, slog.LevelError, "notifications are held up", slog.String("room", "webhook"), slog.String("err", err.Error()))
}
