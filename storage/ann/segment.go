package ann

import (
	"fmt"
	"math"
	"sync"
	"sync/atomic"
)

// Segment is all rows under one name. Any number of searches run beside one
// change; a change is visible when the call returns, and all of it at once.
type Segment struct {
	index *Index
	name  Name
	dims  int // of the vectors, before padding
	width int // after it

	view  atomic.Pointer[view]
	grace grace
	ill   atomic.Pointer[error] // why it must be rebuilt
	kept  atomic.Bool           // it has a manifest: the head may name it

	mu      sync.Mutex // one change at a time
	ids     map[ID]spot
	open    *part // takes the next row; nil: a new one does
	scratch [2][]float32
	record  []byte
	dirty   bool // there are changes that no file has

	flushing sync.Mutex // one write at a time; taken before mu
	secret   Secret
	next     uint64  // number of the next file
	retired  []*part // no view has them any more, but their files are still there
}

// spot is where a row lies that no file has.
type spot struct {
	part *part
	row  int
}

func newSegment(x *Index, name Name, dims int, secret Secret) *Segment {
	s := &Segment{
		index: x, name: name, dims: dims, width: padded(dims), secret: secret,
		ids: map[ID]spot{}, grace: grace{empty: make(chan struct{}, 1)},
	}
	s.record = make([]byte, labelSize+4*s.width+4)
	for i := range s.scratch {
		s.scratch[i] = make([]float32, s.width)
	}
	s.view.Store(&view{rotation: newRotation(secret, s.width, &x.kernels)})
	return s
}

// Name is the segment's name.
func (s *Segment) Name() Name { return s.name }

// Dims is how long its vectors are.
func (s *Segment) Dims() int { return s.dims }

// Rows is how many there are.
func (s *Segment) Rows() int { return s.view.Load().rows }

// Err is why the segment cannot be used and must be rebuilt, or nil.
func (s *Segment) Err() error {
	if why := s.ill.Load(); why != nil {
		return *why
	}
	return nil
}

// hurt remembers damage that was found: what lies in the files is not used
// any more.
func (s *Segment) hurt(err error) error {
	if isDamage(err) {
		s.ill.CompareAndSwap(nil, &err)
	}
	return err
}

// Insert adds rows, and replaces those that have the same ID. All of them or
// none are visible at once.
func (s *Segment) Insert(rows ...Row) error {
	for i := range rows {
		if err := s.fits(rows[i].Vector); err != nil {
			return err
		}
	}
	if len(rows) == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.Err(); err != nil {
		return err
	}
	e := s.view.Load().edit()
	for i := range rows {
		sum := hash(rows[i].ID)
		s.fetchSlots(e, sum)
		e.rotation.apply(rows[i].Vector, s.scratch[0], s.scratch[1])
		if err := s.remove(e, rows[i].ID, sum); err != nil {
			return s.broken(err)
		}
		s.add(e, &rows[i])
	}
	s.dirty = true
	s.view.Store(&e.view)
	return nil
}

// broken ends the use of the segment when a change was cut off: rows that it
// has written were never published, and what it took out of ids is lost with
// it. Whatever the disk said, a rebuild makes it whole.
func (s *Segment) broken(err error) error {
	if !isDamage(err) {
		err = fmt.Errorf("%w: %w", Damaged, err)
	}
	s.open = nil
	return s.hurt(err)
}

// fits says whether a vector can be indexed.
func (s *Segment) fits(v []float32) error {
	if len(v) != s.dims {
		return fmt.Errorf("ann: a vector has %d components, this segment's have %d", len(v), s.dims)
	}
	if length := square(v); !(length > 1e-12) || math.IsInf(length, 0) {
		return fmt.Errorf("ann: a vector has no direction")
	}
	return nil
}

// add writes a row, which was turned into scratch, behind all that are published.
func (s *Segment) add(e *edit, r *Row) {
	last := len(e.shelves) - 1
	if s.open == nil || e.shelves[last].part != s.open || e.shelves[last].n == s.open.rows {
		rows := fewest
		if s.open != nil {
			rows = min(2*s.open.rows, max(fewest, mostRows(s.width)/memoryShare))
		}
		s.open = newPart(s.width, rows)
		e.shelves = append(e.shelves, &shelf{part: s.open, change: e.change})
		last = len(e.shelves) - 1
	}
	h := e.mine(last)
	s.open.write(&s.index.kernels, s.open.data, h.n, r.ID, r.Owner, s.scratch[0])
	h.loosest = max(h.loosest, s.open.data[s.open.slack+h.n])
	s.ids[r.ID] = spot{s.open, h.n}
	h.n++
	e.rows++
}

// fetchSlots asks for where an ID of this hash may be named in each file, so
// that all of these far bytes are under way at once, while the row is turned.
func (s *Segment) fetchSlots(e *edit, h uint64) {
	for _, p := range e.shelves {
		if p.file != nil {
			s.index.kernels.fetch(p.data[p.table+4*int(h&uint64(p.slots-1)):][:4])
		}
	}
}

// remove takes the row with an ID, of this hash, away, if there is one.
func (s *Segment) remove(e *edit, id ID, sum uint64) error {
	if at, ok := s.ids[id]; ok {
		delete(s.ids, id)
		e.kill(e.shelf(at.part), at.row)
		return nil
	}
	for i := range e.shelves {
		h := e.shelves[i]
		if h.file == nil {
			continue
		}
		row, err := h.find(id, sum, &h.dead, s.record)
		if err != nil {
			return err
		}
		if row >= 0 {
			e.kill(i, row)
			return nil
		}
	}
	return nil
}

// Delete takes rows away and says how many there were. No search that begins
// when it has returned finds them. Their bytes go with the next Flush.
func (s *Segment) Delete(ids ...ID) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.Err(); err != nil {
		return 0, err
	}
	e := s.view.Load().edit()
	before := e.rows
	for _, id := range ids {
		sum := hash(id)
		s.fetchSlots(e, sum)
		if err := s.remove(e, id, sum); err != nil {
			return 0, s.broken(err)
		}
	}
	if e.rows != before {
		s.dirty = true
		s.view.Store(&e.view)
	}
	return before - e.rows, nil
}

// Search answers a query about a vector. It takes no lock.
func (s *Segment) Search(vector []float32, q Query) (Result, error) {
	if err := s.fits(vector); err != nil {
		return Result{}, err
	}
	if err := q.check(); err != nil {
		return Result{}, err
	}
	if err := s.Err(); err != nil {
		return Result{}, err
	}
	room := s.grace.enter()
	defer s.grace.leave(room)
	// First the position, then the view: the view holds at least what the
	// position promises.
	position := s.index.Position()
	w := s.index.worker(s.width)
	defer s.index.rest(w)
	w.begin(s.view.Load(), q, vector)
	w.seen.Position = position
	found, err := w.run()
	if err != nil {
		return Result{}, s.hurt(err)
	}
	return Result{Candidates: append([]Candidate(nil), found...), Seen: w.seen}, nil
}
