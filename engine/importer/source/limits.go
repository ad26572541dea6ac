package source

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
)

// The limits, in bytes; docs/IMPORT.md has them for people.
const (
	mostPicture  = 16 << 20
	mostLine     = 24 << 20
	mostManifest = 256 << 20
	mostPacked   = 1 << 30 // that any archive may unpack to
	mostGrowth   = 200     // times its size that an archive may unpack to, if that is more
)

// unpacked is how much an archive of some size may unpack to.
func unpacked(size int64) int64 { return max(mostPacked, mostGrowth*size) }

// whole reads a picture to its end.
func whole(r io.Reader, size int64) ([]byte, Reason) {
	if size > mostPicture {
		return nil, Oversized
	}
	var b bytes.Buffer
	b.Grow(int(max(size, 0)) + bytes.MinRead)
	n, err := b.ReadFrom(io.LimitReader(r, mostPicture+1))
	switch {
	case n > mostPicture:
		return nil, Oversized
	case err != nil:
		return nil, Unreadable
	}
	return b.Bytes(), ""
}

// inside reads a file that may not lie outside the folder, links or not.
func inside(root *os.Root, name string) ([]byte, Reason) {
	if root == nil || !local(name) {
		return nil, Outside
	}
	// A named pipe would be waited for until somebody writes into it.
	f, err := root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, Missing
	case err != nil && strings.Contains(err.Error(), "escapes"): // os.Root has no error value for it
		return nil, Outside
	case err != nil:
		return nil, Unreadable
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, Unreadable
	}
	return whole(f, info.Size())
}

// local says whether a name stays where it is, on any system.
func local(name string) bool {
	return filepath.IsLocal(filepath.FromSlash(name)) && !strings.ContainsAny(name, "\\\x00")
}

// counted is a reader that tells how far it is. Its bound is an error.
type counted struct {
	r    io.Reader
	at   *atomic.Int64
	most int64 // 0: none
	over error
}

// Read reads on, unless that is too much.
func (c *counted) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	if at := c.at.Add(int64(n)); c.most > 0 && at > c.most {
		return 0, c.over
	}
	return n, err
}

// shareOf is a part of a whole, 0 to 1.
func shareOf(part, all int64) float64 {
	if all <= 0 {
		return 1
	}
	return min(1, float64(part)/float64(all))
}
