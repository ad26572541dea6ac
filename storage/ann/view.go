package ann

// view is what a segment holds at one moment. It never changes: a writer
// publishes another, and a search keeps to the one that it began with.
type view struct {
	rotation *rotation
	shelves  []*shelf
	rows     int    // that are alive
	change   uint64 // counts the changes
}

// shelf is a part as one view sees it.
type shelf struct {
	*part
	n       int    // rows that are there
	dead    dead   // those that do not count
	loosest byte   // the most slack of any row
	change  uint64 // that made it: while it is not published, it may be written
}

// blocks is how many blocks the part has room for.
func (p *part) blocks() int { return p.layout.rows / blockRows }

// left is how many rows count.
func (h *shelf) left() int { return h.n - h.dead.rows }

func (v *view) loosest() byte {
	var most byte
	for i := range v.shelves {
		most = max(most, v.shelves[i].loosest)
	}
	return most
}

// alive are the rows of a block that count.
func (h *shelf) alive(block uint32) uint32 {
	live := ^uint32(0)
	if left := h.n - int(block)*blockRows; left < blockRows {
		live = 1<<left - 1
	}
	return live &^ h.dead.block(int(block))
}

// edit is a view that is being changed. It is the writer's own until it is
// published.
type edit struct{ view }

func (v *view) edit() *edit {
	shelves := make([]*shelf, len(v.shelves), len(v.shelves)+1)
	copy(shelves, v.shelves)
	return &edit{view: view{v.rotation, shelves, v.rows, v.change + 1}}
}

// mine is a shelf that this edit may write.
func (e *edit) mine(at int) *shelf {
	h := e.shelves[at]
	if h.change != e.change {
		other := *h
		h, other.change = &other, e.change
		e.shelves[at] = h
	}
	return h
}

// kill takes a row away.
func (e *edit) kill(at, row int) {
	h := e.mine(at)
	before := h.dead.rows
	h.dead = h.dead.with(row, h.blocks(), e.change)
	e.rows -= h.dead.rows - before
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
