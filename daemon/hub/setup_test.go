package hub

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/rostod/rostod/engine/audit"
	"github.com/rostod/rostod/engine/upstream"
	"github.com/rostod/rostod/engine/upstream/batch"
	"github.com/rostod/rostod/storage"
)

func openStore(t testing.TB, dir string, root byte) *storage.Store {
	t.Helper()
	s, err := storage.Open(t.Context(), storage.Config{Dir: dir, Root: bytes.Repeat([]byte{root}, 32), Origin: "rostod/journal", MinFree: storage.LeastMinFree})
	if err != nil {
		t.Fatalf("open a store: %v", err)
	}
	return s
}

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// headquarters is a hub over a store in a folder, until the test ends or closes it.
type headquarters struct {
	*Hub
	*clock
	dir   string
	close func()
}

func openHub(t testing.TB, dir string) *headquarters {
	t.Helper()
	hq := &headquarters{clock: &clock{now: time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)}, dir: dir}
	store := openStore(t, filepath.Join(dir, "store"), 9)
	hq.close = sync.OnceFunc(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close the hub's store: %v", err)
		}
	})
	t.Cleanup(hq.close)
	h, err := Open(t.Context(), Config{
		Store: store, Dir: dir, Name: "hq.example", SilentAfter: time.Hour,
		Now: hq.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatalf("open the hub: %v", err)
	}
	hq.Hub = h
	return hq
}

// way carries batches to a hub in this process, if nothing holds them up.
type way struct {
	mu   sync.Mutex
	to   *headquarters
	cut  bool
	seen [][]byte
	// answered gets what happened to each.
	answered chan error
}

func (w *way) Carry(ctx context.Context, _ string, wire []byte) ([]byte, error) {
	w.mu.Lock()
	w.seen = append(w.seen, bytes.Clone(wire))
	to, cut := w.to, w.cut
	w.mu.Unlock()
	var r []byte
	err := errors.New("the link is cut")
	if !cut {
		r, err = to.Take(ctx, wire)
	}
	select {
	case w.answered <- err:
	default:
	}
	return r, err
}

func (w *way) set(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
}

// site is a branch: its store, its log and what it sends.
type site struct {
	dir   string
	store *storage.Store
	log   *audit.Audit
	up    *upstream.Upstream
	way   *way
	stop  func()
}

type wish func(*upstream.Config)

