//go:build !linux

package ann

import (
	"fmt"
	"io"
	"os"
)

// mapping is a file's bytes, read into memory.
type mapping []byte

func mapFile(f *os.File, size int) (mapping, error) {
	m := make(mapping, size)
	if _, err := io.ReadFull(io.NewSectionReader(f, 0, int64(size)), m); err != nil {
		return nil, fmt.Errorf("read a file of the index: %w", err)
	}
	return m, nil
}

func (m mapping) close() error { return nil }

// wrote is told what was written to the file behind it.
func (m mapping) wrote(at int, b []byte) {
	if at < len(m) {
		copy(m[at:], b)
	}
}
