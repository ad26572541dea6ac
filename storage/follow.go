package storage

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
)

// followLeaves is how many leaves a follower gets at once, at most.
const followLeaves = 256

// Follow hands every leaf of the journal, in order and from the first that
// this name has not accepted, to fn, and waits for more until the context or
// the store ends; it then answers the context's error or storage/closed, and
// any error of fn at once. The position is kept with the next batch, not with
// a write of its own: after a crash fn may get the leaves of the last second
// again.
func (s *Store) Follow(ctx context.Context, name string, fn func(ctx context.Context, leaves []Leaf) error) error {
	if name == "" || len(name) > maxKey-1 {
		return errors.New("storage: a follower needs a name of at most 254 bytes")
	}
	if err := s.follow(name); err != nil {
		return err
	}
	defer s.unfollow(name)
	next, err := s.followed(ctx, name)
	if err != nil {
		return err
	}
	for {
		grown := s.grown(next)
		leaves, err := s.Leaves(ctx, next, followLeaves)
		if err != nil {
			return err
		}
		if len(leaves) == 0 {
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-s.quit:
				return Closed
			case <-grown:
			}
			continue
		}
		if err := fn(ctx, leaves); err != nil {
			return err
		}
		next += uint64(len(leaves))
		s.accept(name, next)
	}
}

func (s *Store) follow(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.following[name] {
		return fmt.Errorf("storage: follower %q is at work already", name)
	}
	s.following[name] = true
	return nil
}

func (s *Store) unfollow(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.following, name)
}

// grown is closed once the journal is longer than size.
func (s *Store) grown(size uint64) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.size > size {
		now := make(chan struct{})
		close(now)
		return now
	}
	return s.wake
}

// accept remembers the follower's position until a batch takes it along.
func (s *Store) accept(name string, position uint64) {
	s.mu.Lock()
	s.riders[name] = position
	s.mu.Unlock()
	select {
	case s.riderNudge <- struct{}{}:
	default:
	}
}

// takeRiders are the positions to write with this batch.
func (s *Store) takeRiders() map[string]uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	riders := s.riders
	s.riders = map[string]uint64{}
	return riders
}

// followed is the position of a follower: 0 for a new one.
func (s *Store) followed(ctx context.Context, name string) (uint64, error) {
	s.mu.Lock()
	position, waiting := s.riders[name]
	s.mu.Unlock()
	if waiting {
		return position, nil
	}
	err := s.View(ctx, func(v *View) error {
		at := followerKey(name)
		sealed, err := v.snap.get(at)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		plain, err := s.openMeta(at, sealed)
		if err != nil || len(plain) != 8 {
			return damaged(fmt.Sprintf("The position of follower %q was altered", name))
		}
		position = binary.BigEndian.Uint64(plain)
		h, err := v.snap.head()
		if err == nil && position > h.size {
			return damaged(fmt.Sprintf("Follower %q is ahead of the journal", name))
		}
		return err
	})
	return position, err
}

func (s *Store) sealPosition(name string, position uint64) ([]byte, error) {
	return s.sealMeta(followerKey(name), binary.BigEndian.AppendUint64(nil, position))
}
