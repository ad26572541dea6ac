package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"sync/atomic"

	"github.com/go-json-experiment/json"
)

// lines is a file of one JSON object a line.
type lines struct {
	input
	at atomic.Int64
}

// object is one line.
type object struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Born     string `json:"birthDate"`
	Captured string `json:"capturedAt"`
	Image    []byte `json:"image"`
	File     string `json:"file"`
}

// Rows are the lines that are not empty.
func (l *lines) Rows(ctx context.Context, skip uint64) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		l.at.Store(0)
		r := bufio.NewReaderSize(&counted{r: io.NewSectionReader(l.file, 0, l.size), at: &l.at}, 64<<10)
		for n := uint64(0); ; {
			if ctx.Err() != nil {
				yield(Row{}, ended(ctx))
				return
			}
			text, long, err := line(r)
			if err != nil && !errors.Is(err, io.EOF) {
				yield(Row{}, ErrBroken)
				return
			}
			if text = bytes.TrimSpace(text); len(text) > 0 || long {
				if n++; n > skip && !yield(l.row(text, long), nil) {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}
}

// line reads one line and passes over what is too much of it. Its bytes are
// the caller's.
func line(r *bufio.Reader) (text []byte, long bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(text)+len(part) > mostLine {
			text, long = nil, true
		}
		if !long {
			text = append(text, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return text, long, err
		}
	}
}

func (l *lines) row(text []byte, long bool) Row {
	if long {
		return Row{Wrong: TooLong}
	}
	var o object
	if err := json.Unmarshal(text, &o); err != nil {
		return Row{Wrong: NotJSON}
	}
	row := Row{File: o.File}.about(o.ID, o.Name, o.Born)
	row = row.taken(o.Captured)
	switch {
	case row.Wrong != "":
	case len(o.Image) > 0:
		row.Read = func() ([]byte, Reason) {
			if len(o.Image) > mostPicture {
				return nil, Oversized
			}
			return o.Image, ""
		}
	case o.File != "":
		row = row.beside(l.input)
	default:
		row.Wrong = NoPicture
	}
	return row
}

// taken fills in when the picture was taken.
func (row Row) taken(at string) Row {
	when, ok := takenAt(at)
	if !ok && row.Wrong == "" {
		row.Wrong = BadDate
	}
	row.Captured = when
	return row
}

// beside takes the picture from a file in the input's folder.
func (row Row) beside(in input) Row {
	if in.root == nil || !local(row.File) {
		row.Wrong = Outside
		return row
	}
	if row.Captured.IsZero() {
		row.Captured = modified(in.root, row.File)
	}
	row.Read = func() ([]byte, Reason) { return inside(in.root, row.File) }
	return row
}

// Share is how much of the file was read.
func (l *lines) Share() float64 { return shareOf(l.at.Load(), l.size) }
