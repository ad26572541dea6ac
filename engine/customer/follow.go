package customer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// sweepEvery is how often levels that have run out are looked for, and
// sweepPage how many customers one snapshot looks at.
const (
	sweepEvery = time.Hour
	sweepPage  = 256
)

// work brings the recorded levels to what was verified: at once behind each
// verification, and every hour for those that have run out. Whoever reads a
// level gets it computed; this is for the history and for those who are told.
func (c *Customers) work(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	swept := make(chan error, 1)
	go func() {
		defer cancel() // what one of the two fails by ends the other
		swept <- c.sweeping(ctx)
	}()
	err := c.Store.Follow(ctx, "customer", c.follow)
	cancel()
	return errors.Join(err, <-swept)
}

// follow looks at the customers of verifications that were just made.
func (c *Customers) follow(ctx context.Context, leaves []storage.Leaf) error {
	for _, l := range leaves {
		if !verified(l) {
			continue
		}
		said, err := c.Store.Opening(ctx, l.Index)
		if errors.Is(err, storage.ErrErased) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read whom entry %d is about: %w", l.Index, err)
		}
		org := engine.OrgID(l.Org)
		if err := c.refresh(ctx, c.place(org, c.person(org, engine.CustomerID(said["customer"])))); err != nil {
			return err
		}
	}
	return nil
}

// verified says whether a journal entry may have raised a level.
func verified(l storage.Leaf) bool {
	switch l.Kind {
	case "stepup.decided", "face.liveness-checked":
	default:
		return false
	}
	var said struct {
		Status engine.VerificationStatus `json:"status"`
	}
	return json.Unmarshal(l.Public, &said) == nil && said.Status == engine.Verified
}

// refresh records a customer's level when it is another than what was recorded.
// While the disk is full it waits: nobody would look again at what it passed over.
func (c *Customers) refresh(ctx context.Context, place storage.Key) error {
	for {
		err := c.record(ctx, place)
		if !errors.Is(err, storage.Full) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Minute):
		}
	}
}

func (c *Customers) record(ctx context.Context, place storage.Key) error {
	var other bool
	err := c.Store.View(ctx, func(v *storage.View) (err error) {
		_, other, err = c.moved(v, place)
		return err
	})
	if err != nil || !other {
		return err
	}
	_, err = c.Store.Commit(ctx, func(tx *storage.Tx) error {
		k, other, err := c.moved(tx, place)
		if err != nil || !other {
			return err
		}
		_, err = c.conclude(tx, "system", k)
		return err
	})
	if err != nil {
		return fmt.Errorf("record a customer's level: %w", err)
	}
	return nil
}

// moved says whether a customer's level is another than what was recorded, or
// holds longer than the time that was recorded and is over.
func (c *Customers) moved(r storage.Reader, place storage.Key) (record, bool, error) {
	k, err := c.at(r, place)
	if errors.Is(err, ErrNone) || errors.Is(err, ErrErased) {
		return k, false, nil
	}
	if err != nil {
		return k, false, err
	}
	now, err := c.found(r, k)
	return k, now.level.Level != k.Level || k.ended(c.Now()), err
}

// ended says whether the time of the recorded level is over.
func (k record) ended(now time.Time) bool { return !k.Expires.IsZero() && !now.Before(k.Expires) }

func (c *Customers) sweeping(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := c.sweep(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// sweep refreshes every customer whose level has run out.
func (c *Customers) sweep(ctx context.Context) error {
	var after storage.Key
	for {
		page, last, err := c.page(ctx, after)
		if err != nil {
			return fmt.Errorf("look for levels that have run out: %w", err)
		}
		for _, place := range page {
			if err := c.refresh(ctx, place); err != nil {
				return err
			}
		}
		if last == nil {
			return nil
		}
		after = last
	}
}

// page looks at some customers behind a place: those whose level has run out,
// and where the next page begins, if there is one.
func (c *Customers) page(ctx context.Context, after storage.Key) (over []storage.Key, last storage.Key, err error) {
	seen, now := 0, c.Now()
	err = c.Store.View(ctx, func(v *storage.View) error {
		for row, err := range c.records.Scan(v, storage.Range{Prefix: storage.Path(ofRecords), After: after}) {
			if err != nil && !errors.Is(err, storage.ErrErased) {
				return err
			}
			if err == nil && row.Value.ended(now) {
				over = append(over, row.Key)
			}
			if seen++; seen == sweepPage {
				last = row.Key
				return nil
			}
		}
		return nil
	})
	return over, last, err
}
