package retention

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// tablePrefix owns the policies, and the state of the daily work:
//
//	0, pseudonym of the org, version -> version
//	1                                -> state
const tablePrefix = 'W'

const (
	ofVersions storage.U8 = 0
	ofState    storage.U8 = 1
)

// record is one of the two.
type record struct {
	Version *version `json:"version,omitzero"`
	State   *state   `json:"state,omitzero"`
}

// version is the record of one change.
type version struct {
	Number uint64       `json:"number"`
	Org    engine.OrgID `json:"org"`
	Rules  rules        `json:"rules"`
	By     engine.KeyID `json:"by"`
	At     time.Time    `json:"at"`
	Note   string       `json:"note,omitzero"`
}

// state is how far the daily work is.
type state struct {
	Reached time.Time      `json:"reached"`          // all that was due as of then is gone
	Vouched time.Time      `json:"vouched,omitzero"` // when somebody said that the clock was right
	AsOf    time.Time      `json:"asOf,omitzero"`    // of the run under way; zero: none is
	Began   time.Time      `json:"began,omitzero"`
	Removed map[string]int `json:"removed,omitempty"` // by the run under way, or else by the last
	Held    map[string]int `json:"held,omitempty"`    // and what was due and stayed, because of holds
	Ended   time.Time      `json:"ended,omitzero"`
}

func (r *Retention) versionsOf(org engine.OrgID) storage.Key {
	return storage.Path(ofVersions, r.Store.Pseudonym("retention", string(org)))
}

func (r *Retention) versionAt(org engine.OrgID, number uint64) storage.Key {
	return append(r.versionsOf(org), storage.Path(storage.U64(number))...)
}

// newest is the version that holds: the zero one when nothing was ever set.
func (r *Retention) newest(from storage.Reader, org engine.OrgID) (version, error) {
	for row, err := range r.table.Scan(from, storage.Range{Prefix: r.versionsOf(org), Reverse: true}) {
		if err != nil {
			return version{}, fmt.Errorf("read the retention policy: %w", err)
		}
		return *row.Value.Version, nil
	}
	return version{Org: org}, nil
}

// Of is an org's policy, as a reader sees it.
func (r *Retention) Of(from storage.Reader, org engine.OrgID) (engine.Retention, error) {
	v, err := r.newest(from, org)
	return v.Rules.policy(v.Number, r.CaptureDays), err
}

// Policy is an org's policy now.
func (r *Retention) Policy(ctx context.Context, org engine.OrgID) (p engine.Retention, err error) {
	err = r.Store.View(ctx, func(v *storage.View) error {
		p, err = r.Of(v, org)
		return err
	})
	return p, err
}

// ReasonNeeded says whether nobody of an org may look without saying why.
func (r *Retention) ReasonNeeded(ctx context.Context, org engine.OrgID) (bool, error) {
	p, err := r.Policy(ctx, org)
	return p.AccessReason, err
}

// versions are the changes of an org, newest first.
func (r *Retention) versions(ctx context.Context, org engine.OrgID) (list []version, err error) {
	err = r.Store.View(ctx, func(v *storage.View) error {
		for row, err := range r.table.Scan(v, storage.Range{Prefix: r.versionsOf(org), Reverse: true}) {
			if err != nil {
				return err
			}
			list = append(list, *row.Value.Version)
		}
		return nil
	})
	return list, err
}

// orgs are those that have set a policy.
func (r *Retention) orgs(from storage.Reader) (list []engine.OrgID, err error) {
	known := map[engine.OrgID]bool{}
	for row, err := range r.table.Scan(from, storage.Range{Prefix: storage.Path(ofVersions)}) {
		if err != nil {
			return nil, fmt.Errorf("read the retention policies: %w", err)
		}
		if org := row.Value.Version.Org; !known[org] {
			known[org] = true
			list = append(list, org)
		}
	}
	return list, nil
}

// change makes a new version, unless somebody else did since the one that the
// caller saw; seen is nil when the caller does not care.
func (r *Retention) change(ctx context.Context, by engine.Caller, set rules, seen *uint64, note string) (version, error) {
	if err := set.sound(); err != nil {
		return version{}, err
	}
	var made version
	_, err := r.Store.Commit(ctx, func(tx *storage.Tx) error {
		last, err := r.newest(tx, by.Org)
		if err != nil {
			return err
		}
		if seen != nil && *seen != last.Number {
			return ErrChanged
		}
		made = version{last.Number + 1, by.Org, set, by.Key, tx.Now().Truncate(time.Millisecond), note}
		if err := r.table.Put(tx, storage.Subject{}, r.versionAt(by.Org, made.Number), record{Version: &made}); err != nil {
			return err
		}
		_, err = tx.Log(storage.Entry{
			Kind: "retention.changed", Org: string(by.Org), Actor: string(by.Key),
			Public: map[string]any{"version": made.Number, "policy": set},
		})
		return err
	})
	if err != nil {
		return version{}, fmt.Errorf("change the retention policy: %w", err)
	}
	return made, nil
}

// state is how far the daily work is; false when it has never begun.
func (r *Retention) state(from storage.Reader) (state, bool, error) {
	row, err := r.table.Get(from, storage.Path(ofState))
	if errors.Is(err, storage.ErrNotFound) {
		return state{}, false, nil
	}
	if err != nil {
		return state{}, false, fmt.Errorf("read the state of retention: %w", err)
	}
	return *row.State, true, nil
}

func (r *Retention) put(tx *storage.Tx, s state) error {
	return r.table.Put(tx, storage.Subject{}, storage.Path(ofState), record{State: &s})
}

// now is the state as the work left it.
func (r *Retention) now(ctx context.Context) (s state, began bool, err error) {
	err = r.Store.View(ctx, func(v *storage.View) error {
		s, began, err = r.state(v)
		return err
	})
	return s, began, err
}
