package manifest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/rostod/rostod/internal/fault"
)

// What can be wrong with a file. The titles in errors name the file.
var (
	ErrMissing = &fault.Fault{
		Kind:  fault.Unavailable,
		Code:  "models/file-missing",
		Title: "A model's file is missing.",
		Hint:  "Run: rostod models fetch. Without a network, run rostod models bundle on another machine and carry the folder here.",
	}
	ErrAltered = &fault.Fault{
		Kind:  fault.Unavailable,
		Code:  "models/file-altered",
		Title: "A model's file is not the one that the manifest pins.",
		Hint:  "Find out who changed it, then run: rostod models fetch. For a model of your own, enter its SHA-256 in a manifest of your own.",
	}
	ErrPlatform = &fault.Fault{
		Kind:  fault.Unavailable,
		Code:  "models/no-build",
		Title: "The manifest pins no ONNX Runtime for this platform.",
		Hint:  "Enter the SHA-256 of a build for this platform in a manifest of your own.",
	}
)

// Item is one file that the manifest pins.
type Item struct {
	Name   string // of the model, or "onnxruntime"
	Role   Role   // empty for the library
	File   string
	Bytes  int64
	SHA256 Digest
	URL    string // where it can be had; empty for the library
}

// RuntimeName is the name of ONNX Runtime's library among the items.
const RuntimeName = "onnxruntime"

// Items lists the files for this machine: the models in the order of the
// manifest, then the library.
func (m *Manifest) Items() ([]Item, error) {
	var items []Item
	for _, x := range m.Models {
		items = append(items, x.Item())
	}
	lib, err := m.Library()
	if err != nil {
		return nil, err
	}
	return append(items, lib), nil
}

// Item is the model's file.
func (x Model) Item() Item {
	return Item{Name: x.Name, Role: x.Role, File: x.File, Bytes: x.Bytes, SHA256: x.SHA256, URL: x.URL}
}

// Library is ONNX Runtime's file for this machine.
func (m *Manifest) Library() (Item, error) {
	b, ok := m.Runtime.Build(runtime.GOOS, runtime.GOARCH)
	if !ok {
		return Item{}, fault.Because(ErrPlatform, fmt.Errorf("%s/%s", runtime.GOOS, runtime.GOARCH))
	}
	return Item{Name: RuntimeName, File: m.Runtime.File, Bytes: b.Bytes, SHA256: b.SHA256}, nil
}

// Check is an item and what is wrong with its file: nil, ErrMissing,
// ErrAltered, or an error of reading.
type Check struct {
	Item
	Err error
}

// Verify reads every file in a folder and compares it with the manifest. A
// platform without a build of the library is an entry with ErrPlatform.
func (m *Manifest) Verify(dir string) []Check {
	var checks []Check
	for _, x := range m.Models {
		it := x.Item()
		checks = append(checks, Check{Item: it, Err: it.Verify(filepath.Join(dir, it.File))})
	}
	lib, err := m.Library()
	if err == nil {
		err = lib.Verify(filepath.Join(dir, lib.File))
	} else {
		lib = Item{Name: RuntimeName, File: m.Runtime.File}
	}
	return append(checks, Check{Item: lib, Err: err})
}

// Verify compares the file at path with the item.
func (it Item) Verify(path string) error {
	f, err := it.open(path)
	if err != nil {
		return err
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return it.compare(path, Digest(h.Sum(nil)))
}

// Read returns the file's bytes when they are the ones that are pinned. What
// was checked is what is used: the file is read once.
func (it Item) Read(path string) ([]byte, error) {
	f, err := it.open(path)
	if err != nil {
		return nil, err
	}
	data := make([]byte, it.Bytes)
	_, err = io.ReadFull(f, data)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return data, it.compare(path, sha256.Sum256(data))
}

// open opens a file of the right size.
func (it Item) open(path string) (*os.File, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Because(it.named(ErrMissing, "%s is missing."), err)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	info, err := f.Stat()
	if err == nil && info.Size() != it.Bytes {
		err = fault.Because(it.named(ErrAltered, "%s is not the file that the manifest pins."),
			fmt.Errorf("%s has %d bytes, the manifest says %d", path, info.Size(), it.Bytes))
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func (it Item) compare(path string, got Digest) error {
	if got == it.SHA256 {
		return nil
	}
	return fault.Because(it.named(ErrAltered, "%s is not the file that the manifest pins."),
		fmt.Errorf("%s has SHA-256 %s, the manifest says %s", path, got, it.SHA256))
}

// named puts the file's name, which is the manifest's word, into a title.
func (it Item) named(f *fault.Fault, title string) *fault.Fault {
	c := *f
	c.Title = fmt.Sprintf(title, it.File)
	return &c
}
