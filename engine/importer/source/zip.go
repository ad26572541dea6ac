package source

import (
	"archive/zip"
	"context"
	"errors"
	"iter"
	"path"
	"strings"
	"sync/atomic"
)

// zipped is a zip archive.
type zipped struct {
	input
	files []*zip.File
	at    atomic.Int64
}

func openZip(in input) (Source, error) {
	r, err := zip.NewReader(in.file, in.size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, ErrBroken
	}
	z := &zipped{input: in}
	var all uint64
	for _, f := range r.File {
		if strings.HasSuffix(f.Name, "/") || passedOver(f.Name) {
			continue
		}
		// Entries may overlap, so it is the sum of what they say that counts;
		// none unpacks to more than it says.
		if all += min(f.UncompressedSize64, 1<<50); all > uint64(unpacked(in.size)) {
			return nil, ErrBomb
		}
		z.files = append(z.files, f)
	}
	return z, nil
}

// Rows are the files in the order of the archive's list.
func (z *zipped) Rows(ctx context.Context, skip uint64) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for i := min(skip, uint64(len(z.files))); i < uint64(len(z.files)); i++ {
			z.at.Store(int64(i))
			if ctx.Err() != nil {
				yield(Row{}, ended(ctx))
				return
			}
			if !yield(zipRow(z.files[i]), nil) {
				return
			}
		}
		z.at.Store(int64(len(z.files)))
	}
}

func zipRow(f *zip.File) Row {
	if !f.Mode().IsRegular() || !local(f.Name) {
		return Row{File: f.Name, Wrong: Outside}
	}
	row := named(path.Base(f.Name))
	row.File = f.Name
	if row.Captured.IsZero() {
		row.Captured = dated(f.Modified)
	}
	row.Read = func() ([]byte, Reason) {
		r, err := f.Open()
		if err != nil {
			return nil, Unreadable
		}
		defer r.Close()
		return whole(r, int64(min(f.UncompressedSize64, mostPicture+1)))
	}
	return row
}

// Share is how many of the files were passed.
func (z *zipped) Share() float64 { return shareOf(z.at.Load(), int64(len(z.files))) }
