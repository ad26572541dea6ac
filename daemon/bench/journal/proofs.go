package journal

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"path/filepath"
	"time"

	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/audit"
	"github.com/rostod/rostod/internal/transparency"
	"github.com/rostod/rostod/storage"
)

// Proofs are how long it takes to prove entries of a long journal, and to check that.
type Proofs struct {
	Entries uint64       `json:"entries"`
	Written float64      `json:"written"` // entries a second, a thousand in each commit
	Ready   float64      `json:"ready"`   // seconds to open it, which computes the whole tree again
	Prove   bench.Spread `json:"prove"`   // milliseconds
	Check   bench.Spread `json:"check"`   // milliseconds
	Bytes   int          `json:"bytes"`   // of the longest proof
}

// entriesAtOnce is how many entries are written with one commit, so that a long
// journal is there in minutes. What is proved of them is the same.
const entriesAtOnce = 1000

// proved is how many entries are proved.
const proved = 1000

func (o Options) proofs(ctx context.Context, dir string) (p Proofs, err error) {
	c := configOf(filepath.Join(dir, "proofs"))
	began := time.Now()
	if err := grow(ctx, c, o.Entries, o.Progress); err != nil {
		return p, err
	}
	p.Written = float64(o.Entries) / time.Since(began).Seconds()
	o.Progress("opening it again")
	began = time.Now()
	s, err := storage.Open(ctx, c)
	if err != nil {
		return p, err
	}
	p.Ready = time.Since(began).Seconds()
	defer func() { err = errors.Join(err, s.Close()) }()
	room, err := audit.Open(audit.Config{Store: s, Now: time.Now, Random: rand.Reader})
	if err != nil {
		return p, err
	}
	return p, p.measure(ctx, s, room)
}

// grow writes a journal.
func grow(ctx context.Context, c storage.Config, entries int, progress func(string)) error {
	s, err := storage.Open(ctx, c)
	if err != nil {
		return err
	}
	for at := 0; at < entries && err == nil; at += entriesAtOnce {
		if at%(100*entriesAtOnce) == 0 {
			progress(fmt.Sprintf("writing entries: %d of %d", at, entries))
		}
		_, err = s.Commit(ctx, func(tx *storage.Tx) error {
			for n := at; n < min(at+entriesAtOnce, entries); n++ {
				if _, err := tx.Log(storage.Entry{Kind: "bench", Org: "default", Actor: "key_1", Public: map[string]any{"allow": true, "n": n}}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return errors.Join(err, s.Close())
}

// measure proves entries at places drawn by lot, and checks each proof with the
// log's key, as whoever gets it does.
func (p *Proofs) measure(ctx context.Context, s *storage.Store, room *audit.Audit) error {
	caller := engine.Caller{Org: "default", Key: engine.Operator}
	key, err := room.Key(ctx)
	if err != nil {
		return err
	}
	p.Entries = s.State(ctx).Journal
	var prove, check []time.Duration
	for range proved {
		at, err := rand.Int(rand.Reader, new(big.Int).SetUint64(p.Entries))
		if err != nil {
			return err
		}
		began := time.Now()
		file, err := room.Proof(ctx, caller, at.Uint64())
		if err != nil {
			return err
		}
		prove = append(prove, time.Since(began))
		began = time.Now()
		e, err := transparency.OpenProof(file, key)
		if err != nil || e.Index != at.Uint64() {
			return fmt.Errorf("a proof does not hold: %w", err)
		}
		check = append(check, time.Since(began))
		p.Bytes = max(p.Bytes, len(file))
	}
	p.Prove, p.Check = bench.SpreadOf(bench.Milliseconds(prove)), bench.SpreadOf(bench.Milliseconds(check))
	return nil
}
