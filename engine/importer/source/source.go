package source

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rostod/rostod/engine"
)

// Row is one account of a base. It is personal data: it prints as its type.
type Row struct {
	File      string // what the source calls it
	Reference engine.CustomerID
	Name      string
	Born      string    // 2006-01-02; empty when not known
	Captured  time.Time // when the picture was taken; zero when not known
	Wrong     Reason    // why it cannot be used; empty: it can
	// Read reads the picture. Several rows may be read at the same time.
	Read func() ([]byte, Reason)
}

// Format hides a row from every verb.
func (Row) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(row)") }

// LogValue hides a row from slog.
func (Row) LogValue() slog.Value { return slog.StringValue("(row)") }

// Source hands out the rows of an export.
type Source interface {
	// Rows are the rows behind the first few, in an order that is always the
	// same. An error is the last that comes.
	Rows(ctx context.Context, skip uint64) iter.Seq2[Row, error]
	// Share is how much of it Rows has passed, 0 to 1. It may be asked at any
	// time.
	Share() float64
	// Mark is what the source was like when it was opened.
	Mark() []byte
	Close() error
}

// Format is what an export is written in.
type Format string

// The formats.
const (
	Folder Format = "folder"
	NDJSON Format = "ndjson"
	CSV    Format = "csv"
	Tar    Format = "tar"
	TarGz  Format = "tar.gz"
	Zip    Format = "zip"
)

// FormatOf is the format of a file by its name; empty when it has none.
func FormatOf(name string) Format {
	name = strings.ToLower(name)
	for _, one := range []struct {
		end    string
		format Format
	}{
		{".ndjson", NDJSON}, {".jsonl", NDJSON}, {".csv", CSV}, {".tar", Tar}, {".tar.gz", TarGz}, {".tgz", TarGz}, {".zip", Zip},
	} {
		if strings.HasSuffix(name, one.end) {
			return one.format
		}
	}
	return ""
}

// Open opens a folder, or a file by its name's ending. Close it when done.
func Open(path string) (Source, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, ErrNone
	case err != nil:
		return nil, ErrUnreadable
	case info.IsDir():
		return openFolder(path)
	case !info.Mode().IsRegular():
		return nil, ErrFormat
	}
	format := FormatOf(path)
	if format == "" {
		return nil, ErrFormat
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, ErrUnreadable
	}
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, errors.Join(ErrUnreadable, f.Close())
	}
	mark := binary.BigEndian.AppendUint64(nil, uint64(info.Size()))
	mark = binary.BigEndian.AppendUint64(mark, uint64(info.ModTime().UnixNano()))
	s, err := open(input{file: f, size: info.Size(), mark: mark, root: root, close: func() error {
		return errors.Join(f.Close(), root.Close())
	}}, format)
	if err != nil {
		return nil, errors.Join(err, f.Close(), root.Close())
	}
	return s, nil
}

// OpenUpload opens what was sent. Files beside it are not read.
func OpenUpload(r io.ReaderAt, size int64, format Format) (Source, error) {
	return open(input{file: r, size: size, mark: binary.BigEndian.AppendUint64(nil, uint64(size)), close: func() error { return nil }}, format)
}

// input is a file that rows are read from.
type input struct {
	file  io.ReaderAt
	size  int64
	mark  []byte
	root  *os.Root // the folder that it lies in; nil: it may name no files
	close func() error
}

func (in input) Mark() []byte { return in.mark }
func (in input) Close() error { return in.close() }

func open(in input, format Format) (Source, error) {
	switch format {
	case NDJSON:
		return &lines{input: in}, nil
	case CSV:
		if in.root == nil {
			return nil, ErrFormat
		}
		return &manifest{input: in}, nil
	case Tar:
		return &tarball{input: in}, nil
	case TarGz:
		return &tarball{input: in, packed: true}, nil
	case Zip:
		return openZip(in)
	default:
		return nil, ErrFormat
	}
}

// markOf is the digest of names.
func markOf(names []string) []byte {
	h := sha256.New()
	for _, name := range names {
		_, _ = fmt.Fprintf(h, "%d %s", len(name), name)
	}
	return h.Sum(nil)
}

// ended is what a sequence yields when it must stop before its end.
func ended(ctx context.Context) error { return fmt.Errorf("read the rows: %w", context.Cause(ctx)) }
