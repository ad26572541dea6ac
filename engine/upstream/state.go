package upstream

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/rostod/rostod/engine/upstream/batch"
	"github.com/rostod/rostod/internal/transparency"
	"github.com/rostod/rostod/storage"
)

// state is what is known of headquarters.
type state struct {
	held     uint64                  // entries that it has co-signed and that are the ones here
	seen     uint64                  // the most that it has shown a co-signature for, also when others stand here
	shown    []byte                  // its newest checkpoint with a co-signature, also when others stand here
	standing batch.Standing          // empty before it was heard
	accepted time.Time               // when it last co-signed, by its clock
	answered time.Time               // when it signed its last answer, by its clock
	heard    time.Time               // when it last answered, by the clock here
	failures int                     // in a row
	problem  string                  // why the last try failed; nothing personal
	alarms   []uint64                // entries to tell of first
	greeted  bool                    // it has answered since the room was opened
	told     bool                    // it has been told that things are not sound
	other    transparency.Checkpoint // another end of this journal that it has co-signed last; of size 0: none
	otherAt  time.Time               // when it did
}

// heardOf is when headquarters signed its last answer, in Unix seconds; 0: none came.
func (s state) heardOf() int64 {
	if s.answered.IsZero() {
		return 0
	}
	return s.answered.Unix()
}

func (u *Upstream) cursorFile() string { return filepath.Join(u.Dir, "receipt") }

// otherFile keeps the receipt that showed another end of this journal: who was erased
// there must be erased here, however long headquarters is out of reach after a start.
func (u *Upstream) otherFile() string { return filepath.Join(u.Dir, "other-end") }

// resume takes the last receipt for where to go on.
func (u *Upstream) resume(ctx context.Context, kept []byte) error {
	r, at, err := u.readReceipt(ctx, kept)
	if err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.state.seen, u.state.accepted, u.state.answered, u.state.shown = r.Size, r.At, r.At, r.Checkpoint
	same, err := u.agrees(ctx, at)
	if err != nil || !same {
		return errors.Join(err, errors.New("it speaks of other entries than are here"))
	}
	u.state.held = r.Size
	return nil
}

func (u *Upstream) readReceipt(ctx context.Context, wire []byte) (batch.Receipt, transparency.Checkpoint, error) {
	keys, _, err := u.Log.Keys(ctx)
	if err != nil {
		return batch.Receipt{}, transparency.Checkpoint{}, err
	}
	return batch.OpenReceipt(wire, u.Headquarters.Cosigner, keys...)
}

// agrees says whether the journal begins with what a checkpoint speaks of.
func (u *Upstream) agrees(ctx context.Context, at transparency.Checkpoint) (same bool, err error) {
	err = u.Store.View(ctx, func(v *storage.View) error {
		size, err := v.Position()
		if err != nil || at.Size > uint64(size) {
			return err
		}
		root, err := tlog.TreeHash(int64(at.Size), v.Hashes())
		same = at.Size == 0 || root == at.Root
		return err
	})
	return same, err
}

// accept takes what headquarters said. Only a co-signature of entries that are here
// moves the place to go on from. It moves back, when headquarters has lost something,
// only by the answer to what was just sent: its id. When the answer is to a parcel, id
// is empty, and one that was signed before the newest moves nothing back.
func (u *Upstream) accept(ctx context.Context, wire []byte, id string) error {
	r, at, err := u.readReceipt(ctx, wire)
	if err != nil {
		return fmt.Errorf("headquarters' receipt: %w", err)
	}
	if id != "" && r.For != id {
		return errors.New("headquarters answered something else")
	}
	same, err := u.agrees(ctx, at)
	if err != nil {
		return err
	}
	size := u.Store.State(ctx).Journal
	u.mu.Lock()
	defer u.mu.Unlock()
	s := &u.state
	s.greeted, s.heard, s.failures, s.problem = s.greeted || id != "", u.Now(), 0, ""
	if id != "" || r.At.After(s.answered) {
		s.answered = r.At
	}
	if r.Size >= s.seen && r.Size > 0 {
		s.seen, s.shown = r.Size, r.Checkpoint
	}
	switch {
	case r.Standing != batch.Sound:
		s.standing = r.Standing
	case same:
		s.standing = batch.Sound
	case r.Size > size:
		s.standing = batch.RolledBack
	default:
		s.standing = batch.Forked
	}
	if !same && at.Root != s.other.Root && r.At.After(s.otherAt) {
		if err := keep(u.otherFile(), wire); err != nil {
			return err
		}
		s.other, s.otherAt = at, r.At
	}
	if s.standing != batch.Sound || r.Size < s.held && id == "" && !r.At.After(s.accepted) {
		return nil
	}
	s.held, s.accepted = r.Size, r.At
	s.alarms = slices.DeleteFunc(s.alarms, func(index uint64) bool { return index < r.Size })
	return keep(u.cursorFile(), wire)
}

