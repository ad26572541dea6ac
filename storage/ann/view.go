package ann

import (
	"math/bits"
	"slices"
)

// view is what a segment holds at one moment. It never changes: a writer
// publishes another, and a search keeps to the one that it began with.
type view struct {
	rotation *rotation
	shelves  []shelf
	rows     int // that are alive
}

// shelf is a part as one view sees it.
type shelf struct {
	*part
	n    int      // rows that are there
	dead []uint32 // bit for bit, which of them are not; nil: all are
	gone int      // how many
	// loosest is the most slack of any row.
	loosest byte
}

func (v *view) loosest() byte {
	var most byte
	for i := range v.shelves {
		most = max(most, v.shelves[i].loosest)
	}
	return most
}

// alive are the rows of a block that count.
func (s *shelf) alive(block uint32) uint32 {
	live := ^uint32(0)
	if left := s.n - int(block)*blockRows; left < blockRows {
		live = 1<<left - 1
	}
	if s.dead != nil {
		live &^= s.dead[block]
	}
	return live
}

// edit is a view that is being changed. It is the writer's own until it is
// published.
type edit struct {
	view
	own map[*part]bool // parts whose bitmap is this edit's copy
}

func (v *view) edit() *edit {
	return &edit{view: view{v.rotation, slices.Clone(v.shelves), v.rows}}
}

// kill takes a row away.
func (e *edit) kill(at, row int) {
	s := &e.shelves[at]
	if isDead(s.dead, row) {
		return
	}
	if !e.own[s.part] {
		if e.own == nil {
			e.own = map[*part]bool{}
		}
		e.own[s.part] = true
		if s.dead == nil {
			s.dead = make([]uint32, s.layout.rows/blockRows)
		} else {
			s.dead = slices.Clone(s.dead)
		}
	}
	s.dead[row/blockRows] |= 1 << (row % blockRows)
	s.gone++
	e.rows--
}

// shelf is where a part stands, or -1.
func (v *view) shelf(p *part) int {
	for i := len(v.shelves) - 1; i >= 0; i-- {
		if v.shelves[i].part == p {
			return i
		}
	}
	return -1
}

// ones is how many bits are set.
func ones(words []uint32) int {
	n := 0
	for _, w := range words {
		n += bits.OnesCount32(w)
	}
	return n
}
