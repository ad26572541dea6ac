package antifraud

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rostod/rostod/storage"
)

// sweepEvery is how often traces and sessions that count no more are removed,
// and sweepMost how many in one transaction.
const (
	sweepEvery = 6 * time.Hour
	sweepMost  = 500
)

func (a *AntiFraud) work(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := a.sweep(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// sweep removes every trace and session that counts no more.
func (a *AntiFraud) sweep(ctx context.Context) error {
	for {
		over, err := a.over(ctx)
		if err != nil || len(over) == 0 {
			return err
		}
		_, err = a.Store.Commit(ctx, func(tx *storage.Tx) error {
			for _, key := range over {
				if err := a.known.Delete(tx, key); err != nil {
					return err
				}
			}
			_, err := tx.Log(storage.Entry{Kind: "fraud.swept", Actor: "system", Public: map[string]any{"records": len(over)}})
			return err
		})
		if errors.Is(err, storage.Full) {
			return nil // the disk's state is told elsewhere; the next sweep does it
		}
		if err != nil {
			return fmt.Errorf("remove old traces: %w", err)
		}
	}
}

// over lists some records that count no more.
func (a *AntiFraud) over(ctx context.Context) ([]storage.Key, error) {
	var keys []storage.Key
	now := a.Now()
	err := a.Store.View(ctx, func(v *storage.View) error {
		for _, kind := range []storage.U8{aSession, aTrace} {
			for row, err := range a.known.Scan(v, storage.Range{Prefix: storage.Path(kind)}) {
				if err != nil {
					return err
				}
				if row.Value.over(now) {
					keys = append(keys, row.Key)
				}
				if len(keys) == sweepMost {
					return nil
				}
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("look for old traces: %w", err)
	}
	return keys, nil
}

// over says whether a record counts no more. A session is kept for a day, so
// that a late request is told that it has expired.
func (k kept) over(now time.Time) bool {
	switch {
	case k.Session != nil:
		return now.Sub(k.Session.Expires) > 24*time.Hour
	case k.Trace != nil:
		return now.Sub(k.Trace.At) > remembered
	default:
		return false
	}
}
