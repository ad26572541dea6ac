package crash

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
)

// smallDisk mounts a disk of so many MiB.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("mode=0700,size=%dm", size))
	if errors.Is(err, syscall.EPERM) {
		t.Skip("mounting a small disk is not permitted here: run the test as root")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// filler is somebody else's file on the same disk.
type filler struct{ path string }

// grow adds zeros; a full disk ends it early.
func (f *filler) grow(t *testing.T, by int) (full bool) {
	t.Helper()
	file, err := os.OpenFile(f.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.Write(make([]byte, by))
	if err = errors.Join(err, file.Close()); err != nil && !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	return err != nil
}

// fill leaves not one free block.
func (f *filler) fill(t *testing.T) {
	t.Helper()
	for _, by := range []int{1 << 20, 4 << 10} {
		for !f.grow(t, by) {
		}
	}
}

// give gives so many bytes back.
func (f *filler) give(t *testing.T, by int64) {
	t.Helper()
	info, err := os.Stat(f.path)
	if err == nil {
		err = os.Truncate(f.path, info.Size()-by)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (f *filler) empty(t *testing.T) {
	t.Helper()
	remove(t, f.path)
}
