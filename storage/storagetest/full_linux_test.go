package storagetest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

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
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

// fillUp takes all but left bytes of the disk, in one file.
func fillUp(t *testing.T, disk string, left int64) string {
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
	return f.Name()
}

// TestDiskFills writes until the disk is full, fills the rest from outside,
// closes and opens on the full disk, and makes room again: nothing is lost, and
// no step ends in SIGBUS.
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

	// Our own writing closes the gate.
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
	st := s.State(ctx)
	if !st.ReadOnly || st.Why != "storage/full" || st.Free > st.MinFree {
		t.Errorf("state: got read-only %v, %q, %d bytes free", st.ReadOnly, st.Why, st.Free)
	}
	t.Logf("%d commits stored, %d MiB were left", len(stored), st.Free>>20)

	// Others take the rest: reading goes on.
	settled(t)
	filler := fillUp(t, disk, 0)
	if err := readAll(ctx, s, tb, stored[:100]); err != nil {
		t.Errorf("read on a disk without a free byte: %v", err)
	}
	if err := put(ctx, s, tb, out, "no"); !errors.Is(err, storage.Full) {
		t.Errorf("write on a disk without a free byte: got %v, want storage/full", err)
	}

	// Closing and opening live on the ballast.
	if err := s.Close(); err != nil {
		t.Fatalf("close on a full disk: got %v, want none", err)
	}
	s = storagetest.OpenWith(t, c)
	if tb, err = openTables(s); err != nil {
		t.Fatal(err)
	}
	if got := s.State(ctx).Ballast; got != 0 {
		t.Errorf("ballast on a full disk: got %d bytes, want it given up", got)
	}
	if err := readAll(ctx, s, tb, stored); err != nil {
		t.Errorf("after opening on a full disk: %v", err)
	}

	settled(t)

	// Without the ballast's room it does not open, and says what to do.
	if err := s.Close(); err != nil {
		t.Fatalf("close: got %v, want none", err)
	}
	fillUp(t, disk, 0)
	_, err = storage.Open(ctx, c)
	if !errors.Is(err, storage.Full) || !strings.Contains(fault.Of(err).Hint, "Free at least") {
		t.Errorf("open without room: got %v, want storage/full with a hint", err)
	}

	// Space is back: so are writing and the ballast.
	if err := os.Truncate(filler, 0); err != nil {
		t.Fatal(err)
	}
	s = storagetest.OpenWith(t, c)
	if tb, err = openTables(s); err != nil {
		t.Fatal(err)
	}
	// There is as much room as the table data leaves; the gate needs 32 MiB.
	eventually(t, "writing again", func() bool {
		err = put(ctx, s, tb, out, "again")
		return err == nil
	})
	if err := readAll(ctx, s, tb, stored); err != nil {
		t.Errorf("at the end: %v", err)
	}
	if _, err := s.VerifyRecords(ctx); err != nil {
		t.Errorf("verify records: got %v, want none", err)
	}
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
		filler := fillUp(t, disk, 8<<20)
		eventually(t, "storage/full", func() bool {
			return errors.Is(put(ctx, s, tb, out, fmt.Sprintf("full-%d", round)), storage.Full)
		})
		if err := os.Truncate(filler, 0); err != nil {
			t.Fatal(err)
		}
		eventually(t, "writing again", func() bool {
			return put(ctx, s, tb, out, fmt.Sprintf("free-%d", round)) == nil
		})
	}
}
