package attempts

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
	"github.com/rostod/rostod/storage/text"
)

// atOnce is how many rows are put into the index together, and entries read.
const atOnce = 1024

// during is the range of an owner's rows of a month, and of later ones; of all of
// them when there is no month.
func during(owner storage.Subject, month string) storage.Range {
	r := storage.Range{Prefix: storage.Key(owner[:])}
	if at, err := time.Parse("2006-01", month); err == nil {
		r.From = binary.BigEndian.AppendUint64(append(storage.Key(nil), owner[:]...), uint64(at.UnixNano()))
	}
	return r
}

// follow takes in what was committed since. A search waits for whoever is at it; but
// not for an index that is still being made.
func (x *index) follow(ctx context.Context) error {
	select {
	case x.turn <- struct{}{}:
	default:
		if !x.ready.Load() {
			return ErrIndexing
		}
		select {
		case x.turn <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	defer func() { <-x.turn }()
	return x.catchUp(ctx)
}

// catchUp brings the index to where the journal is. Whoever calls it has the turn.
func (x *index) catchUp(ctx context.Context) error {
	return x.attempts.Store.View(ctx, func(v *storage.View) error {
		at, err := v.Position()
		if err != nil {
			return fmt.Errorf("read the journal's size: %w", err)
		}
		now := uint64(at)
		if !x.ready.Load() {
			if err := x.begin(ctx, v, now); err != nil {
				return err
			}
		}
		if err := x.mend(ctx, v); err != nil {
			return err
		}
		for x.seen.Load() < now {
			if err := x.advance(ctx, v, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// begin makes the index whole: one of another journal is done away with, and an
// empty one is built.
func (x *index) begin(ctx context.Context, v *storage.View, now uint64) error {
	seen, err := x.marked(v)
	if err != nil {
		return err
	}
	if seen == 0 {
		if err := x.text.Clear(); err != nil {
			return err
		}
		if err := x.build(ctx, v); err != nil {
			return err
		}
		if err := x.mark(v, now); err != nil {
			return err
		}
		seen = now
	}
	if err := errors.Join(x.missing(ctx, v), x.dropAged(ctx, v)); err != nil {
		return err
	}
	x.seen.Store(seen)
	x.ready.Store(true)
	return nil
}

// missing makes months anew that were there, since they have a secret, and are not.
func (x *index) missing(ctx context.Context, v *storage.View) error {
	there := x.text.Parts()
	for row, err := range x.secrets.Scan(v, storage.Range{}) {
		if err != nil && len(row.Key) == 0 {
			return fmt.Errorf("read the secrets of the search index: %w", err)
		}
		part, err := monthAt(row.Key)
		if err != nil {
			return err
		}
		if slices.Contains(there, part) {
			continue
		}
		if err := x.text.Rebuild(part, x.documents(ctx, v, part)); err != nil {
			return fmt.Errorf("rebuild a month of the search index: %w", err)
		}
	}
	return nil
}

// build puts every row in.
func (x *index) build(ctx context.Context, v *storage.View) error {
	var waiting batch
	for d, err := range x.documents(ctx, v, "") {
		if err != nil {
			return err
		}
		if err := waiting.add(x, d); err != nil {
			return err
		}
	}
	return waiting.flush(x)
}

// batch is documents on their way into one part.
type batch struct {
	part string
	docs []text.Document
}

func (b *batch) add(x *index, d text.Document) error {
	if part := monthOf(d); part != b.part || len(b.docs) == atOnce {
		if err := b.flush(x); err != nil {
			return err
		}
		b.part = part
	}
	b.docs = append(b.docs, d)
	return nil
}

func (b *batch) flush(x *index) error {
	if len(b.docs) == 0 {
		return nil
	}
	err := x.text.Put(b.part, b.docs)
	b.docs = b.docs[:0]
	return err
}

// advance takes in the next entries of the journal.
func (x *index) advance(ctx context.Context, v *storage.View, now uint64) error {
	from := x.seen.Load()
	leaves, err := v.Leaves(from, int(min(atOnce, now-from)))
	if err != nil {
		return err
	}
	if len(leaves) == 0 {
		return errors.New("the journal ends before its size")
	}
	var waiting batch
	var gone []string
	aged := false
	for _, leaf := range leaves {
		aged = aged || leaf.Kind == agedEntry
		for _, key := range leaf.Forgot {
			gone = append(gone, hex.EncodeToString(key))
		}
		key, ok := x.attempts.reported(leaf)
		if !ok {
			continue
		}
		row, err := x.attempts.rows.Row(v, key)
		if errors.Is(err, storage.ErrErased) {
			err = nil
		}
		if errors.Is(err, storage.ErrNotFound) {
			continue // its days are over already
		}
		d, err := documentAt(row, err)
		if err == nil {
			err = waiting.add(x, d)
		}
		if err != nil {
			return err
		}
	}
	if err := waiting.flush(x); err != nil {
		return err
	}
	if err := x.drop(ctx, v, gone); err != nil {
		return err
	}
	if aged {
		if err := x.dropAged(ctx, v); err != nil {
			return err
		}
	}
	next := from + uint64(len(leaves))
	if err := x.mark(v, next); err != nil {
		return err
	}
	x.seen.Store(next)
	return nil
}

// reported is the key of the row that an entry of the journal speaks of. The
// entry has its id, and the id its moment (Add sees to that).
func (a *Attempts) reported(leaf storage.Leaf) (storage.Key, bool) {
	var public struct {
		Attempt engine.AttemptID `json:"attempt"`
	}
	if len(leaf.Public) == 0 || json.Unmarshal(leaf.Public, &public) != nil || public.Attempt == "" {
		return nil, false
	}
	at, ok := engine.Made(public.Attempt)
	return place(a.org(engine.OrgID(leaf.Org)), at, public.Attempt), ok
}

// drop takes out what was sealed with keys that were destroyed: the months that
// have any of it are made anew, under new secrets. Cut off in between, a month does
// not fit its secret and is made anew at the next start.
func (x *index) drop(ctx context.Context, v *storage.View, sealed []string) error {
	if len(sealed) == 0 {
		return nil
	}
	for _, part := range x.text.Parts() {
		holds, err := x.text.Holds(ctx, part, sealed)
		if err == nil && holds {
			err = x.anew(ctx, v, part)
		}
		if err != nil {
			return fmt.Errorf("take an erased attempt out of the search index: %w", err)
		}
	}
	return nil
}

// mend makes damaged months anew.
func (x *index) mend(ctx context.Context, v *storage.View) error {
	for _, part := range x.text.Damaged() {
		if err := x.text.Rebuild(part, x.documents(ctx, v, part)); err != nil {
			return fmt.Errorf("rebuild a month of the search index: %w", err)
		}
	}
	return nil
}

// mark notes how far the index has followed, and by which entry to tell this
// journal from another one, such as that of an older backup.
func (x *index) mark(v *storage.View, position uint64) error {
	said, err := markOf(v, position)
	if err != nil {
		return err
	}
	return x.text.SetMark(said)
}

func markOf(v *storage.View, position uint64) (string, error) {
	if position == 0 {
		return "0\n", nil
	}
	leaves, err := v.Leaves(position-1, 1)
	if err != nil || len(leaves) == 0 {
		return "", err
	}
	return fmt.Sprintf("%d %x\n", position, sha256.Sum256(leaves[0].Raw)), nil
}

// marked is how far the index has followed the journal that there is now; 0 when it
// has not, or has followed another one.
func (x *index) marked(v *storage.View) (uint64, error) {
	said, err := x.text.Mark()
	if err != nil {
		return 0, err
	}
	var position uint64
	if _, err := fmt.Sscanf(said, "%d", &position); err != nil {
		return 0, nil //nolint:nilerr // a mark that cannot be read says nothing
	}
	want, err := markOf(v, position)
	if err != nil || want != said {
		return 0, err
	}
	return position, nil
}

// again is how long work waits when the index could not be brought up to date, as on
// a full disk.
const again = time.Second

// work follows the journal, so that nobody's search has to. What cannot be done now is
// tried again: an index that is behind is no reason for the daemon to end.
func (x *index) work(ctx context.Context) error {
	return x.attempts.Store.Follow(ctx, "attempts.search", func(ctx context.Context, _ []storage.Leaf) error {
		for x.follow(ctx) != nil {
			select {
			case <-time.After(again):
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		return nil
	})
}
