package manifest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// store writes what r gives as the item's file into dir. Nothing stands under
// the file's name that is not whole and right: the bytes go to a temporary
// file, are compared, reach the disk, and are then renamed.
func (it Item) store(ctx context.Context, dir string, r io.Reader) (err error) {
	f, err := os.CreateTemp(dir, ".fetch-*")
	if err != nil {
		return fmt.Errorf("make a temporary file: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	h := sha256.New()
	// One byte more than is pinned is enough to know that it is too many.
	n, err := io.Copy(io.MultiWriter(f, h), io.LimitReader(cancelled{ctx, r}, it.Bytes+1))
	if err != nil {
		return fmt.Errorf("receive %s: %w", it.File, err)
	}
	if n != it.Bytes {
		return fmt.Errorf("received %d bytes of %s or more, the manifest says %d", n, it.File, it.Bytes)
	}
	if err := it.compare("what was received", Digest(h.Sum(nil))); err != nil {
		return err
	}
	if err := errors.Join(f.Chmod(0o644), f.Sync()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(dir, it.File)); err != nil {
		return err
	}
	return f.Close()
}

// copy stores the item from another folder.
func (it Item) copy(ctx context.Context, dir, from string) error {
	f, err := it.open(filepath.Join(from, it.File))
	if err != nil {
		return err
	}
	return errors.Join(it.store(ctx, dir, f), f.Close())
}

// cancelled stops reading when the context ends.
type cancelled struct {
	ctx context.Context //nolint:containedctx // lives for one copy
	r   io.Reader
}

func (c cancelled) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, context.Cause(c.ctx)
	}
	return c.r.Read(p)
}
