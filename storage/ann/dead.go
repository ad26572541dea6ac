package ann

import "math/bits"

// dead are the rows of a part that do not count any more, in pages, so that
// taking one row away copies little. It never changes once it is published.
type dead struct {
	pages []*page // nil: none of the page
	rows  int     // how many there are
}

// pageWords is how many blocks a page has.
const pageWords = 64

// page is the bits of some blocks. The change that made it may write it.
type page struct {
	words  [pageWords]uint32
	change uint64
}

// block is the bits of one block of rows.
func (d *dead) block(b int) uint32 {
	if d.rows == 0 {
		return 0
	}
	if page := d.pages[b/pageWords]; page != nil {
		return page.words[b%pageWords]
	}
	return 0
}

func (d *dead) has(row int) bool {
	return d.block(row/blockRows)>>(row%blockRows)&1 == 1
}

// with is the same and one row more, of a part with so many blocks. Pages of
// this change are written where they are, and others are copied.
func (d *dead) with(row, blocks int, change uint64) dead {
	if d.has(row) {
		return *d
	}
	next, b := dead{d.pages, d.rows + 1}, row/blockRows
	if d.rows == 0 || d.pages[b/pageWords] == nil || d.pages[b/pageWords].change != change {
		next.pages = make([]*page, (blocks+pageWords-1)/pageWords)
		copy(next.pages, d.pages)
		mine := &page{change: change}
		if old := next.pages[b/pageWords]; old != nil {
			mine.words = old.words
		}
		next.pages[b/pageWords] = mine
	}
	next.pages[b/pageWords].words[b%pageWords] |= 1 << (row % blockRows)
	return next
}

// words are the bits of all blocks; nil when there are none.
func (d *dead) words(blocks int) []uint32 {
	if d.rows == 0 {
		return nil
	}
	words := make([]uint32, blocks)
	for b := range words {
		words[b] = d.block(b)
	}
	return words
}

// deadOf is the rows that words name.
func deadOf(words []uint32) dead {
	var d dead
	for b, w := range words {
		if w == 0 {
			continue
		}
		if d.pages == nil {
			d.pages = make([]*page, (len(words)+pageWords-1)/pageWords)
		}
		if d.pages[b/pageWords] == nil {
			d.pages[b/pageWords] = new(page)
		}
		d.pages[b/pageWords].words[b%pageWords] = w
		d.rows += bits.OnesCount32(w)
	}
	return d
}
