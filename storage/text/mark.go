package text

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

const markName = "mark"

// Mark is how far the documents follow the records, in the words of who puts
// them in; empty when nobody has said so yet.
func (x *Index) Mark() (string, error) {
	b, err := os.ReadFile(x.dir(markName))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read how far the search index has followed: %w", err)
	}
	return string(b), nil
}

// SetMark says how far they follow. It is on the disk when it answers.
func (x *Index) SetMark(mark string) (err error) {
	f, err := os.CreateTemp(x.cfg.Dir, markName+"-*")
	if err != nil {
		return fmt.Errorf("write how far the search index has followed: %w", err)
	}
	_, err = f.WriteString(mark)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), x.dir(markName))
	}
	if err != nil {
		return fmt.Errorf("write how far the search index has followed: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// wipe overwrites the files of a folder, or a file, and removes it. On some disks
// old blocks outlive that; they hold keyed hashes.
func wipe(path string) error {
	err := filepath.WalkDir(path, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		return overwrite(name)
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("overwrite old files of the search index: %w", err)
	}
	if err := os.RemoveAll(path); err != nil {
		return fmt.Errorf("remove old files of the search index: %w", err)
	}
	return nil
}

func overwrite(name string) (err error) {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if _, err := io.CopyN(f, zeros{}, info.Size()); err != nil {
		return err
	}
	return f.Sync()
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}
