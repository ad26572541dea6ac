package storage

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Badger's files, as its version 4 names them.
const (
	manifestName = "MANIFEST"
	registryName = "KEYREGISTRY"
	memSuffix    = ".mem"
	tableSuffix  = ".sst"
	vlogSuffix   = ".vlog"
)

// writeFileDurably writes a file that either is there whole or not at all,
// also after a power cut.
func writeFileDurably(path string, data []byte) (err error) {
	f, err := os.OpenFile(path+".new", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("create a file: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(path+".new"))
		}
	}()
	if _, err := f.Write(data); err != nil {
		return errors.Join(fmt.Errorf("write a file: %w", err), f.Close())
	}
	if err := f.Sync(); err != nil {
		return errors.Join(fmt.Errorf("bring a file to the disk: %w", err), f.Close())
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("close a file: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("name a file: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes the names in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("open a directory: %w", err)
	}
	if err := d.Sync(); err != nil {
		return errors.Join(fmt.Errorf("bring a directory to the disk: %w", err), d.Close())
	}
	if err := d.Close(); err != nil {
		return fmt.Errorf("close a directory: %w", err)
	}
	return nil
}

// overwrite fills a file with random bytes, on the disk. Flash and journalling
// file systems may keep older blocks: what was in the file must also be useless
// for another reason. A file that is gone already is no error.
func overwrite(path string, random io.Reader) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open a key file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("look at a key file: %w", err)
	}
	noise := make([]byte, info.Size())
	if _, err := io.ReadFull(random, noise); err != nil {
		return fmt.Errorf("read randomness: %w", err)
	}
	if _, err := f.WriteAt(noise, 0); err != nil {
		return fmt.Errorf("overwrite a key file: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("bring a key file to the disk: %w", err)
	}
	return nil
}

// removeDurably removes a file, if it is there, also for after a power cut.
func removeDurably(path string) error {
	if err := removeIfThere(path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove a file: %w", err)
	}
	return nil
}
