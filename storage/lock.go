package storage

import (
	"errors"
	"fmt"
	"os"
)

// dirLock keeps a second process out of the data directory. It lies on an open
// file, so that the system takes it back when the process dies.
type dirLock struct{ f *os.File }

func lockDir(path string) (*dirLock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock file: %w", err)
	}
	if err := flock(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &dirLock{f}, nil
}

func (l *dirLock) release() error {
	if err := l.f.Close(); err != nil {
		return fmt.Errorf("release the lock: %w", err)
	}
	return nil
}

// fill writes zeros, so that the file has blocks of its own.
func fill(f *os.File, size int64) error {
	zeros := make([]byte, 1<<20)
	for at := int64(0); at < size; at += int64(len(zeros)) {
		if _, err := f.WriteAt(zeros[:min(int64(len(zeros)), size-at)], at); err != nil {
			return fmt.Errorf("fill a file: %w", err)
		}
	}
	return nil
}
