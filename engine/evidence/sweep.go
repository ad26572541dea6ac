package evidence

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// sweepEvery is how often it is looked for challenges that have expired, and
// sweepMost how many are ended in one transaction.
const (
	sweepEvery = time.Minute
	sweepMost  = 50
)

// What may be due of a challenge: that it expires, and that it is forgotten
// with its capture.
const (
	toExpire storage.U8 = 0
	toForget storage.U8 = 1
)

// due is what is to be done about a challenge. It holds all that the sweep
// needs, because the customer may have been erased since.
type due struct {
	Org     engine.OrgID `json:"org"`
	Nonce   []byte       `json:"nonce,omitzero"`
	Capture []byte       `json:"capture,omitzero"`
	Index   []byte       `json:"index,omitzero"`
}

// dueAt is where it is written when a challenge that ends at a time expires, or
// from when on its days are counted. How many there are is added when it is read,
// so that a policy holds for those that are there.
func dueAt(what storage.U8, end time.Time, id engine.ChallengeID) storage.Key {
	return storage.Path(what, storage.At(end), storage.Text(id))
}

// idIn is the id in a key of dueAt.
func idIn(key storage.Key) engine.ChallengeID {
	const before, behind = 1 + 8, 2
	if len(key) < before+behind {
		return ""
	}
	return engine.ChallengeID(key[before : len(key)-behind])
}

// work ends what has expired, and looks again. Captures are forgotten by the
// daily work of retention (holding.go).
func (e *Evidence) work(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := e.sweep(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// sweep ends every challenge that has expired.
func (e *Evidence) sweep(ctx context.Context) error {
	now := e.Now()
	for {
		expired, err := e.expired(ctx, now)
		if err != nil || len(expired) == 0 {
			return err
		}
		_, err = e.Store.Commit(ctx, func(tx *storage.Tx) error { return e.settle(tx, expired) })
		if errors.Is(err, storage.Full) {
			return nil // the disk's state is told elsewhere; the next sweep does it
		}
		if err != nil {
			return fmt.Errorf("expire challenges: %w", err)
		}
	}
}

// expired lists some challenges whose time was over at a moment.
func (e *Evidence) expired(ctx context.Context, now time.Time) (keys []storage.Key, err error) {
	stop := storage.Path(toExpire, storage.At(now.Add(-longestCapture)), storage.U8(255))
	err = e.Store.View(ctx, func(v *storage.View) error {
		for row, err := range e.due.Scan(v, storage.Range{Prefix: storage.Path(toExpire)}) {
			if err != nil {
				return err
			}
			if string(row.Key) > string(stop) || len(keys) == sweepMost {
				return nil
			}
			keys = append(keys, row.Key)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for what has expired: %w", err)
	}
	return keys, nil
}

// settle ends challenges in one transaction.
func (e *Evidence) settle(tx *storage.Tx, expired []storage.Key) error {
	for _, key := range expired {
		if err := e.expire(tx, key); err != nil {
			return err
		}
	}
	_, err := tx.Log(storage.Entry{Kind: "evidence.swept", Actor: "system", Public: map[string]any{"expired": len(expired)}})
	return err
}

// expire ends a challenge that nobody ended. It is forgotten in its turn.
func (e *Evidence) expire(tx *storage.Tx, key storage.Key) error {
	d, err := e.due.Get(tx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return nil // it was finished in between
	}
	if err != nil {
		return err
	}
	if err := e.due.Delete(tx, key); err != nil {
		return err
	}
	later := append(storage.Path(toForget), key[1:]...)
	// What a capture that was begun has left behind is written there already.
	if _, err := e.due.Get(tx, later); errors.Is(err, storage.ErrNotFound) {
		err = e.due.Put(tx, storage.Subject{}, later, d)
		if err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	c, err := e.challenges.Get(tx, challengeAt(idIn(key)))
	switch {
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrErased):
		return nil
	case err != nil:
		return err
	case c.State != Created && c.State != Capturing:
		return nil
	}
	c.State = Expired
	return e.put(tx, c)
}

// forget removes a challenge with all that came of it.
func (e *Evidence) forget(tx *storage.Tx, key storage.Key) error {
	d, err := e.due.Get(tx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	errs := []error{e.due.Delete(tx, key), e.challenges.Delete(tx, challengeAt(idIn(key)))}
	if len(d.Nonce) > 0 {
		errs = append(errs, e.nonces.Delete(tx, d.Nonce))
	}
	if len(d.Capture) > 0 {
		errs = append(errs, e.dropCapture(tx, d.Capture), e.index.Delete(tx, d.Index))
	}
	return errors.Join(errs...)
}
