package ann

import (
	"fmt"
	"os"
	"syscall"
)

// mapping is a file's bytes, as the system has them in memory. It shows what
// is written to the file.
type mapping []byte

func mapFile(f *os.File, size int) (mapping, error) {
	m, err := syscall.Mmap(int(f.Fd()), 0, size, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map a file of the index: %w", err)
	}
	// Advice: without it the first search waits for each page by itself.
	_ = syscall.Madvise(m, syscall.MADV_WILLNEED)
	return m, nil
}

func (m mapping) close() error {
	if len(m) == 0 {
		return nil
	}
	return syscall.Munmap(m)
}

// wrote is told what was written to the file behind it.
func (m mapping) wrote(int, []byte) {}
