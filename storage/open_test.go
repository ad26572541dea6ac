package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/internal/fault"
)

func TestOpenRefuses(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	s := openTest(t, testConfig(dir))
	if _, err := Open(ctx, testConfig(dir)); !errors.Is(err, Locked) || fault.Of(err).Hint == "" {
		t.Errorf("a second opening: got %v, want storage/locked with a hint", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	c := testConfig(dir)
	c.Root = bytes.Repeat([]byte{8}, 32)
	if _, err := Open(ctx, c); !errors.Is(err, WrongKey) {
		t.Errorf("another root key: got %v, want storage/wrong-key", err)
	}
	c = testConfig(dir)
	c.Origin = "rostod/other"
	if _, err := Open(ctx, c); !errors.Is(err, Damaged) && !errors.Is(err, WrongKey) {
		t.Errorf("another origin: got %v, want it refused", err)
	}
	openTest(t, testConfig(dir))
}

func TestConfigIsChecked(t *testing.T) {
	for name, spoil := range map[string]func(*Config){
		"no directory":        func(c *Config) { c.Dir = "" },
		"a short root key":    func(c *Config) { c.Root = c.Root[:16] },
		"no origin":           func(c *Config) { c.Origin = "" },
		"an origin with +":    func(c *Config) { c.Origin = "a+b" },
		"an origin with \\n":  func(c *Config) { c.Origin = "a\nb" },
		"a long origin":       func(c *Config) { c.Origin = strings.Repeat("x", 65) },
		"too little free":     func(c *Config) { c.MinFree = 1 << 20 },
		"negative ballast":    func(c *Config) { c.Ballast = -1 },
		"migrations with gap": func(c *Config) { c.Migrations = []Migration{step(2, nil)} },
	} {
		c := testConfig(t.TempDir())
		spoil(&c)
		if _, err := Open(t.Context(), c); err == nil {
			t.Errorf("%s: got none, want an error", name)
		}
	}
}

func step(version uint32, fn func(ctx context.Context, tx *Tx, cursor []byte) ([]byte, error)) Migration {
	if fn == nil {
		fn = func(context.Context, *Tx, []byte) ([]byte, error) { return nil, nil }
	}
	return Migration{Version: version, Name: fmt.Sprintf("to %d", version), Step: fn}
}

func TestMigrations(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	s := openTest(t, testConfig(dir))
	if err := putNumbers(ctx, s, 10); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	// Doubles each number, three at a time, and fails once half-way.
	numbers := MigrationTable[int](0x20, "numbers")
	stumble, steps := errors.New("stumble"), 0
	double := step(1, func(_ context.Context, tx *Tx, cursor []byte) ([]byte, error) {
		if steps++; steps == 3 {
			return nil, stumble
		}
		var changed int
		for row, err := range numbers.Scan(tx, Range{After: cursor}) {
			if err != nil {
				return nil, err
			}
			if err := numbers.Put(tx, Subject{}, row.Key, 2*row.Value); err != nil {
				return nil, err
			}
			if changed++; changed == 3 {
				return row.Key, nil
			}
		}
		return nil, nil
	})
	c := testConfig(dir)
	c.Migrations = []Migration{double}
	if _, err := Open(ctx, c); !errors.Is(err, stumble) {
		t.Fatalf("open: got %v, want the step's error", err)
	}
	s = openTest(t, c)
	table, err := OpenTable[int](s, 0x20, "numbers")
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(ctx, func(v *View) error {
		for n := range 10 {
			if got, err := table.Get(v, Path(U32(n))); err != nil || got != 2*n {
				t.Errorf("number %d: got %d and %v, want %d: each doubled once", n, got, err, 2*n)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.State(ctx).Schema; got != 1 {
		t.Errorf("schema: got %d, want 1", got)
	}
	if _, err := s.VerifyRecords(ctx); err != nil {
		t.Errorf("verify records: got %v, want none", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, testConfig(dir)); !errors.Is(err, Newer) {
		t.Errorf("open with the older program: got %v, want storage/newer", err)
	}

	// A format that older programs can read leaves them in.
	c.Migrations = append(c.Migrations, Migration{Version: 2, Name: "more", Reads: 1, Step: step(2, nil).Step})
	if err := openTest(t, c).Close(); err != nil {
		t.Fatal(err)
	}
	c.Migrations = c.Migrations[:1]
	openTest(t, c)
}

// putNumbers writes the numbers below n, in one commit.
func putNumbers(ctx context.Context, s *Store, n int) error {
	table, err := OpenTable[int](s, 0x20, "numbers")
	if err != nil {
		return err
	}
	_, err = s.Commit(ctx, func(tx *Tx) error {
		for i := range n {
			if err := table.Put(tx, Subject{}, Path(U32(i)), i); err != nil {
				return err
			}
		}
		_, err := tx.Log(Entry{Kind: "test.put", Actor: "test"})
		return err
	})
	return err
}

// TestCrashLeftovers opens what Badger leaves when it dies while it makes or
// removes a file.
func TestCrashLeftovers(t *testing.T) {
	for name, leave := range map[string][]byte{
		"00099.mem":        {},
		"000099.vlog":      {},
		"000099.sst":       []byte("half a table"),
		"MANIFEST-REWRITE": []byte("half a manifest"),
		"00098.mem":        make([]byte, 2<<20),
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			dir := t.TempDir()
			s := openTest(t, testConfig(dir))
			if err := putNumbers(ctx, s, 10); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "db", name), leave, 0o600); err != nil {
				t.Fatal(err)
			}
			full := testConfig(dir)
			full.MinFree = 1 << 60 // more than any disk has
			for _, c := range []Config{full, testConfig(dir)} {
				s = openTest(t, c)
				if _, err := s.VerifyRecords(ctx); err != nil {
					t.Errorf("verify records: got %v, want none", err)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestHalfCreated opens directories whose creation was cut short.
func TestHalfCreated(t *testing.T) {
	n, sec := testNotary(t)
	for name, leave := range map[string]func(dir string) error{
		"an empty seal directory": func(dir string) error { return os.MkdirAll(filepath.Join(dir, "seal"), 0o700) },
		"seals":                   func(dir string) error { return createSeals(filepath.Join(dir, "seal"), n) },
		"one seal": func(dir string) error {
			return errors.Join(createSeals(filepath.Join(dir, "seal"), n), os.Remove(filepath.Join(dir, "seal", "b")))
		},
		"seals and a database without a commit": func(dir string) error {
			c, err := testConfig(dir).filled()
			if err != nil {
				return err
			}
			if err := createSeals(filepath.Join(dir, "seal"), n); err != nil {
				return err
			}
			db, err := openBadger(c, sec, false)
			if err != nil {
				return err
			}
			return db.Close()
		},
		"all but the first commit": func(dir string) error {
			c, err := testConfig(dir).filled()
			if err != nil {
				return err
			}
			if err := createSeals(filepath.Join(dir, "seal"), n); err != nil {
				return err
			}
			_, err = createEpoch(filepath.Join(dir, "keys"), sec, c.Random, 1)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := leave(dir); err != nil {
				t.Fatal(err)
			}
			s := openTest(t, testConfig(dir))
			if got := s.State(t.Context()).Journal; got != 1 {
				t.Errorf("journal: got %d entries, want 1", got)
			}
		})
	}
}

func testNotary(t testing.TB) (*notary, *secrets) {
	t.Helper()
	c := testConfig("")
	sec, err := deriveSecrets(c.Root)
	if err != nil {
		t.Fatal(err)
	}
	n, err := newNotary(c.Origin, sec.sealSeed)
	if err != nil {
		t.Fatal(err)
	}
	return n, sec
}

// TestLogsHoldNothingPersonal writes with every log level on and looks for
// what was written.
func TestLogsHoldNothingPersonal(t *testing.T) {
	ctx := t.Context()
	var lines bytes.Buffer
	c := testConfig(t.TempDir())
	c.Log = slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug - 10}))
	s := openTest(t, c)
	table, err := OpenTable[string](s, 0x20, "names")
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Commit(ctx, func(tx *Tx) error {
		if err := table.Put(tx, Subject{1}, Path(Text("key-of-anna")), "value-of-anna"); err != nil {
			return err
		}
		_, err := tx.Log(Entry{Kind: "test.put", Actor: "test", Private: map[string]string{"name": "secret-of-anna"}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if lines.Len() == 0 || strings.Contains(lines.String(), "anna") {
		t.Errorf("log: got %d bytes with a record in them, want none:\n%s", lines.Len(), lines.String())
	}
}

// TestFailedStore stops writing after a write whose outcome nobody knows.
func TestFailedStore(t *testing.T) {
	ctx := t.Context()
	s := openTest(t, testConfig(t.TempDir()))
	if err := putNumbers(ctx, s, 3); err != nil {
		t.Fatal(err)
	}
	s.fail(errors.New("input/output error"))
	if _, err := s.Commit(ctx, func(*Tx) error { return nil }); !errors.Is(err, Failed) {
		t.Errorf("commit: got %v, want storage/failed", err)
	}
	if err := s.View(ctx, func(v *View) error { _, err := v.Position(); return err }); err != nil {
		t.Errorf("view: got %v, want none", err)
	}
	if st := s.State(ctx); !st.ReadOnly || st.Why != "storage/failed" || st.WhyDetail == "" {
		t.Errorf("state: got %v %q %q, want read-only, storage/failed, the cause", st.ReadOnly, st.Why, st.WhyDetail)
	}
}

// TestRollInBackground erases without asking for a roll.
func TestRollInBackground(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := testConfig(t.TempDir())
	c.EraseDelay = time.Millisecond
	s := openTest(t, c)
	table, err := OpenTable[int](s, 0x20, "numbers")
	if err != nil {
		t.Fatal(err)
	}
	if err := fillAndForget(ctx, s, table); err != nil {
		t.Fatal(err)
	}
	rolled := errors.New("rolled")
	err = s.Follow(ctx, "test", func(_ context.Context, ls []Leaf) error {
		for _, l := range ls {
			if l.Kind == "storage.epoch-rolled" {
				return rolled
			}
		}
		return nil
	})
	if !errors.Is(err, rolled) {
		t.Fatalf("journal: got %v, want a roll in it", err)
	}
	if st := s.State(ctx); st.Epoch != 2 || st.ErasuresPending != 0 {
		t.Errorf("state: got epoch %d and %d pending, want 2 and 0", st.Epoch, st.ErasuresPending)
	}
}
