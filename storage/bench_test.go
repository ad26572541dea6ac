package storage

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	badger "github.com/dgraph-io/badger/v4"
)

// cpu is the processor time of this process so far: on a machine that others
// use too, it says more than the clock.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func report(b *testing.B, before time.Duration) {
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "cpu-µs/commit")
}

// benchRow is about as large as an attempt with its template: 600 bytes.
type benchRow struct {
	ID   uint64 `json:"id"`
	Fill string `json:"fill"`
}

func benchConfig(b *testing.B) Config {
	return Config{Dir: b.TempDir(), Root: bytes.Repeat([]byte{7}, 32), Origin: "rostod/bench"}
}

func benchCommit(ctx context.Context, s *Store, t *Table[benchRow], n uint64) error {
	who := Subject{1, byte(n % 200)}
	_, err := s.Commit(ctx, func(tx *Tx) error {
		for i := range uint64(5) {
			if err := t.Put(tx, who, Path(U64(n), U64(i)), benchRow{n, strings.Repeat("x", 560)}); err != nil {
				return err
			}
		}
		_, err := tx.Log(Entry{Kind: "bench", Org: "default", Actor: "key_1", Subject: who,
			Public: map[string]any{"verdict": "match", "n": n}, Private: map[string]string{"customer": "c-1"}})
		return err
	})
	return err
}

// BenchmarkCommit is commits of five records and one journal entry. With 64
// callers it must reach 70 % of BenchmarkRawBadger's rate, compactions included
// (-benchtime 60000x); alone it must cost at most 0.25 ms more than
// BenchmarkRawBadger/1.
func BenchmarkCommit(b *testing.B) {
	for _, callers := range []int{1, 16, 64} {
		b.Run(fmt.Sprint(callers), func(b *testing.B) {
			ctx := b.Context()
			s, err := Open(ctx, benchConfig(b))
			if err != nil {
				b.Fatal(err)
			}
			t, err := OpenTable[benchRow](s, 0x20, "rows")
			if err != nil {
				b.Fatal(err)
			}
			var next atomic.Uint64
			before := cpu(b)
			b.ResetTimer()
			var wg sync.WaitGroup
			for range callers {
				wg.Go(func() {
					for n := next.Add(1); n <= uint64(b.N); n = next.Add(1) {
						if err := benchCommit(ctx, s, t, n); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			report(b, before)
			st := s.State(ctx)
			b.ReportMetric(float64(st.Commits)/float64(st.Batches), "commits/batch")
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkRawBadger writes the same entries, sizes and transactions with
// nothing around Badger: no JSON, no sealing, no tree, no seal.
func BenchmarkRawBadger(b *testing.B) {
	for _, together := range []int{1, 16, 64} {
		b.Run(fmt.Sprint(together), func(b *testing.B) {
			c, err := benchConfig(b).filled()
			if err != nil {
				b.Fatal(err)
			}
			sec, err := deriveSecrets(c.Root)
			if err != nil {
				b.Fatal(err)
			}
			db, err := badger.Open(badgerOptions(c, sec))
			if err != nil {
				b.Fatal(err)
			}
			noise := make([]byte, 1<<20)
			if _, err := rand.Read(noise); err != nil {
				b.Fatal(err)
			}
			before := cpu(b)
			b.ResetTimer()
			for n := 0; n < b.N; n += together {
				txn := db.NewTransaction(true)
				for m := n; m < n+together; m++ {
					at := m % (len(noise) - 1024)
					for i := range uint64(5) {
						set(b, txn, Path(U8(0x20), U64(m), U64(i)), noise[at:at+626])
					}
					set(b, txn, indexKey(spaceLeaf, uint64(m)), noise[at:at+660])
					set(b, txn, indexKey(spaceOpening, uint64(m)), noise[at:at+110])
				}
				set(b, txn, keyHead, noise[:headSize])
				if err := txn.Commit(); err != nil {
					b.Fatal(err)
				}
			}
			b.StopTimer()
			report(b, before)
			if err := db.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

func set(b *testing.B, txn *badger.Txn, key, value []byte) {
	if err := txn.Set(key, value); err != nil {
		b.Fatal(err)
	}
}
