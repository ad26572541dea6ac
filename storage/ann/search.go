package ann

import (
	"math"
	"math/bits"
)

// Query says what is looked for.
type Query struct {
	// Least is the smallest cosine that counts. With it a search brings every
	// owner from there up, or the best Most. At -1 everybody counts, and Most
	// must say how many.
	Least float64
	// Most is how many owners are answered at most; 0: all that count.
	Most int
	// Exact compares every row in cells instead of its signs only: what is
	// found is then what comparing every row in float32 would find, always.
	Exact bool
	// Skip, when it is not nil, says whose rows do not count.
	Skip func(Owner) bool
}

// Candidate is an owner that was found, by the best of its rows.
type Candidate struct {
	Owner  Owner
	ID     ID
	Cosine float64 // of the row as it was inserted, in float32
}

// Seen says what a search has compared.
type Seen struct {
	// Position is how far the follower was when the search began: rows that
	// the journal names from here on may be missing.
	Position uint64
	Rows     int  // compared in the first stage: all that are alive
	Cells    int  // of those, compared by their cells
	Rescored int  // of those, compared in float32
	Exact    bool // the first stage compared cells
}

// Result is what a search found, best first; equal ones by ID.
type Result struct {
	Candidates []Candidate
	Seen       Seen
}

const (
	// deviations is how many standard deviations of its error an estimate may
	// be below what it estimates before a search by threshold misses the row:
	// 3 of the largest, which at a cosine of 0.5 are 3.5 of the true ones.
	deviations = 3
	// narrow is how many of the best estimates a search without threshold
	// compares by their cells, at least, and one in how many rows.
	narrow      = 300
	narrowShare = 1000
	// wide is the share of survivors from which on estimating was in vain.
	wide = 8
)

// deviation is the standard deviation of an estimate: sqrt((1-f^2)/f^2/(D-1)),
// where f, the cosine of a turned vector and its signs, is nearly sqrt(2/pi)
// (Gao and Long, RaBitQ, SIGMOD 2024, section 3.2).
func deviation(dims int) float64 {
	return math.Sqrt((math.Pi/2 - 1) / float64(dims-1))
}

// search is one search at work; it lives in a pool.
type search struct {
	kernels  kernels
	view     *view
	probe    *probe
	query    Query
	hits     [run]hit
	est      [run][blockRows]float32
	dots     [run][blockRows]int32
	keep     keeper
	pointers []*byte
	products []int32
	record   []byte
	scratch  []float32
	seen     Seen
	found    []Candidate
}

// run answers the query. It looks again, for more, when owners have several
// rows or are skipped and too few were left.
func (s *search) run() ([]Candidate, error) {
	s.seen.Rows, s.seen.Exact = s.view.rows, s.query.Exact
	for want := s.query.Most; ; want *= 4 {
		if err := s.first(want); err != nil {
			return nil, err
		}
		if err := s.last(want); err != nil {
			return nil, err
		}
		if s.byThreshold() || len(s.found) >= s.query.Most || want >= s.view.rows {
			return s.found, nil
		}
	}
}

func (s *search) byThreshold() bool { return s.query.Least > -1 }

// first leaves in keep the rows that may count, with the products of their
// cells as scores.
func (s *search) first(want int) error {
	if s.query.Exact {
		return s.allCells(want)
	}
	if s.byThreshold() {
		cut := s.query.Least - deviations*deviation(s.probe.dims)
		s.keep.open(0, 0, float32(cut))
		s.keep.limit = max(narrow, s.view.rows/wide)
	} else {
		s.keep.open(max(narrow, s.view.rows/narrowShare, 8*want), 0, float32(math.Inf(-1)))
	}
	s.probe.tabulate()
	if err := s.estimates(); err != nil {
		return err
	}
	if s.keep.full {
		return s.allCells(want)
	}
	return s.someCells(want)
}

