package ann

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
)

// Rebuild makes a segment anew from its records, under the secret that is
// handed out now: after damage, or to change the secret. Each ID may come
// once. Searches are answered from the old rows until all new ones are there,
// or with index/damaged when those cannot be used. What the journal brings
// after the records were read must be applied afterwards, so nobody may insert
// or delete meanwhile.
func (x *Index) Rebuild(name Name, dims int, rows iter.Seq2[Row, error]) error {
	if dims < 1 || dims > MaxDims {
		return fmt.Errorf("ann: vectors of %d dimensions are not indexed", dims)
	}
	x.flushing.Lock()
	defer x.flushing.Unlock()
	secret, err := x.config.Secret(name)
	if err != nil {
		return fmt.Errorf("read the secret of a segment: %w", err)
	}
	fresh := newSegment(x, name, dims, secret)
	old, had := x.Find(name)
	if had {
		if old.dims != dims && old.Rows() > 0 {
			return fmt.Errorf("ann: the segment has vectors of %d dimensions, not of %d", old.dims, dims)
		}
		return errors.Join(old.replace(fresh, rows), x.writeHead())
	}
	x.mu.Lock()
	x.segments[name] = fresh
	x.mu.Unlock()
	return errors.Join(fresh.replace(newSegment(x, name, dims, secret), rows), x.writeHead())
}

// replace makes the rows the segment's only ones. The draft lends its secret,
// and a place to code them.
func (s *Segment) replace(draft *Segment, rows iter.Seq2[Row, error]) error {
	s.flushing.Lock()
	defer s.flushing.Unlock()
	if err := os.MkdirAll(s.dir(), 0o700); err != nil {
		return fmt.Errorf("make the folder of a segment: %w", err)
	}
	list, err := s.writeRows(draft, rows)
	if err != nil {
		return errors.Join(err, s.discard(list))
	}
	next := &view{rotation: draft.view.Load().rotation}
	for _, m := range list {
		next.shelves = append(next.shelves, m.alone())
		next.rows += m.n
	}
	s.mu.Lock()
	before := s.view.Load()
	s.view.Store(next)
	s.secret, s.ids, s.open, s.dirty = draft.secret, map[ID]spot{}, nil, false
	s.ill.Store(nil)
	s.mu.Unlock()
	var old []*part
	for _, h := range before.shelves {
		old = append(old, h.part)
	}
	if err := s.commit(next, old); err != nil {
		s.undone()
		return err
	}
	return nil
}

// writeRows writes files of all rows.
func (s *Segment) writeRows(draft *Segment, rows iter.Seq2[Row, error]) ([]made, error) {
	s.next = max(s.next, s.unused())
	var list []made
	most := mostRows(s.width)
	e := &edit{view: *draft.view.Load()}
	full := shelf{part: newPart(s.width, most)}
	write := func() error {
		if full.n == 0 {
			return nil
		}
		sources := make([]source, full.n)
		for i := range sources {
			sources[i] = source{&full, i}
		}
		m, err := s.seal(sources, len(list)*most+full.n)
		if err != nil {
			return err
		}
		m.sources = nil
		list, full.n = append(list, m), 0
		clear(full.data[full.codes:full.hot]) // rows that are not there stay zero in the next file, too
		return nil
	}
	for r, err := range rows {
		if err == nil {
			err = draft.fits(r.Vector)
		}
		if err == nil && full.n == most {
			err = write()
		}
		if err != nil {
			return list, err
		}
		e.rotation.apply(r.Vector, draft.scratch[0], draft.scratch[1])
		full.write(&s.index.kernels, full.data, full.n, r.ID, r.Owner, draft.scratch[0])
		full.n++
	}
	return list, write()
}

// unused is a number that no file in the folder has, also when the manifest
// that counts them cannot be read.
func (s *Segment) unused() uint64 {
	next := uint64(0)
	entries, err := os.ReadDir(s.dir())
	if err != nil {
		return next
	}
	for _, f := range entries {
		var number uint64
		if _, err := fmt.Sscanf(f.Name(), "%16x.part", &number); err == nil {
			next = max(next, number+1)
		}
	}
	return next
}

// Audit is what a comparison with the records found.
type Audit struct {
	Rows    int // compared
	Missing int // records that are not in the index
	Differs int // records that the index has another vector or owner of
	Surplus int // rows of the index that no record has
}

// Sound says whether index and records agree.
func (a Audit) Sound() bool { return a.Missing+a.Differs+a.Surplus == 0 }

// Verify reads every file again and compares it with its checksums, and then
// with the records. Nobody may insert or delete meanwhile.
func (s *Segment) Verify(records iter.Seq2[Row, error]) (Audit, error) {
	s.flushing.Lock()
	defer s.flushing.Unlock()
	room := s.grace.enter()
	defer s.grace.leave(room)
	if err := s.Err(); err != nil {
		return Audit{}, err
	}
	v := s.view.Load()
	held, err := v.read()
	if err != nil {
		return Audit{}, s.hurt(err)
	}
	var a Audit
	turned, scratch := make([]float32, s.width), make([]float32, s.width)
	for r, err := range records {
		if err != nil {
			return a, err
		}
		if err := s.fits(r.Vector); err != nil {
			return a, err
		}
		a.Rows++
		at, ok := held[r.ID]
		if !ok {
			a.Missing++
			continue
		}
		delete(held, r.ID)
		v.rotation.apply(r.Vector, turned, scratch)
		record, err := v.shelves[at.shelf].record(int(at.row), make([]byte, v.shelves[at.shelf].stride))
		if err != nil {
			return a, s.hurt(err)
		}
		want := newPart(s.width, 1)
		want.write(&s.index.kernels, want.data, 0, r.ID, r.Owner, turned)
		if !slices.Equal(want.data[want.hot:][:want.stride], record) {
			a.Differs++
		}
	}
	a.Surplus = len(held)
	return a, nil
}

// read checks every byte, and says where each living row is.
func (v *view) read() (map[ID]item, error) {
	held := make(map[ID]item, v.rows)
	for at := range v.shelves {
		h := v.shelves[at]
		if h.file != nil {
			again := newPieces(h.table, h.hot, h.file.pieces.sums)
			if bad := again.check(h.data, 0, h.hot); bad >= 0 {
				return nil, damaged(h.file.name, fmt.Sprintf("is altered at byte %d", bad))
			}
		}
		scratch := make([]byte, h.stride)
		for i := range h.n {
			if h.dead.has(i) {
				continue
			}
			record, err := h.record(i, scratch)
			if err != nil {
				return nil, err
			}
			held[ID(record[:16])] = item{shelf: uint32(at), row: uint32(i)}
		}
	}
	return held, nil
}
