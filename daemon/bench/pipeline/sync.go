package pipeline

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// page is about what one decision writes.
const page = 4 << 10

// syncs is how long it takes to make so many small appends durable, one after
// another, on the disk of a folder.
func syncs(dir string, times int) (list []time.Duration, err error) {
	f, err := os.CreateTemp(dir, "sync-")
	if err != nil {
		return nil, fmt.Errorf("measure the disk: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	text := make([]byte, page)
	for range times {
		start := time.Now()
		if _, err := f.Write(text); err != nil {
			return nil, fmt.Errorf("measure the disk: %w", err)
		}
		if err := f.Sync(); err != nil {
			return nil, fmt.Errorf("measure the disk: %w", err)
		}
		list = append(list, time.Since(start))
	}
	return list, nil
}
