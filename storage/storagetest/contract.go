package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rostod/rostod/storage"
)

// Thing is the record of the contract's tests.
type Thing struct {
	Name string `json:"name"`
	N    int    `json:"n"`
}

// Contract is what every store must keep to. open opens the store of a
// configuration, which lives until the test ends or closes it.
func Contract(t *testing.T, open func(t testing.TB, c storage.Config) *storage.Store) {
	for _, part := range []struct {
		name string
		run  func(t *testing.T, b *bench)
	}{
		{"a commit is whole", commitIsWhole},
		{"an error discards only its own commit", errorDiscardsOwn},
		{"an error cannot be swallowed", errorCannotBeSwallowed},
		{"writes need a journal entry", writesNeedEntry},
		{"limits", limits},
		{"commits see each other in order", commitsSeeEachOther},
		{"a commit sees its own writes", commitSeesOwn},
		{"a view is a snapshot", viewIsSnapshot},
		{"a panic is the caller's", panicIsCallers},
		{"a cancelled commit", cancelledCommit},
		{"scans", scans},
		{"scans inside a commit", scansInCommit},
		{"prefixes have one owner", prefixesHaveOwner},
		{"forgetting", forgetting},
		{"the journal", journal},
		{"following", following},
		{"following resumes", followingResumes},
		{"after closing", afterClosing},
		{"everything is there after reopening", reopening},
	} {
		t.Run(part.name, func(t *testing.T) {
			b := &bench{open: open, config: Config(t.TempDir())}
			b.reopen(t)
			part.run(t, b)
			if b.closed {
				return
			}
			if _, err := b.s.VerifyRecords(t.Context()); err != nil {
				t.Errorf("verify records at the end: got %v, want none", err)
			}
		})
	}
}

// bench is a store on the bench, with one table.
type bench struct {
	open   func(t testing.TB, c storage.Config) *storage.Store
	config storage.Config
	s      *storage.Store
	things *storage.Table[Thing]
	closed bool
}

func (b *bench) reopen(t *testing.T) {
	t.Helper()
	if b.s != nil {
		if err := b.s.Close(); err != nil {
			t.Fatalf("close: got %v, want none", err)
		}
	}
	b.s = b.open(t, b.config)
	var err error
	if b.things, err = storage.OpenTable[Thing](b.s, 0x20, "things"); err != nil {
		t.Fatal(err)
	}
}

var noted = storage.Entry{Kind: "test.noted", Org: "default", Actor: "test"}

// put commits one thing with one journal entry.
func (b *bench) put(t *testing.T, who storage.Subject, key storage.Key, thing Thing) storage.Position {
	t.Helper()
	p, err := b.s.Commit(t.Context(), func(tx *storage.Tx) error {
		if err := b.things.Put(tx, who, key, thing); err != nil {
			return err
		}
		_, err := tx.Log(noted)
		return err
	})
	if err != nil {
		t.Fatalf("put: got %v, want none", err)
	}
	return p
}

// get reads one thing.
func (b *bench) get(t *testing.T, key storage.Key) (thing Thing, err error) {
	t.Helper()
	viewErr := b.s.View(t.Context(), func(v *storage.View) error {
		thing, err = b.things.Get(v, key)
		return nil
	})
	if viewErr != nil {
		t.Fatalf("view: got %v, want none", viewErr)
	}
	return thing, err
}

func key(n int) storage.Key { return storage.Path(storage.U64(n)) }

