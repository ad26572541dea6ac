package source

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"iter"
	"path"
	"sync/atomic"
	"time"
)

// tarball is a tar archive, packed by gzip or not.
type tarball struct {
	input
	packed bool
	at     atomic.Int64
}

// Rows are the files as they stand in the archive. Their pictures are read with
// them: there is no going back.
func (t *tarball) Rows(ctx context.Context, skip uint64) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		archive, err := t.begin()
		if err != nil {
			yield(Row{}, err)
			return
		}
		for n := uint64(0); ; {
			h, err := archive.Next()
			switch {
			case errors.Is(err, io.EOF):
				return
			case ctx.Err() != nil:
				yield(Row{}, ended(ctx))
				return
			case err != nil && !(errors.Is(err, tar.ErrInsecurePath) && h != nil):
				yield(Row{}, brokenOr(err))
				return
			}
			if h.Typeflag == tar.TypeDir || h.Typeflag == tar.TypeXGlobalHeader || passedOver(h.Name) {
				continue
			}
			if n++; n <= skip {
				continue
			}
			row, err := entry(archive, h)
			if err != nil {
				yield(Row{}, err)
				return
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func (t *tarball) begin() (*tar.Reader, error) {
	t.at.Store(0)
	var r io.Reader = bufio.NewReaderSize(&counted{r: io.NewSectionReader(t.file, 0, t.size), at: &t.at}, 256<<10)
	if t.packed {
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, ErrBroken
		}
		r = &counted{r: z, at: new(atomic.Int64), most: unpacked(t.size), over: ErrBomb}
	}
	return tar.NewReader(r), nil
}

// entry is one file of the archive, read.
func entry(archive io.Reader, h *tar.Header) (Row, error) {
	switch {
	case h.Typeflag != tar.TypeReg, !local(h.Name):
		return Row{File: h.Name, Wrong: Outside}, nil
	}
	row := named(path.Base(h.Name))
	row.File = h.Name
	if row.Captured.IsZero() {
		row.Captured = dated(h.ModTime)
	}
	if row.Wrong != "" {
		return row, nil
	}
	picture, why := whole(archive, h.Size)
	if why == Unreadable { // the archive ends here, or grows too far
		_, err := archive.Read(make([]byte, 1))
		return row, brokenOr(err)
	}
	row.Read = func() ([]byte, Reason) { return picture, why }
	return row, nil
}

// dated is a time that an archive says; zero when it says none.
func dated(t time.Time) time.Time {
	if t.Year() <= 1980 || t.Year() > 9999 { // where formats begin, and what unset clocks say
		return time.Time{}
	}
	return t.UTC()
}

func brokenOr(err error) error {
	if errors.Is(err, ErrBomb) {
		return ErrBomb
	}
	return ErrBroken
}

// Share is how much of the archive was read.
func (t *tarball) Share() float64 { return shareOf(t.at.Load(), t.size) }
