package ann

import (
	"fmt"
	"math/bits"
	"slices"
)

// wipe overwrites rows of a file that were deleted. The checksums that hold
// afterwards go into the manifest before: whatever happens in between, the
// manifest names the rows, and it is done again.
type wipe struct {
	part   *part
	rows   []int
	hot    []byte // as it will be
	ranges [][2]int
	sums   []uint32
}

// wipe is what must be overwritten for this shelf; no rows when nothing.
func (h *shelf) wipe() (wipe, error) {
	w := wipe{part: h.part, sums: h.file.pieces.sums}
	for b, gone := range h.dead.words(h.blocks()) {
		if h.file.cleared != nil {
			gone &^= h.file.cleared[b]
		}
		for ; gone != 0; gone &= gone - 1 {
			w.rows = append(w.rows, b*blockRows+bits.TrailingZeros32(gone))
		}
	}
	if len(w.rows) == 0 {
		return w, nil
	}
	// Bytes that are not sound must not get checksums that say so.
	if err := h.need(0, h.hot); err != nil {
		return w, err
	}
	w.hot, w.sums = slices.Clone(h.data[:h.hot]), slices.Clone(w.sums)
	changed := map[int]bool{}
	for _, row := range w.rows {
		h.zero(w.hot, row, func(from, to int) {
			w.ranges = append(w.ranges, [2]int{from, to})
			for i := from / pieceSize; i <= (to-1)/pieceSize; i++ {
				changed[i] = true
			}
		})
	}
	for i := range changed {
		w.sums[i] = crc(w.hot[i*pieceSize : min(h.hot, (i+1)*pieceSize)])
	}
	return w, nil
}

// do overwrites. Nobody may look at the rows any more.
func (w *wipe) do() error {
	file := w.part.file
	for _, r := range w.ranges {
		if err := file.overwrite(r[0], w.hot[r[0]:r[1]]); err != nil {
			return err
		}
	}
	nothing := make([]byte, w.part.stride)
	for _, row := range w.rows {
		if err := file.overwrite(w.part.hot+row*w.part.stride, nothing); err != nil {
			return err
		}
	}
	if err := file.f.Sync(); err != nil {
		return fmt.Errorf("write a file of the index: %w", err)
	}
	copy(file.pieces.sums, w.sums) // all pieces were checked: nobody reads these
	if file.cleared == nil {
		file.cleared = make([]uint32, w.part.blocks())
	}
	for _, row := range w.rows {
		file.cleared[row/blockRows] |= 1 << (row % blockRows)
	}
	return nil
}

func (f *partFile) overwrite(at int, b []byte) error {
	if _, err := f.f.WriteAt(b, int64(at)); err != nil {
		return fmt.Errorf("overwrite deleted rows of the index: %w", err)
	}
	f.mapped.wrote(at, b)
	return nil
}

// again overwrites the dead rows of a file that was being overwritten when the
// process ended.
func (p *part) again(dead []uint32) error {
	hot := slices.Clone(p.data[:p.hot])
	w := wipe{part: p, hot: hot, sums: p.file.pieces.sums}
	for b, words := range dead {
		for ; words != 0; words &= words - 1 {
			row := b*blockRows + bits.TrailingZeros32(words)
			w.rows = append(w.rows, row)
			p.zero(hot, row, func(from, to int) { w.ranges = append(w.ranges, [2]int{from, to}) })
		}
	}
	return w.do()
}
