package ann

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Flush brings everything to the disk that was changed before it was called,
// overwrites the rows that were deleted, and remembers that the index needs
// nothing of the journal before the position that it has reached. Searches and
// changes go on meanwhile.
func (x *Index) Flush() error {
	x.flushing.Lock()
	defer x.flushing.Unlock()
	position := x.position.Load()
	for _, s := range x.Segments() {
		if err := s.flush(); err != nil {
			return err
		}
	}
	x.flushed.Store(position)
	return x.writeHead()
}

// Unflushed is how many rows only the memory has: what must come from the
// records again after a crash.
func (x *Index) Unflushed() int {
	rows := 0
	for _, s := range x.Segments() {
		s.mu.Lock()
		rows += len(s.ids)
		s.mu.Unlock()
	}
	return rows
}

func (s *Segment) flush() error {
	s.flushing.Lock()
	defer s.flushing.Unlock()
	s.mu.Lock()
	if s.Err() != nil || !s.dirty {
		s.mu.Unlock()
		return nil
	}
	s.dirty, s.open = false, nil // what is added from here on lies elsewhere
	v := s.view.Load()
	s.mu.Unlock()
	return s.hurt(s.settle(v))
}

// settle writes what a view has in memory, merged with files that are small
// or have lost many rows.
func (s *Segment) settle(v *view) (err error) {
	defer func() {
		if err != nil {
			s.undone()
		}
	}()
	if err := os.MkdirAll(s.dir(), 0o700); err != nil {
		return fmt.Errorf("make the folder of a segment: %w", err)
	}
	taken := v.merge(mostRows(s.width))
	made, err := s.write(v, taken)
	if err != nil {
		return err
	}
	old := make([]*part, 0, len(taken))
	for _, at := range taken {
		old = append(old, v.shelves[at].part)
	}
	return s.commit(s.swap(old, made), old)
}

// undone makes the next Flush try again.
func (s *Segment) undone() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dirty = true
}

// merge are the shelves to write anew: all in memory; files with a quarter of
// their rows gone; and then, the smallest first, files that are small and have
// no more than twice what was taken so far, which keeps the number of files
// logarithmic and writes no row more often than that.
func (v *view) merge(most int) []int {
	var taken, rest []int
	rows := 0
	for i := range v.shelves {
		h := v.shelves[i]
		if h.file == nil || 4*h.dead.rows > h.n {
			taken = append(taken, i)
			rows += h.left()
		} else if h.left() < most/2 {
			rest = append(rest, i)
		}
	}
	if rows == 0 && !slices.ContainsFunc(taken, func(i int) bool { return v.shelves[i].file != nil }) {
		return taken
	}
	left := func(i int) int { return v.shelves[i].left() }
	slices.SortFunc(rest, func(a, b int) int { return left(a) - left(b) })
	for _, i := range rest {
		if left(i) <= 2*rows {
			taken = append(taken, i)
			rows += left(i)
		}
	}
	slices.Sort(taken)
	return taken
}

// made is a new file, and where its rows come from.
type made struct {
	shelf
	sources []source
	ids     []ID
}

// alone is the shelf without where it comes from.
func (m *made) alone() *shelf {
	h := m.shelf
	return &h
}

// write writes the rows of the taken shelves into new files.
func (s *Segment) write(v *view, taken []int) ([]made, error) {
	var rows []source
	for _, at := range taken {
		h := v.shelves[at]
		for i := range h.n {
			if !h.dead.has(i) {
				rows = append(rows, source{h, i})
			}
		}
	}
	var list []made
	for chunk := range slices.Chunk(rows, mostRows(s.width)) {
		m, err := s.seal(chunk, v.rows)
		if err != nil {
			return nil, errors.Join(err, s.discard(list))
		}
		list = append(list, m)
	}
	return list, nil
}

// seal writes one file, of a segment that has so many rows.
func (s *Segment) seal(rows []source, of int) (made, error) {
	number := s.next
	s.next++
	p, err := seal(filepath.Join(s.dir(), partName(number)), number, rows, s.width)
	if err != nil {
		return made{}, err
	}
	m := made{sources: rows, ids: p.ids}
	m.n, m.loosest = len(rows), p.loosest
	m.part, err = openPart(s.dir(), s.width, &entry{number: number, rows: len(rows), sums: sumPieces(p.hot, p.layout.hot)}, s.maps(of))
	return m, err
}

// discard closes and removes files that nothing names.
func (s *Segment) discard(list []made) error {
	var err error
	for _, m := range list {
		err = errors.Join(err, m.file.close(), s.unlink(m.file.number))
	}
	return err
}

func (s *Segment) unlink(number uint64) error {
	if err := os.Remove(filepath.Join(s.dir(), partName(number))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove a file of the index: %w", err)
	}
	return nil
}

// swap publishes a view with the new files instead of the old parts. Rows that
// were deleted while they were written are dead in the new files, too.
func (s *Segment) swap(old []*part, list []made) *view {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.view.Load()
	next := &view{rotation: now.rotation, rows: now.rows, change: now.change + 1}
	gone := map[*part]*dead{}
	for i := range now.shelves {
		if h := now.shelves[i]; slices.Contains(old, h.part) {
			gone[h.part] = &h.dead
		}
	}
	if s.open == nil { // nothing was added meanwhile: all rows have files now
		clear(s.ids) // and keeps its size for as many again
	}
	for _, m := range list {
		h := m.alone()
		for i, from := range m.sources {
			if gone[from.from.part].has(from.row) {
				h.dead = h.dead.with(i, h.blocks(), next.change)
				s.dirty = true
			}
			if at, ok := s.ids[m.ids[i]]; ok && at.part == from.from.part && at.row == from.row {
				delete(s.ids, m.ids[i])
			}
		}
		next.shelves = append(next.shelves, h)
	}
	for _, h := range now.shelves {
		if !slices.Contains(old, h.part) {
			next.shelves = append(next.shelves, h)
		}
	}
	s.view.Store(next)
	return next
}

// commit makes a view what is on the disk, and takes away what only older
// views know: also what an earlier commit could not.
func (s *Segment) commit(v *view, old []*part) error {
	for _, p := range old {
		if p.file != nil {
			s.retired = append(s.retired, p)
		}
	}
	m := manifest{name: s.name, dims: uint32(s.dims), check: s.secret.check(), next: s.next}
	var wipes []wipe
	for i := range v.shelves {
		h := v.shelves[i]
		if h.file == nil {
			continue
		}
		w, err := h.wipe()
		if err != nil {
			return err
		}
		if len(w.rows) > 0 {
			wipes = append(wipes, w)
		}
		m.parts = append(m.parts, entry{
			number: h.file.number, rows: h.n, loosest: h.loosest, pending: len(w.rows) > 0, sums: w.sums, dead: h.dead.words(h.blocks()),
		})
	}
	if err := syncDir(s.dir()); err != nil {
		return err
	}
	if err := replaceFile(filepath.Join(s.dir(), "manifest"), m.bytes()); err != nil {
		return err
	}
	s.kept.Store(true)
	s.grace.wait()
	var err error
	for _, w := range wipes {
		err = errors.Join(err, w.do())
	}
	return errors.Join(err, s.retire())
}

// retire removes the files that the manifest does not name any more.
func (s *Segment) retire() error {
	var err error
	s.retired = slices.DeleteFunc(s.retired, func(p *part) bool {
		if failed := s.unlink(p.file.number); failed != nil {
			err = errors.Join(err, failed)
			return false
		}
		err = errors.Join(err, p.file.close())
		return true
	})
	return err
}
