package idempotency

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// The room's records, both under a hash of org, API key and Idempotency-Key:
//
//	answers:    the answer, sealed with the key of whom it is about
//	deadlines:  until when it is kept, which must be known after an erasure too
const (
	answersPrefix   = 'i'
	deadlinesPrefix = 'I'
)

// sweepEvery is how often answers past their time are removed, and sweepMost
// how many in one transaction.
const (
	sweepEvery = time.Hour
	sweepMost  = 500
)

// Config is what the room needs.
type Config struct {
	Store   *storage.Store
	Now     func() time.Time
	KeepFor time.Duration // how long an answer can be had again
}

// Idempotency is the room, opened.
type Idempotency struct {
	Config
	answers   *storage.Table[kept]
	deadlines *storage.Table[deadline]
}

// kept is an answer as it was given.
type kept struct {
	Fingerprint []byte    `json:"fingerprint"`
	Status      int       `json:"status"`
	Body        []byte    `json:"body"`
	Until       time.Time `json:"until"`
}

// deadline is until when an answer is kept.
type deadline struct {
	Until time.Time `json:"until"`
}

// Open claims the room's records.
func Open(c Config) (*Idempotency, error) {
	answers, err := storage.OpenTable[kept](c.Store, answersPrefix, "idempotency.answers")
	if err != nil {
		return nil, err
	}
	deadlines, err := storage.OpenTable[deadline](c.Store, deadlinesPrefix, "idempotency.deadlines")
	if err != nil {
		return nil, err
	}
	return &Idempotency{Config: c, answers: answers, deadlines: deadlines}, nil
}

// Room is what the daemon mounts.
func (i *Idempotency) Room() room.Room { return room.Room{Name: "idempotency", Work: i.work} }

// Keep stores an answer in the transaction of what it reports, when the caller
// sent an Idempotency-Key; else it does nothing. The answer ends with the
// subject that it is about.
func (i *Idempotency) Keep(ctx context.Context, tx *storage.Tx, subject storage.Subject, answer any) error {
	p, asked, err := web.Pending(ctx, answer)
	if err != nil || !asked {
		return err
	}
	at, until := place(p.Caller, p.Key), i.Now().Add(i.KeepFor)
	if err := i.deadlines.Put(tx, storage.Subject{}, at, deadline{Until: until}); err != nil {
		return err
	}
	return i.answers.Put(tx, subject, at, kept{
		Fingerprint: p.Fingerprint[:], Status: p.Status, Body: p.Body, Until: until,
	})
}

// Recall is the answer kept under a caller's key; false when there is none, or
// none any more.
func (i *Idempotency) Recall(ctx context.Context, caller engine.Caller, key string) (web.Idempotent, bool, error) {
	var k kept
	err := i.Store.View(ctx, func(v *storage.View) (err error) {
		k, err = i.answers.Get(v, place(caller, key))
		return err
	})
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return web.Idempotent{}, false, nil
	case errors.Is(err, storage.ErrErased):
		return web.Idempotent{}, false, ErrErased
	case err != nil:
		return web.Idempotent{}, false, fmt.Errorf("recall answer: %w", err)
	case !i.Now().Before(k.Until):
		return web.Idempotent{}, false, nil
	}
	found := web.Idempotent{Caller: caller, Key: key, Status: k.Status, Body: k.Body}
	copy(found.Fingerprint[:], k.Fingerprint)
	return found, true, nil
}

// place is where an answer lies. The caller's own word is hashed: it may hold
// anything.
func place(caller engine.Caller, key string) storage.Key {
	sum := sha256.Sum256([]byte(string(caller.Org) + "\x00" + string(caller.Key) + "\x00" + key))
	return sum[:]
}

// work removes answers past their time.
func (i *Idempotency) work(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := i.sweep(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// sweep removes every answer past its time.
func (i *Idempotency) sweep(ctx context.Context) error {
	for {
		past, err := i.past(ctx)
		if err != nil || len(past) == 0 {
			return err
		}
		_, err = i.Store.Commit(ctx, func(tx *storage.Tx) error {
			for _, key := range past {
				if err := errors.Join(i.answers.Delete(tx, key), i.deadlines.Delete(tx, key)); err != nil {
					return err
				}
			}
			_, err := tx.Log(storage.Entry{
				Kind: "idempotency.swept", Actor: "system", Public: map[string]any{"answers": len(past)},
			})
			return err
		})
		if errors.Is(err, storage.Full) {
			return nil // the disk's state is told elsewhere; the next sweep does it
		}
		if err != nil {
			return fmt.Errorf("remove old answers: %w", err)
		}
	}
}

// past lists some answers whose time is over. An erased one stays until then:
// without it the request, sent again, would be done again.
func (i *Idempotency) past(ctx context.Context) ([]storage.Key, error) {
	var keys []storage.Key
	now := i.Now()
	err := i.Store.View(ctx, func(v *storage.View) error {
		for row, err := range i.deadlines.Scan(v, storage.Range{}) {
			if err != nil {
				return err
			}
			if !now.Before(row.Value.Until) {
				keys = append(keys, row.Key)
			}
			if len(keys) == sweepMost {
				return nil
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for old answers: %w", err)
	}
	return keys, nil
}
