package storagetest_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/storage"
	"github.com/rostod/rostod/storage/storagetest"
)

// row is what the victim writes: its name, filling, and a sum over both. Every
// commit writes a row, an index of it, and a journal entry that names it.
type row struct {
	ID   string `json:"id"`
	Fill string `json:"fill"`
	Sum  string `json:"sum"`
}

func newRow(id string) row {
	fill := strings.Repeat(id, 1+rand.IntN(60))
	return row{id, fill, sum(id, fill)}
}

func sum(id, fill string) string {
	s := sha256.Sum256([]byte(id + "\x00" + fill))
	return hex.EncodeToString(s[:])
}

// tables are the victim's two tables.
type tables struct {
	rows  *storage.Table[row]
	index *storage.Table[string]
}

func openTables(s *storage.Store) (tables, error) {
	rows, err := storage.OpenTable[row](s, 0x20, "rows")
	if err != nil {
		return tables{}, err
	}
	index, err := storage.OpenTable[string](s, 0x21, "index")
	return tables{rows, index}, err
}

// killConfig has small buffers, so that rotation, flushes and compaction
// happen all the time, and erasures that roll the epoch at once.
func killConfig(dir string) storage.Config {
	c := storagetest.Config(dir)
	c.EraseDelay = time.Millisecond
	c.Ballast = 1 << 20
	return c
}

// acks go to a pipe outside the victim, one line each, in one write.
type acks struct {
	mu sync.Mutex
	f  *os.File
	n  int // rows so far, for writers that number them
}

func (a *acks) say(format string, args ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, err := fmt.Fprintf(a.f, format+"\n", args...); err != nil {
		os.Exit(4)
	}
}

// victim opens the store and writes until it is killed.
func victim(dir string) int {
	ctx := context.Background()
	out := &acks{f: os.NewFile(3, "acks")}
	s, err := storage.Open(ctx, killConfig(dir))
	if err != nil {
		hint := ""
		if f := fault.Of(err); f != nil {
			hint = f.Hint
		}
		out.say("open %q %q", err.Error(), hint)
		return 3
	}
	t, err := openTables(s)
	if err != nil {
		return 3
	}
	out.say("opened")
	life := hex.EncodeToString(fmt.Appendf(nil, "%08x", rand.Uint32()))
	var wg sync.WaitGroup
	for w := range 6 {
		wg.Go(func() { writer(ctx, s, t, out, fmt.Sprintf("%s-%d", life, w)) })
	}
	wg.Go(func() {
		err := s.Follow(ctx, "victim", func(_ context.Context, ls []storage.Leaf) error {
			out.say("saw %d %d", ls[0].Index, ls[len(ls)-1].Index)
			return nil
		})
		out.say("follow %q", fmt.Sprint(err))
	})
	wg.Wait()
	return 0
}

// writer puts, replaces, deletes and erases.
func writer(ctx context.Context, s *storage.Store, t tables, out *acks, name string) {
	for n := 0; ; n++ {
		id := fmt.Sprintf("%s-%d", name, n)
		if err := put(ctx, s, t, out, id); err != nil {
			out.say("error %q", err.Error())
			return
		}
		switch {
		case n%7 == 3:
			out.say("forgetting %s", id)
			if err := forget(ctx, s, id); err != nil {
				out.say("error %q", err.Error())
				return
			}
			out.say("forgot %s", id)
		case n%11 == 5:
			out.say("deleting %s", id)
			if err := remove(ctx, s, t, id); err != nil {
				out.say("error %q", err.Error())
				return
			}
			out.say("deleted %s", id)
		}
	}
}

func put(ctx context.Context, s *storage.Store, t tables, out *acks, id string) error {
	subject := s.Pseudonym("victim", id)
	var index uint64
	_, err := s.Commit(ctx, func(tx *storage.Tx) (err error) {
		if err := t.rows.Put(tx, subject, storage.Path(storage.Text(id)), newRow(id)); err != nil {
			return err
		}
		if err := t.index.Put(tx, storage.Subject{}, storage.Path(subject), id); err != nil {
			return err
		}
		index, err = tx.Log(storage.Entry{
			Kind: "test.put", Actor: "victim", Subject: subject,
			Public: map[string]string{"id": id}, Private: map[string]string{"name": "n-" + id},
		})
		return err
	})
	if err == nil {
		out.say("put %s %d", id, index)
	}
	return err
}

func forget(ctx context.Context, s *storage.Store, id string) error {
	_, err := s.Commit(ctx, func(tx *storage.Tx) error {
		if err := tx.Forget(s.Pseudonym("victim", id)); err != nil {
			return err
		}
		_, err := tx.Log(storage.Entry{Kind: "test.forgot", Actor: "victim", Public: map[string]string{"id": id}})
		return err
	})
	return err
}

func remove(ctx context.Context, s *storage.Store, t tables, id string) error {
	_, err := s.Commit(ctx, func(tx *storage.Tx) error {
		if _, err := t.rows.Get(tx, storage.Path(storage.Text(id))); err != nil {
			return errors.Join(errors.New("before its deletion"), err)
		}
		if err := t.rows.Delete(tx, storage.Path(storage.Text(id))); err != nil {
			return err
		}
		if err := t.index.Delete(tx, storage.Path(s.Pseudonym("victim", id))); err != nil {
			return err
		}
		_, err := tx.Log(storage.Entry{Kind: "test.deleted", Actor: "victim", Public: map[string]string{"id": id}})
		return err
	})
	return err
}
