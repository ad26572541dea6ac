package storagetest_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/storage"
	"github.com/rostod/rostod/storage/storagetest"
)

// smallDisk is a file system of its own.
func smallDisk(t *testing.T, mib int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", mib)); err != nil {
		t.Skipf("no right to mount a small file system: %v", err)
	}
	t.Cleanup(func() {
		// Badger does not let go of the logs that it only read.
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

// fillUp takes all but left bytes of the disk, in one file.
func fillUp(t *testing.T, disk string, left int64) {
	t.Helper()
	var st syscall.Statfs_t
	if err := syscall.Statfs(disk, &st); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(disk, "filler"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	size := info.Size() + int64(st.Bavail)*st.Bsize - left
	if err := syscall.Fallocate(int(f.Fd()), 0, 0, size); err != nil {
		t.Fatalf("fill the disk: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// makeSpace takes back what fillUp took.
func makeSpace(t *testing.T, disk string) {
	t.Helper()
	if err := os.Truncate(filepath.Join(disk, "filler"), 0); err != nil {
		t.Fatal(err)
	}
}

// TestDiskFills writes until the disk is full, and then others take the rest. Reading goes on, also after closing and opening without one free
// byte, and with the room comes the writing back: nothing is lost, and no step
// ends in SIGBUS.
func TestDiskFills(t *testing.T) {
	ctx := t.Context()
	disk := smallDisk(t, 112)
	c := storagetest.Config(filepath.Join(disk, "data"))
	c.Ballast = 32 << 20
	s := storagetest.OpenWith(t, c)
	tb, err := openTables(s)
	if err != nil {
		t.Fatal(err)
	}
	out := &acks{f: devNull(t)}
	eventually(t, "the ballast", func() bool { return s.State(ctx).Ballast == c.Ballast })

	// Our own writing closes the gate, and what was refused leaves nothing to do.
	var stored []string
	for err == nil {
		id := fmt.Sprintf("%d-%s", len(stored), strings.Repeat("y", 150))
		if err = put(ctx, s, tb, out, id); err == nil {
			stored = append(stored, id)
		}
	}
	if !errors.Is(err, storage.Full) || fault.Of(err).Kind.Status() != 507 {
		t.Fatalf("write on a full disk: got %v, want storage/full, 507", err)
	}
	t.Logf("%d commits stored", len(stored))
	// What closing the database gave back does not make it work again.
	for range 20 {
		if st := s.State(ctx); !st.ReadOnly || st.Free == 0 {
			t.Fatalf("state: got read-only %v, %d bytes free; want it at rest, and some", st.ReadOnly, st.Free)
		}
		if err := put(ctx, s, tb, out, "no"); !errors.Is(err, storage.Full) {
			t.Fatalf("write to a store at rest: got %v, want storage/full", err)
		}
	}
	fillUp(t, disk, 0)
	readsOnly(t, s, tb, stored)

	// Closing and opening need no room.
	if err := s.Close(); err != nil {
		t.Fatalf("close on a full disk: got %v, want none", err)
	}
	s = storagetest.OpenWith(t, c)
	if tb, err = openTables(s); err != nil {
		t.Fatal(err)
	}
	readsOnly(t, s, tb, stored)
	if got := s.State(ctx).Ballast; got != c.Ballast {
		t.Errorf("ballast on a full disk: got %d bytes, want %d: nothing needed it", got, c.Ballast)
	}

	// Space is back, and so is writing, with nothing opened again by hand.
	makeSpace(t, disk)
	if err := os.Remove(filepath.Join(c.Dir, "ballast")); err != nil { // the records have half the disk
		t.Fatal(err)
	}
	eventually(t, "writing again", func() bool { return put(ctx, s, tb, out, "again") == nil })
	if st := s.State(ctx); st.ReadOnly {
		t.Errorf("state: got %+v, want it writing", st)
	}
	if err := readAll(ctx, s, tb, append(stored, "again")); err != nil {
		t.Errorf("at the end: %v", err)
	}
	if _, err := s.VerifyRecords(ctx); err != nil {
		t.Errorf("verify records: got %v, want none", err)
	}
}

// readsOnly wants a store on a disk without a free byte to read everything and
// to say that it writes nothing.
func readsOnly(t *testing.T, s *storage.Store, tb tables, stored []string) {
	t.Helper()
	ctx := t.Context()
	if st := s.State(ctx); !st.ReadOnly || st.Why != "storage/full" || st.Free != 0 {
		t.Errorf("state: got read-only %v, %q, %d bytes free", st.ReadOnly, st.Why, st.Free)
	}
	if err := readAll(ctx, s, tb, stored); err != nil {
		t.Errorf("read on a disk without a free byte: %v", err)
	}
	if err := put(ctx, s, tb, &acks{f: devNull(t)}, "no"); !errors.Is(err, storage.Full) {
		t.Errorf("write on a disk without a free byte: got %v, want storage/full", err)
	}
}

// TestNewOnFullDisk makes no store where there is no room for one.
func TestNewOnFullDisk(t *testing.T) {
	disk := smallDisk(t, 64)
	fillUp(t, disk, 8<<20)
	_, err := storage.Open(t.Context(), storagetest.Config(filepath.Join(disk, "data")))
	if !errors.Is(err, storage.Full) || !strings.Contains(fault.Of(err).Hint, "Free at least") {
		t.Errorf("open: got %v, want storage/full with a hint", err)
	}
}

// TestBallast closes a store that was about to write when the room went: it
// lives on the ballast.
func TestBallast(t *testing.T) {
	ctx := t.Context()
	disk := smallDisk(t, 96)
	c := storagetest.Config(filepath.Join(disk, "data"))
	c.Ballast = 32 << 20
	s := storagetest.OpenWith(t, c)
	tb, err := openTables(s)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the ballast", func() bool { return s.State(ctx).Ballast == c.Ballast })
	if err := put(ctx, s, tb, &acks{f: devNull(t)}, "one"); err != nil {
		t.Fatal(err)
	}
	settled(t)
	fillUp(t, disk, 0)
	if err := s.Close(); err != nil {
		t.Fatalf("close on a full disk: got %v, want none", err)
	}
	if _, err := os.Stat(filepath.Join(c.Dir, "ballast")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("ballast: got %v, want it given up", err)
	}
	fillUp(t, disk, 0)
	s = storagetest.OpenWith(t, c)
	if tb, err = openTables(s); err != nil {
		t.Fatal(err)
	}
	readsOnly(t, s, tb, []string{"one"})
}

// TestKilledOnFullDisk kills a writing process again and again, and opens what
// it left on a disk that has not one free byte: everything answered is there,
// and nothing is there half.
func TestKilledOnFullDisk(t *testing.T) {
	disk := smallDisk(t, 160)
	dir := filepath.Join(disk, "data")
	l := &ledger{put: map[string]uint64{}, fate: map[string]string{}}
	for round := range rounds(t) {
		kill(t, dir, time.Duration(30+rand.IntN(200))*time.Millisecond, l)
		fillUp(t, disk, 0)
		if len(l.put) > 0 {
			audit(t, dir, l, round)
		}
		makeSpace(t, disk)
	}
	if len(l.trouble) > 0 {
		t.Errorf("got trouble %q, want none", l.trouble)
	}
	t.Logf("%d openings, %d answered: none lost, none torn", l.opens, l.acks)
}

func readAll(ctx context.Context, s *storage.Store, tb tables, ids []string) error {
	return s.View(ctx, func(v *storage.View) error {
		for _, id := range ids {
			r, err := tb.rows.Get(v, storage.Path(storage.Text(id)))
			if err != nil {
				return fmt.Errorf("row %.8s: %w", id, err)
			}
			if r.Sum != sum(r.ID, r.Fill) {
				return fmt.Errorf("row %.8s has a wrong sum", id)
			}
		}
		return nil
	})
}

// TestGateRecovers closes and opens the gate from outside while a store runs.
func TestGateRecovers(t *testing.T) {
	ctx := t.Context()
	disk := smallDisk(t, 96)
	s := storagetest.OpenWith(t, storagetest.Config(filepath.Join(disk, "data")))
	tb, err := openTables(s)
	if err != nil {
		t.Fatal(err)
	}
	out := &acks{f: devNull(t)}
	for round := range 3 {
		fillUp(t, disk, 8<<20)
		eventually(t, "storage/full", func() bool {
			return errors.Is(put(ctx, s, tb, out, fmt.Sprintf("full-%d", round)), storage.Full)
		})
		makeSpace(t, disk)
		eventually(t, "writing again", func() bool {
			return put(ctx, s, tb, out, fmt.Sprintf("free-%d", round)) == nil
		})
	}
}
