package source

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"strings"
	"sync/atomic"
)

// manifest is a CSV file that names the pictures beside it.
type manifest struct {
	input
	at atomic.Int64
}

// columns are where the members of a row stand; -1: nowhere.
type columns struct{ id, file, name, born, captured int }

// Rows are the lines below the header.
func (m *manifest) Rows(ctx context.Context, skip uint64) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		if m.size > mostManifest {
			yield(Row{}, ErrManifest)
			return
		}
		m.at.Store(0)
		r, where, err := header(&counted{r: io.NewSectionReader(m.file, 0, m.size), at: &m.at})
		if err != nil {
			yield(Row{}, err)
			return
		}
		for n := uint64(1); ; n++ {
			fields, err := r.Read()
			var bad *csv.ParseError
			switch {
			case errors.Is(err, io.EOF):
				return
			case ctx.Err() != nil:
				yield(Row{}, ended(ctx))
				return
			case err != nil && !errors.As(err, &bad):
				yield(Row{}, ErrBroken)
				return
			}
			if n <= skip {
				continue
			}
			row := Row{Wrong: NotCSV}
			if bad == nil {
				row = where.row(fields, m.input)
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// header reads the first line: what stands where, and what stands between.
func header(from io.Reader) (*csv.Reader, columns, error) {
	b := bufio.NewReaderSize(from, 4096)
	if mark, err := b.Peek(3); err == nil && bytes.Equal(mark, []byte("\xEF\xBB\xBF")) {
		_, _ = b.Discard(3) // it was peeked at
	}
	first, _ := b.Peek(4096) // a shorter file is no mistake
	first, _, _ = bytes.Cut(first, []byte("\n"))
	r := csv.NewReader(b)
	r.FieldsPerRecord, r.TrimLeadingSpace = -1, true
	if bytes.ContainsRune(first, ';') && !bytes.ContainsRune(first, ',') {
		r.Comma = ';'
	}
	names, err := r.Read()
	if err != nil {
		return nil, columns{}, ErrHeader
	}
	where := columns{-1, -1, -1, -1, -1}
	for i, name := range names {
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "id":
			where.id = i
		case "file":
			where.file = i
		case "name":
			where.name = i
		case "birthdate":
			where.born = i
		case "capturedat":
			where.captured = i
		}
	}
	if where.id < 0 || where.file < 0 {
		return nil, columns{}, ErrHeader
	}
	return r, where, nil
}

func (c columns) row(fields []string, in input) Row {
	at := func(i int) string {
		if i < 0 || i >= len(fields) {
			return ""
		}
		return strings.TrimSpace(fields[i])
	}
	row := Row{File: at(c.file)}.about(at(c.id), at(c.name), at(c.born))
	row = row.taken(at(c.captured))
	switch {
	case row.Wrong != "":
		return row
	case row.File == "":
		row.Wrong = NoPicture
		return row
	default:
		return row.beside(in)
	}
}

// Share is how much of the file was read.
func (m *manifest) Share() float64 { return shareOf(m.at.Load(), m.size) }
