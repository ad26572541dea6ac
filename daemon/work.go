package daemon

import (
	"context"
	"fmt"
	"sync"
)

// work starts what the rooms do in the background; closing it waits for them.
func (d *Daemon) work(ctx context.Context) (closer, error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var all sync.WaitGroup
	for _, r := range d.rooms {
		if r.Work == nil {
			continue
		}
		all.Go(func() {
			if err := r.Work(ctx); err != nil && ctx.Err() == nil {
				d.fail(fmt.Errorf("work of %s: %w", r.Name, err))
			}
		})
	}
	return func(context.Context) error {
		cancel()
		all.Wait()
		return nil
	}, nil
}
