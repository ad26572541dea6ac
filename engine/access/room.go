package access

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// pepperLabel names the secret that key hashes are made with.
const pepperLabel = "access/pepper"

// Config is what the room needs.
type Config struct {
	Store  *storage.Store
	Now    func() time.Time
	Random io.Reader
	Tokens Tokens // of service accounts; nil: there are none
	// Capabilities lists those that a key may be given; nil: any.
	Capabilities func() []engine.CapabilityName
}

// Access is the room, opened.
type Access struct {
	Config
	table  *storage.Table[key]
	pepper []byte
}

// Open claims the keys' records.
func Open(c Config) (*Access, error) {
	table, err := storage.OpenTable[key](c.Store, tablePrefix, "access.keys")
	if err != nil {
		return nil, err
	}
	return &Access{Config: c, table: table, pepper: c.Store.Secret(pepperLabel)}, nil
}

// Room is what the daemon mounts.
func (a *Access) Room() room.Room { return room.Room{Name: "access", Routes: a.routes} }

// Wish is what a new key should be.
type Wish struct {
	Scopes   []engine.Scope
	Org      engine.OrgID // empty: the maker's
	Segment  engine.SegmentID
	Label    string
	Holder   engine.Holder // empty: nobody says
	Lifetime time.Duration // 0: it does not end

	Capabilities []engine.CapabilityName
	CaptureOnly  bool
	Sandbox      bool
}

// Create makes a key for a caller and returns it with its secret, which is
// kept nowhere. It is known when Create returns.
func (a *Access) Create(ctx context.Context, by engine.Caller, w Wish) (Key, string, error) {
	if w.Org == "" {
		w.Org = by.Org
	}
	if w.Org != by.Org && by.Key != engine.Operator {
		return Key{}, "", ErrTooMuch
	}
	for _, s := range w.Scopes {
		if !by.May(s) {
			return Key{}, "", ErrTooMuch
		}
	}
	now := a.Now().UTC().Truncate(time.Millisecond)
	id, err := engine.NewID[engine.KeyID]("key", now, a.Random)
	if err != nil {
		return Key{}, "", err
	}
	secret, err := mint(id, a.Random)
	if err != nil {
		return Key{}, "", err
	}
	k := key{
		Key: Key{
			ID: id, Org: w.Org, Segment: w.Segment, Scopes: w.Scopes, Label: w.Label, Holder: w.Holder, Created: now,
			Capabilities: w.Capabilities, CaptureOnly: w.CaptureOnly, Sandbox: w.Sandbox,
		},
		Hash: hash(a.pepper, secret),
	}
	if w.Lifetime > 0 {
		k.Expires = now.Add(w.Lifetime)
	}
	_, err = a.Store.Commit(ctx, func(tx *storage.Tx) error { return a.put(tx, by.Key, "key.created", k) })
	if err != nil {
		return Key{}, "", fmt.Errorf("keep new API key: %w", err)
	}
	return k.Key, secret, nil
}

// Authenticate turns a secret into the caller that it stands for.
func (a *Access) Authenticate(ctx context.Context, secret string) (engine.Caller, error) {
	id, ok := keyOf(secret)
	if !ok {
		return engine.Caller{}, ErrUnknown
	}
	var k key
	err := a.Store.View(ctx, func(v *storage.View) (err error) {
		k, err = a.table.Get(v, storage.Key(id))
		return err
	})
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return engine.Caller{}, ErrUnknown
	case err != nil:
		return engine.Caller{}, fmt.Errorf("read API key %s: %w", id, err)
	case !same(k.Hash, hash(a.pepper, secret)):
		return engine.Caller{}, ErrUnknown
	case !k.Revoked.IsZero():
		return engine.Caller{}, ErrRevoked
	case !k.Expires.IsZero() && !a.Now().Before(k.Expires):
		return engine.Caller{}, ErrExpired
	}
	return engine.Caller{
		Key: k.ID, Org: k.Org, Segment: k.Segment, Scopes: k.Scopes,
		Capabilities: k.Capabilities, CaptureOnly: k.CaptureOnly, Sandbox: k.Sandbox,
		Holder: a.mark(k.Org, k.Holder),
	}, nil
}

// Any says whether at least one key has ever been made.
func (a *Access) Any(ctx context.Context) (bool, error) {
	keys, err := a.keys(ctx, engine.Caller{Key: engine.Operator})
	return len(keys) > 0, err
}

// keys lists the keys that a caller may see: its org's, or all for the
// operator at the machine.
func (a *Access) keys(ctx context.Context, by engine.Caller) ([]Key, error) {
	var list []Key
	err := a.Store.View(ctx, func(v *storage.View) error {
		for row, err := range a.table.Scan(v, storage.Range{}) {
			if err != nil {
				return err
			}
			if by.Key == engine.Operator || row.Value.Org == by.Org {
				list = append(list, row.Value.Key)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list API keys: %w", err)
	}
	return list, nil
}

// end revokes a key and forgets who held it; revoking twice keeps the first time.
func (a *Access) end(ctx context.Context, by engine.Caller, id engine.KeyID) (Key, error) {
	var k key
	_, err := a.Store.Commit(ctx, func(tx *storage.Tx) (err error) {
		k, err = a.table.Get(tx, storage.Key(id))
		if errors.Is(err, storage.ErrNotFound) || err == nil && k.Org != by.Org && by.Key != engine.Operator {
			return ErrNoKey
		}
		if err != nil || !k.Revoked.IsZero() {
			return err
		}
		k.Revoked = tx.Now().UTC().Truncate(time.Millisecond)
		if k.Holder != "" {
			k.Holder = ""
			if err := tx.Forget(a.own(k.ID)); err != nil {
				return err
			}
		}
		return a.put(tx, by.Key, "key.revoked", k)
	})
	if err != nil {
		return Key{}, fmt.Errorf("revoke API key: %w", err)
	}
	return k.Key, nil
}
