package settings

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// tablePrefix owns the settings' records: pseudonym of the org, 8 bytes of
// version -> version. The newest is what holds.
const tablePrefix = 's'

// Config is what the room needs.
type Config struct {
	Store *storage.Store
}

// Settings is the room, opened.
type Settings struct {
	Config
	table *storage.Table[version]
}

// version is the record of one change.
type version struct {
	Number    uint64       `json:"number"`
	Overrides overrides    `json:"overrides"`
	By        engine.KeyID `json:"by"`
	At        time.Time    `json:"at"`
	Note      string       `json:"note,omitzero"`
}

// Open claims the settings' records.
func Open(c Config) (*Settings, error) {
	table, err := storage.OpenTable[version](c.Store, tablePrefix, "settings.versions")
	if err != nil {
		return nil, err
	}
	return &Settings{Config: c, table: table}, nil
}

// Room is what the daemon mounts.
func (s *Settings) Room() room.Room { return room.Room{Name: "settings", Routes: s.routes} }

// Policy is what holds for an org now. Version 0 is the defaults.
func (s *Settings) Policy(ctx context.Context, org engine.OrgID) (engine.Policy, error) {
	v, err := s.now(ctx, org)
	if err != nil {
		return engine.Policy{}, fmt.Errorf("read settings: %w", err)
	}
	return v.policy(), nil
}

func (s *Settings) now(ctx context.Context, org engine.OrgID) (version, error) {
	var v version
	err := s.Store.View(ctx, func(view *storage.View) (err error) {
		v, err = s.newest(view, org)
		return err
	})
	return v, err
}

func (v version) policy() engine.Policy {
	p := v.Overrides.with(Defaults())
	p.Version = v.Number
	return p
}

// newest is the version that holds: the zero one when nothing was ever set.
func (s *Settings) newest(r storage.Reader, org engine.OrgID) (version, error) {
	for row, err := range s.table.Scan(r, storage.Range{Prefix: s.owned(org), Reverse: true}) {
		return row.Value, err
	}
	return version{}, nil
}

func (s *Settings) owned(org engine.OrgID) storage.Key {
	owner := s.Store.Pseudonym("settings", string(org))
	return storage.Key(owner[:])
}

func (s *Settings) place(org engine.OrgID, number uint64) storage.Key {
	return binary.BigEndian.AppendUint64(s.owned(org), number)
}

// at is one version of the past.
func (s *Settings) at(ctx context.Context, org engine.OrgID, number uint64) (version, error) {
	var v version
	err := s.Store.View(ctx, func(view *storage.View) (err error) {
		v, err = s.table.Get(view, s.place(org, number))
		return err
	})
	if errors.Is(err, storage.ErrNotFound) {
		return v, ErrNoVersion
	}
	return v, err
}

// versions lists every change, newest first.
func (s *Settings) versions(ctx context.Context, org engine.OrgID) ([]version, error) {
	var list []version
	err := s.Store.View(ctx, func(view *storage.View) error {
		for row, err := range s.table.Scan(view, storage.Range{Prefix: s.owned(org), Reverse: true}) {
			if err != nil {
				return err
			}
			list = append(list, row.Value)
		}
		return nil
	})
	return list, err
}

// change makes a new version, unless somebody else did since the one that the
// caller saw; seen is nil when the caller does not care.
func (s *Settings) change(ctx context.Context, by engine.Caller, over overrides, seen *uint64, note string) (version, error) {
	if bad := sound(over.with(Defaults())); bad != nil {
		return version{}, bad
	}
	var made version
	_, err := s.Store.Commit(ctx, func(tx *storage.Tx) error {
		last, err := s.newest(tx, by.Org)
		if err != nil {
			return err
		}
		if seen != nil && *seen != last.Number {
			return ErrChanged
		}
		made = version{
			Number: last.Number + 1, Overrides: over, By: by.Key,
			At: tx.Now().UTC().Truncate(time.Millisecond), Note: note,
		}
		if err := s.table.Put(tx, storage.Subject{}, s.place(by.Org, made.Number), made); err != nil {
			return err
		}
		_, err = tx.Log(storage.Entry{
			Kind: "settings.changed", Org: string(by.Org), Actor: string(by.Key),
			Public: map[string]any{"version": made.Number, "overrides": over},
		})
		return err
	})
	if err != nil {
		return version{}, fmt.Errorf("change settings: %w", err)
	}
	return made, nil
}
