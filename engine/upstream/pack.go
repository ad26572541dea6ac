package upstream

import (
	"context"
	"errors"
	"fmt"

	"github.com/rostod/rostod/engine/upstream/batch"
	"github.com/rostod/rostod/internal/transparency"
	"github.com/rostod/rostod/storage"
)

// Limits of what one batch gathers; what is more than batch.Most when packed is halved.
const (
	mostEntries = 4000
	mostRaw     = 2 << 20 // bytes of entries
)

// pack makes the batch of entries from a place on: of none when there are none, or
// when none are wanted.
func (u *Upstream) pack(ctx context.Context, from uint64, most int) (b batch.Batch, wire []byte, err error) {
	_, proofs, err := u.Log.Keys(ctx)
	if err != nil {
		return b, nil, err
	}
	u.mu.Lock()
	seen, told := u.state.seen, u.state.heardOf()
	u.mu.Unlock()
	for {
		err := u.Store.View(ctx, func(v *storage.View) (err error) {
			b, err = u.gather(v, from, most)
			return err
		})
		if err != nil {
			return b, nil, err
		}
		b.Seen, b.Told, b.Keys = seen, told, proofs
		wire, err = b.Bytes(func(kind string, lines ...string) ([]byte, error) { return u.Log.State(ctx, kind, lines...) })
		if !errors.Is(err, batch.ErrTooLarge) || len(b.Entries) <= 1 {
			return b, wire, err
		}
		most = len(b.Entries) / 2
	}
}

// gather reads entries and what proves them from one view.
func (u *Upstream) gather(v *storage.View, from uint64, most int) (b batch.Batch, err error) {
	size, err := v.Position()
	if err != nil {
		return b, err
	}
	b = batch.Batch{From: min(from, uint64(size)), Size: uint64(size)}
	b.To = b.From
	openings := batch.Openings{}
	for raw := 0; len(b.Entries) < most && raw < mostRaw && b.To < b.Size; {
		leaves, err := v.Leaves(b.To, min(most-len(b.Entries), 256))
		if err != nil {
			return b, err
		}
		for _, l := range leaves {
			if raw += len(l.Raw); raw > mostRaw && len(b.Entries) > 0 {
				break
			}
			b.Entries, b.To = append(b.Entries, l.Raw), b.To+1
			if err := u.disclose(v, l, openings); err != nil {
				return b, err
			}
		}
	}
	if b.Edge, err = transparency.EdgeAt(b.From, v.Hashes()); err != nil {
		return b, err
	}
	var at transparency.Checkpoint
	if at, b.Checkpoint, err = u.Log.At(v, b.To); err != nil {
		return b, err
	}
	b.Origin = at.Origin
	b.Openings, err = openings.Seal(u.Headquarters.Seals, b.Origin, b.From, b.To)
	return b, err
}

// disclose adds what headquarters may know of an entry. Whoever was erased has nothing
// left to tell.
func (u *Upstream) disclose(v *storage.View, l storage.Leaf, into batch.Openings) error {
	wanted := false
	for _, name := range u.Disclose {
		wanted = wanted || l.Commitments[name] != nil
	}
	if !wanted {
		return nil
	}
	private, err := v.Disclose(l.Index)
	if errors.Is(err, storage.ErrErased) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open an entry: %w", err)
	}
	values := map[string]transparency.Opened{}
	for _, name := range u.Disclose {
		if d, ok := private[name]; ok {
			values[name] = transparency.Opened(d)
		}
	}
	into[l.Index] = values
	return nil
}

// alarm is an entry, made ready to be told of first.
func (u *Upstream) alarm(ctx context.Context, index uint64) (batch.Alarm, []byte, error) {
	names, proofs, err := u.Log.Keys(ctx)
	if err != nil {
		return batch.Alarm{}, nil, err
	}
	leaves, err := u.Store.Leaves(ctx, index, 1)
	if err != nil || len(leaves) == 0 {
		return batch.Alarm{}, nil, errors.Join(err, errors.New("the entry of an alarm is missing"))
	}
	origin, err := transparency.CheckKey(names[0])
	if err != nil {
		return batch.Alarm{}, nil, err
	}
	a := batch.Alarm{Origin: origin, Index: index, Entry: leaves[0].Raw, Keys: proofs}
	wire, err := a.Bytes(func(kind string, lines ...string) ([]byte, error) { return u.Log.State(ctx, kind, lines...) })
	return a, wire, err
}
