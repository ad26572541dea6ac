package storage

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// rolls lets one roll run at a time, and others ask for one.
type rolls struct {
	mu   sync.Mutex // held while a roll runs
	soon chan struct{}
}

// rollBatch is how many data keys one step of a roll wraps anew.
const rollBatch = 256

// rollAgain is when a roll that failed is tried again.
const rollAgain = 30 * time.Second

// rollSoon asks the background for a roll.
func (s *Store) rollSoon() {
	select {
	case s.rolls.soon <- struct{}{}:
	default:
	}
}

// roller waits for erasures, lets a few gather, and rolls the epoch.
func (s *Store) roller(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.rolls.soon:
		}
		wait := time.NewTimer(s.cfg.EraseDelay)
		select {
		case <-ctx.Done():
			wait.Stop()
			return
		case <-wait.C:
		}
		if err := s.Roll(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, Closed) {
			// Erasures stay pending, and State says so.
			s.cfg.Log.Error("an epoch roll failed and will be tried again", "err", err)
			time.AfterFunc(rollAgain, s.rollSoon)
		}
	}
}

// Roll finishes all erasures so far: it makes a new epoch key, wraps every
// data key that is left under it, and destroys the old one, which makes all
// copies of forgotten data keys useless wherever they lie. A roll that was cut
// short goes on where it stopped. Without pending erasures nothing happens.
func (s *Store) Roll(ctx context.Context) error {
	s.rolls.mu.Lock()
	defer s.rolls.mu.Unlock()
	for {
		state, err := s.epochState(ctx)
		if err != nil {
			return err
		}
		if state.From == 0 {
			if state.Pending == 0 {
				return nil
			}
			if state, err = s.beginRoll(ctx, state); err != nil {
				return err
			}
		}
		if err := s.finishRoll(ctx, state); err != nil {
			return err
		}
	}
}

func (s *Store) epochState(ctx context.Context) (state epochState, err error) {
	err = s.View(ctx, func(v *View) error {
		state, err = v.snap.epochState()
		return err
	})
	return state, err
}

// beginRoll makes the next epoch key and lets new data keys use it. The key
// is on the disk before anything is wrapped under it.
func (s *Store) beginRoll(ctx context.Context, state epochState) (epochState, error) {
	if err := s.writable(); err != nil {
		return state, err
	}
	next := state.Current + 1
	kek, err := createEpoch(s.cfg.path("keys"), s.secrets, s.cfg.Random, next)
	if err != nil {
		return state, err
	}
	s.at("roll: key made")
	s.ring.addEpoch(next, kek)
	_, err = s.commit(ctx, func(tx *Tx) error {
		now, err := tx.snap.epochState()
		if err != nil {
			return tx.keep(err)
		}
		state = epochState{Current: next, From: now.Current, Covering: now.Pending}
		return tx.keep(tx.setEpochState(state))
	}, true)
	s.at("roll: begun")
	return state, err
}

// finishRoll wraps what is still under the old epoch key, destroys that key,
// and says so in the journal.
func (s *Store) finishRoll(ctx context.Context, state epochState) error {
	wrapped := 0
	for after := []byte(nil); ; {
		stale, last, err := s.staleKeys(ctx, state.Current, after)
		if err != nil {
			return err
		}
		if len(stale) > 0 {
			if _, err := s.commit(ctx, func(tx *Tx) error { return tx.keep(tx.rewrap(stale, state.Current)) }, true); err != nil {
				return err
			}
			wrapped += len(stale)
			s.at("roll: wrapped some")
		}
		if last == nil {
			break
		}
		after = last
	}
	s.at("roll: wrapped all")
	if err := s.destroyEpoch(state.From); err != nil {
		return fmt.Errorf("destroy epoch key %d: %w", state.From, err)
	}
	s.at("roll: key destroyed")
	_, err := s.commit(ctx, func(tx *Tx) error {
		now, err := tx.snap.epochState()
		if err != nil {
			return tx.keep(err)
		}
		if _, err := tx.Log(Entry{Kind: "storage.epoch-rolled", Actor: "system", Public: rolled{
			From: state.From, To: state.Current, Wrapped: wrapped, Erased: now.Covering,
		}}); err != nil {
			return err
		}
		now.From, now.Covering = 0, 0
		return tx.keep(tx.setEpochState(now))
	}, true)
	if err == nil {
		s.at("roll: done")
	}
	return err
}

func (s *Store) destroyEpoch(n uint32) error {
	file := s.cfg.path("keys", epochFile(n))
	if err := overwrite(file, s.cfg.Random); err != nil {
		return err
	}
	s.at("roll: key overwritten")
	if err := removeDurably(file); err != nil {
		return err
	}
	s.ring.dropEpoch(n)
	return nil
}

// rolled is the public part of a roll's journal entry.
type rolled struct {
	Erased  uint64 `json:"erased"`  // data keys that no copy of can be opened any more
	From    uint32 `json:"from"`    // the epoch key that was destroyed
	To      uint32 `json:"to"`      // the one that took its place
	Wrapped int    `json:"wrapped"` // data keys that moved (since the last restart)
}

// staleKeys are the next data keys not under the epoch yet, and where to go
// on; nil at the end.
func (s *Store) staleKeys(ctx context.Context, epoch uint32, after []byte) (stale []keyID, last []byte, err error) {
	const look = 4096
	err = s.View(ctx, func(v *View) error {
		seen := 0
		return v.snap.scan([]byte{spaceDataKey}, after, false, func(key, value []byte) (bool, error) {
			seen++
			if len(stale) == rollBatch || seen > look {
				last = append([]byte(nil), key...)
				return false, nil
			}
			if len(value) == wrappedKeySize && wrappedEpoch(value) != epoch {
				stale = append(stale, keyID(key[1:]))
			}
			return true, nil
		})
	})
	return stale, last, err
}

// rewrap wraps data keys under another epoch key. A key that was forgotten in
// the meantime stays forgotten.
func (tx *Tx) rewrap(ids []keyID, epoch uint32) error {
	s := tx.snap.store
	kek, ok := s.ring.epoch(epoch)
	if !ok {
		return fmt.Errorf("%w: epoch key %d is not open", errDataKey, epoch)
	}
	for _, id := range ids {
		wrapped, err := tx.snap.get(dataKeyKey(id))
		if err != nil {
			return err
		}
		key, _, err := s.ring.unwrapKey(id, wrapped)
		if errors.Is(err, ErrErased) {
			continue
		}
		if err != nil {
			return fmt.Errorf("wrap a data key anew: %w", err)
		}
		fresh, err := wrapKey(s.cfg.Random, kek, epoch, id, key)
		if err != nil {
			return err
		}
		tx.own[string(dataKeyKey(id))] = write{value: fresh}
	}
	return nil
}

// at tells tests that a point was reached; they may kill the process there.
func (s *Store) at(point string) {
	if s.step != nil {
		s.step(point)
	}
}
