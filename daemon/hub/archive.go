package hub

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/rostod/rostod/internal/transparency"
)

// folder is where a branch's batches lie, as they came.
func (h *Hub) folder(b branch) string { return filepath.Join(h.Dir, "archive", b.Folder) }

func sum(wire []byte) string {
	s := sha256.Sum256(wire)
	return hex.EncodeToString(s[:])
}

// put makes a file durable, name and all. The same bytes twice are one file.
func put(dir, name string, b []byte) error {
	switch err := os.Mkdir(dir, 0o700); {
	case err == nil:
		err = syncFolder(filepath.Dir(dir))
		if err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrExist):
		return fmt.Errorf("make a branch's folder: %w", err)
	}
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return fmt.Errorf("keep a batch: %w", err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, name))
	}
	if err != nil {
		return fmt.Errorf("keep a batch: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return syncFolder(dir)
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync a folder: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

// read is a file of the archive, which must be the one that was kept.
func (h *Hub) read(b branch, k kept) ([]byte, error) {
	wire, err := os.ReadFile(filepath.Join(h.folder(b), k.File))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, archiveDamaged(fmt.Sprintf("%s of branch %s is missing from the archive", k.File, b.Name))
	case err != nil:
		return nil, fmt.Errorf("read the archive: %w", err)
	case sum(wire) != k.Digest:
		return nil, archiveDamaged(fmt.Sprintf("%s of branch %s was altered in the archive", k.File, b.Name))
	}
	return wire, nil
}

// tree is the hashes of a branch's log, as a file in the order of
// tlog.StoredHashIndex. What lies behind the branch's size is of a batch that was not
// finished, and is written again.
type tree struct{ path string }

func (h *Hub) tree(b branch) tree { return tree{filepath.Join(h.folder(b), "hashes")} }

// ReadHashes makes it a tlog.HashReader.
func (t tree) ReadHashes(indexes []int64) (out []tlog.Hash, err error) {
	if len(indexes) == 0 {
		return nil, nil
	}
	f, err := os.Open(t.path)
	if err != nil {
		return nil, fmt.Errorf("read a branch's tree: %w", err)
	}
	defer f.Close()
	out = make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if _, err := f.ReadAt(out[i][:], index*tlog.HashSize); err != nil {
			return nil, fmt.Errorf("read a branch's tree: %w", err)
		}
	}
	return out, nil
}

// root is the root of the first size entries.
func (t tree) root(size uint64) (tlog.Hash, error) { return tlog.TreeHash(int64(size), t) }

// extend writes the hashes of entries behind the first size, durably, and answers the
// new edge.
func (t tree) extend(edge transparency.Edge, entries [][]byte) (transparency.Edge, error) {
	at := tlog.StoredHashCount(int64(edge.Size)) * tlog.HashSize
	var hashes []byte
	for _, e := range entries {
		edge = edge.Append(tlog.RecordHash(e), func(done tlog.Hash) { hashes = append(hashes, done[:]...) })
	}
	begins := edge.Size == uint64(len(entries)) // the file is new: so is its name
	f, err := os.OpenFile(t.path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return edge, fmt.Errorf("write a branch's tree: %w", err)
	}
	_, err = f.WriteAt(hashes, at)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil && begins {
		err = syncFolder(filepath.Dir(t.path))
	}
	if err != nil {
		return edge, fmt.Errorf("write a branch's tree: %w", err)
	}
	return edge, nil
}
