package ann

import "math/bits"

// dead are the rows of a part that do not count any more, in pages, so that
// taking one row away copies little. It never changes once it is published.
type dead struct {
	pages []*[pageWords]uint32 // nil: none of the page
	rows  int                  // how many there are
}

// pageWords is how many blocks a page has.
const pageWords = 64

// block is the bits of one block of rows.
func (d *dead) block(b int) uint32 {
	if d.rows == 0 {
		return 0
	}
	if page := d.pages[b/pageWords]; page != nil {
		return page[b%pageWords]
	}
	return 0
}

func (d *dead) has(row int) bool {
	return d.block(row/blockRows)>>(row%blockRows)&1 == 1
}

// with is the same and one row more, of a part with so many blocks. Pages in
// own are changed where they are, and others are copied into it.
func (d *dead) with(row, blocks int, own map[*[pageWords]uint32]bool) dead {
	if d.has(row) {
		return *d
	}
	next := dead{d.pages, d.rows + 1}
	b := row / blockRows
	if d.rows == 0 || d.pages[b/pageWords] == nil || !own[d.pages[b/pageWords]] {
		next.pages = make([]*[pageWords]uint32, (blocks+pageWords-1)/pageWords)
		copy(next.pages, d.pages)
		page := new([pageWords]uint32)
		if old := next.pages[b/pageWords]; old != nil {
			*page = *old
		}
		next.pages[b/pageWords], own[page] = page, true
	}
	next.pages[b/pageWords][b%pageWords] |= 1 << (row % blockRows)
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
			d.pages = make([]*[pageWords]uint32, (len(words)+pageWords-1)/pageWords)
		}
		if d.pages[b/pageWords] == nil {
			d.pages[b/pageWords] = new([pageWords]uint32)
		}
		d.pages[b/pageWords][b%pageWords] = w
		d.rows += bits.OnesCount32(w)
	}
	return d
}
