package source

import (
	"context"
	"io/fs"
	"iter"
	"os"
	"sync/atomic"
	"time"
)

// folder is a folder of pictures that are named by whom they show.
type folder struct {
	root  *os.Root
	names []string
	at    atomic.Int64
}

func openFolder(path string) (Source, error) {
	list, err := os.ReadDir(path) // by name
	if err != nil {
		return nil, ErrUnreadable
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, ErrUnreadable
	}
	f := &folder{root: root}
	for _, e := range list {
		if e.IsDir() || passedOver(e.Name()) {
			continue
		}
		f.names = append(f.names, e.Name())
	}
	return f, nil
}

// Rows are the files by their names.
func (f *folder) Rows(ctx context.Context, skip uint64) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for i := min(skip, uint64(len(f.names))); i < uint64(len(f.names)); i++ {
			f.at.Store(int64(i))
			if ctx.Err() != nil {
				yield(Row{}, ended(ctx))
				return
			}
			row := named(f.names[i])
			if row.Captured.IsZero() {
				row.Captured = modified(f.root, row.File)
			}
			row.Read = func() ([]byte, Reason) { return inside(f.root, row.File) }
			if !yield(row, nil) {
				return
			}
		}
		f.at.Store(int64(len(f.names)))
	}
}

// modified is when a file was written last, which is not before its picture was
// taken; zero when there is no telling.
func modified(root *os.Root, name string) time.Time {
	info, err := root.Stat(name)
	if err != nil || info.Mode()&fs.ModeType != 0 {
		return time.Time{}
	}
	return info.ModTime().UTC()
}

// Share is how many of the files were passed.
func (f *folder) Share() float64 { return shareOf(f.at.Load(), int64(len(f.names))) }

// Mark is the digest of the names.
func (f *folder) Mark() []byte { return markOf(f.names) }

// Close gives the folder back.
func (f *folder) Close() error { return f.root.Close() }