func wantErr(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func commitIsWhole(t *testing.T, b *bench) {
	p, err := b.s.Commit(t.Context(), func(tx *storage.Tx) error {
		for n := range 3 {
			if err := b.things.Put(tx, storage.Subject{1}, key(n), Thing{"a", n}); err != nil {
				return err
			}
		}
		_, err := tx.Log(noted)
		return err
	})
	if err != nil || p != 2 {
		t.Fatalf("commit: got position %d and %v, want 2 and none", p, err)
	}
	for n := range 3 {
		if got, err := b.get(t, key(n)); err != nil || got != (Thing{"a", n}) {
			t.Errorf("thing %d: got %v and %v", n, got, err)
		}
	}
	_, err = b.get(t, key(7))
	wantErr(t, "no such thing", err, storage.ErrNotFound)
}

func errorDiscardsOwn(t *testing.T, b *bench) {
	b.put(t, storage.Subject{1}, key(1), Thing{"kept", 1})
	mine := errors.New("mine")
	_, err := b.s.Commit(t.Context(), func(tx *storage.Tx) error {
		if err := b.things.Put(tx, storage.Subject{2}, key(2), Thing{"dropped", 2}); err != nil {
			return err
		}
		if err := b.things.Delete(tx, key(1)); err != nil {
			return err
		}
		if err := tx.Forget(storage.Subject{1}); err != nil {
			return err
		}
		if _, err := tx.Log(noted); err != nil {
			return err
		}
		return mine
	})
	if !errors.Is(err, mine) || err.Error() != "mine" {
		t.Errorf("commit: got %v, want fn's error as it is", err)
	}
	if got, err := b.get(t, key(1)); err != nil || got.Name != "kept" {
		t.Errorf("the record before: got %v and %v", got, err)
	}
	_, err = b.get(t, key(2))
	wantErr(t, "the record of the failed commit", err, storage.ErrNotFound)
	if got := b.s.State(t.Context()).Journal; got != 2 {
		t.Errorf("journal: got %d entries, want 2", got)
	}
}

func errorCannotBeSwallowed(t *testing.T, b *bench) {
	_, err := b.s.Commit(t.Context(), func(tx *storage.Tx) error {
		_ = b.things.Put(tx, storage.Subject{}, nil, Thing{})
		_, err := tx.Log(noted)
		return err
	})
	if err == nil {
		t.Error("commit with a swallowed error: got none, want it refused")
	}
}

func writesNeedEntry(t *testing.T, b *bench) {
	b.put(t, storage.Subject{1}, key(1), Thing{})
	for name, fn := range map[string]func(tx *storage.Tx) error{
		"put":    func(tx *storage.Tx) error { return b.things.Put(tx, storage.Subject{}, key(2), Thing{}) },
		"delete": func(tx *storage.Tx) error { return b.things.Delete(tx, key(1)) },
		"forget": func(tx *storage.Tx) error { return tx.Forget(storage.Subject{1}) },
	} {
		if _, err := b.s.Commit(t.Context(), fn); err == nil {
			t.Errorf("%s without an entry: got none, want it refused", name)
		}
	}
	if p, err := b.s.Commit(t.Context(), func(*storage.Tx) error { return nil }); err != nil || p != 2 {
		t.Errorf("an empty commit: got position %d and %v, want 2 and none", p, err)
	}
}

func limits(t *testing.T, b *bench) {
	try := func(k storage.Key, size int) error {
		_, err := b.s.Commit(t.Context(), func(tx *storage.Tx) error {
			if err := b.things.Put(tx, storage.Subject{}, k, Thing{Name: strings.Repeat("x", size)}); err != nil {
				return err
			}
			_, err := tx.Log(noted)
			return err
		})
		return err
	}
	if err := try(key(1), 64<<10-30); err != nil {
		t.Errorf("a record of just under 64 KiB: got %v, want none", err)
	}
	wantErr(t, "a record over 64 KiB", try(key(2), 64<<10), storage.TooLarge)
	if err := try(make(storage.Key, 300), 1); err == nil {
		t.Error("a key of 300 bytes: got none, want it refused")
	}
	_, err := b.s.Commit(t.Context(), func(tx *storage.Tx) error {
		for n := range 200 {
			if err := b.things.Put(tx, storage.Subject{}, key(100+n), Thing{Name: strings.Repeat("x", 60000)}); err != nil {
				return err
			}
		}
		_, err := tx.Log(noted)
		return err
	})
	wantErr(t, "a commit of 12 MB", err, storage.TooLarge)
	_, err = b.get(t, key(100))
	wantErr(t, "its first record", err, storage.ErrNotFound)
}

func commitsSeeEachOther(t *testing.T, b *bench) {
	const callers, each = 16, 20
	errs := make(chan error, callers)
	for range callers {
		go func() {
			for range each {
				if _, err := b.s.Commit(t.Context(), func(tx *storage.Tx) error {
					// Large fillings make batches overflow.
					got, err := b.things.Get(tx, key(1))
					if err != nil && !errors.Is(err, storage.ErrNotFound) {
						return err
					}
					next := Thing{strings.Repeat("x", 20000), got.N + 1}
					if err := b.things.Put(tx, storage.Subject{byte(next.N)}, key(1), next); err != nil {
						return err
					}
					index, err := tx.Log(noted)
					if err == nil && index != uint64(next.N) {
						return fmt.Errorf("index of commit %d: got %d", next.N, index)
					}
					return err
				}); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range callers {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	if got, err := b.get(t, key(1)); err != nil || got.N != callers*each {
		t.Errorf("counter: got %d and %v, want %d", got.N, err, callers*each)
	}
}

func commitSeesOwn(t *testing.T, b *bench) {
	b.put(t, storage.Subject{1}, key(1), Thing{"old", 1})
	_, err := b.s.Commit(t.Context(), func(tx *storage.Tx) error {
		if err := b.things.Put(tx, storage.Subject{2}, key(1), Thing{"new", 1}); err != nil {
			return err
		}
		if got, err := b.things.Get(tx, key(1)); err != nil || got.Name != "new" {
			return fmt.Errorf("own write: got %v and %w", got, err)
		}
		if err := b.things.Delete(tx, key(1)); err != nil {
			return err
		}
		if _, err := b.things.Get(tx, key(1)); !errors.Is(err, storage.ErrNotFound) {
			return fmt.Errorf("own deletion: got %w", err)
		}
		_, err := tx.Log(noted)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.get(t, key(1))
	wantErr(t, "after the deletion", err, storage.ErrNotFound)
}

func viewIsSnapshot(t *testing.T, b *bench) {
	b.put(t, storage.Subject{1}, key(1), Thing{"before", 1})
	var kept *storage.View
	err := b.s.View(t.Context(), func(v *storage.View) error {
		kept = v
		p, err := v.Position()
		if err != nil || p != 2 {
			return fmt.Errorf("position: got %d and %w", p, err)
		}
		b.put(t, storage.Subject{1}, key(1), Thing{"after", 1})
		if got, err := b.things.Get(v, key(1)); err != nil || got.Name != "before" {
			return fmt.Errorf("in the older view: got %v and %w", got, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.things.Get(kept, key(1)); err == nil {
		t.Error("a view after its end: got no error, want one")
	}
	if got, err := b.get(t, key(1)); err != nil || got.Name != "after" {
		t.Errorf("in a new view: got %v and %v", got, err)
	}
}

func panicIsCallers(t *testing.T, b *bench) {
	func() {
		defer func() {
			if p := recover(); p == nil || !strings.Contains(fmt.Sprint(p), "oh no") {
				t.Errorf("panic: got %v, want it in the caller's goroutine", p)
			}
		}()
		_, _ = b.s.Commit(t.Context(), func(*storage.Tx) error { panic("oh no") })
	}()
	b.put(t, storage.Subject{1}, key(1), Thing{"still alive", 1})
}

func cancelledCommit(t *testing.T, b *bench) {
	ctx, cancel := context.WithCancel(t.Context())
	running, release := make(chan struct{}), make(chan struct{})
	first := make(chan error, 1)
	go func() {
		_, err := b.s.Commit(t.Context(), func(*storage.Tx) error {
			close(running)
			<-release
			return nil
		})
		first <- err
	}()
	<-running
	second := make(chan error, 1)
	go func() {
		_, err := b.s.Commit(ctx, func(*storage.Tx) error {
			t.Error("a cancelled commit was run")
			return nil
		})
		second <- err
	}()
	cancel()
	wantErr(t, "the waiting commit", <-second, context.Canceled)
	close(release)
	if err := <-first; err != nil {
		t.Errorf("the running commit: got %v, want none", err)
	}
}

func prefixesHaveOwner(t *testing.T, b *bench) {
	if _, err := storage.OpenTable[Thing](b.s, 0x20, "others"); err == nil {
		t.Error("a second claim: got none, want an error")
	}
	for _, prefix := range []byte{0x00, 0x0F, 0xF0, 0xFF} {
		if _, err := storage.OpenTable[Thing](b.s, prefix, "others"); err == nil {
			t.Errorf("prefix %#x: got none, want it refused", prefix)
		}
	}
}

func reopening(t *testing.T, b *bench) {
	for n := range 50 {
		b.put(t, storage.Subject{byte(n)}, key(n), Thing{"kept", n})
	}
	head := b.s.Head()
	secret, name := b.s.Secret("pepper"), b.s.Pseudonym("a", "b")
	b.reopen(t)
	if got := b.s.Head(); got.Size != head.Size || got.Root != head.Root {
		t.Errorf("head: got %d %x, want %d %x", got.Size, got.Root, head.Size, head.Root)
	}
	if !slices.Equal(b.s.Secret("pepper"), secret) || b.s.Pseudonym("a", "b") != name {
		t.Error("secret or pseudonym: got others, want the same")
	}
	if b.s.Pseudonym("ab", "") == name || slices.Equal(b.s.Secret("salt"), secret) {
		t.Error("other parts or labels: got the same, want others")
	}
	for n := range 50 {
		if got, err := b.get(t, key(n)); err != nil || got.N != n {
			t.Errorf("thing %d: got %v and %v", n, got, err)
		}
	}
}
