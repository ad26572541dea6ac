package webhook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// sweepEvery is how often deliveries past their time are removed, and sweepMost
// how many in one transaction.
const (
	sweepEvery = time.Hour
	sweepMost  = 500
)

// end removes an endpoint. Its deliveries go with the next sweep.
func (w *Webhooks) end(tx *storage.Tx, e endpoint, by engine.KeyID) error {
	if err := w.endpoints.Delete(tx, w.endpointAt(e.Org, e.ID)); err != nil {
		return err
	}
	return w.log(tx, e.Org, by, "webhook.removed", map[string]any{"endpoint": e.ID})
}

// sweeping removes what is past its time, now and then.
func (w *Webhooks) sweeping(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := w.sweep(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, storage.Full) {
			w.complain(ctx, err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sweep removes deliveries that are settled for long enough, and those of
// endpoints that are gone.
func (w *Webhooks) sweep(ctx context.Context) error {
	for {
		past, err := w.past(ctx)
		if err != nil || len(past) == 0 {
			return err
		}
		_, err = w.Store.Commit(ctx, func(tx *storage.Tx) error {
			for _, key := range past {
				if err := w.deliveries.Delete(tx, key); err != nil {
					return err
				}
			}
			return w.log(tx, "", "system", "webhook.swept", map[string]any{"deliveries": len(past)})
		})
		if err != nil {
			return fmt.Errorf("remove old deliveries: %w", err)
		}
	}
}

// past lists some deliveries that go.
func (w *Webhooks) past(ctx context.Context) (keys []storage.Key, err error) {
	before := w.Now().Add(-w.KeepFor)
	err = w.view(ctx, func(v *storage.View) error {
		list, err := w.every(v, "")
		if err != nil {
			return err
		}
		for row, err := range w.deliveries.Scan(v, storage.Range{}) {
			if err != nil {
				return err
			}
			if len(keys) == sweepMost {
				return nil
			}
			if storage.U8(row.Key[0]) == markByte {
				continue
			}
			known := slices.ContainsFunc(list, func(e endpoint) bool {
				return hasPrefix(row.Key, lane(state(row.Key[0]), e.ID))
			})
			if !known || state(row.Key[0]) != pending && row.Value.Last.Before(before) {
				keys = append(keys, row.Key)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for old deliveries: %w", err)
	}
	return keys, nil
}

func hasPrefix(key, prefix storage.Key) bool {
	return len(key) >= len(prefix) && string(key[:len(prefix)]) == string(prefix)
}
