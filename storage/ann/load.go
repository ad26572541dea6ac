package ann

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// load opens the files that the segment's manifest names.
func (s *Segment) load() error {
	name := filepath.Join(s.name.String(), "manifest")
	b, err := os.ReadFile(filepath.Join(s.dir(), "manifest"))
	if errors.Is(err, fs.ErrNotExist) {
		return damaged(name, "is missing")
	}
	if err != nil {
		return fmt.Errorf("read the manifest of a segment: %w", err)
	}
	m, ok := parseManifest(b)
	switch {
	case !ok:
		return damaged(name, "is altered")
	case m.name != s.name || int(m.dims) != s.dims:
		return damaged(name, "is another segment's")
	case m.check != s.secret.check():
		return damaged(name, "was written under another secret")
	}
	v := &view{rotation: s.view.Load().rotation}
	rows := 0
	for i := range m.parts {
		rows += m.parts[i].rows
	}
	for i := range m.parts {
		h, err := s.loadPart(&m.parts[i], s.maps(rows))
		if err != nil {
			return errors.Join(err, v.close())
		}
		v.shelves = append(v.shelves, &h)
		v.rows += h.left()
	}
	s.next = m.next
	s.view.Store(v)
	return s.tidy(m)
}

// maps says whether the records of so many rows are mapped.
func (s *Segment) maps(rows int) bool {
	return !s.index.config.unmapped && rows*len(s.record) <= mapRecords
}

func (s *Segment) loadPart(e *entry, whole bool) (shelf, error) {
	p, err := openPart(s.dir(), s.width, e, whole)
	if err != nil {
		return shelf{}, err
	}
	h := shelf{part: p, n: e.rows, dead: deadOf(e.dead), loosest: e.loosest}
	if e.pending {
		if err := p.again(e.dead); err != nil {
			return shelf{}, errors.Join(err, p.file.close())
		}
	}
	p.file.cleared = slices.Clone(e.dead)
	return h, nil
}

// tidy removes files that the manifest does not name.
func (s *Segment) tidy(m *manifest) error {
	entries, err := os.ReadDir(s.dir())
	if err != nil {
		return fmt.Errorf("read the folder of a segment: %w", err)
	}
	for _, f := range entries {
		named := slices.ContainsFunc(m.parts, func(e entry) bool { return partName(e.number) == f.Name() })
		if strings.HasSuffix(f.Name(), ".part") && !named {
			if err := os.Remove(filepath.Join(s.dir(), f.Name())); err != nil {
				return fmt.Errorf("remove a file that was left: %w", err)
			}
		}
	}
	return nil
}

func (v *view) close() error {
	var err error
	for i := range v.shelves {
		if f := v.shelves[i].file; f != nil {
			err = errors.Join(err, f.close())
		}
	}
	return err
}

// close lets go of the segment's files.
func (s *Segment) close() error {
	s.flushing.Lock()
	defer s.flushing.Unlock()
	s.mu.Lock()
	v := s.view.Load()
	s.view.Store(&view{rotation: v.rotation})
	closed := errClosed
	s.ill.Store(&closed)
	s.mu.Unlock()
	s.grace.wait()
	err := v.close()
	for _, p := range s.retired {
		err = errors.Join(err, p.file.close())
	}
	s.retired = nil
	return err
}

var errClosed = errors.New("ann: the index is closed")

func compareNames(a, b Name) int {
	if c := bytes.Compare(a.Segment[:], b.Segment[:]); c != 0 {
		return c
	}
	return bytes.Compare(a.Model[:], b.Model[:])
}