// Cosigned is the newest checkpoint that headquarters has shown a co-signature for; nil
// when it has shown none.
func (u *Upstream) Cosigned() []byte {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.state.shown
}

// OtherEnd is the checkpoint, signed by this journal's key, of another end of it, which
// headquarters has co-signed last: an older copy was put back, or the journal was
// changed. Of size 0: it knows of none.
func (u *Upstream) OtherEnd() transparency.Checkpoint {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.state.other
}

// recallOther takes what was kept of another end. A file that cannot be used is an
// error: without it nobody would be asked to erase anybody again.
func (u *Upstream) recallOther(ctx context.Context) error {
	kept, err := os.ReadFile(u.otherFile())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read what another end of the journal had: %w", err)
	}
	r, at, err := u.readReceipt(ctx, kept)
	if err != nil {
		return fmt.Errorf("what another end of the journal had: %w", err)
	}
	u.state.other, u.state.otherAt = at, r.At
	return nil
}

// failed notes that nothing came back.
func (u *Upstream) failed(err error) (failures int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.state.failures++
	u.state.problem = err.Error()
	return u.state.failures
}

// keep writes a small file whole or not at all.
func keep(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("keep a receipt: %w", err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("keep a receipt: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// Status is what is unsent, for people and for checks.
type Status struct {
	On         bool           `json:"on" doc:"Whether a headquarters is configured."`
	To         string         `json:"to,omitzero" doc:"What headquarters calls itself."`
	By         string         `json:"by,omitzero" doc:"Which way it goes: https, nats, or carry, on a medium."`
	Unsent     uint64         `json:"unsent" doc:"Entries that headquarters has not co-signed."`
	Oldest     time.Time      `json:"oldest,omitzero" doc:"When the oldest of them was written."`
	Accepted   uint64         `json:"accepted" doc:"Entries that it has co-signed."`
	AcceptedAt time.Time      `json:"acceptedAt,omitzero" doc:"When it last did, by its clock."`
	HeardAt    time.Time      `json:"heardAt,omitzero" doc:"When it last answered."`
	Standing   batch.Standing `json:"standing,omitzero" enum:"sound,forked,rolled-back" doc:"forked: it has co-signed other entries than are here; rolled-back: it has co-signed more than are here."`
	Failures   int            `json:"failures,omitzero" doc:"Tries in a row that nothing came back from."`
	Problem    string         `json:"problem,omitzero" doc:"Why the last of them failed."`
}

// Status is how things stand.
func (u *Upstream) Status(ctx context.Context) (Status, error) {
	if u.Headquarters == nil {
		return Status{}, nil
	}
	u.mu.Lock()
	s := u.state
	u.mu.Unlock()
	out := Status{
		On: true, To: u.Headquarters.Name(), By: u.By, Accepted: s.held, AcceptedAt: s.accepted, HeardAt: s.heard,
		Standing: s.standing, Failures: s.failures, Problem: s.problem,
	}
	err := u.Store.View(ctx, func(v *storage.View) error {
		size, err := v.Position()
		if err != nil || uint64(size) <= s.held {
			return err
		}
		out.Unsent = uint64(size) - s.held
		leaves, err := v.Leaves(s.held, 1)
		if len(leaves) == 1 {
			out.Oldest = leaves[0].Time
		}
		return err
	})
	return out, err
}
