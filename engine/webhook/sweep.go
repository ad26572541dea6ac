package webhook

import (
	"bytes"
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

// sweep removes deliveries that are settled for long enough and those of
// endpoints that are gone, and gives up what has waited for as long.
func (w *Webhooks) sweep(ctx context.Context) error {
	for {
		past, err := w.past(ctx)
		if err != nil || len(past) == 0 {
			return err
		}
		_, err = w.Store.Commit(ctx, func(tx *storage.Tx) error {
			for _, p := range past {
				if err := w.drop(tx, p); err != nil {
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

// passed is a delivery that goes, or that is given up for its endpoint.
type passed struct {
	key   storage.Key
	gives EndpointID // empty: it goes
}

func (w *Webhooks) drop(tx *storage.Tx, p passed) error {
	if p.gives == "" {
		return w.deliveries.Delete(tx, p.key)
	}
	d, err := w.deliveries.Get(tx, p.key)
	if errors.Is(err, storage.ErrNotFound) {
		return nil // it was sent in between
	}
	if err != nil {
		return err
	}
	d.Problem, d.Last = badAge, tx.Now()
	return errors.Join(w.deliveries.Delete(tx, p.key), w.deliveries.Put(tx, storage.Subject{}, d.at(dead, p.gives), d))
}

// past lists some deliveries whose time is over.
func (w *Webhooks) past(ctx context.Context) (list []passed, err error) {
	before := w.Now().Add(-w.KeepFor)
	err = w.view(ctx, func(v *storage.View) error {
		endpoints, err := w.every(v, "")
		if err != nil {
			return err
		}
		for row, err := range w.deliveries.Scan(v, storage.Range{}) {
			if err != nil {
				return err
			}
			if len(list) == sweepMost {
				return nil
			}
			if storage.U8(row.Key[0]) == markByte {
				continue
			}
			in := state(row.Key[0])
			i := slices.IndexFunc(endpoints, func(e endpoint) bool { return bytes.HasPrefix(row.Key, lane(in, e.ID)) })
			switch {
			case i < 0, in != pending && row.Value.Last.Before(before):
				list = append(list, passed{key: row.Key})
			case in == pending && row.Value.Queued.Before(before):
				list = append(list, passed{key: row.Key, gives: endpoints[i].ID})
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for old deliveries: %w", err)
	}
	return list, nil
}
