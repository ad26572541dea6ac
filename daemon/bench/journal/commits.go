package journal

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rostod/rostod/storage"
)

// row is about as large as an attempt: 600 bytes as JSON.
type row struct {
	ID   uint64 `json:"id"`
	Fill string `json:"fill"`
}

const (
	recordsEach = 5
	fill        = 560
	people      = 200
	// What those records, the entry and its private part are on the disk, in bytes:
	// sealed, with the hashes of the tree.
	recordBytes, leafBytes, openingBytes = 626, 660, 110
)

// Commits are the rates of so many writers, in commits a second.
type Commits struct {
	Writers int     `json:"writers"`
	Store   float64 `json:"store"`
	Raw     float64 `json:"raw"`     // as many writers, each with a transaction of its own
	Batched float64 `json:"batched"` // one writer, as many commits in each transaction
	Share   float64 `json:"share"`   // of Raw, the middle of the rounds
	Hard    float64 `json:"hard"`    // of Batched, the same
}

// turns measures commits in turns: each round has each of the three, so that
// whatever else the machine does falls on all of them.
func (o Options) turns(ctx context.Context, dir string, writers int) (c Commits, err error) {
	c.Writers = writers
	s, err := newRig(ctx, filepath.Join(dir, fmt.Sprint("commits-", writers)))
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	var shares, hard []float64
	for n := range o.Rounds + 1 {
		var rates [3]float64
		for i, one := range []struct {
			writers, each int
			commit        func(context.Context, int) error
		}{{writers, 1, s.store}, {writers, 1, s.bare}, {1, writers, s.bare}} {
			if rates[i], err = rate(ctx, o.Turn, one.writers, one.each, one.commit); err != nil {
				return c, err
			}
		}
		if n == 0 {
			continue // all is warm now
		}
		c.Store += rates[0] / float64(o.Rounds)
		c.Raw += rates[1] / float64(o.Rounds)
		c.Batched += rates[2] / float64(o.Rounds)
		shares, hard = append(shares, rates[0]/rates[1]), append(hard, rates[0]/rates[2])
	}
	c.Share, c.Hard = middle(shares), middle(hard)
	return c, nil
}

// rig is a store and a raw database beside it.
type rig struct {
	records *storage.Store
	table   *storage.Table[row]
	raw     *storage.Raw
	noise   []byte
	next    atomic.Uint64
}

func newRig(ctx context.Context, dir string) (*rig, error) {
	r := &rig{noise: make([]byte, 1<<20)}
	if _, err := rand.Read(r.noise); err != nil {
		return nil, err
	}
	var err error
	if r.records, err = storage.Open(ctx, configOf(filepath.Join(dir, "store"))); err != nil {
		return nil, err
	}
	if r.table, err = storage.OpenTable[row](r.records, 0x20, "rows"); err == nil {
		r.raw, err = storage.OpenRaw(configOf(filepath.Join(dir, "raw")))
	}
	if err != nil {
		return nil, errors.Join(err, r.records.Close())
	}
	return r, nil
}

func (r *rig) close() error { return errors.Join(r.records.Close(), r.raw.Close()) }

// rate runs writers, each of which makes so many commits durable at once, for a
// while, and answers the commits a second.
func rate(ctx context.Context, turn time.Duration, writers, each int, commit func(context.Context, int) error) (float64, error) {
	errs := make([]error, writers)
	var done atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for w := range writers {
		all.Go(func() {
			for time.Since(began) < turn && errs[w] == nil && ctx.Err() == nil {
				if errs[w] = commit(ctx, each); errs[w] == nil {
					done.Add(int64(each))
				}
			}
		})
	}
	all.Wait()
	return float64(done.Load()) / time.Since(began).Seconds(), errors.Join(errors.Join(errs...), context.Cause(ctx))
}

// store is one commit of a room.
func (r *rig) store(ctx context.Context, _ int) error {
	n := r.next.Add(1)
	who := storage.Subject{1, byte(n % people)}
	_, err := r.records.Commit(ctx, func(tx *storage.Tx) error {
		for i := range uint64(recordsEach) {
			if err := r.table.Put(tx, who, storage.Path(storage.U64(n), storage.U64(i)), row{n, strings.Repeat("x", fill)}); err != nil {
				return err
			}
		}
		_, err := tx.Log(storage.Entry{
			Kind: "bench", Org: "default", Actor: "key_1", Subject: who,
			Public: map[string]any{"verdict": "match", "n": n}, Private: map[string]string{"customer": "c-1"},
		})
		return err
	})
	return err
}

// bare is the same keys and sizes in a raw transaction.
func (r *rig) bare(_ context.Context, n int) error { return r.raw.Commit(r.same(n)) }

func (r *rig) same(commits int) []storage.RawWrite {
	list := make([]storage.RawWrite, 0, commits*(recordsEach+2)+1)
	for range commits {
		n := r.next.Add(1)
		at := n % uint64(len(r.noise)-1024)
		for i := range uint64(recordsEach) {
			key := storage.Path(storage.U8(0x20), storage.U64(n), storage.U64(i))
			list = append(list, storage.RawWrite{Key: key, Value: r.noise[at : at+recordBytes]})
		}
		list = append(list,
			storage.RawWrite{Key: binary.BigEndian.AppendUint64([]byte{2}, n), Value: r.noise[at : at+leafBytes]},
			storage.RawWrite{Key: binary.BigEndian.AppendUint64([]byte{3}, n), Value: r.noise[at : at+openingBytes]})
	}
	return append(list, storage.RawWrite{Key: []byte{1}, Value: r.noise[:24]})
}