func openSite(t testing.TB, dir string, hq *headquarters, wishes ...wish) *site {
	t.Helper()
	s := &site{dir: dir, store: openStore(t, dir, 7), way: &way{to: hq, answered: make(chan error, 1000)}}
	log, err := audit.Open(audit.Config{Store: s.store, Now: time.Now, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	s.log = log
	known, err := batch.ParseHeadquarters(hq.Key())
	if err != nil {
		t.Fatal(err)
	}
	c := upstream.Config{
		Store: s.store, Log: log, Dir: filepath.Join(dir, "upstream"), Headquarters: &known, Courier: s.way, Every: time.Hour,
		Now: time.Now, Chance: func() float64 { return -0.499 }, Logger: slog.New(slog.DiscardHandler),
	}
	for _, w := range wishes {
		w(&c)
	}
	if s.up, err = upstream.Open(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var done sync.WaitGroup
	if work := s.up.Room().Work; work != nil {
		done.Go(func() {
			if err := work(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("the work upstream ended: %v", err)
			}
		})
	}
	s.stop = sync.OnceFunc(func() {
		cancel()
		done.Wait()
		if err := s.store.Close(); err != nil {
			t.Errorf("close a branch's store: %v", err)
		}
	})
	t.Cleanup(s.stop)
	return s
}

// key is what the branch is enrolled by.
func (s *site) key(t testing.TB) string {
	t.Helper()
	names, _, err := s.log.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return names[0]
}

// write writes so many entries.
func (s *site) write(t testing.TB, n int, kind string) {
	t.Helper()
	for i := range n {
		_, err := s.store.Commit(t.Context(), func(tx *storage.Tx) error {
			_, err := tx.Log(storage.Entry{Kind: kind, Actor: "system", Public: map[string]any{"n": i}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// together writes so many entries at once: they are sent in one batch.
func (s *site) together(t testing.TB, n int, kind string) {
	t.Helper()
	_, err := s.store.Commit(t.Context(), func(tx *storage.Tx) error {
		for i := range n {
			if _, err := tx.Log(storage.Entry{Kind: kind, Actor: "system", Public: map[string]any{"n": i}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (s *site) size(t testing.TB) uint64 { return s.store.State(t.Context()).Journal }

// until waits for a status of the branch that fits.
func (s *site) until(t testing.TB, what string, fits func(upstream.Status) bool) upstream.Status {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		st, err := s.up.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if fits(st) {
			return st
		}
		select {
		case <-s.way.answered: //nolint:errcheck // that something was answered is all
		case <-time.After(20 * time.Millisecond):
		case <-late:
			t.Fatalf("waited for %s: got %+v", what, st)
		}
	}
}

// sent waits until everything is co-signed.
func (s *site) sent(t testing.TB) upstream.Status {
	t.Helper()
	return s.until(t, "everything to be co-signed", func(st upstream.Status) bool {
		return st.Unsent == 0 && st.Standing == batch.Sound && st.Accepted == s.size(t)
	})
}

// enrolled opens a hub and a branch that it knows, which has written some entries.
func enrolled(t testing.TB, entries int, wishes ...wish) (*headquarters, *site) {
	t.Helper()
	hq := openHub(t, t.TempDir())
	s := openSite(t, t.TempDir(), hq, wishes...)
	if err := hq.Enrol(t.Context(), "branch-17", s.key(t)); err != nil {
		t.Fatal(err)
	}
	s.write(t, entries, "test")
	return hq, s
}

// branch is how the hub sees it.
func (hq *headquarters) branch(t testing.TB) View {
	t.Helper()
	v, err := hq.Branch(t.Context(), "branch-17")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// copyFolder is a backup of a closed branch.
func copyFolder(t testing.TB, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

func (hq *headquarters) entries(t testing.TB) []string {
	t.Helper()
	var b bytes.Buffer
	if err := hq.Export(t.Context(), "branch-17", &b); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range bytes.Lines(b.Bytes()) {
		lines = append(lines, string(bytes.TrimSpace(line)))
	}
	return lines
}

// same says whether the hub holds what the branch has, in its order.
func same(t testing.TB, hq *headquarters, s *site) {
	t.Helper()
	got := hq.entries(t)
	var want []string
	for from := uint64(0); from < s.size(t); {
		leaves, err := s.store.Leaves(t.Context(), from, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range leaves {
			want = append(want, string(l.Raw))
		}
		from += uint64(len(leaves))
	}
	if len(got) != len(want) {
		t.Fatalf("the hub holds %d entries, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("entry %d at the hub: got %s, want %s", i, got[i], want[i])
		}
	}
	if _, err := hq.Verify(t.Context(), "branch-17"); err != nil {
		t.Errorf("verify the archive: got %v, want none", err)
	}
}

func rotate(t testing.TB, s *site) error { t.Helper(); return s.log.Rotate(t.Context()) }

// signer signs with the branch's own key.
func (s *site) signer(t *testing.T) batch.Sign {
	t.Helper()
	store := openStore(t, s.dir, 7)
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	log, err := audit.Open(audit.Config{Store: store, Now: time.Now, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	s.log = log
	return func(kind string, lines ...string) ([]byte, error) { return log.State(t.Context(), kind, lines...) }
}

// private writes an entry with private values, and answers its place.
func (s *site) private(t *testing.T, values map[string]string) (index uint64) {
	t.Helper()
	_, err := s.store.Commit(t.Context(), func(tx *storage.Tx) (err error) {
		index, err = tx.Log(storage.Entry{Kind: "test", Actor: "system", Subject: s.store.Pseudonym("one"), Private: values})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return index
}

func readTable(t *testing.T, name string) []Row {
	t.Helper()
	rows, err := parquet.ReadFile[Row](name)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
