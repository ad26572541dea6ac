package hub

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rostod/rostod/engine/upstream/batch"
	"github.com/rostod/rostod/internal/transparency"
	"github.com/rostod/rostod/storage"
)

// The hub's records, in a store of its own.
//
//	branches: log                    -> branch
//	ranges:   folder, from, to       -> kept
//	alarms:   folder, index          -> alarm
//	secrets:  0                      -> its private keys
//
// A branch that begins anew has another folder: what was kept of it before stays, and
// is in nobody's way.
const (
	branchesPrefix = 'y'
	rangesPrefix   = 'Y'
	alarmsPrefix   = 'h'
	secretsPrefix  = 'H'
)

// branch is a log that is kept here.
type branch struct {
	Name       string         `json:"name"`
	Origin     string         `json:"origin"`
	Keys       []string       `json:"keys"` // that its log was and is signed with, the last one signs
	Folder     string         `json:"folder"`
	Enrolled   time.Time      `json:"enrolled"`
	Size       uint64         `json:"size"`                // entries that are here without a gap
	Checkpoint []byte         `json:"checkpoint,omitzero"` // the branch's, of Size
	Claimed    uint64         `json:"claimed"`             // the most entries that it has said it has
	Heard      time.Time      `json:"heard,omitzero"`
	Standing   batch.Standing `json:"standing"`
	Why        string         `json:"why,omitzero"`
	Against    []byte         `json:"against,omitzero"` // its checkpoint that contradicts Checkpoint
	Parcel     uint64         `json:"parcel,omitzero"`  // the last one that came
	Parcels    string         `json:"parcels,omitzero"` // its digest
	Missing    []uint64       `json:"missing,omitzero"` // parcels that did not come
	Tabled     uint64         `json:"tabled,omitzero"`  // entries that are in Parquet files
}

// kept is a batch that lies in the archive.
type kept struct {
	From   uint64 `json:"from"`
	To     uint64 `json:"to"`
	Digest string `json:"digest"` // SHA-256 of the file, hexadecimal
	File   string `json:"file"`
}

// alarm is an entry that was told of ahead of its place.
type alarm struct {
	Index     uint64    `json:"index"`
	Kind      string    `json:"kind"`
	Digest    string    `json:"digest"`
	Told      time.Time `json:"told"`
	Confirmed bool      `json:"confirmed"` // the same entry came at its place
}

func branchAt(origin string) storage.Key { return storage.Path(storage.Text(origin)) }

func (b branch) own() storage.Key { return storage.Path(storage.Text(b.Folder)) }

func (b branch) rangeAt(from, to uint64) storage.Key {
	return append(b.own(), storage.Path(storage.U64(from), storage.U64(to))...)
}

func (b branch) alarmAt(index uint64) storage.Key {
	return append(b.own(), storage.Path(storage.U64(index))...)
}

// branchOf is the branch of a log.
func (h *Hub) branchOf(ctx context.Context, origin string) (b branch, err error) {
	err = h.Store.View(ctx, func(v *storage.View) error {
		b, err = h.branches.Get(v, branchAt(origin))
		return err
	})
	if errors.Is(err, storage.ErrNotFound) {
		return b, ErrUnknownBranch
	}
	return b, err
}

// all are the branches, by log.
func (h *Hub) all(ctx context.Context) (list []branch, err error) {
	err = h.Store.View(ctx, func(v *storage.View) error {
		for row, err := range h.branches.Scan(v, storage.Range{}) {
			if err != nil {
				return fmt.Errorf("read the branches: %w", err)
			}
			list = append(list, row.Value)
		}
		return nil
	})
	return list, err
}

// named is a branch by its name.
func (h *Hub) named(ctx context.Context, name string) (branch, error) {
	list, err := h.all(ctx)
	if err != nil {
		return branch{}, err
	}
	for _, b := range list {
		if b.Name == name {
			return b, nil
		}
	}
	return branch{}, ErrUnknownBranch
}

// rangesOf are the batches that are kept of a branch and may reach beyond an entry, by
// their places. In years they are so many that nobody reads all for each that comes.
func (h *Hub) rangesOf(ctx context.Context, b branch, entry uint64) (list []kept, err error) {
	first := entry - min(entry, batch.MostEntries)
	err = h.Store.View(ctx, func(v *storage.View) error {
		for row, err := range h.ranges.Scan(v, storage.Range{Prefix: b.own(), From: b.rangeAt(first, 0)}) {
			if err != nil {
				return fmt.Errorf("read what is kept: %w", err)
			}
			list = append(list, row.Value)
		}
		return nil
	})
	return list, err
}

// Enrol enters a branch under a name, by the key of its log: any that the log was
// signed with, the first is best.
func (h *Hub) Enrol(ctx context.Context, name, key string) error {
	origin, err := transparency.CheckKey(key)
	if err != nil || !isLog(origin) {
		return ErrKey
	}
	if !isName(name) {
		return ErrName
	}
	defer h.lock(origin)()
	_, err = h.Store.Commit(ctx, func(tx *storage.Tx) error {
		for row, err := range h.branches.Scan(tx, storage.Range{}) {
			if err != nil {
				return err
			}
			if row.Value.Name == name || row.Value.Origin == origin {
				return ErrEnrolled
			}
		}
		b := branch{
			Name: name, Origin: origin, Keys: []string{key}, Folder: batch.Short(origin),
			Enrolled: tx.Now().UTC().Truncate(time.Millisecond), Standing: batch.Sound,
		}
		if err := h.branches.Put(tx, storage.Subject{}, branchAt(origin), b); err != nil {
			return err
		}
		_, err := tx.Log(storage.Entry{Kind: "hub.enrolled", Actor: "operator", Public: map[string]any{"branch": name, "key": key}})
		return err
	})
	return err
}

// isLog says whether a log is named as rostod names them: the name is a folder's, and a
// piece of a NATS subject.
func isLog(origin string) bool {
	id, ok := strings.CutPrefix(origin, "rostod/")
	return ok && id != "" && len(id) <= 64 && strings.Trim(id, "0123456789abcdefghijklmnopqrstuvwxyz") == ""
}

func isName(name string) bool {
	for i := range len(name) {
		switch b := name[i]; {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9', b == '-', b == '_', b == '.' && i > 0:
		default:
			return false
		}
	}
	return name != "" && len(name) <= 64
}