// estimates runs over the codes of all rows.
func (s *search) estimates() error {
	looked := 0
	for at := range s.view.shelves {
		h := s.view.shelves[at]
		blocks := (h.n + blockRows - 1) / blockRows
		if err := h.need(h.codes, h.codes+blocks*h.blockCodes()); err != nil {
			return err
		}
		if err := h.need(h.factor, h.factor+blocks*blockRows*4); err != nil {
			return err
		}
		for b, length := 0, 0; b < blocks && !s.keep.full; b += length {
			length = s.length(looked)
			n := min(h.n-b*blockRows, length*blockRows)
			looked += n
			found := s.kernels.estimate(h.data[h.codes+b*h.blockCodes():h.factor], h.data[h.factor+b*blockRows*4:h.slack],
				n, s.probe, s.keep.cut, &s.hits, &s.est)
			for i, hit := range s.hits[:found] {
				block := hit.block + uint32(b)
				for rows := hit.rows & h.alive(block); rows != 0; rows &= rows - 1 {
					lane := bits.TrailingZeros32(rows)
					s.keep.add(s.est[i][lane], at, int(block)*blockRows+lane)
				}
			}
		}
	}
	return nil
}

// length is how many blocks the kernels get next, after so many rows. While
// the keeper has no bar every row passes, and the bar is low at first: so
// there are few to begin with.
func (s *search) length(looked int) int {
	if s.keep.best == 0 {
		return run
	}
	s.keep.raise()
	return min(run, max(1, looked/(2*blockRows)))
}

// someCells replaces the estimates of the rows that are kept by the products
// of their cells.
func (s *search) someCells(want int) error {
	items := s.keep.take()
	s.seen.Cells = len(items)
	s.pointers = s.pointers[:0]
	for _, it := range items {
		h := s.view.shelves[it.shelf]
		if err := h.hotRow(int(it.row)); err != nil {
			return err
		}
		s.pointers = append(s.pointers, &h.data[h.cells+int(it.row)*h.dims])
	}
	for range ahead {
		if len(items) > 0 {
			s.pointers = append(s.pointers, s.pointers[len(items)-1])
		}
	}
	s.products = append(s.products[:0], make([]int32, len(items))...)
	s.kernels.dotsAt(s.pointers, s.probe, s.products)
	s.narrow(want)
	for i, it := range items {
		if score := float32(float64(s.products[i]) * s.probe.scale); score > s.keep.cut {
			s.keep.add(score, int(it.shelf), int(it.row))
		}
	}
	clear(s.pointers) // they would keep parts that are gone
	return nil
}

// narrow makes the keeper ready for products of cells: none is dropped that
// could belong to the answer.
func (s *search) narrow(want int) {
	wrong := s.probe.wrong(loss(s.view.loosest()))
	if s.byThreshold() {
		s.keep.open(0, 0, float32(s.query.Least-wrong))
	} else {
		s.keep.open(want, float32(2*wrong), float32(math.Inf(-1)))
	}
}

// allCells runs over the cells of all rows.
func (s *search) allCells(want int) error {
	s.seen.Cells, s.seen.Exact = s.view.rows, true
	s.narrow(want)
	looked := 0
	for at := range s.view.shelves {
		h := s.view.shelves[at]
		if err := h.need(h.cells, h.cells+h.n*h.dims); err != nil {
			return err
		}
		blocks := (h.n + blockRows - 1) / blockRows
		for b, length := 0, 0; b < blocks; b += length {
			length = s.length(looked)
			n := min(h.n-b*blockRows, length*blockRows)
			looked += n
			cut := math.Floor(float64(s.keep.cut) / s.probe.scale)
			found := s.kernels.dots(h.data[h.cells+b*blockRows*h.dims:h.table], n, s.probe, int32(max(math.MinInt32, cut)), &s.hits, &s.dots)
			for i, hit := range s.hits[:found] {
				block := hit.block + uint32(b)
				for rows := hit.rows & h.alive(block); rows != 0; rows &= rows - 1 {
					lane := bits.TrailingZeros32(rows)
					if score := float32(float64(s.dots[i][lane]) * s.probe.scale); score > s.keep.cut {
						s.keep.add(score, at, int(block)*blockRows+lane)
					}
				}
			}
		}
	}
	return nil
}
