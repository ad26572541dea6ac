package behaviour

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// proposal is a face that somebody wants on the list.
type proposal struct {
	Caller  engine.Caller
	Process engine.ProcessID
	Picture []byte // stands where Process may stand
	Reason  string
	Source  string
	Days    int
}

// propose looks at the picture, or recalls the face of the process, and keeps an
// entry that does not count yet.
func (b *Behaviour) propose(ctx context.Context, p proposal) (entry, error) {
	template, err := b.faceOf(ctx, p)
	if err != nil {
		return entry{}, err
	}
	now := b.Now().UTC().Truncate(time.Millisecond)
	id, err := engine.NewID[string]("wl", now, b.Random)
	if err != nil {
		return entry{}, err
	}
	e := entry{
		features: packed(template), ID: id, Org: p.Caller.Org, Reason: p.Reason, Source: p.Source, Process: p.Process,
		Proposed: now, By: p.Caller.Key, Holder: p.Caller.Holder, Expires: now.AddDate(0, 0, p.Days),
	}
	_, err = b.Store.Commit(ctx, func(tx *storage.Tx) error {
		if err := b.entries.Put(tx, b.own(e.Org, e.ID), b.entryAt(e.Org, e.ID), e); err != nil {
			return err
		}
		return b.log(tx, "watchlist.proposed", e, p.Caller.Key)
	})
	if err != nil {
		return entry{}, fmt.Errorf("keep a proposal for the watchlist: %w", err)
	}
	return e, nil
}

// faceOf is the face of a proposal; it must be one good face.
func (b *Behaviour) faceOf(ctx context.Context, p proposal) (engine.Template, error) {
	if p.Process != "" {
		known, err := b.Face(ctx, p.Caller.Org, p.Process)
		if err != nil {
			return engine.Template{}, err
		}
		switch {
		case known.Template.Empty():
			return engine.Template{}, ErrNoFace
		case len(known.Issues) > 0:
			return engine.Template{}, poor("processId", known.Issues)
		}
		return known.Template, nil
	}
	face, err := b.Eyes.Look(ctx, p.Picture)
	if err != nil {
		return engine.Template{}, fmt.Errorf("look at a face for the watchlist: %w", err)
	}
	if len(face.Issues) > 0 || face.Template.Empty() {
		return engine.Template{}, poor("image", face.Issues)
	}
	return face.Template, nil
}

// confirm makes an entry count. It takes another holder than of the key that
// proposed it.
func (b *Behaviour) confirm(ctx context.Context, by engine.Caller, id string) (e entry, err error) {
	_, err = b.Store.Commit(ctx, func(tx *storage.Tx) (err error) {
		if e, err = b.entry(tx, by.Org, id); err != nil {
			return err
		}
		eyes := room.FourEyes(e.Holder, by.Holder)
		switch now := tx.Now().UTC().Truncate(time.Millisecond); {
		case !e.Confirmed.IsZero():
			return ErrConfirmed
		case e.By == by.Key:
			return ErrSameKey
		case !now.Before(e.Expires):
			return ErrNoEntry
		case eyes != nil:
			return eyes
		default:
			e.Confirmed, e.Seconder = now, by.Key
		}
		at := b.entryAt(e.Org, e.ID)
		if err := b.entries.Put(tx, b.own(e.Org, e.ID), at, e); err != nil {
			return err
		}
		b.list.add(e.Org, e.template(), seen{key: at, turn: uint64(tx.Position()), at: e.Confirmed})
		return b.log(tx, "watchlist.confirmed", e, by.Key)
	})
	if err != nil {
		return entry{}, fmt.Errorf("confirm an entry of the watchlist: %w", err)
	}
	return e, nil
}

// withdraw takes an entry off the list and forgets the key that sealed it.
func (b *Behaviour) withdraw(ctx context.Context, by engine.Caller, id string) error {
	_, err := b.Store.Commit(ctx, func(tx *storage.Tx) error {
		e, err := b.entry(tx, by.Org, id)
		if err != nil {
			return err
		}
		return b.remove(tx, "watchlist.withdrawn", e, by.Key)
	})
	if err != nil {
		return fmt.Errorf("take an entry off the watchlist: %w", err)
	}
	b.list.drop(b.entryAt(by.Org, id))
	return nil
}

// expire takes off what has expired.
func (b *Behaviour) expire(ctx context.Context) error {
	var old []entry
	now := b.Now()
	err := b.Store.View(ctx, func(v *storage.View) error {
		for row, err := range b.entries.Scan(v, storage.Range{}) {
			if err != nil && !errors.Is(err, storage.ErrErased) {
				return err
			}
			if err == nil && !now.Before(row.Value.Expires) {
				old = append(old, row.Value)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the watchlist: %w", err)
	}
	for _, e := range old {
		_, err := b.Store.Commit(ctx, func(tx *storage.Tx) error { return b.remove(tx, "watchlist.expired", e, "system") })
		if err != nil {
			return fmt.Errorf("take an expired entry off the watchlist: %w", err)
		}
		b.list.drop(b.entryAt(e.Org, e.ID))
	}
	return nil
}

func (b *Behaviour) remove(tx *storage.Tx, kind string, e entry, by engine.KeyID) error {
	if err := b.entries.Delete(tx, b.entryAt(e.Org, e.ID)); err != nil {
		return err
	}
	if err := tx.Forget(b.own(e.Org, e.ID)); err != nil {
		return err
	}
	return b.log(tx, kind, e, by)
}

// entry is one of an org.
func (b *Behaviour) entry(r storage.Reader, org engine.OrgID, id string) (entry, error) {
	e, err := b.entries.Get(r, b.entryAt(org, id))
	if gone(err) {
		return entry{}, ErrNoEntry
	}
	return e, err
}

// log says in the journal what became of an entry, and nothing of why.
func (b *Behaviour) log(tx *storage.Tx, kind string, e entry, by engine.KeyID) error {
	_, err := tx.Log(storage.Entry{
		Kind: kind, Org: string(e.Org), Actor: string(by),
		Public: map[string]any{"entry": e.ID, "proposedBy": e.By, "expires": e.Expires},
	})
	return err
}
