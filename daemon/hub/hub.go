package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rostod/rostod/engine/upstream/batch"
	"github.com/rostod/rostod/storage"
)

// Config is what the hub needs.
type Config struct {
	Store       *storage.Store // of its own
	Dir         string         // where batches and tables are kept
	Name        string         // what it signs as, when it makes its key
	SilentAfter time.Duration  // without a word
	Now         func() time.Time
	Random      io.Reader
	Log         *slog.Logger
}

// Hub is headquarters, opened.
type Hub struct {
	Config
	branches *storage.Table[branch]
	ranges   *storage.Table[kept]
	alarms   *storage.Table[alarm]
	secrets  *storage.Table[batch.Secrets]
	keys     batch.Keys

	mu    sync.Mutex
	locks map[string]*sync.Mutex // one batch of a branch is taken at a time
	heard map[string]time.Time   // by origin: later than the record says
}

// Open claims the hub's records, and makes its keys when it has none.
func Open(ctx context.Context, c Config) (*Hub, error) {
	h := &Hub{Config: c, locks: map[string]*sync.Mutex{}, heard: map[string]time.Time{}}
	var errs [4]error
	h.branches, errs[0] = storage.OpenTable[branch](c.Store, branchesPrefix, "hub.branches")
	h.ranges, errs[1] = storage.OpenTable[kept](c.Store, rangesPrefix, "hub.ranges")
	h.alarms, errs[2] = storage.OpenTable[alarm](c.Store, alarmsPrefix, "hub.alarms")
	h.secrets, errs[3] = storage.OpenTable[batch.Secrets](c.Store, secretsPrefix, "hub.secrets")
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	for _, folder := range []string{"archive", "tables"} {
		if err := os.MkdirAll(filepath.Join(c.Dir, folder), 0o700); err != nil {
			return nil, fmt.Errorf("make the archive: %w", err)
		}
	}
	if err := syncFolder(c.Dir); err != nil {
		return nil, err
	}
	return h, errors.Join(h.openKeys(ctx), h.removeLeftovers())
}

func (h *Hub) openKeys(ctx context.Context) error {
	at := storage.Path(storage.U8(0))
	var own batch.Secrets
	err := h.Store.View(ctx, func(v *storage.View) (err error) {
		own, err = h.secrets.Get(v, at)
		return err
	})
	if errors.Is(err, storage.ErrNotFound) {
		if own, err = batch.NewSecrets(h.Name, h.Random); err != nil {
			return err
		}
		_, err = h.Store.Commit(ctx, func(tx *storage.Tx) error {
			if err := h.secrets.Put(tx, storage.Subject{}, at, own); err != nil {
				return err
			}
			_, err := tx.Log(storage.Entry{Kind: "hub.keys", Actor: "system", Public: map[string]any{"name": own.Name}})
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("the hub's keys: %w", err)
	}
	h.keys, err = own.Keys()
	return err
}

// Key is the file that branches must have.
func (h *Hub) Key() string { return h.keys.Text() }

// lock lets one batch of a branch in at a time.
func (h *Hub) lock(origin string) (unlock func()) {
	h.mu.Lock()
	l := h.locks[origin]
	if l == nil {
		l = &sync.Mutex{}
		h.locks[origin] = l
	}
	h.mu.Unlock()
	l.Lock()
	return l.Unlock
}
